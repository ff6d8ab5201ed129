//! The input of an experiment, and the overlaps that go with it.

use crate::experiment::two_layer::settings::{InputSource, Precision, Sampling};
use crate::experiment::{ExperimentError, read_matrix};
use crate::network::{Frame, TwoLayer};
use crate::overlap::{ExactGaussian, Input, MonteCarlo, OverlapMethod, Resample};
use std::path::Path;

/// Exact overlaps, or samples of the seed's own.
pub(in crate::experiment) fn overlap(sampling: Option<&Sampling>, input: &Input, seed: u64) -> Box<dyn OverlapMethod> {
    let Some(sampling) = sampling else {
        return Box::new(ExactGaussian::new());
    };
    let (input, count, resample) = (input.clone(), sampling.samples as usize, sampling.resample);
    match sampling.precision {
        Precision::F64 => Box::new(MonteCarlo::<f64>::new(input, count, resample, seed)),
        Precision::F32 => Box::new(MonteCarlo::<f32>::new(input, count, resample, seed)),
    }
}

/// The distribution of x: N(0, I), or what a file says.
pub(in crate::experiment) fn load(sampling: Option<&Sampling>) -> Result<Input, ExperimentError> {
    let Some(sampling) = sampling else {
        return Ok(Input::standard_gaussian());
    };
    let read = |path: &Path| {
        read_matrix(path).map_err(|source| ExperimentError::File {
            key: "overlap.input",
            source,
        })
    };
    let content = |path: &Path, found: String, allowed: &str| ExperimentError::Content {
        key: "overlap.input",
        path: path.into(),
        found,
        allowed: allowed.into(),
    };
    match &sampling.input {
        InputSource::Gaussian => Ok(Input::standard_gaussian()),
        InputSource::Covariance(path) => {
            Input::gaussian(read(path)?).map_err(|error| content(path, error.to_string(), "a covariance, d × d"))
        }
        InputSource::Rows(path) => {
            let rows = read(path)?;
            let (count, fixed) = (rows.nrows() as u64, sampling.resample == Resample::Never);
            if fixed && sampling.samples > count {
                return Err(ExperimentError::Impossible {
                    key: "overlap.samples",
                    found: format!("{} of {count} rows of {}", sampling.samples, path.display()),
                    allowed: format!("at most {count}, or resample = \"every-evaluation\""),
                });
            }
            Input::rows(rows).map_err(|error| content(path, error.to_string(), "samples × d, finite"))
        }
    }
}

/// Refuses data of other dimensions than the teacher has.
pub(in crate::experiment) fn check_dimension(input: &Input, dim: usize) -> Result<(), ExperimentError> {
    match input.dim() {
        Some(prescribed) if prescribed != dim => Err(ExperimentError::Impossible {
            key: "overlap.input",
            found: format!("data of dimension {prescribed} with input_dim = {dim}"),
            allowed: "equal dimensions".into(),
        }),
        _ => Ok(()),
    }
}

/// Where directions matter, which they do unless the input is N(0, I), goes back to the coordinates of R^d.
pub(in crate::experiment) fn orient(
    network: &mut TwoLayer,
    frame: Frame,
    input: &Input,
    seed: u64,
) -> Result<Frame, ExperimentError> {
    if input.is_standard() {
        return Ok(frame);
    }
    for layer in [&mut network.teacher, &mut network.student] {
        layer.weights = frame.lift(layer.weights.view())?;
    }
    Ok(Frame::random(frame.dim(), seed))
}
