//! Why a run ended.

use serde::Serialize;
use std::fmt;

/// Why a run ended; everything computed before is kept.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum RunEnd {
    /// The horizon was reached.
    Horizon,
    /// Angles fell to the noise floor: nothing more can be measured.
    Converged {
        /// when
        time: f64,
    },
    /// Somebody pressed Ctrl-C.
    Interrupted {
        /// when
        time: f64,
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
        matches!(self, Self::Horizon | Self::Converged { .. })
    }

    /// One word for tables, as in `summary.json`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Horizon => "horizon",
            Self::Converged { .. } => "converged",
            Self::Interrupted { .. } => "interrupted",
            Self::NotFinite { .. } => "not-finite",
            Self::Diverged { .. } => "diverged",
            Self::Stalled { .. } => "stalled",
            Self::StepBudget { .. } => "step-budget",
        }
    }

    /// What to change, where something should be.
    pub fn advice(&self) -> Option<&'static str> {
        match self {
            Self::Horizon | Self::Converged { .. } => None,
            Self::Interrupted { .. } => Some("what was computed until then is kept"),
            Self::NotFinite { .. } => Some(
                "check that weights and data are finite; with flow.projection = false a node may have shrunk to zero",
            ),
            Self::Diverged { .. } => Some(
                "take a smaller integrate.step, or a smaller rtol; with flow.projection = false nothing bounds the norms",
            ),
            Self::Stalled { .. } => Some(
                "raise integrate.rtol and atol: they are below what the flow resolves (rounding, or a fixed sample)",
            ),
            Self::StepBudget { .. } => Some(
                "raise integrate.max_steps, shorten the horizon, or choose a method with longer steps (dop853)",
            ),
        }
    }
}

impl fmt::Display for RunEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Horizon => write!(f, "reached the horizon"),
            Self::Converged { time } => {
                write!(f, "converged to the noise floor at t = {time:.6}")
            }
            Self::Interrupted { time } => write!(f, "interrupted at t = {time:.6}"),
            Self::NotFinite { time, component } => write!(
                f,
                "the velocity of state component {component} is not finite at t = {time:.6}"
            ),
            Self::Diverged { time, component } => {
                write!(f, "state component {component} diverged at t = {time:.6}")
            }
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
            RunEnd::Interrupted { time },
            RunEnd::NotFinite { time, component },
            RunEnd::Diverged { time, component },
            RunEnd::Stalled { time },
            RunEnd::StepBudget { time, steps },
        ] {
            assert_eq!(serde_json::to_value(&end).unwrap()["kind"], end.kind());
        }
    }
}
