//! The keys of `experiment = "theorem5"`.

use crate::config::ScenarioError;
use crate::config::document::Value;
use crate::config::section::{Range, Section, TextOrFile};
use crate::experiment::two_layer::settings::{
    Integrate, Output, Overlap, Teacher, read_integrate, read_output, read_overlap, read_teacher,
};
use serde::Serialize;
use std::f64::consts::FRAC_PI_2;
use std::path::PathBuf;

type Result<T> = std::result::Result<T, ScenarioError>;

/// An over-parameterized student, W and V running: do W_u and V_u reach the teacher, and does V_r vanish?
#[derive(Clone, Debug, Serialize)]
pub struct Theorem5 {
    /// The file's name without its ending.
    pub name: String,
    /// From which all random numbers come.
    pub seed: u64,
    /// `[teacher]`
    pub teacher: Teacher,
    /// C, the number of outputs; `None` takes the file's.
    pub outputs: Option<usize>,
    /// V*.
    pub teacher_fan_out: FanOutWeights,
    /// `[student]`
    pub student: Student,
    /// `[overlap]`
    pub overlap: Overlap,
    /// `[flow]`: V's columns are kept at unit norm, as the poster's authors do.
    pub normalized_fan_out: bool,
    /// `[integrate]`
    pub integrate: Integrate,
    /// `[output]`
    pub output: Output,
}

/// Where the teacher's fan-out weights come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FanOutWeights {
    /// Orthonormal rows.
    Orthonormal,
    /// Independent N(0, 1/C) entries.
    Random,
    /// All ones.
    Ones,
    /// Entries from {±½, ±¼, 0}, columns normalised and distinct: as the authors draw them.
    Grid,
    /// A `.npy` file, m × C.
    File(PathBuf),
}

/// `[student]`
#[derive(Clone, Debug, Serialize)]
pub struct Student {
    /// r: nodes beyond the teacher's m.
    pub extra: usize,
    /// W_r.
    pub extra_weights: ExtraWeights,
    /// Where the student starts.
    #[serde(flatten)]
    pub start: Start,
}

/// Where the nodes of W_r come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ExtraWeights {
    /// Independent uniform directions.
    Random,
    /// Columns of a `.npy` file (d × r), normalised.
    File(PathBuf),
}

/// Where the student starts.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Start {
    /// At given distances from the teacher.
    Distances {
        /// θ_j(0), one for all or one each.
        theta0: Vec<f64>,
        /// ‖v_i − v*_i‖ for i ∈ u.
        e0: f64,
        /// ‖v_i‖ for i ∈ r.
        v0: f64,
    },
    /// teacher·s + noise·N(0, 1) for u, noise alone for r, for W (columns then normalised) and for V: as the authors start.
    Perturbed {
        /// s for W and for V.
        signal: [f64; 2],
        /// Standard deviation of the noise.
        noise: f64,
    },
}

impl Theorem5 {
    /// Reads the keys, all of them and no others.
    pub(super) fn read_keys(mut root: Section) -> Result<Self> {
        let scenario = Self::read_section(&mut root)?;
        root.finish()?;
        Ok(scenario)
    }

    /// Reads the keys and leaves the section open.
    pub(in crate::experiment) fn read_section(root: &mut Section) -> Result<Self> {
        let name = root.name();
        let seed = root.integer("seed", 0, i64::MAX as u64)?.unwrap_or(1);
        let mut section = root.section("teacher")?;
        let teacher = read_teacher(&mut section)?;
        let (outputs, teacher_fan_out) = read_fan_out(section, &teacher)?;
        let student = read_student(root.section("student")?, &teacher)?;
        let overlap = read_overlap(root.section("overlap")?)?;
        let mut flow = root.section("flow")?;
        let normalized_fan_out = flow.boolean("normalized_fan_out")?.unwrap_or(false);
        flow.finish()?;
        let integrate = read_integrate(root.section("integrate")?, &overlap)?;
        let output = read_output(root.section("output")?)?;
        Ok(Self {
            name,
            seed,
            teacher,
            outputs,
            teacher_fan_out,
            student,
            overlap,
            normalized_fan_out,
            integrate,
            output,
        })
    }
}

pub(in crate::experiment) fn read_fan_out(
    mut section: Section,
    teacher: &Teacher,
) -> Result<(Option<usize>, FanOutWeights)> {
    let outputs_origin = section.origin_of("outputs");
    let outputs = section
        .integer("outputs", 1, 1 << 20)?
        .map(|outputs| outputs as usize);
    let words = &["orthonormal", "random", "ones", "grid"];
    let fan_out = match section.text_or_file("fan_out", words, &["file"])? {
        None | Some(TextOrFile::Text("orthonormal")) => FanOutWeights::Orthonormal,
        Some(TextOrFile::Text("random")) => FanOutWeights::Random,
        Some(TextOrFile::Text("ones")) => FanOutWeights::Ones,
        Some(TextOrFile::Text(_)) => FanOutWeights::Grid,
        Some(TextOrFile::File(_, path)) => FanOutWeights::File(path),
    };
    if outputs.is_none() && !matches!(fan_out, FanOutWeights::File(_)) {
        return Err(section.missing(
            "outputs",
            "the number of outputs C, a whole number of at least 1",
        ));
    }
    if let (Some(outputs), Some(nodes)) = (outputs, teacher.nodes)
        && fan_out == FanOutWeights::Orthonormal
        && nodes > outputs
    {
        return Err(section.contradiction(
            "outputs",
            outputs_origin,
            format!("{outputs} outputs for {nodes} nodes with orthonormal fan-out"),
            "at least as many outputs as nodes, or fan_out = \"random\"",
        ));
    }
    section.finish()?;
    Ok((outputs, fan_out))
}

fn read_student(mut section: Section, teacher: &Teacher) -> Result<Student> {
    let extra = section.integer("extra", 0, 1 << 14)?;
    let extra = extra.ok_or_else(|| {
        section.missing(
            "extra",
            "r, the number of student nodes beyond the teacher's, at least 0",
        )
    })?;
    let extra_weights = match section.text_or_file("extra_weights", &["random"], &["file"])? {
        Some(TextOrFile::File(_, path)) => ExtraWeights::File(path),
        _ => ExtraWeights::Random,
    };
    let start = if section.has("signal") {
        read_perturbed(&mut section)?
    } else {
        read_distances(&mut section, teacher)?
    };
    section.finish()?;
    Ok(Student {
        extra: extra as usize,
        extra_weights,
        start,
    })
}

fn read_perturbed(section: &mut Section) -> Result<Start> {
    let allowed = "two numbers, [s for W, s for V], as in [1.0, 0.3]";
    let node = section.take("signal").expect("the caller looked");
    let signal: [f64; 2] = numbers(&node.value)
        .and_then(|signal| signal.try_into().ok())
        .ok_or_else(|| section.wrong("signal", &node, allowed))?;
    for key in ["theta0", "e0", "v0"] {
        if let Some(node) = section.take(key) {
            return Err(section.wrong(key, &node, "nothing here where signal is given"));
        }
    }
    let noise = section.number("noise", Range::POSITIVE)?.unwrap_or(0.1);
    Ok(Start::Perturbed { signal, noise })
}

fn read_distances(section: &mut Section, teacher: &Teacher) -> Result<Start> {
    let words = "an angle in radians in (0, π/2), or a list with one for each teacher node";
    let inside = |x: f64| x > 0.0 && x < FRAC_PI_2;
    let node = section
        .take("theta0")
        .ok_or_else(|| section.missing("theta0", words))?;
    let theta0: Option<Vec<f64>> = match &node.value {
        list @ Value::Array(_) => numbers(list),
        value => number(value).map(|theta0| vec![theta0]),
    };
    let fits = |list: &Vec<f64>| {
        let count = list.len();
        let right = count == 1 || teacher.nodes.is_none_or(|nodes| nodes == count);
        count > 0 && right && list.iter().all(|&theta| inside(theta))
    };
    let theta0 = theta0
        .filter(fits)
        .ok_or_else(|| section.wrong("theta0", &node, words))?;
    let range = Range::closed(0.0, 100.0, "a number from 0 to 100");
    let e0 = section.number("e0", range)?.unwrap_or(0.05);
    let v0 = section.number("v0", range)?.unwrap_or(e0);
    Ok(Start::Distances { theta0, e0, v0 })
}

/// A list of finite numbers.
pub(in crate::experiment) fn numbers(value: &Value) -> Option<Vec<f64>> {
    match value {
        Value::Array(items) => items.iter().map(|item| number(&item.value)).collect(),
        _ => None,
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Float(number) => Some(*number).filter(|number| number.is_finite()),
        Value::Integer(number) => Some(*number as f64),
        _ => None,
    }
}
