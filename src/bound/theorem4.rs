//! The rates of Theorem 4.

use super::{Bound, Facts, Measure, Natural, Premise, Standing};
use crate::plot::Look;
use crate::theory::assumption3::Assumption3;
use crate::theory::theorem4;

/// All of them, in the order of tables and columns.
pub const THEOREM4: &[Bound] = &[PRINTED, PRINTED_D0, DERIVED, SHARP, EXACT];

const PREMISES: &[Premise] = &[
    Premise::Projected,
    Premise::FixedFanOut,
    Premise::StandardInput,
];

/// A rate that Assumption 3 alone decides.
fn of_assumption(facts: &Facts, rate: fn(&Assumption3) -> f64) -> Option<f64> {
    facts.assumption.map(rate)
}

const PRINTED: Bound = Bound {
    name: "printed",
    label: "printed",
    source: "the poster, to the letter",
    standing: Standing::Stated,
    measure: Measure::Theta,
    natural: Natural::Itself,
    premises: PREMISES,
    look: Look::PRINTED,
    evaluate: |facts| of_assumption(facts, theorem4::printed),
};

const PRINTED_D0: Bound = Bound {
    name: "printed_d0",
    label: "printed·d₀",
    source: "the poster, in units of time",
    natural: Natural::D0,
    look: Look::PRINTED_D0,
    evaluate: |facts| of_assumption(facts, theorem4::printed_d0),
    ..PRINTED
};

const DERIVED: Bound = Bound {
    name: "derived",
    label: "derived",
    source: "docs/theory.md §4",
    standing: Standing::Proven,
    measure: Measure::TanHalf,
    natural: Natural::D0,
    premises: PREMISES,
    look: Look::DERIVED,
    evaluate: |facts| of_assumption(facts, theorem4::derived),
};

const SHARP: Bound = Bound {
    name: "sharp",
    label: "sharp",
    measure: Measure::Theta,
    look: Look::SHARP,
    evaluate: |facts| Some(theorem4::sharp(facts.angles?, facts.assumption?)),
    ..DERIVED
};

const EXACT: Bound = Bound {
    name: "exact",
    label: "exact",
    standing: Standing::Asymptotic,
    measure: Measure::Theta,
    look: Look::EXACT,
    evaluate: |facts| facts.asymptotic.map(|exact| exact.rate),
    ..DERIVED
};
