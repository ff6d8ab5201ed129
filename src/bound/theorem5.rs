//! The rates of Theorem 5.

use super::{Bound, Measure, Natural, Premise, Standing};
use crate::plot::Look;

/// All of them, in the order of tables and columns.
pub const THEOREM5: &[Bound] = &[CERTIFIED];

const CERTIFIED: Bound = Bound {
    name: "certified",
    label: "certified",
    source: "docs/theory.md §5",
    standing: Standing::Proven,
    measure: Measure::WeightedNorm,
    natural: Natural::Presence,
    premises: &[Premise::FreeFanOut, Premise::StandardInput],
    look: Look::DERIVED,
    evaluate: |facts| facts.certificate.map(|certificate| certificate.rate),
};
