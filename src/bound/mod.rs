//! The rates that are claimed: each declared once, with its name, what it bounds, and when it may be judged.
//!
//! From these lists come claims, tables, plots and the columns of sweeps. A new bound is a declaration beside the others
//! and its place in a list.

mod measure;
mod theorem4;
mod theorem5;

pub use measure::Measure;
pub use theorem4::THEOREM4;
pub use theorem5::THEOREM5;

use crate::plot::Look;
use crate::theory::AsymptoticRate;
use crate::theory::assumption3::{Assumption3, TeacherAngles};
use crate::theory::certificate::Certificate;
use crate::theory::euclidean::joint;
use ndarray::ArrayView2;
use std::fmt;

/// A rate λ that is claimed.
pub struct Bound {
    /// As in `summary.json` and in columns.
    pub name: &'static str,
    /// As readers know it.
    pub label: &'static str,
    /// λ, as its source has it; in words where it is no closed form.
    pub formula: &'static str,
    /// Where the formula comes from.
    pub source: &'static str,
    /// What is known of it.
    pub standing: Standing,
    /// What falls at this rate.
    pub measure: Measure,
    /// In what it is a number of order one.
    pub natural: Natural,
    /// What a run must be for it to be judged.
    pub premises: &'static [Premise],
    /// How it is drawn.
    pub look: Look,
    /// λ; `None` where it cannot be computed.
    pub evaluate: fn(&Facts) -> Option<f64>,
}

/// What is known of a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Standing {
    /// A lower bound with a proof in docs/theory.md.
    Proven,
    /// A lower bound that the poster states.
    Stated,
    /// The exact rate of the slowest mode near the teacher: a value, not a bound.
    Asymptotic,
}

/// In what a rate is a number of order one that varies smoothly through zero: γ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Natural {
    /// It is one already: it has no unit.
    Itself,
    /// In units of d₀.
    D0,
    /// In nothing: a certificate is there or it is not, and there is no γ.
    Presence,
}

/// What a run must be for a bound to say something of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Premise {
    /// P⊥ is applied: nodes stay on the unit sphere.
    Projected,
    /// Fan-out weights are fixed at one.
    FixedFanOut,
    /// Fan-out weights are free.
    FreeFanOut,
    /// x ~ N(0, I).
    StandardInput,
    /// The run follows the flow.
    Flow,
    /// The run takes the steps of gradient descent.
    Steps,
}

/// What is known of a start before the first step. A part that an experiment does not have is `None`.
#[derive(Clone, Copy, Default)]
pub struct Facts<'a> {
    /// ε, K_d, θ₀, d₀.
    pub assumption: Option<&'a Assumption3>,
    /// Angles between teacher nodes.
    pub angles: Option<&'a TeacherAngles>,
    /// The slowest rate near the teacher.
    pub asymptotic: Option<&'a AsymptoticRate>,
    /// Theorem 5's certificate by the comparison matrix.
    pub certificate: Option<&'a Certificate>,
    /// Theorem 5's certificate of the joint Euclidean distance.
    pub joint: Option<&'a joint::Certificate>,
    /// W*, of unit columns.
    pub teacher: Option<ArrayView2<'a, f64>>,
    /// η, of gradient descent.
    pub step: Option<f64>,
}

impl fmt::Debug for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Premise {
    /// Why a run without it is not judged.
    pub fn unmet(self) -> &'static str {
        match self {
            Self::Projected => "the flow is not projected: nodes leave the unit sphere",
            Self::FixedFanOut => "fan-out weights run or start elsewhere; the theorem has them fixed at one",
            Self::FreeFanOut => "V's columns are kept at unit norm; the theorem has V free",
            Self::Flow => "the run takes finite steps of gradient descent",
            Self::Steps => "the run follows the flow",
            Self::StandardInput => "the input is not N(0, I); the analytic rates are those of N(0, I)",
        }
    }
}

impl Bound {
    /// Whether it speaks of runs of this kind at all, by the flow or by steps; where it does not, nothing is said of it.
    pub fn speaks_of(&self, unmet: &[Premise]) -> bool {
        let other = |premise| self.premises.contains(&premise) && unmet.contains(&premise);
        !other(Premise::Flow) && !other(Premise::Steps)
    }

    /// Whether it claims to be a lower bound, and not a value.
    pub fn is_lower(&self) -> bool {
        self.standing != Standing::Asymptotic
    }

    /// What a run's rate of it is, in words.
    pub fn judged_by(&self) -> String {
        match (self.standing, self.measure) {
            (Standing::Asymptotic, _) => "fitted slowest mode".into(),
            (_, Measure::Theta) => "worst".into(),
            (_, Measure::WeightedNorm | Measure::JointDistance) => self.measure.symbol().into(),
            (_, measure) => format!("worst, of {}", measure.symbol()),
        }
    }

    /// Whether a run that lacks these premises may be judged by it.
    pub fn applies(&self, unmet: &[Premise]) -> bool {
        self.lacks(unmet).is_empty()
    }

    /// Its premises that are among these.
    pub fn lacks(&self, unmet: &[Premise]) -> Vec<Premise> {
        let premises = self.premises.iter().copied();
        premises.filter(|premise| unmet.contains(premise)).collect()
    }
}
