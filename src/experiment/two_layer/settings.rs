//! Sections that all experiments share: how overlaps are had, how time is stepped, what is kept.

use crate::config::ScenarioError;
use crate::config::section::{Range, Section, TextOrFile};
use crate::integrate::{self, Method, Step, Tolerance};
use crate::overlap::Resample;
use serde::Serialize;
use std::path::PathBuf;

type Result<T> = std::result::Result<T, ScenarioError>;

/// `[teacher]`
#[derive(Clone, Debug, Serialize)]
pub struct Teacher {
    /// d; `None` takes the file's.
    pub input_dim: Option<usize>,
    /// m; `None` takes the file's.
    pub nodes: Option<usize>,
    /// W*.
    pub weights: Weights,
    /// The common threshold b, or what it is solved from.
    #[serde(flatten)]
    pub threshold: Threshold,
}

/// Where teacher weights come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Weights {
    /// Orthonormal nodes.
    Orthonormal,
    /// Independent uniform directions.
    Random,
    /// Entries from {±½, ±¼, 0}, columns normalised and distinct: as the authors draw them.
    Grid,
    /// Columns of a `.npy` file (d × m), normalised.
    File(PathBuf),
}

/// The threshold, or the overlap that it must give.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Threshold {
    /// b
    Threshold(f64),
    /// ε, solved for b.
    Epsilon(f64),
}

/// `[overlap]`
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "method", rename_all = "kebab-case")]
pub enum Overlap {
    /// Closed form.
    Exact,
    /// From samples.
    MonteCarlo(Sampling),
}

/// How overlaps are sampled.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sampling {
    /// N
    pub samples: u64,
    /// When a new sample is drawn.
    pub resample: Resample,
    /// Of samples and pre-activations.
    pub precision: Precision,
    /// Runs with independent samples, for the spread.
    pub replicas: u64,
    /// What x is drawn from.
    pub input: InputSource,
}

/// `f32` or `f64`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// single
    F32,
    /// double
    F64,
}

/// The distribution of the input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum InputSource {
    /// N(0, I)
    Gaussian,
    /// N(0, Σ), Σ (d × d) from a `.npy` file.
    Covariance(PathBuf),
    /// The rows of a `.npy` file (samples × d).
    Rows(PathBuf),
}

/// `[integrate]`
#[derive(Clone, Debug, Serialize)]
pub struct Integrate {
    /// The method with its tolerance or step. A step of 0 stands for "auto".
    #[serde(flatten)]
    pub method: Method,
    /// Final time; `None` for "auto".
    pub horizon: Option<f64>,
    /// Number of output times.
    pub outputs: u64,
    /// Accepted steps at most.
    pub max_steps: u64,
}

/// `[output]`
#[derive(Clone, Debug, Serialize)]
pub struct Output {
    /// Write full states as `.npy`.
    pub states: bool,
}

/// The section is left open: an experiment may have more keys in it.
pub(in crate::experiment) fn read_teacher(section: &mut Section) -> Result<Teacher> {
    let nodes_origin = section.origin_of("nodes");
    let input_dim = section.integer("input_dim", 2, 1 << 40)?;
    let nodes = section.integer("nodes", 1, 1 << 14)?;
    let weights =
        match section.text_or_file("weights", &["orthonormal", "random", "grid"], &["file"])? {
            None | Some(TextOrFile::Text("orthonormal")) => Weights::Orthonormal,
            Some(TextOrFile::Text("grid")) => Weights::Grid,
            Some(TextOrFile::Text(_)) => Weights::Random,
            Some(TextOrFile::File(_, path)) => Weights::File(path),
        };
    if !matches!(weights, Weights::File(_)) {
        let Some(nodes) = nodes else {
            return Err(section.missing(
                "nodes",
                "the number of teacher nodes, a whole number of at least 1",
            ));
        };
        let Some(input_dim) = input_dim else {
            return Err(section.missing(
                "input_dim",
                "the input dimension, a whole number of at least 2",
            ));
        };
        if weights == Weights::Orthonormal && nodes > input_dim {
            return Err(section.contradiction(
                "nodes",
                nodes_origin,
                format!("{nodes} orthonormal nodes with input_dim = {input_dim}"),
                "no more orthonormal nodes than dimensions, or weights = \"random\"",
            ));
        }
    }
    let both = section.has("threshold") && section.has("epsilon");
    let epsilon_origin = section.origin_of("epsilon");
    let threshold = section.number(
        "threshold",
        Range::closed(-8.0, 8.0, "a number from −8 to 8"),
    )?;
    let in_unit = Range::open(0.0, 1.0, "a number between 0 and 1, ends excluded");
    let epsilon = section.number("epsilon", in_unit)?;
    let threshold = match (threshold, epsilon) {
        _ if both => {
            return Err(section.contradiction(
                "epsilon",
                epsilon_origin,
                "both threshold and epsilon".into(),
                "one of them: epsilon is solved for the threshold",
            ));
        }
        (None, Some(epsilon)) => Threshold::Epsilon(epsilon),
        (threshold, _) => Threshold::Threshold(threshold.unwrap_or(0.0)),
    };
    Ok(Teacher {
        input_dim: input_dim.map(|dim| dim as usize),
        nodes: nodes.map(|nodes| nodes as usize),
        weights,
        threshold,
    })
}

pub(in crate::experiment) fn read_overlap(mut section: Section) -> Result<Overlap> {
    if section.text("method", &["exact", "monte-carlo"])? == Some("monte-carlo") {
        let samples = section.integer("samples", 2, 1 << 40)?.unwrap_or(100_000);
        let resample = section.text("resample", &["never", "every-evaluation"])?;
        let resample = match resample {
            Some("every-evaluation") => Resample::EveryEvaluation,
            _ => Resample::Never,
        };
        let precision = match section.text("precision", &["f64", "f32"])? {
            Some("f32") => Precision::F32,
            _ => Precision::F64,
        };
        let replicas = section.integer("replicas", 1, 10_000)?.unwrap_or(1);
        let files = &["covariance", "rows"];
        let input = match section.text_or_file("input", &["gaussian"], files)? {
            Some(TextOrFile::File("covariance", path)) => InputSource::Covariance(path),
            Some(TextOrFile::File(_, path)) => InputSource::Rows(path),
            _ => InputSource::Gaussian,
        };
        section.finish()?;
        return Ok(Overlap::MonteCarlo(Sampling {
            samples,
            resample,
            precision,
            replicas,
            input,
        }));
    }
    for key in ["samples", "resample", "precision", "replicas", "input"] {
        if let Some(node) = section.take(key) {
            let allowed = "nothing here with overlap.method = \"exact\" (the default), \
                           which is for x ~ N(0, I); or overlap.method = \"monte-carlo\"";
            return Err(section.wrong(key, &node, allowed));
        }
    }
    section.finish()?;
    Ok(Overlap::Exact)
}

pub(in crate::experiment) fn read_integrate(
    mut section: Section,
    overlap: &Overlap,
) -> Result<Integrate> {
    let methods = &["dopri5", "dop853", "rkc", "rk4", "gradient-descent"];
    let method_origin = section.origin_of("method").or(section.origin_of("rtol"));
    let default = if *overlap == Overlap::Exact {
        "dop853"
    } else {
        "rk4"
    };
    let name = section.text("method", methods)?.unwrap_or(default);
    let adaptive = matches!(name, "dopri5" | "dop853" | "rkc");
    let unused: &[&'static str] = if adaptive {
        &["step"]
    } else {
        &["rtol", "atol"]
    };
    for key in unused {
        if let Some(node) = section.take(key) {
            let allowed = format!("nothing here with integrate.method = \"{name}\"");
            return Err(section.wrong(key, &node, &allowed));
        }
    }
    // A sample of N resolves 1/N; exact overlaps resolve rounding.
    let (resolution, repeatable) = match overlap {
        Overlap::Exact => (0.0, true),
        Overlap::MonteCarlo(sampling) => (
            1.0 / sampling.samples as f64,
            sampling.resample == Resample::Never,
        ),
    };
    let small = Range::open(0.0, 1.0, "a number between 0 and 1, ends excluded");
    let method = if adaptive {
        let rtol = section
            .number("rtol", small)?
            // A method of order 2 would take forever to 1e-12.
            .unwrap_or(f64::max(
                if name == "rkc" { 1e-6 } else { 1e-12 },
                10.0 * resolution,
            ));
        let atol = section.number("atol", small)?.unwrap_or(0.01 * rtol);
        let tolerance = Tolerance { rtol, atol };
        match name {
            "dopri5" => Method::Dopri5(tolerance),
            "dop853" => Method::Dop853(tolerance),
            _ => Method::Rkc(tolerance),
        }
    } else {
        let step = Step {
            step: section
                .number_or_auto("step", Range::POSITIVE)?
                .unwrap_or(0.0),
        };
        if name == "rk4" {
            Method::Rk4(step)
        } else {
            Method::GradientDescent(step)
        }
    };
    if let Err(error) = integrate::check(&method, repeatable, resolution) {
        let found = format!("\"{name}\" ({error})");
        let allowed = "\"rk4\" or \"gradient-descent\", or what the remark says";
        return Err(section.contradiction("method", method_origin, found, allowed));
    }
    let horizon = section.number_or_auto("horizon", Range::POSITIVE)?;
    let outputs = section.integer("outputs", 10, 1_000_000)?.unwrap_or(240);
    let max_steps = section
        .integer("max_steps", 1, i64::MAX as u64)?
        .unwrap_or(100_000_000);
    section.finish()?;
    Ok(Integrate {
        method,
        horizon,
        outputs,
        max_steps,
    })
}

pub(in crate::experiment) fn read_output(mut section: Section) -> Result<Output> {
    let states = section.boolean("states")?.unwrap_or(false);
    section.finish()?;
    Ok(Output { states })
}
