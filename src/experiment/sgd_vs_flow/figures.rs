//! `gap.svg`, `angle.svg`, `fan-out.svg` and `loss.svg`.

use crate::experiment::sgd_vs_flow::Outcome;
use crate::experiment::sgd_vs_flow::report::{Statistic, descent_gaps, spans, words};
use crate::measure::Span;
use crate::plot::number::short;
use crate::plot::{Figure, Look};

/// Gaps in log–log, with the law.
pub(super) fn gap(outcome: &Outcome) -> Figure {
    let scenario = &outcome.scenario;
    let horizon = scenario.base.integrate.horizon.unwrap_or(f64::NAN);
    let mut figure = Figure::new(format!(
        "Largest distance between SGD and the flow over 0 ≤ t ≤ {}",
        short(horizon)
    ))
    .caption("The largest gap between SGD and the flow over the step, for each batch, with the fitted power law.")
    .log_x("step η")
    .log_y("largest gap √((‖ΔW‖² + ‖ΔV‖²)/n) (weights)");
    let all = spans(outcome);
    let ascending = |mut points: Vec<(f64, Span)>| {
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        points
    };
    for (i, &batch) in scenario.batches.iter().enumerate() {
        let own = all.iter().filter(|span| span.1 == batch);
        let points = ascending(own.map(|(step, _, span)| (*step, *span)).collect());
        figure = figure.spread(format!("SGD, B = {batch}"), &points, Look::of_series(i));
        if let Some(law) = outcome.law {
            let label = format!(
                "law ∝ η^{{{:.3}}} B^{{{:.3}}}",
                law.step.value, law.batch.value
            );
            let points = points
                .iter()
                .map(|&(step, _)| (step, law.gap(step, batch as f64)));
            figure = figure.line(label.replace('-', "−"), points, Look::PREDICTED);
        }
    }
    let one = |gap: f64| Span {
        median: gap,
        least: gap,
        greatest: gap,
    };
    let exact = scenario
        .steps
        .iter()
        .copied()
        .zip(descent_gaps(outcome).into_iter().map(one));
    figure = figure.spread(
        "exact gradients, B = ∞: what finite steps alone do",
        &ascending(exact.collect()),
        Look::of_series(scenario.batches.len()),
    );
    if scenario.seeds > 1 {
        figure = figure.note(format!(
            "Medians over {} seeds; bands from the least to the greatest.",
            scenario.seeds
        ));
    }
    let Some(law) = outcome.law else {
        return figure.note("No law fitted.");
    };
    [("η", law.step), ("B", law.batch)]
        .iter()
        .fold(figure, |figure, (name, e)| {
            let (value, error, predicted) = (e.value, e.standard_error, e.predicted);
            let note = format!(
                "Exponent of {name}: {value:.4} ± {error:.4}, predicted {predicted}: {}",
                words(e)
            );
            figure.note(note.replace('-', "−"))
        })
}

/// The flow, and SGD with the coarsest and the finest pair of step and batch: median and spread over the seeds.
pub(super) fn overlay(
    outcome: &Outcome,
    [label, unit]: [&str; 2],
    read: Statistic,
) -> Option<Figure> {
    let scenario = &outcome.scenario;
    let steps = || scenario.steps.iter().copied();
    let coarse = (steps().reduce(f64::max)?, *scenario.batches.iter().min()?);
    let fine = (steps().reduce(f64::min)?, *scenario.batches.iter().max()?);
    let flow: Vec<(f64, f64)> = outcome.flows[0]
        .rows
        .iter()
        .map(|row| (row.time, read(row)))
        .collect();
    if flow.iter().any(|point| point.1.is_nan()) {
        return None;
    }
    let mut pairs = vec![coarse, fine];
    pairs.dedup();
    let mut figure = Figure::new(format!(
        "SGD beside the flow: m = {}, n = {}, d = {}",
        outcome.network.teacher.weights.ncols(),
        outcome.network.student.weights.ncols(),
        outcome.dim
    ))
    .caption("SGD with the coarsest and with the finest steps beside the flow from the same start.")
    .x("time t = kη")
    .log_y(format!("{label} ({unit})"));
    for (i, &(step, batch)) in pairs.iter().enumerate() {
        let runs: Vec<_> = outcome.of(step, batch).collect();
        let times = runs.first()?.path.rows.iter().map(|row| row.time);
        let points: Vec<(f64, Span)> = times
            .enumerate()
            .filter_map(|(k, time)| {
                let values = runs.iter().map(|run| read(&run.path.rows[k]));
                Some((time, Span::of(values)?))
            })
            .collect();
        let spread = match runs.len() {
            1 => String::new(),
            seeds => format!(": median, and least to greatest of {seeds} seeds"),
        };
        let name = format!("SGD, η = {}, B = {batch}{spread}", short(step));
        figure = figure.spread(name, &points, Look::of_part(i).0);
    }
    Some(figure.line("flow", flow, Look::SIMULATED))
}
