//! The teacher's input weights and threshold.

use super::matrix;
use crate::experiment::ExperimentError;
use crate::experiment::two_layer::settings::{Teacher, Threshold, Weights};
use crate::lately::Lately;
use crate::network::{Frame, draw, unit};
use crate::rng;
use crate::theory::assumption3::TeacherAngles;
use crate::theory::threshold;
use ndarray::Array2;
use std::sync::LazyLock;

/// Teacher nodes as unit columns, in coordinates of their span.
pub(in crate::experiment) fn load(teacher: &Teacher, seed: u64) -> Result<(Frame, Array2<f64>), ExperimentError> {
    let (dim, nodes) = (teacher.input_dim.unwrap_or(0), teacher.nodes.unwrap_or(0));
    let path = match &teacher.weights {
        Weights::Orthonormal => {
            return Ok((Frame::random(dim, seed), draw::orthonormal_teacher(dim, nodes)?));
        }
        Weights::Random => {
            let mut stream = rng::stream(seed, "teacher", &[]);
            return Ok((Frame::random(dim, seed), draw::random_teacher(&mut stream, dim, nodes)));
        }
        Weights::Grid => {
            let mut stream = rng::stream(seed, "teacher", &[]);
            let columns = draw::grid_columns(&mut stream, dim, nodes)?;
            return Ok(Frame::of_columns(columns, seed)?);
        }
        Weights::File(path) => path,
    };
    let key = "teacher.weights";
    let wanted = |x: Option<usize>, name: &str| x.map_or(name.to_owned(), |x| x.to_string());
    let [d, m] = [wanted(teacher.input_dim, "d"), wanted(teacher.nodes, "m")];
    let allowed = format!("input_dim × nodes = {d} × {m}, of at least 2 × 1");
    let mut columns = matrix::read(key, path, allowed, |columns| {
        let (rows, count) = columns.dim();
        let fits = teacher.input_dim.is_none_or(|dim| dim == rows) && teacher.nodes.is_none_or(|n| n == count);
        fits && rows >= 2 && count > 0
    })?;
    for (node, mut column) in columns.columns_mut().into_iter().enumerate() {
        let norm = unit::normalize(&mut column);
        if !matrix::has_direction(norm) {
            return Err(ExperimentError::Content {
                key,
                path: path.to_path_buf(),
                found: format!("norm {norm} in column {node}"),
                allowed: "finite columns, none of them zero".into(),
            });
        }
    }
    Ok(Frame::of_columns(columns, seed)?)
}

/// The threshold, solved for where ε is given.
pub(in crate::experiment) fn solve_threshold(
    threshold: Threshold,
    angles: &TeacherAngles,
) -> Result<f64, ExperimentError> {
    let epsilon = match threshold {
        Threshold::Threshold(b) => return Ok(b),
        Threshold::Epsilon(epsilon) => epsilon,
    };
    let impossible = |found: String, allowed: String| ExperimentError::Impossible {
        key: "teacher.epsilon",
        found,
        allowed,
    };
    let Some(smallest) = angles.smallest else {
        return Err(impossible(
            format!("epsilon = {epsilon} with a single node, which overlaps with nothing"),
            "threshold in its place".into(),
        ));
    };
    // Points of a sweep share a few.
    static LATELY: LazyLock<Lately<Result<f64, [f64; 2]>>> = LazyLock::new(Lately::new);
    let numbers = [epsilon, smallest.sin, smallest.cos].map(f64::to_bits);
    let solved = LATELY.get(&numbers, || threshold::for_epsilon(epsilon, smallest));
    solved.map_err(|[least, greatest]| {
        impossible(
            format!("{epsilon}, at a smallest angle of {:.6} between teacher nodes", smallest.radians()),
            format!("{least:.3e} to {greatest:.3e}, which thresholds from 8 to −8 give"),
        )
    })
}
