//! What a sweep keeps of a run.

use crate::bound::{Bound, Measure, THEOREM4};
use crate::experiment::theorem4::{Outcome, RateClaim, Way};
use crate::experiment::two_layer::claim;
use crate::experiment::two_layer::slowest::{self, CERTIFIED_OF_FOUND, SLOWEST_FOUND};
use crate::experiment::{Rate, Reading, View, simulated};
use crate::measure::Fit;
use crate::plot::Look;

const RATE: &str = "1/time";
const ANGLE: &str = "radians";

/// What a sweep shows.
pub const VIEW: View = View {
    title: "Theorem 4",
    bounds: THEOREM4,
    rates: &[
        Rate {
            column: "fitted",
            label: "fitted slowest mode",
            look: Look::SAMPLED,
        },
        Rate {
            column: "worst",
            label: "simulated: worst along the run",
            look: Look::SIMULATED,
        },
        Rate {
            column: SLOWEST_FOUND,
            label: "found: ‖W − W*‖ of the slowest start within θ₀",
            look: Look::PREDICTED,
        },
    ],
    pairs: &[],
    levels: &[CERTIFIED_OF_FOUND],
};

/// A column each.
pub fn columns() -> Vec<Reading<Outcome>> {
    let mut all = constants();
    all.extend(THEOREM4.iter().flat_map(claim));
    all.extend(measurements());
    all
}

fn constants() -> Vec<Reading<Outcome>> {
    vec![
        Reading::count("nodes", "m", |o: &Outcome| o.assumption.nodes),
        Reading::count("input_dim", "d", |o: &Outcome| o.frame.dim()),
        Reading::number("threshold", "", "b", |o: &Outcome| o.assumption.threshold),
        Reading::number("theta0", ANGLE, "θ₀", |o: &Outcome| o.assumption.theta0),
        Reading::number("epsilon", "", "ε, as measured", |o: &Outcome| o.assumption.epsilon),
        Reading::number("K_d", "", "K_d", |o: &Outcome| o.assumption.k_d),
        Reading::number("d0", RATE, "d₀ = D(0)", |o: &Outcome| o.assumption.d0),
        Reading::text("premises_not_met", "what the theorem presumes and the run does otherwise", |o: &Outcome| {
            o.premises_not_met.join("; ")
        }),
    ]
}

/// Value, verdict and what it rests on.
fn claim(bound: &'static Bound) -> [Reading<Outcome>; 3] {
    let name = bound.name;
    let of =
        move |o: &Outcome| -> Option<RateClaim> { o.claims.iter().find(|claim| claim.bound.name == name).cloned() };
    [
        Reading::number(name, RATE, format!("rate: {}", bound.source), move |o| of(o).and_then(|claim| claim.value)),
        Reading::verdict(name, move |o| of(o).map(|claim| claim.verdict)),
        Reading::number(simulated(name), RATE, format!("the simulated rate of {}", bound.measure.symbol()), move |o| {
            of(o).and_then(|claim| claim.simulated)
        }),
    ]
}

fn measurements() -> Vec<Reading<Outcome>> {
    let mut all = vec![
        Reading::number("worst", RATE, "smallest rate of θ", |o: &Outcome| o.measured.worst.map(|worst| worst.theta)),
        Reading::number("worst_tan", RATE, "of tan(θ/2)", |o: &Outcome| o.measured.worst.map(|worst| worst.tan_half)),
        Reading::number("worst_sin", RATE, "of sin θ", |o: &Outcome| o.measured.worst.map(|worst| worst.sin)),
        Reading::number("worst_distance", RATE, "of ‖W − W*‖", |o: &Outcome| {
            o.measured.worst.map(|worst| worst.distance)
        }),
    ];
    all.extend(fit("fitted", "of the tail of the slowest mode", |o| o.measured.fitted()));
    all.extend(fit("largest_angle_fitted", "of the tail of θ", |o| o.measured.largest_angle));
    all.extend([
        Reading::number("final_angle", ANGLE, "the last max θ_j", |o: &Outcome| o.measured.final_angle),
        Reading::number("noise_floor", ANGLE, "below it nothing is read off", |o: &Outcome| o.floor),
        Reading::number("loss_start", "", "ℓ(0)", |o: &Outcome| o.energy.loss_start),
        Reading::number("loss_end", "", "the last ℓ", |o: &Outcome| o.energy.loss_end),
        Reading::number(
            "energy_residual",
            "",
            "largest violation of the energy balance, relative to ℓ(0)",
            |o: &Outcome| o.energy.balance_residual,
        ),
    ]);
    let of = "of ‖W − W*‖, of the slowest start within θ₀ that a search found";
    let applies = |o: &Outcome| claim::applies(&o.claims, Measure::Distance);
    all.extend(slowest::columns(of, |o| o.slowest_found, applies));
    all.push(Reading::number(
        "certified_from",
        "time",
        "t₁ from which on the start is certified to converge, 0 where all within θ₀ are",
        |o: &Outcome| o.way.as_ref().and_then(Way::time),
    ));
    all.extend(effort());
    all
}

fn effort() -> [Reading<Outcome>; 2] {
    [
        Reading::count("steps", "accepted steps", |o: &Outcome| o.primary.steps),
        Reading::count("evaluations", "of the flow", |o: &Outcome| o.primary.evaluations),
    ]
}

fn fit(name: &'static str, of: &str, fit: fn(&Outcome) -> Option<Fit>) -> [Reading<Outcome>; 2] {
    [
        Reading::number(name, RATE, format!("rate {of}"), move |o| fit(o).map(|fit| fit.rate)),
        Reading::number(format!("{name}_se"), RATE, format!("standard error of the rate {of}"), move |o| {
            fit(o).map(|fit| fit.standard_error)
        }),
    ]
}
