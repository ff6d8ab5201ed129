//! `convergence.svg`, `fan_out.svg` and `spectrum.svg`.

use crate::experiment::seen::{range, verdicts};
use crate::experiment::theorem5::Outcome;
use crate::measure::Span;
use crate::plot::number::short;
use crate::plot::{Figure, Look};
use crate::theory::JointRate;
use ndarray::Array1;

/// Snapshots in the fan-out plot.
const SNAPSHOTS: usize = 6;

/// The three errors.
const ERRORS: [&str; 3] = ["θ", "‖v − v*‖", "‖v‖"];

/// The three errors on a log axis, each with its certified envelope.
pub fn convergence(outcome: &Outcome) -> Figure {
    let [m, n] = widths(outcome);
    let parts = if n > m { 3 } else { 2 };
    let errors = |part: usize| outcome.rows.iter().map(move |row| (row.time, row.largest()[part]));
    let all = || (0..parts).flat_map(|part| errors(part).map(|point| point.1));
    // A little below the floor, where there is only noise to see.
    let floor = outcome.floor;
    let least = all().fold(floor, f64::min).max(0.01 * floor);
    let certified = outcome.envelope.iter().flat_map(|envelope| &envelope.over_time);
    let certified = certified.flat_map(|(_, errors)| errors.iter().take(parts).copied());
    let distance = outcome.rows.iter().map(|row| row.motion.distance());
    let distance = distance.filter(|_| outcome.euclidean.is_some());
    let all_errors = all().chain(certified).chain(distance);
    let greatest = all_errors.fold(10.0 * least, f64::max);
    let limits = outcome.parts.iter().take(parts);
    let limits = limits.map(|claim| (claim.label, claim.verdict));
    let claims = outcome.claims.iter();
    let claims = claims.map(|claim| (claim.bound.label, claim.verdict));
    let title = format!("{}; of the rates {}", verdicts(limits), verdicts(claims));
    let figure = Figure::new(title)
        .caption("The three errors of Theorem 5 over time, each with the envelope that its certificate promises, and all errors together with their Euclidean bound.")
        .setting(setting(outcome))
        .x("time t")
        .log_y("largest error (radians, and norms)")
        .y_range([0.3 * least, 2.0 * greatest]);
    let figure = (0..parts).fold(figure, |figure, part| limit(figure, outcome, part));
    let figure = joint_distance(figure, outcome);
    let figure = figure.level(format!("noise floor {}", short(floor)), floor, Look::FLOOR);
    notes(figure, outcome)
}

/// One of the three errors, with its certified envelope.
fn limit(figure: Figure, outcome: &Outcome, part: usize) -> Figure {
    let claim = &outcome.parts[part];
    let name = format!("{}: {}", ERRORS[part], claim.label);
    let (measured, bound) = Look::of_part(part);
    let figure = match &outcome.envelope {
        Some(envelope) => {
            let envelope = envelope.over_time.iter();
            let envelope = envelope.map(|(time, errors)| (*time, errors[part]));
            figure.line(format!("{name}, certified"), envelope, bound)
        }
        None => figure,
    };
    let fitted = claim.fitted.map(|fit| format!(", fitted rate {}", short(fit.rate)));
    let label = format!("{name}: {}{}", claim.verdict, fitted.unwrap_or_default());
    let errors = outcome.rows.iter();
    let errors = errors.map(|row| (row.time, row.largest()[part]));
    figure.line(label, errors, measured)
}

/// All errors together, with their Euclidean bound.
fn joint_distance(figure: Figure, outcome: &Outcome) -> Figure {
    let (Some(certificate), Some(first)) = (&outcome.euclidean, outcome.rows.first()) else {
        return figure;
    };
    let distance = outcome.rows.iter().map(|row| (row.time, row.motion.distance()));
    let bound = distance.clone().map(|(time, _)| (time, first.motion.distance() * (-certificate.rate * time).exp()));
    let label = "joint distance, Euclidean bound";
    figure.line(label, bound, Look::EUCLIDEAN.unmarked()).line(
        "joint distance",
        distance,
        Look::EUCLIDEAN.solid().unmarked(),
    )
}

/// Rates and their verdicts.
fn notes(mut figure: Figure, outcome: &Outcome) -> Figure {
    for claim in &outcome.claims {
        figure = figure.note(match claim.value {
            Some(rate) => format!("{} rate {}: {}.", claim.bound.label, short(rate), claim.verdict),
            None => format!("{}: no certificate for this start.", claim.bound.label),
        });
    }
    match outcome.joint.as_ref().and_then(|joint| joint.slowest) {
        Some(slowest) => figure.note(format!("Slowest rate at the limit {}.", short(slowest))),
        None => figure,
    }
}

/// Norm of each student node's fan-out at a few times.
pub fn fan_out(outcome: &Outcome) -> Figure {
    let last = (outcome.rows.len() - 1) as f64;
    // Early times are where things move: snapshots at equal ratios of time.
    let ratio = |i: usize| last.powf(i as f64 / (SNAPSHOTS - 1) as f64).round() as usize;
    let mut chosen: Vec<usize> = std::iter::once(0).chain((1..SNAPSHOTS).map(ratio)).collect();
    chosen.dedup();
    let [m, n] = widths(outcome);
    let last = outcome.rows.last().map_or(&[][..], |row| &row.fan_out_norms);
    let (u, r) = last.split_at(m.min(last.len()));
    let span = |norms: &[f64]| Span::of(norms.iter().copied());
    let u = span(u).map_or("unknown".into(), |u| range(&u));
    let r = span(r).map(|r| format!(", those of r at {} at most", short(r.greatest)));
    let title = format!("Fan-outs of u end at {u}{}", r.unwrap_or_default());
    let figure = Figure::new(title)
        .caption("The norm of each student node's fan-out at a few times: first the nodes of u, then those of r.")
        .setting(setting(outcome))
        .x(format!("student node: 1 to {m} are u, {} to {n} are r", m + 1))
        .counted()
        .y("norm of the fan-out, ‖vⱼ‖ (in units of V*)")
        .y_includes(&[0.0]);
    chosen.iter().enumerate().fold(figure, |figure, (i, &row)| {
        let row = &outcome.rows[row];
        let points = row.fan_out_norms.iter().enumerate().map(|(j, &v)| ((j + 1) as f64, v));
        let look = Look::of_set(i + SNAPSHOTS - chosen.len());
        figure.points(format!("t = {}", short(row.time)), points, look)
    })
}

/// Eigenvalues of L and decay rates of the linearised flow, by rank.
pub fn spectrum(outcome: &Outcome, joint: &JointRate) -> Figure {
    let ranked = |values: &Array1<f64>, skip: usize| -> Vec<(f64, f64)> {
        let values = values.iter().copied().skip(skip);
        let values: Vec<f64> = values.filter(|&x| x > 0.0).collect();
        let last = values.len().max(2) as f64 - 1.0;
        values.iter().enumerate().map(|(i, &x)| (i as f64 / last, x)).collect()
    };
    let (neutral, expected) = (joint.neutral, joint.neutral_expected);
    let smallest = format!("the smallest eigenvalue of L is {}", short(joint.smallest_l()));
    let title = match joint.slowest {
        Some(slowest) => format!("The slowest rate at the limit is {}, {smallest}", short(slowest)),
        None => format!("At the limit {smallest}"),
    };
    let figure = Figure::new(title)
        .caption("Eigenvalues of L and decay rates of the flow linearised at its limit, by rank.")
        .setting(setting(outcome))
        .x("rank, from the smallest (0) to the largest (1)")
        .log_y("eigenvalue (per unit time)")
        .points(
            format!("eigenvalues of L, smallest {}", short(joint.smallest_l())),
            ranked(&joint.l_spectrum, 0),
            Look::of_set(0),
        )
        .note(format!("{neutral} neutral directions, {expected} predicted."));
    match &joint.rates {
        Some(rates) => {
            let slowest = joint.slowest.map_or("unknown".into(), short);
            let label = format!("rates of the flow at the limit, slowest {slowest}");
            figure.points(label, ranked(rates, neutral), Look::of_set(5))
        }
        None => figure.note(format!("{} unknowns: of the flow's rates only the slowest is computed.", joint.unknowns)),
    }
}

/// Nodes of teacher and student.
fn widths(outcome: &Outcome) -> [usize; 2] {
    let network = &outcome.network;
    [&network.teacher, &network.student].map(|layer| layer.weights.ncols())
}

fn setting(outcome: &Outcome) -> String {
    let [m, n] = widths(outcome);
    format!(
        "Theorem 5, m = {m}, n = {n}, C = {}, d = {}, b = {}",
        outcome.network.fan_out.ncols(),
        outcome.frame.dim(),
        short(outcome.threshold),
    )
}
