//! The rates of Theorem 5.

use super::{Bound, Measure, Natural, Premise, Standing};
use crate::plot::Look;

/// All of them, in the order of tables and columns.
pub const THEOREM5: &[Bound] = &[CERTIFIED, EUCLIDEAN];

const CERTIFIED: Bound = Bound {
    name: "certified",
    label: "certified",
    formula: "λ = −α(M), M the comparison matrix: max_i z_i/p_i falls by e^{−λt}",
    source: "docs/theory.md §6",
    standing: Standing::Proven,
    measure: Measure::WeightedNorm,
    natural: Natural::Presence,
    premises: &[Premise::FreeFanOut, Premise::StandardInput, Premise::Flow],
    look: Look::DERIVED,
    evaluate: |facts| facts.certificate.map(|certificate| certificate.rate),
};

const EUCLIDEAN: Bound = Bound {
    name: "euclidean",
    label: "Euclidean",
    formula: "√(Σ_u δ_j² + Σ_i |ε_i|²) falls by e^{−λt} within a region that it does not leave",
    source: "docs/theory.md §6, Theorem C",
    measure: Measure::JointDistance,
    look: Look::EUCLIDEAN,
    evaluate: |facts| facts.joint.map(|certificate| certificate.rate),
    ..CERTIFIED
};
