//! A claim, what stands behind it, and what was measured of it.

use crate::theory::Verdict;
use std::fmt;

/// What stands behind a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Proved in docs/theory.md: a bound that no run may break, or an identity up to rounding.
    Proven,
    /// Two computations of the same number: how far they agree is a matter of their precision.
    Measured,
    /// Samples beside what is exact: chance has a part in it, though seeds are fixed.
    Statistical,
    /// Stated by the poster: the run says what it says.
    Stated,
}

/// What is expected of what was measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Expected {
    /// An error.
    AtMost(f64),
    /// A rate, or a ratio to one; what is not positive claims nothing.
    AtLeast(f64),
    /// A value, and how far from it is no miss.
    Near(f64, f64),
}

/// A claim and what became of it.
#[derive(Clone, Debug)]
pub struct Claim {
    /// In words.
    pub claim: String,
    /// What stands behind it.
    pub standing: Standing,
    /// What was measured; NaN where nothing could be.
    pub measured: f64,
    /// By what it is judged.
    pub expected: Expected,
}

impl Claim {
    /// What follows. What could not be measured does not hold.
    pub fn verdict(&self) -> Verdict {
        let met = match self.expected {
            Expected::AtMost(bound) => self.measured <= bound,
            Expected::AtLeast(bound) => {
                return Verdict::of_bound(bound, Some(self.measured));
            }
            Expected::Near(value, error) => (self.measured - value).abs() <= error,
        };
        if met { Verdict::Holds } else { Verdict::Violated }
    }

    /// Whether the program contradicts itself or what is proved: only what others state may fail, and what claims nothing is no
    /// test.
    pub fn is_a_failure(&self) -> bool {
        self.standing != Standing::Stated && self.verdict() != Verdict::Holds
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Proven => "proven",
            Self::Measured => "measured",
            Self::Statistical => "statistical",
            Self::Stated => "stated",
        })
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::AtMost(bound) if bound >= 1.0 => write!(f, "at most {bound}"),
            Self::AtMost(bound) => write!(f, "at most {bound:.0e}"),
            Self::AtLeast(1.0) => f.write_str("at least 1"),
            Self::AtLeast(bound) => write!(f, "at least {bound:.3e}"),
            Self::Near(value, error) => write!(f, "{value:.6e} ± {error:.0e}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STANDINGS: [Standing; 4] = [Standing::Proven, Standing::Measured, Standing::Statistical, Standing::Stated];

    fn claim(standing: Standing, measured: f64, expected: Expected) -> Claim {
        Claim {
            claim: "x".into(),
            standing,
            measured,
            expected,
        }
    }

    #[test]
    fn a_claim_that_is_missed_is_a_failure_unless_it_is_only_stated() {
        for (expected, met, missed) in [
            (Expected::AtMost(1e-9), 1e-10, 1e-8),
            (Expected::AtLeast(0.5), 0.5, 0.49),
            (Expected::Near(2.0, 0.1), 1.95, 2.11),
        ] {
            for standing in STANDINGS {
                assert!(!claim(standing, met, expected).is_a_failure());
                for measured in [missed, f64::NAN] {
                    let missed = claim(standing, measured, expected);
                    assert_eq!(missed.verdict(), Verdict::Violated);
                    assert_eq!(missed.is_a_failure(), standing != Standing::Stated);
                }
            }
        }
        // A rate that is not positive claims nothing, which verifies nothing.
        let vacuous = claim(Standing::Proven, 0.5, Expected::AtLeast(-0.1));
        assert_eq!(vacuous.verdict(), Verdict::Vacuous);
        assert!(vacuous.is_a_failure());
    }

    #[test]
    fn every_line_is_of_a_kind_and_fails_when_it_is_off_by_a_third() {
        let all = crate::verify::all();
        for standing in STANDINGS {
            assert!(all.iter().any(|claim| claim.standing == standing), "{standing}");
        }
        for claim in &all {
            assert!(!claim.is_a_failure(), "{claim:?}");
            // The same line with another measurement.
            let off = Claim {
                measured: match claim.expected {
                    Expected::AtMost(bound) => 1.3 * bound,
                    Expected::AtLeast(bound) => bound / 1.3,
                    Expected::Near(value, _) => 1.3 * value,
                },
                ..claim.clone()
            };
            assert_eq!(off.verdict(), Verdict::Violated, "{off:?}");
        }
        // What is compared with samples is not said to be proved, nor is how precise a number is.
        let by_words = |words: &str| {
            let found = all.iter().find(|claim| claim.claim.contains(words));
            found.expect("a line").standing
        };
        assert_eq!(by_words("Monte Carlo"), Standing::Statistical);
        assert_eq!(by_words("tables of kernels"), Standing::Measured);
        assert_eq!(by_words("`sharp`"), Standing::Proven);
        assert_eq!(by_words("`printed_d0`"), Standing::Stated);
    }
}
