//! `gap.svg`, `angle.svg`, `fan-out.svg` and `loss.svg`.

use crate::experiment::sgd_vs_flow::report::{Statistic, descent_gaps, spans};
use crate::experiment::sgd_vs_flow::{Outcome, PredictedGap, Prediction};
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
    .caption("The largest gap between SGD and the flow over the step, for each batch, beside what the linear noise approximation predicts.")
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
        if let Some(prediction) = &outcome.prediction {
            let own = prediction.gaps.iter().filter(|gap| gap.batch == batch);
            let predicted = ascending(own.map(|gap| (gap.step, gap.span)).collect());
            let medians = predicted.iter().map(|&(step, span)| (step, span.median));
            figure = figure.line(format!("predicted, B = {batch}"), medians, Look::PREDICTED);
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
    if let Some(law) = outcome.law {
        let (a, b) = (law.step, law.batch);
        let law = format!("Fitted: ∝ η^{{{:.3}}} B^{{{:.3}}}.", a.value, b.value);
        figure = figure.note(law.replace('-', "−"));
    }
    match &outcome.prediction {
        Some(Prediction { all, .. }) => figure.note(format!(
            "Found over predicted {:.3} ± {:.3}, no number fitted: {}.",
            all.ratio,
            all.ratio * all.standard_error,
            all.verdict,
        )),
        None => figure.note("Not predicted: see the table."),
    }
}

/// The coarsest and the finest pair of step and batch.
fn extremes(outcome: &Outcome) -> Option<Vec<(f64, usize)>> {
    let scenario = &outcome.scenario;
    let steps = || scenario.steps.iter().copied();
    let coarse = (steps().reduce(f64::max)?, *scenario.batches.iter().min()?);
    let fine = (steps().reduce(f64::min)?, *scenario.batches.iter().max()?);
    let mut pairs = vec![coarse, fine];
    pairs.dedup();
    Some(pairs)
}

/// The distance of SGD to the flow over time, on the band that the linear noise approximation predicts for it.
pub(super) fn distance(outcome: &Outcome) -> Option<Figure> {
    let prediction = outcome.prediction.as_ref()?;
    let mut figure = Figure::new("How far SGD comes from the flow, and how far it was predicted to")
        .caption(
            "The distance of SGD to the flow over time, median over the seeds, on the band that holds 90 % of what the \
             linear noise approximation predicts. No number is fitted.",
        )
        .x("time t = kη")
        .log_y("distance √((‖ΔW‖² + ‖ΔV‖²)/n) (weights)");
    for (i, (step, batch)) in extremes(outcome)?.into_iter().enumerate() {
        let is_it = |gap: &&PredictedGap| (gap.step, gap.batch) == (step, batch);
        let predicted = &prediction.gaps.iter().find(is_it)?.over_time;
        let (found, look) = (Look::of_part(i).0, Look::of_part(i).1);
        let (step_text, flow) = (short(step), outcome.flow_beside(step));
        let name = format!("η = {step_text}, B = {batch}");
        figure = figure.spread(format!("predicted: {name}"), predicted, look);
        let distances: Vec<Vec<f64>> = outcome
            .of(step, batch)
            .map(|run| run.path.distances(flow).collect())
            .collect();
        let spans = predicted.iter().enumerate().filter_map(|(k, (time, _))| {
            let own = distances.iter().map(|distances| distances[k + 1]);
            Some((*time, Span::of(own)?))
        });
        let spans: Vec<(f64, Span)> = spans.collect();
        let medians = spans.iter().map(|(time, span)| (*time, span.median));
        figure = figure.points(format!("SGD: {name}"), medians, found);
    }
    Some(figure)
}

/// The flow, and SGD with the coarsest and the finest pair of step and batch: median and spread over the seeds.
pub(super) fn overlay(
    outcome: &Outcome,
    [label, unit]: [&str; 2],
    read: Statistic,
) -> Option<Figure> {
    let flow: Vec<(f64, f64)> = outcome.flows[0]
        .rows
        .iter()
        .map(|row| (row.time, read(row)))
        .collect();
    if flow.iter().any(|point| point.1.is_nan()) {
        return None;
    }
    let pairs = extremes(outcome)?;
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
