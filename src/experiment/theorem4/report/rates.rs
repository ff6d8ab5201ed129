//! `rates.svg`: the instantaneous rate over time, with the bounds as levels.

use super::convergence::{label, setting, with_error};
use crate::experiment::seen::list;
use crate::experiment::theorem4::Outcome;
use crate::measure::Trajectory;
use crate::plot::number::short;
use crate::plot::{Figure, Look};
use crate::theory::Verdict;

/// The chart.
pub fn chart(outcome: &Outcome) -> Figure {
    let above = |trajectory: &Trajectory| -> Vec<(f64, f64)> {
        let rows = trajectory.rows.iter();
        rows.filter(|row| row.largest_angle() > outcome.rate_floor)
            .map(|row| (row.time, row.rate()))
            .collect()
    };
    let simulated = above(&outcome.primary.trajectory);
    let exact = outcome.exact.as_ref().map(|exact| above(&exact.trajectory));
    let all = simulated.iter().chain(exact.iter().flatten());
    let (least, greatest) =
        all.fold((0.0_f64, 0.0_f64), |(least, greatest), &(_, rate)| (least.min(rate), greatest.max(rate)));
    // What is measured decides: a bound may be far off.
    let top = if greatest > 0.0 { 1.3 * greatest } else { 1.0 };
    let mut figure = Figure::new(title(outcome, &simulated))
        .caption("The rate at which the largest angle falls over time, with each claimed rate as a level.")
        .setting(setting(outcome))
        .x("time t")
        .y("rate λ = −d/dt log max θⱼ (per unit time)")
        .y_range([1.1 * least, top]);
    for claim in &outcome.claims {
        let value = claim.value.filter(|_| claim.verdict.claims_something());
        figure = match value {
            Some(value) => figure.level(label(claim), value, claim.bound.look),
            None => figure.note(label(claim)),
        };
    }
    let (name, look) = match exact {
        Some(points) => {
            figure = figure.line("exact overlaps", points, Look::SIMULATED);
            ("sampled overlaps, first run", Look::SAMPLED)
        }
        None => ("simulated", Look::SIMULATED),
    };
    figure = figure.line(name, simulated, look);
    if let Some(fit) = outcome.measured.slowest_mode {
        let label = format!("fitted slowest mode: λ = {}", with_error(&fit));
        figure = figure.level(label, fit.rate, Look::FITTED);
    }
    let floor = short(outcome.rate_floor);
    figure.note(format!("Rates are read where the largest angle is above {floor}."))
}

/// Where the simulated rate lies, beside the levels that claim to be below it.
fn title(outcome: &Outcome, drawn: &[(f64, f64)]) -> String {
    let Some(least) = drawn.iter().map(|point| point.1).reduce(f64::min) else {
        return "The largest angle is never far enough above its floor for a rate".into();
    };
    let least = least + Verdict::tolerance_of_bound(least.abs());
    let bounds = outcome.claims.iter().filter(|claim| claim.bound.is_lower());
    let levels = bounds.filter(|claim| claim.verdict.claims_something());
    let levels = levels.filter_map(|claim| Some((claim.bound.label, claim.value?)));
    let (below, above): (Vec<_>, Vec<_>) = levels.partition(|level| level.1 <= least);
    let names = |levels: Vec<(&'static str, f64)>| -> Vec<&str> { levels.into_iter().map(|level| level.0).collect() };
    let sides = [("above", names(below)), ("at times below", names(above))];
    let sides = sides.iter().filter(|(_, names)| !names.is_empty());
    let sides: Vec<String> = sides.map(|(side, names)| format!("{side} {}", list(names))).collect();
    let least = format!("The largest angle's rate is at least {}", short(least));
    match sides.is_empty() {
        true => least,
        false => format!("{least}: {}", sides.join(", ")),
    }
}
