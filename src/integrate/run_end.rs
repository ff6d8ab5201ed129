//! Why a run ended.

use super::FloorCause;
use serde::{Serialize, Serializer};
use std::fmt;

/// Why a run ended; everything computed before is kept.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
#[non_exhaustive]
pub enum RunEnd {
    /// The horizon was reached.
    Horizon,
    /// The start lies below the noise floor: nothing was to be measured from the beginning.
    AtFloor {
        /// the floor
        floor: f64,
        /// what sets it
        cause: FloorCause,
    },
    /// Nothing moves any more, wherever that is.
    AtRest {
        /// when that was seen
        time: f64,
        /// the most that any component of the state moved in the last half of that time, or more
        moved: f64,
    },
    /// The flow goes on, but a step of fixed length moves nothing: its increments are lost to rounding.
    StepTooSmall {
        /// from when on
        time: f64,
        /// the step
        step: f64,
    },
    /// Everything that was asked for is done.
    Finished,
    /// Angles fell to the noise floor: nothing more can be measured.
    Converged {
        /// when
        time: f64,
    },
    /// Somebody pressed Ctrl-C.
    Interrupted {
        /// when; `None` where many runs were
        time: Option<f64>,
    },
    /// The flow gave a NaN or an infinity.
    NotFinite {
        /// when
        time: f64,
        /// which component of the state's velocity
        component: usize,
    },
    /// The state left every reasonable bound.
    Diverged {
        /// when
        time: f64,
        /// which component of the state
        component: usize,
    },
    /// The loss of a training grew beyond bounds.
    LossDiverged {
        /// which training
        run: String,
        /// how far it came, and what the loss was
        found: String,
    },
    /// The step became too small to move time.
    Stalled {
        /// when
        time: f64,
    },
    /// `max_steps` were taken.
    StepBudget {
        /// when
        time: f64,
        /// how many
        steps: u64,
    },
}

impl RunEnd {
    /// Whether the run came to its natural end.
    pub fn is_regular(&self) -> bool {
        matches!(self, Self::Horizon | Self::Finished | Self::Converged { .. } | Self::AtRest { .. })
    }

    /// One word for tables, as in `summary.json`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Horizon => "horizon",
            Self::AtFloor { .. } => "at-floor",
            Self::AtRest { .. } => "at-rest",
            Self::StepTooSmall { .. } => "step-too-small",
            Self::Finished => "finished",
            Self::Converged { .. } => "converged",
            Self::Interrupted { .. } => "interrupted",
            Self::NotFinite { .. } => "not-finite",
            Self::Diverged { .. } => "diverged",
            Self::LossDiverged { .. } => "loss-diverged",
            Self::Stalled { .. } => "stalled",
            Self::StepBudget { .. } => "step-budget",
        }
    }

    /// What to change, where something should be.
    pub fn advice(&self) -> Option<&'static str> {
        match self {
            Self::Horizon | Self::Finished | Self::Converged { .. } | Self::AtRest { .. } => None,
            Self::AtFloor { cause, .. } => Some(cause.advice()),
            Self::StepTooSmall { .. } => Some(FloorCause::Step.advice()),
            Self::Interrupted { .. } => Some("what was computed until then is kept"),
            Self::NotFinite { .. } => Some(
                "check that weights and data are finite; with flow.projection = false a node may have shrunk to zero",
            ),
            Self::Diverged { .. } => Some(
                "take a smaller integrate.step, or a smaller rtol; with flow.projection = false nothing bounds the norms",
            ),
            Self::LossDiverged { .. } => Some("take a smaller training.step"),
            Self::Stalled { .. } => Some(
                "raise integrate.rtol and atol: they are below what the flow resolves (rounding, or a fixed sample)",
            ),
            Self::StepBudget { .. } => {
                Some("raise integrate.max_steps, shorten the horizon, or choose a method with longer steps (dop853)")
            }
        }
    }
}

/// A run's end with all that is said of it, as every summary has it.
#[derive(Serialize)]
pub struct Described<'a> {
    #[serde(flatten)]
    end: &'a RunEnd,
    regular: bool,
    reason: String,
    advice: Option<&'static str>,
}

impl RunEnd {
    /// For summaries.
    pub fn described(&self) -> Described<'_> {
        Described {
            end: self,
            regular: self.is_regular(),
            reason: self.to_string(),
            advice: self.advice(),
        }
    }

    /// Serialises as [`RunEnd::described`], within other things.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn describe<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.described().serialize(to)
    }

    /// The end of many runs: the worst of them.
    pub fn worst<'a>(ends: impl IntoIterator<Item = &'a Self>) -> Self {
        let rank = |end: &Self| match end {
            Self::Interrupted { .. } => 1,
            end => 2 * u8::from(!end.is_regular()),
        };
        ends.into_iter().fold(Self::Finished, |worst, end| match end {
            end if rank(end) > rank(&worst) => end.clone(),
            _ => worst,
        })
    }
}

impl fmt::Display for RunEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Horizon => write!(f, "reached the horizon"),
            Self::AtFloor { floor, cause } => {
                write!(f, "began below the noise floor {floor:.3e} that {cause} sets, and did not move")
            }
            Self::AtRest { time, moved } => {
                write!(f, "came to rest by t = {time:.6}: nothing moved by more than {moved:.1e} since half that time")
            }
            Self::StepTooSmall { time, step } => {
                write!(f, "a step of {step:e} moves nothing from t = {time:.6} on: it is lost to rounding")
            }
            Self::Finished => write!(f, "did all that was asked for"),
            Self::Converged { time } => {
                write!(f, "converged to the noise floor at t = {time:.6}")
            }
            Self::Interrupted { time: Some(time) } => write!(f, "interrupted at t = {time:.6}"),
            Self::Interrupted { time: None } => write!(f, "interrupted"),
            Self::NotFinite { time, component } => {
                write!(f, "the velocity of state component {component} is not finite at t = {time:.6}")
            }
            Self::Diverged { time, component } => {
                write!(f, "state component {component} diverged at t = {time:.6}")
            }
            Self::LossDiverged { run, found } => write!(f, "{run}: {found}"),
            Self::Stalled { time } => write!(f, "the step shrank to nothing at t = {time:.6}"),
            Self::StepBudget { time, steps } => {
                write!(f, "{steps} steps were taken by t = {time:.6}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_those_of_the_summary() {
        let (time, component, steps) = (1.0, 2, 3);
        for end in [
            RunEnd::Horizon,
            RunEnd::Converged { time },
            RunEnd::AtFloor {
                floor: 0.1,
                cause: FloorCause::Sampling,
            },
            RunEnd::AtRest { time, moved: 0.0 },
            RunEnd::StepTooSmall { time, step: 1e-20 },
            RunEnd::Finished,
            RunEnd::Interrupted { time: Some(time) },
            RunEnd::LossDiverged {
                run: "a".into(),
                found: "b".into(),
            },
            RunEnd::NotFinite { time, component },
            RunEnd::Diverged { time, component },
            RunEnd::Stalled { time },
            RunEnd::StepBudget { time, steps },
        ] {
            assert_eq!(serde_json::to_value(&end).unwrap()["kind"], end.kind());
        }
    }
}
