//! What a sweep keeps of a run.

use crate::bound::{Measure, THEOREM5};
use crate::experiment::theorem5::{Envelope, Outcome, PARTS, PartClaim};
use crate::experiment::two_layer::claim;
use crate::experiment::two_layer::slowest::{self, CERTIFIED_OF_FOUND, SLOWEST_FOUND};
use crate::experiment::{Levels, Pair, Rate, Reading, View};
use crate::network::TwoLayer;
use crate::plot::Look;
use crate::theory::JointRate;
use crate::theory::certificate::Certificate;

const RATE: &str = "1/time";
const ANGLE: &str = "radians";

/// What a sweep shows.
pub const VIEW: View = View {
    title: "Theorem 5",
    bounds: THEOREM5,
    rates: &[
        Rate {
            column: "exact",
            label: "exact",
            look: Look::EXACT,
        },
        Rate {
            column: "v_u_fitted",
            label: "fitted V_u → V*",
            look: Look::SAMPLED,
        },
        Rate {
            column: "certified_simulated",
            label: "simulated: weighted norm",
            look: Look::SIMULATED,
        },
        Rate {
            column: SLOWEST_FOUND,
            label: "found: joint distance of the slowest start",
            look: Look::PREDICTED,
        },
    ],
    pairs: &[Pair {
        analytic: "exact",
        simulated: "v_u_fitted",
        label: "exact against fitted V_u → V*",
        look: Look::EXACT,
    }],
    levels: &[
        Levels {
            name: "limits",
            title: "Errors at the end",
            caption: "What is left of each of Theorem 5's errors at the end of the runs.",
            label: "error at the end of the run",
            columns: &[
                ("w_u_final", "W_u → W*: largest angle"),
                ("v_u_final", "V_u → V*: largest ‖v − v*‖"),
                ("v_r_final", "V_r → 0: largest ‖v‖"),
            ],
            // An error above this at the end has not vanished.
            alive: Some(1e-3),
            absent: None,
        },
        Levels {
            name: "lambda_min_L",
            title: "How independent the student nodes are",
            caption: "The smallest eigenvalue of L at the end of the runs.",
            label: "smallest eigenvalue of L",
            columns: &[("lambda_min_L", "λ_{min}(L) at the end")],
            alive: None,
            absent: None,
        },
        CERTIFIED_OF_FOUND,
    ],
};

/// A column each.
pub fn columns() -> Vec<Reading<Outcome>> {
    let mut all = sizes();
    all.extend(
        THEOREM5
            .iter()
            .flat_map(|bound| claim::columns(bound, "the smallest rate of the", |o: &Outcome| &o.claims)),
    );
    all.extend(certificate());
    let of = "of the joint distance, of the slowest start with such errors that a search found";
    let applies = |o: &Outcome| claim::of_flow(&o.claims, Measure::JointDistance).is_some();
    all.extend(slowest::columns(of, |o| o.slowest_found, applies));
    all.extend(limits());
    all.extend(run());
    all
}

fn sizes() -> Vec<Reading<Outcome>> {
    let count =
        |name, meaning, of: fn(&TwoLayer) -> usize| Reading::count(name, meaning, move |o: &Outcome| of(&o.network));
    vec![
        count("nodes", "m", |n| n.teacher.weights.ncols()),
        count("students", "n", |n| n.student.weights.ncols()),
        count("outputs", "C", |n| n.fan_out.ncols()),
        Reading::count("input_dim", "d", |o: &Outcome| o.frame.dim()),
        Reading::number("threshold", "", "b", |o: &Outcome| o.threshold),
        Reading::number("epsilon", "", "ε, as measured", Outcome::epsilon),
        Reading::text("premises_not_met", "what the theorem presumes and the run does otherwise", |o: &Outcome| {
            o.premises_not_met.join("; ")
        }),
    ]
}

fn certificate() -> Vec<Reading<Outcome>> {
    let envelope = |name, unit, meaning, of: fn(&Envelope) -> Option<f64>| {
        Reading::number(name, unit, meaning, move |o: &Outcome| o.envelope.as_ref().and_then(of))
    };
    let of = |name, unit, meaning, of: fn(&Certificate) -> f64| {
        Reading::number(name, unit, meaning, move |o: &Outcome| o.certificate.as_ref().map(of))
    };
    let scale = |name, meaning, of: fn(&Outcome) -> Option<f64>| Reading::number(name, "", meaning, of);
    vec![
        Reading::text("best", "the bound with the larger rate", |o: &Outcome| o.best.unwrap_or_default().to_owned()),
        Reading::verdict("envelope", |o: &Outcome| o.envelope.as_ref().map(|envelope| envelope.verdict)),
        envelope("largest_ratio", "", "largest z_i(t)/(e^{Mt} z(0))_i at t > 0", |envelope| envelope.largest_ratio),
        envelope("integration_error", "", "bound on the error of any z_i", |envelope| {
            Some(envelope.integration_error)
        }),
        of("w_margin", RATE, "in place of Eqn. 41", |c| c.w_margin),
        of("v_margin", RATE, "in place of Eqn. 42", |c| c.v_margin),
        of("drift", ANGLE, "how far W_r may turn", |c| c.drift),
        envelope("turned", ANGLE, "how far W_r turned", |envelope| Some(envelope.turned)),
        scale("theta0_max", "the largest θ₀ = e₀ = v₀ that is certified", |o| o.largest_scale),
        scale("theta0_max_certified", "the same by the comparison matrix", |o| {
            o.largest_scales.map(|scales| scales[0])
        }),
        scale("theta0_max_euclidean", "the same by Theorem C", |o| o.largest_scales.map(|scales| scales[1])),
    ]
}

fn limits() -> Vec<Reading<Outcome>> {
    let joint = |name, unit, meaning, of: fn(&JointRate) -> Option<f64>| {
        Reading::number(name, unit, meaning, move |o: &Outcome| o.joint.as_ref().and_then(of))
    };
    let mut all = vec![
        joint("exact", RATE, "slowest rate at the limit", |joint| joint.slowest),
        joint("lambda_min_L_at_limit", "", "λ_min(L) at the limit", |joint| Some(joint.smallest_l())),
    ];
    for (index, name) in PARTS.into_iter().enumerate() {
        let part = |suffix: &str, unit, meaning, of: fn(&PartClaim) -> Option<f64>| {
            Reading::number(format!("{name}{suffix}"), unit, meaning, move |o: &Outcome| of(&o.parts[index]))
        };
        all.push(Reading::verdict(name, move |o: &Outcome| Some(o.parts[index].verdict)));
        all.extend([
            part("_final", "", "its largest error at the end", |part| Some(part.last)),
            part("_fitted", RATE, "rate of its tail", |part| part.fitted.map(|fit| fit.rate)),
            part("_fitted_se", RATE, "standard error of that rate", |part| part.fitted.map(|fit| fit.standard_error)),
        ]);
    }
    all
}

fn run() -> Vec<Reading<Outcome>> {
    vec![
        Reading::number("lambda_min_L", "", "λ_min(L) at the end", |o: &Outcome| o.final_smallest_l),
        Reading::count("shared", "teacher nodes with several students", |o: &Outcome| o.shared.len()),
        Reading::number("noise_floor", "", "below it nothing is read off", |o: &Outcome| o.floor),
        Reading::number("loss_start", "", "ℓ(0)", |o: &Outcome| o.rows.first().map(|row| row.loss)),
        Reading::number("loss_end", "", "the last ℓ", |o: &Outcome| o.rows.last().map(|row| row.loss)),
        Reading::number(
            "energy_residual",
            "",
            "largest violation of the energy balance, relative to ℓ(0)",
            |o: &Outcome| o.energy_residual,
        ),
        Reading::count("steps", "accepted steps", |o: &Outcome| o.steps),
        Reading::count("evaluations", "of the flow", |o: &Outcome| o.evaluations),
    ]
}
