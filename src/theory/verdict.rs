//! What a run says of a bound.

use serde::Serialize;
use std::fmt;
use std::str::FromStr;

/// What a run says of a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The simulated rate was at least the claimed one, wherever it was measured.
    Holds,
    /// The simulated rate fell below the claimed one.
    Violated,
    /// The claimed rate is not positive: it claims nothing.
    Vacuous,
    /// A premise of the claim is not met.
    #[serde(rename = "not applicable")]
    NotApplicable,
    /// The run gave nothing to compare with.
    Untested,
    /// The comparison lies within the run's own error.
    Undecided,
}

/// Rounding in a measured rate, relative: rates are read only well above the noise floor.
const SLACK: f64 = 1e-6;

impl Verdict {
    /// All there are.
    pub const ALL: [Self; 6] =
        [Self::Holds, Self::Violated, Self::Vacuous, Self::NotApplicable, Self::Untested, Self::Undecided];

    /// Whether there is a claim that a figure can show: not where it is vacuous or its premises are not met.
    pub fn claims_something(self) -> bool {
        !matches!(self, Self::Vacuous | Self::NotApplicable)
    }

    /// What it says, for those who see it first.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Holds => "what was simulated is what is claimed, within the tolerance",
            Self::Violated => "what was simulated falls short of what is claimed by more than the tolerance",
            Self::Vacuous => "the claimed rate is not positive: it claims nothing",
            Self::NotApplicable => "a premise of the claim is not met",
            Self::Untested => "the run gave nothing to compare with",
            Self::Undecided => "the comparison lies within the run's own error",
        }
    }

    /// How far a simulated rate may fall short of a bound: rounding.
    pub fn tolerance_of_bound(simulated: f64) -> f64 {
        SLACK * simulated
    }

    /// As in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Violated => "violated",
            Self::Vacuous => "vacuous",
            Self::NotApplicable => "not applicable",
            Self::Untested => "untested",
            Self::Undecided => "undecided",
        }
    }

    /// Of a claimed lower bound on the rate, against the worst simulated rate.
    pub fn of_bound(claimed: f64, simulated: Option<f64>) -> Self {
        match simulated {
            // Not `claimed <= 0`: a NaN claims nothing either.
            _ if !(claimed > 0.0) => Self::Vacuous,
            None => Self::Untested,
            Some(simulated) if claimed <= simulated * (1.0 + SLACK) => Self::Holds,
            Some(_) => Self::Violated,
        }
    }

    /// Of a claimed value, against a measured one with its error.
    pub fn of_value(claimed: f64, measured: Option<(f64, f64)>) -> Self {
        match measured {
            _ if !(claimed > 0.0) => Self::Vacuous,
            None => Self::Untested,
            Some((value, error)) if (value - claimed).abs() <= error => Self::Holds,
            Some(_) => Self::Violated,
        }
    }
}

impl FromStr for Verdict {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|known| known.name() == text);
        known.ok_or_else(|| format!("{text} is no verdict"))
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_judged_by_the_worst_rate() {
        assert_eq!(Verdict::of_bound(0.5, Some(0.6)), Verdict::Holds);
        assert_eq!(Verdict::of_bound(0.7, Some(0.6)), Verdict::Violated);
        assert_eq!(Verdict::of_bound(-0.1, Some(0.6)), Verdict::Vacuous);
        assert_eq!(Verdict::of_bound(f64::NAN, Some(0.6)), Verdict::Vacuous);
        assert_eq!(Verdict::of_bound(0.5, None), Verdict::Untested);
    }

    #[test]
    fn values_are_judged_within_their_error() {
        assert_eq!(Verdict::of_value(1.0, Some((1.0, 0.0))), Verdict::Holds);
        assert_eq!(Verdict::of_value(1.0, Some((1.02, 0.03))), Verdict::Holds);
        assert_eq!(Verdict::of_value(1.0, Some((1.02, 0.01))), Verdict::Violated);
    }
}
