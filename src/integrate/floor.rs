//! The size below which a run shows its own errors, and which of them.

use super::Method;
use serde::Serialize;
use std::fmt;

/// What sets a noise floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FloorCause {
    /// Doubles have 53 bits.
    Rounding,
    /// The tolerance of the integrator.
    Tolerance,
    /// The noise of a sample.
    Sampling,
    /// Steps whose increments are lost to rounding.
    Step,
}

/// Below this an error is not known: it is that of the run itself.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct NoiseFloor {
    /// The size, in the units of the error.
    pub value: f64,
    /// What sets it.
    pub cause: FloorCause,
}

impl NoiseFloor {
    /// Nothing is below it.
    pub const NONE: Self = Self {
        value: 0.0,
        cause: FloorCause::Rounding,
    };

    /// The highest of several floors; the first of equal ones.
    pub fn highest(floors: impl IntoIterator<Item = (f64, FloorCause)>) -> Self {
        floors
            .into_iter()
            .map(|(value, cause)| Self { value, cause })
            .fold(Self::NONE, |highest, floor| if floor.value > highest.value { floor } else { highest })
    }
}

/// The error at which steps of fixed length stop moving a state of size one: their increments, step · rate · error, are
/// lost to rounding. 0 for adaptive methods, whose steps grow, and for a step that is not chosen yet.
pub fn stagnation_floor(method: &Method, rate: f64) -> f64 {
    match method.fixed_step() {
        Some(step) if step > 0.0 => 16.0 * f64::EPSILON / (step * rate),
        _ => 0.0,
    }
}

impl FloorCause {
    /// What lowers the floor.
    pub(super) fn advice(self) -> &'static str {
        match self {
            Self::Rounding => "start farther away: doubles resolve no smaller errors",
            Self::Tolerance => "start farther away, or take a smaller integrate.rtol and atol",
            Self::Sampling => "start farther away, or take more overlap.samples (or overlap.method = \"exact\")",
            Self::Step => "take a larger integrate.step: its increments are lost to rounding",
        }
    }
}

impl fmt::Display for FloorCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rounding => "rounding",
            Self::Tolerance => "the tolerance",
            Self::Sampling => "the sample's noise",
            Self::Step => "the step",
        })
    }
}
