//! What a sweep keeps of a run.

use crate::bound::{Measure, THEOREM4};
use crate::experiment::theorem4::{Outcome, Way};
use crate::experiment::two_layer::claim;
use crate::experiment::two_layer::slowest::{self, CERTIFIED_OF_FOUND, SLOWEST_FOUND};
use crate::experiment::{Rate, Reading, View};
use crate::measure::{Fit, WorstRate};
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
    all.extend(
        THEOREM4
            .iter()
            .flat_map(|bound| claim::columns(bound, "the simulated rate of", |o: &Outcome| &o.claims)),
    );
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

fn measurements() -> Vec<Reading<Outcome>> {
    let worst = |name, meaning, of: fn(WorstRate) -> f64| {
        Reading::number(name, RATE, meaning, move |o: &Outcome| o.measured.worst.map(of))
    };
    let mut all = vec![
        worst("worst", "smallest rate of θ", |worst| worst.theta),
        worst("worst_tan", "of tan(θ/2)", |worst| worst.tan_half),
        worst("worst_sin", "of sin θ", |worst| worst.sin),
        worst("worst_distance", "of ‖W − W*‖", |worst| worst.distance),
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
    let applies = |o: &Outcome| claim::of_flow(&o.claims, Measure::Distance).is_some();
    all.extend(slowest::columns(of, |o| o.slowest_found, applies));
    all.extend([
        Reading::number(
            "certified_from",
            "time",
            "t₁ from which on the start is certified to converge, 0 where all within θ₀ are",
            |o: &Outcome| o.way.as_ref().and_then(Way::time),
        ),
        Reading::count("steps", "accepted steps", |o: &Outcome| o.primary.steps),
        Reading::count("evaluations", "of the flow", |o: &Outcome| o.primary.evaluations),
    ]);
    all
}

fn fit(name: &'static str, of: &str, fit: fn(&Outcome) -> Option<Fit>) -> [Reading<Outcome>; 2] {
    [
        Reading::number(name, RATE, format!("rate {of}"), move |o| fit(o).map(|fit| fit.rate)),
        Reading::number(format!("{name}_se"), RATE, format!("standard error of the rate {of}"), move |o| {
            fit(o).map(|fit| fit.standard_error)
        }),
    ]
}
