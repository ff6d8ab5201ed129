//! `convergence.svg`: the largest angle on a log axis, with every bound from the same start.

use crate::bound::Measure;
use crate::experiment::theorem4::{Outcome, RateClaim};
use crate::measure::Fit;
use crate::plot::number::short;
use crate::plot::{Band, Chart, Line, Look, Scale};

/// Points of a bound's curve.
const POINTS: usize = 200;

/// The chart.
pub fn chart(outcome: &Outcome) -> Chart {
    let rows = &outcome.primary.trajectory.rows;
    let theta0 = outcome.assumption.theta0;
    let end = rows.last().map_or(1.0, |row| row.time);
    let mut lines = Vec::new();
    let mut notes = Vec::new();
    for claim in &outcome.claims {
        match claim.value {
            Some(value) if claim.verdict.claims_something() => lines.push(Line {
                label: label(claim),
                points: bound(claim.bound.measure, value, theta0, end),
                look: Look::of_rate(claim.bound.name),
            }),
            _ => notes.push(label(claim)),
        }
    }
    let spread = outcome.spread();
    let sampled = outcome.exact.is_some();
    if let Some(exact) = &outcome.exact {
        lines.push(Line {
            label: "exact overlaps".into(),
            points: exact.trajectory.largest_angles().collect(),
            look: Look::SIMULATED,
        });
    }
    lines.push(Line {
        label: match (sampled, &spread) {
            (_, Some(_)) => format!(
                "sampled overlaps, mean of {} runs",
                1 + outcome.replicas.len()
            ),
            (true, None) => "sampled overlaps".into(),
            (false, None) => "simulated".into(),
        },
        points: match &spread {
            Some(spread) => spread.iter().map(|s| (s.time, s.log_mean.exp())).collect(),
            None => outcome.primary.trajectory.largest_angles().collect(),
        },
        look: if sampled {
            Look::SAMPLED
        } else {
            Look::SIMULATED
        },
    });
    if let Some(fit) = outcome.measured.largest_angle {
        lines.push(fitted_line(&fit));
    }
    lines.push(Line {
        label: format!("noise floor {}", short(outcome.floor)),
        points: vec![(0.0, outcome.floor), (end, outcome.floor)],
        look: Look::FLOOR,
    });
    let least = rows
        .iter()
        .map(|row| row.largest_angle())
        .fold(outcome.floor, f64::min);
    Chart {
        title: title(outcome),
        x_label: "time t".into(),
        y_label: "largest angle to the teacher, max θⱼ".into(),
        y_unit: "radians".into(),
        x_scale: Scale::Linear,
        scale: Scale::Log,
        x_range: [0.0, end],
        y_range: [0.3 * least.max(1e-18), 2.0 * theta0],
        bands: spread
            .map(|spread| Band {
                label: "± 2σ of the runs".into(),
                points: spread
                    .iter()
                    .map(|s| {
                        (
                            s.time,
                            (s.log_mean - 2.0 * s.log_sd).exp(),
                            (s.log_mean + 2.0 * s.log_sd).exp(),
                        )
                    })
                    .collect(),
                look: Look::SAMPLED,
            })
            .into_iter()
            .collect(),
        lines,
        notes,
    }
}

/// What both charts are headed with.
pub(super) fn title(outcome: &Outcome) -> String {
    let assumption = &outcome.assumption;
    format!(
        "Theorem 4: m = {}, d = {}, b = {}, θ₀ = {}, ε = {}, K_d = {}",
        assumption.nodes,
        outcome.frame.dim(),
        short(assumption.threshold),
        short(assumption.theta0),
        short(assumption.epsilon),
        short(assumption.k_d),
    )
}

/// "derived: λ = 0.7·10⁻³, holds".
pub(super) fn label(claim: &RateClaim) -> String {
    let name = claim.bound.label;
    match claim.value {
        Some(value) => format!("{name}: λ = {}, {}", short(value), claim.verdict),
        None => format!("{name}: unknown"),
    }
}

/// The largest angle that a rate allows over time.
fn bound(measure: Measure, rate: f64, theta0: f64, end: f64) -> Vec<(f64, f64)> {
    (0..=POINTS)
        .map(|i| end * i as f64 / POINTS as f64)
        .filter_map(|time| Some((time, measure.largest_angle(rate, theta0, time)?)))
        .collect()
}

fn fitted_line(fit: &Fit) -> Line {
    let at = |time: f64| (time, (fit.intercept - fit.rate * time).exp());
    Line {
        label: format!(
            "tail of the largest angle: λ = {} ± {}",
            short(fit.rate),
            short(fit.standard_error)
        ),
        points: vec![at(fit.from), at(fit.to)],
        look: Look::FITTED,
    }
}
