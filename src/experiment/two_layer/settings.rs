//! Sections that all two-layer experiments share: how overlaps are had, how time is stepped, what is kept.

use super::keys::{
    ATOL, EPSILON, INPUT, INPUT_DIM, MAX_STEPS, METHOD, NODES, OUTPUTS, OVERLAP_METHOD, PRECISION, REPLICAS, RESAMPLE,
    RTOL, SAMPLES, STATES, STEP, THRESHOLD, WEIGHTS,
};
use super::outputs::Outputs;
use crate::config::section::Section;
use crate::config::words::{words, words_of};
use crate::config::{InputFile, Key, ScenarioError, Words};
use crate::flow::FanOut;
use crate::integrate::{self, Method, Step, Tolerance};
use crate::overlap::Resample;
use serde::{Serialize, Serializer};

type Result<T> = std::result::Result<T, ScenarioError>;

/// `[teacher]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Teacher {
    /// d; `None` takes the file's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_dim: Option<usize>,
    /// m; `None` takes the file's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nodes: Option<usize>,
    /// W*.
    pub weights: Weights,
    /// The common threshold b, or what it is solved from.
    #[serde(flatten)]
    pub threshold: Threshold,
}

words! {
    /// Where teacher weights come from.
    pub enum Weights {
        /// Orthonormal nodes.
        Orthonormal = "orthonormal",
        /// Independent uniform directions.
        Random = "random",
        /// Entries from {±½, ±¼, 0}, columns normalised and distinct: as the authors draw them.
        Grid = "grid",
    }
    files {
        /// Columns of a `.npy` file (d × m), normalised.
        File("file", ".npy"),
    }
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

impl Overlap {
    /// How they are sampled, if they are.
    pub fn sampling(&self) -> Option<&Sampling> {
        match self {
            Self::Exact => None,
            Self::MonteCarlo(sampling) => Some(sampling),
        }
    }
}

words! {
    /// How overlaps are had.
    pub enum OverlapName {
        /// Closed form.
        Exact = "exact",
        /// From samples.
        MonteCarlo = "monte-carlo",
    }
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
    /// Runs with independent samples, for the spread; `None` where the experiment has no such thing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicas: Option<u64>,
    /// What x is drawn from.
    pub input: InputSource,
}

words_of!(Resample {
    Never = "never",
    EveryEvaluation = "every-evaluation",
});

words! {
    /// `f32` or `f64`.
    pub enum Precision {
        /// double
        F64 = "f64",
        /// single
        F32 = "f32",
    }
}

words! {
    /// The distribution of the input.
    pub enum InputSource {
        /// N(0, I)
        Gaussian = "gaussian",
    }
    files {
        /// N(0, Σ), Σ (d × d) from a `.npy` file.
        Covariance("covariance", ".npy"),
        /// The rows of a `.npy` file (samples × d).
        Rows("rows", ".npy"),
    }
}

/// `[integrate]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Integrate {
    /// The method with its tolerance or step.
    #[serde(flatten)]
    pub method: Stepping,
    /// Final time; `None` for "auto".
    #[serde(serialize_with = "or_auto")]
    pub horizon: Option<f64>,
    /// When the run is looked at.
    pub outputs: Outputs,
    /// Accepted steps at most.
    pub max_steps: u64,
}

words! {
    /// A method of integration.
    pub enum MethodName {
        /// Dormand–Prince 5(4)
        Dopri5 = "dopri5",
        /// Dormand–Prince 8(5,3)
        Dop853 = "dop853",
        /// Runge–Kutta–Chebyshev
        Rkc = "rkc",
        /// Runge–Kutta 4
        Rk4 = "rk4",
        /// Gradient descent
        GradientDescent = "gradient-descent",
    }
}

/// A [`Method`] whose step may still be open.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "method", rename_all = "kebab-case")]
pub enum Stepping {
    /// Dormand–Prince 5(4), adaptive.
    Dopri5(Tolerance),
    /// Dormand–Prince 8(5,3), adaptive.
    Dop853(Tolerance),
    /// Runge–Kutta–Chebyshev of order 2, adaptive.
    Rkc(Tolerance),
    /// Runge–Kutta 4, fixed step.
    Rk4(MaybeStep),
    /// w ← normalise(w + η dw/dt), V ← V + η dV/dt.
    GradientDescent(MaybeStep),
}

/// A fixed step, or one that is still to be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MaybeStep {
    /// In time; `None` for "auto".
    #[serde(serialize_with = "or_auto")]
    pub step: Option<f64>,
}

impl Stepping {
    /// The method, with this step where it has a fixed one that is still open.
    pub fn with_step(&self, open: f64) -> Method {
        let step = |given: MaybeStep| Step {
            step: given.step.unwrap_or(open),
        };
        match *self {
            Self::Dopri5(tolerance) => Method::Dopri5(tolerance),
            Self::Dop853(tolerance) => Method::Dop853(tolerance),
            Self::Rkc(tolerance) => Method::Rkc(tolerance),
            Self::Rk4(given) => Method::Rk4(step(given)),
            Self::GradientDescent(given) => Method::GradientDescent(step(given)),
        }
    }
}

impl Integrate {
    /// Fills in what was "auto".
    pub(in crate::experiment) fn resolve(&mut self, method: &Method, horizon: f64) {
        self.horizon = Some(horizon);
        if let Stepping::Rk4(given) | Stepping::GradientDescent(given) = &mut self.method {
            given.step = method.fixed_step();
        }
    }
}

words_of!(FanOut {
    Fixed = "fixed",
    Running = "running",
});

/// `[output]`
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Output {
    /// Write full states as `.npy`.
    pub states: bool,
}

/// A file as a scenario has it: `{ file = "…" }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileTable {
    /// The file.
    pub file: InputFile,
}

/// The value, or "auto".
pub(in crate::experiment) fn or_auto<T: Serialize, S: Serializer>(
    value: &Option<T>,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    match value {
        Some(value) => value.serialize(serializer),
        None => serializer.serialize_str("auto"),
    }
}

/// The section is left open: an experiment may have more keys in it.
pub(in crate::experiment) fn read_teacher(section: &mut Section) -> Result<Teacher> {
    let both = section.has(THRESHOLD.name()) && section.has(EPSILON.name());
    let input_dim = section.whole_if(&INPUT_DIM)?;
    let nodes = section.whole_if(&NODES)?;
    let weights: Weights = section.word(&WEIGHTS)?;
    if !matches!(weights, Weights::File(_)) {
        let nodes = nodes.ok_or_else(|| section.lacking(&NODES))?;
        let input_dim = input_dim.ok_or_else(|| section.lacking(&INPUT_DIM))?;
        if weights == Weights::Orthonormal && nodes > input_dim {
            let found = format!("{nodes} orthonormal nodes with input_dim = {input_dim}");
            let allowed = "no more orthonormal nodes than dimensions, or weights = \"random\"";
            return Err(section.contradiction(NODES.path, found, allowed));
        }
    }
    let threshold = section.number_if(&THRESHOLD)?;
    let epsilon = section.number_if(&EPSILON)?;
    if both {
        let found = "both threshold and epsilon".into();
        let allowed = "one of them: epsilon is solved for the threshold";
        return Err(section.contradiction(EPSILON.path, found, allowed));
    }
    Ok(Teacher {
        input_dim: input_dim.map(|dim| dim as usize),
        nodes: nodes.map(|nodes| nodes as usize),
        weights,
        threshold: match epsilon {
            Some(epsilon) => Threshold::Epsilon(epsilon),
            None => Threshold::Threshold(threshold.unwrap_or(0.0)),
        },
    })
}

/// With `replicas` where the experiment repeats its runs.
pub(in crate::experiment) fn read_overlap(mut section: Section, replicas: bool) -> Result<Overlap> {
    if section.word::<OverlapName>(&OVERLAP_METHOD)? == OverlapName::Exact {
        let sampling = super::keys::OVERLAP.iter().filter(|key| key.path != OVERLAP_METHOD.path);
        let allowed = "nothing here with overlap.method = \"exact\" (the default), \
                       which is for x ~ N(0, I); or overlap.method = \"monte-carlo\"";
        section.refuse(sampling, allowed)?;
        if replicas {
            section.refuse([&&REPLICAS], allowed)?;
        }
        section.finish()?;
        return Ok(Overlap::Exact);
    }
    let sampling = Sampling {
        samples: section.whole(&SAMPLES)?,
        resample: section.word(&RESAMPLE)?,
        precision: section.word(&PRECISION)?,
        replicas: match replicas {
            true => Some(section.whole(&REPLICAS)?),
            false => None,
        },
        input: section.word(&INPUT)?,
    };
    section.finish()?;
    Ok(Overlap::MonteCarlo(sampling))
}

pub(in crate::experiment) fn read_integrate(
    mut section: Section,
    overlap: &Overlap,
    horizon: &'static Key,
) -> Result<Integrate> {
    let given = section.has(METHOD.name()).then_some(METHOD.path);
    // A sample of N resolves 1/N; exact overlaps resolve rounding.
    let (resolution, repeatable, default) = match overlap {
        Overlap::Exact => (0.0, true, MethodName::Dop853),
        Overlap::MonteCarlo(sampling) => {
            (1.0 / sampling.samples as f64, sampling.resample == Resample::Never, MethodName::Rk4)
        }
    };
    let name = section.word_if(&METHOD)?.unwrap_or(default);
    let method = read_stepping(&mut section, name, resolution)?;
    if let Err(error) = integrate::check(&method.with_step(0.0), repeatable, resolution) {
        let found = format!("\"{}\" ({error})", name.word());
        let allowed = "\"rk4\" or \"gradient-descent\", or what the remark says";
        return Err(section.contradiction(given.unwrap_or(RTOL.path), found, allowed));
    }
    let horizon_key = horizon;
    let horizon = section.number_or_auto(horizon_key)?;
    let outputs = section.form(&OUTPUTS, Outputs::read)?;
    if !horizon_key.auto && horizon.or(outputs.last()).is_none() {
        return Err(section.lacking(horizon_key));
    }
    if let (Some(horizon), Some(last)) = (horizon, outputs.last())
        && last > horizon
    {
        let found = format!("{last} with integrate.horizon = {horizon}");
        let allowed = "times up to the horizon, or horizon = \"auto\"";
        return Err(section.contradiction(OUTPUTS.path, found, allowed));
    }
    let max_steps = section.whole(&MAX_STEPS)?;
    section.finish()?;
    Ok(Integrate {
        method,
        horizon: horizon.or(outputs.last()),
        outputs,
        max_steps,
    })
}

/// The tolerance or the step of a method.
fn read_stepping(section: &mut Section, name: MethodName, resolution: f64) -> Result<Stepping> {
    let unused = format!("nothing here with integrate.method = \"{}\"", name.word());
    if let MethodName::Rk4 | MethodName::GradientDescent = name {
        section.refuse([&&RTOL, &&ATOL], &unused)?;
        let step = MaybeStep {
            step: section.number_or_auto(&STEP)?,
        };
        return Ok(match name {
            MethodName::Rk4 => Stepping::Rk4(step),
            _ => Stepping::GradientDescent(step),
        });
    }
    section.refuse([&&STEP], &unused)?;
    // A method of order 2 would take forever to 1e-12.
    let finest = if name == MethodName::Rkc { 1e-6 } else { 1e-12 };
    let rtol = section.number_if(&RTOL)?;
    let rtol = rtol.unwrap_or(f64::max(finest, 10.0 * resolution));
    let atol = section.number_if(&ATOL)?.unwrap_or(0.01 * rtol);
    let tolerance = Tolerance { rtol, atol };
    Ok(match name {
        MethodName::Dopri5 => Stepping::Dopri5(tolerance),
        MethodName::Dop853 => Stepping::Dop853(tolerance),
        _ => Stepping::Rkc(tolerance),
    })
}

pub(in crate::experiment) fn read_output(mut section: Section) -> Result<Output> {
    let states = section.flag(&STATES)?;
    section.finish()?;
    Ok(Output { states })
}
