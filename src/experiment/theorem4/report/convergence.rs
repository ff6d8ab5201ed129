//! `convergence.svg`: the largest angle on a log axis, with every bound from the same start.

use crate::experiment::seen::{change, verdicts};
use crate::experiment::theorem4::{Outcome, RateClaim};
use crate::measure::{Fit, Row, Spread, Trajectory};
use crate::plot::number::short;
use crate::plot::{Figure, Look};

/// Smaller factors are this one: a bound is not zero where its rounding is.
const LEAST: f64 = 1e-280;

/// The chart.
pub fn chart(outcome: &Outcome) -> Figure {
    let rows = &outcome.primary.trajectory.rows;
    let end = rows.last().map_or(1.0, |row| row.time);
    let least = rows.iter().map(|row| row.largest_angle()).fold(outcome.floor, f64::min);
    let mut figure = Figure::new(title(outcome))
        .caption("The largest angle to the teacher over time, with what each bound allows from the same start.")
        .setting(setting(outcome))
        .x("time t")
        .log_y("largest angle to the teacher, max θⱼ (radians)")
        .y_range([0.3 * least.max(1e-18), 2.0 * outcome.assumption.theta0]);
    for claim in &outcome.claims {
        let curve = curve(outcome, claim).filter(|_| claim.verdict.claims_something());
        figure = match curve {
            Some((from, curve)) => figure.curve(label(claim), [from, end], curve, claim.bound.look.unmarked()),
            None => figure.note(label(claim)),
        };
    }
    figure = simulated(figure, outcome);
    if let Some(fit) = outcome.measured.largest_angle {
        let label = format!("tail of the largest angle: λ = {}", with_error(&fit));
        let tail = |time: f64| (fit.intercept - fit.rate * time).exp();
        figure = figure.curve(label, [fit.from, fit.to], tail, Look::FITTED);
    }
    figure.level(format!("noise floor {}", short(outcome.floor)), outcome.floor, Look::FLOOR)
}

/// What was simulated: the run, its replicas, and exact overlaps beside sampled ones.
fn simulated(mut figure: Figure, outcome: &Outcome) -> Figure {
    let angles = |trajectory: &Trajectory| trajectory.largest_angles().collect::<Vec<_>>();
    let (name, look) = match &outcome.exact {
        Some(exact) => {
            figure = figure.line("exact overlaps", angles(&exact.trajectory), Look::SIMULATED);
            ("sampled overlaps", Look::SAMPLED)
        }
        None => ("simulated", Look::SIMULATED),
    };
    match outcome.spread() {
        Some(spread) => {
            let label = format!("{name}, mean of {} runs ± 2σ", 1 + outcome.replicas.len());
            let at = |log: f64, sd: f64, sigmas: f64| (log + sigmas * sd).exp();
            let band = spread.iter().map(|s| (s.time, at(s.log_mean, s.log_sd, -2.0), at(s.log_mean, s.log_sd, 2.0)));
            figure
                .band(label.clone(), band, look)
                .line(label, spread.iter().map(|s| (s.time, s.log_mean.exp())), look)
        }
        None => figure.line(name, angles(&outcome.primary.trajectory), look),
    }
}

/// How far the drawn angle came, and what that says of the claims.
fn title(outcome: &Outcome) -> String {
    let ends = match outcome.spread() {
        Some(spread) => {
            let at = |row: Option<&Spread>| row.map(|row| row.log_mean.exp());
            [at(spread.first()), at(spread.last())]
        }
        None => {
            let rows = &outcome.primary.trajectory.rows;
            [rows.first(), rows.last()].map(|row| row.map(Row::largest_angle))
        }
    };
    let [first, last] = ends.map(|angle| angle.unwrap_or(f64::NAN));
    let claims = outcome.claims.iter();
    let verdicts = verdicts(claims.map(|claim| (claim.bound.label, claim.verdict)));
    format!("The largest angle {}: {verdicts}", change(first, last))
}

/// What was run, for both charts.
pub(super) fn setting(outcome: &Outcome) -> String {
    let assumption = &outcome.assumption;
    format!(
        "Theorem 4, m = {}, d = {}, b = {}, θ₀ = {}, ε = {}, K_d = {}",
        assumption.nodes,
        outcome.frame.dim(),
        short(assumption.threshold),
        short(assumption.theta0),
        short(assumption.epsilon),
        short(assumption.k_d),
    )
}

/// "0.7·10⁻³ ± 10⁻⁹".
pub(super) fn with_error(fit: &Fit) -> String {
    format!("{} ± {}", short(fit.rate), short(fit.standard_error))
}

/// "derived: λ = 0.7·10⁻³, holds".
pub(super) fn label(claim: &RateClaim) -> String {
    let name = claim.bound.label;
    match claim.value {
        Some(value) => format!("{name}: λ = {}, {}", short(value), claim.verdict),
        None => format!("{name}: unknown"),
    }
}

/// An angle as a function of time, and when it begins.
type Curve = (f64, Box<dyn Fn(f64) -> f64>);

/// What a claim says of the largest angle: a lower bound of a rate bounds it from the start on, the exact rate is the
/// slope at the end.
fn curve(outcome: &Outcome, claim: &RateClaim) -> Option<Curve> {
    let rate = claim.value?;
    let theta0 = outcome.assumption.theta0;
    let step = outcome.measured.gradient_descent.map(|descent| descent.step);
    // Steps of gradient descent have the factor 1 − ηλ each.
    let decay = move |time: f64| match step {
        Some(step) => (1.0 - step * rate).max(0.0).powf(time / step).max(LEAST),
        None => (-rate * time).exp().max(LEAST),
    };
    if claim.bound.is_lower() {
        let measure = claim.bound.measure;
        measure.largest_angle(theta0, 1.0)?;
        let allowed = move |time| measure.largest_angle(theta0, decay(time)).unwrap_or(f64::NAN);
        return Some((0.0, Box::new(allowed)));
    }
    let fit = outcome.measured.largest_angle?;
    let angle = (fit.intercept - fit.rate * fit.to).exp();
    let slope = move |time| angle * decay(time) / decay(fit.to);
    Some((fit.from, Box::new(slope)))
}
