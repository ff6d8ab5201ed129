//! The rates of Theorem 4.

use super::{Bound, Facts, Measure, Natural, Premise, Standing};
use crate::lately::{Lately, key};
use crate::plot::Look;
use crate::theory::euclidean::{Certificate, Start};
use crate::theory::{discrete, theorem4};
use std::sync::LazyLock;

/// All of them, in the order of tables and columns.
pub const THEOREM4: &[Bound] =
    &[PRINTED, PRINTED_D0, DERIVED, SHARP, EUCLIDEAN, DERIVED_STEPS, SHARP_STEPS, EUCLIDEAN_STEPS, EXACT];

/// What the theorem presumes, in whatever time.
const PREMISES: &[Premise] = &[Premise::Projected, Premise::FixedFanOut, Premise::StandardInput];

const OF_THE_FLOW: &[Premise] = &[Premise::Projected, Premise::FixedFanOut, Premise::StandardInput, Premise::Flow];

const OF_STEPS: &[Premise] = &[Premise::Projected, Premise::FixedFanOut, Premise::StandardInput, Premise::Steps];

/// The rate of a certificate; 0 where there is none, which claims nothing.
fn euclidean(facts: &Facts, step: Option<f64>) -> Option<f64> {
    let (teacher, assumption) = (facts.teacher?, facts.assumption?);
    let (b, theta0) = (assumption.threshold, assumption.theta0);
    let start = Start::Within(theta0);
    let rate = || {
        let certificate = match step {
            Some(step) => Certificate::in_steps(teacher, b, start, step),
            None => Certificate::of(teacher, b, start),
        };
        certificate.map_or(0.0, |certificate| certificate.rate)
    };
    // Seeds of a cell share it, where the teacher is not drawn.
    static LATELY: LazyLock<Lately<f64>> = LazyLock::new(Lately::new);
    let key = key(teacher, &[b, theta0, step.unwrap_or(f64::NAN)]);
    Some(LATELY.get(&key, rate))
}

const PRINTED: Bound = Bound {
    name: "printed",
    label: "printed",
    formula: "λ = d̄γ with d̄ = (1 + K_d a₀)/cos θ₀, γ = cos θ₀ − (m − 1)ε(1 + K_d)(1 + K_d a₀)²/cos² θ₀, a₀ = 2 sin(θ₀/2)",
    source: "the poster, to the letter",
    standing: Standing::Stated,
    measure: Measure::Theta,
    natural: Natural::Itself,
    premises: PREMISES,
    look: Look::PRINTED,
    evaluate: |facts| facts.assumption.map(theorem4::printed),
};

const PRINTED_D0: Bound = Bound {
    name: "printed_d0",
    label: "printed·d₀",
    formula: "λ = d₀ d̄γ with the d̄ and γ of the printed rate",
    source: "the poster, in units of time",
    natural: Natural::D0,
    look: Look::PRINTED_D0,
    evaluate: |facts| facts.assumption.map(theorem4::printed_d0),
    ..PRINTED
};

const DERIVED: Bound = Bound {
    name: "derived",
    label: "derived",
    formula: "λ = d₀/(1 + K_d a₀)·[1 − (m − 1)ε(1 + K_d)(1 + K_d a₀)²/cos(θ₀/2)], a₀ = 2 sin(θ₀/2)",
    source: "docs/theory.md §4",
    standing: Standing::Proven,
    measure: Measure::TanHalf,
    natural: Natural::D0,
    premises: OF_THE_FLOW,
    look: Look::DERIVED,
    evaluate: |facts| facts.assumption.map(theorem4::derived),
};

const SHARP: Bound = Bound {
    name: "sharp",
    label: "sharp",
    formula: "λ = D(θ₀) sin θ₀/θ₀ − max_j Σ_{k≠j} sup √(D² + D'²) over angles within 2θ₀ of the teacher's",
    measure: Measure::Theta,
    look: Look::SHARP,
    evaluate: |facts| Some(theorem4::sharp(facts.angles?, facts.assumption?)),
    ..DERIVED
};

const EUCLIDEAN: Bound = Bound {
    name: "euclidean",
    label: "Euclidean",
    formula: "‖W − W*‖_F falls by e^{−λt} within a region around W* that it does not leave",
    source: "docs/theory.md §5",
    measure: Measure::Distance,
    natural: Natural::Presence,
    look: Look::EUCLIDEAN,
    evaluate: |facts| euclidean(facts, None),
    ..DERIVED
};

const DERIVED_STEPS: Bound = Bound {
    name: "derived_steps",
    label: "derived, per step",
    formula: "1 − ηλ per step, λ = Λ/(1 + ηΛ sin²(θ₀/2)), Λ = atan(ηD₋ sin θ₀)/(η sin θ₀) − κ/cos(θ₀/2)",
    source: "docs/theory.md §5",
    premises: OF_STEPS,
    evaluate: |facts| Some(discrete::derived(facts.assumption?, facts.step?).unwrap_or(0.0)),
    ..DERIVED
};

const SHARP_STEPS: Bound = Bound {
    name: "sharp_steps",
    label: "sharp, per step",
    formula: "1 − ηλ per step, λ = atan(ηD(θ₀) sin θ₀)/(ηθ₀) − max_j Σ_{k≠j} sup √(D² + D'²)",
    source: "docs/theory.md §5",
    premises: OF_STEPS,
    evaluate: |facts| Some(discrete::sharp(facts.angles?, facts.assumption?, facts.step?).unwrap_or(0.0)),
    ..SHARP
};

const EUCLIDEAN_STEPS: Bound = Bound {
    name: "euclidean_steps",
    label: "Euclidean, per step",
    formula: "‖W − W*‖_F falls by 1 − ηλ per step within a region around W* that it does not leave",
    premises: OF_STEPS,
    evaluate: |facts| euclidean(facts, Some(facts.step?)),
    ..EUCLIDEAN
};

const EXACT: Bound = Bound {
    name: "exact",
    label: "exact",
    formula: "λ of the slowest mode of the flow's Jacobian at the teacher",
    standing: Standing::Asymptotic,
    measure: Measure::Theta,
    premises: PREMISES,
    look: Look::EXACT,
    evaluate: |facts| facts.asymptotic.map(|exact| exact.rate),
    ..DERIVED
};
