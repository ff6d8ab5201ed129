//! `gap.svg`, `angle.svg`, `fan-out.svg` and `loss.svg`.

use crate::experiment::seen::{between, list};
use crate::experiment::sgd_vs_flow::report::Statistic;
use crate::experiment::sgd_vs_flow::{Law, Outcome, PredictedGap, Prediction};
use crate::measure::Span;
use crate::plot::number::short;
use crate::plot::{Figure, Look};

/// Gaps in log–log, with the law.
pub(super) fn gap(outcome: &Outcome) -> Figure {
    let scenario = &outcome.scenario;
    let horizon = scenario.base.integrate.horizon.unwrap_or(f64::NAN);
    let mut figure = Figure::new(gap_title(outcome))
    .caption("The largest gap between SGD and the flow over the step, for each batch, beside what the linear noise approximation predicts.")
    .setting(format!("0 ≤ t ≤ {}", short(horizon)))
    .log_x("step η")
    .log_y("largest gap √((‖ΔW‖² + ‖ΔV‖²)/n) (weights)");
    let ascending = |mut points: Vec<(f64, Span)>| {
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        points
    };
    for (i, &batch) in scenario.sgd.batches.iter().enumerate() {
        let own = outcome.gaps.iter().filter(|gaps| gaps.batch == batch);
        let points = ascending(own.map(|gaps| (gaps.step, gaps.span)).collect());
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
    let exact = outcome.gradient_descent.iter().map(|descent| (descent.step, one(descent.gap)));
    figure = figure.spread(
        "exact gradients, B = ∞: what finite steps alone do",
        &ascending(exact.collect()),
        Look::of_series(scenario.sgd.batches.len()),
    );
    if scenario.sgd.seeds > 1 {
        figure =
            figure.note(format!("Medians over {} seeds; bands from the least to the greatest.", scenario.sgd.seeds));
    }
    if let Some(law) = &outcome.law {
        figure = figure.note(format!("Fitted: ∝ {}.", power_law(law)));
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

/// How the gap depends on step and batch, and whether that was predicted.
fn gap_title(outcome: &Outcome) -> String {
    let gaps = outcome.gaps.iter().map(|gaps| {
        let pair = format!("η = {}, B = {}", short(gaps.step), gaps.batch);
        (pair, gaps.span.median)
    });
    let gap = match &outcome.law {
        Some(law) => format!("The gap of SGD to the flow goes as {}", power_law(law)),
        None => format!("The gap of SGD to the flow is {}", between(gaps, "")),
    };
    match &outcome.prediction {
        Some(Prediction { all, .. }) => format!("{gap}, {:.3} times what was predicted", all.ratio),
        None => gap,
    }
}

fn power_law(law: &Law) -> String {
    let law = format!("η^{{{:.3}}} B^{{{:.3}}}", law.step.value, law.batch.value);
    law.replace('-', "−")
}

/// The coarsest and the finest pair of step and batch.
fn extremes(outcome: &Outcome) -> Option<Vec<(f64, usize)>> {
    let scenario = &outcome.scenario;
    let steps = || scenario.sgd.steps.iter().copied();
    let coarse = (steps().reduce(f64::max)?, *scenario.sgd.batches.iter().min()?);
    let fine = (steps().reduce(f64::min)?, *scenario.sgd.batches.iter().max()?);
    let mut pairs = vec![coarse, fine];
    pairs.dedup();
    Some(pairs)
}

/// The distance of SGD to the flow over time, on the band that the linear noise approximation predicts for it.
pub(super) fn distance(outcome: &Outcome) -> Option<Figure> {
    let prediction = outcome.prediction.as_ref()?;
    let (mut inside, mut all) = (0, 0);
    let mut figure = Figure::default()
        .caption(
            "The distance of SGD to the flow over time, median over the seeds, on the band that holds 90 % of what the \
             linear noise approximation predicts. No number is fitted.",
        )
        .setting(setting(outcome))
        .x("time t = kη")
        .log_y("distance √((‖ΔW‖² + ‖ΔV‖²)/n) (weights)");
    for (i, (step, batch)) in extremes(outcome)?.into_iter().enumerate() {
        let is_it = |gap: &&PredictedGap| (gap.step, gap.batch) == (step, batch);
        let predicted = &prediction.gaps.iter().find(is_it)?.over_time;
        let (found, look) = (Look::of_part(i).0, Look::of_part(i).1);
        let (step_text, flow) = (short(step), outcome.flow_beside(step));
        let name = format!("η = {step_text}, B = {batch}");
        figure = figure.spread(format!("predicted: {name}"), predicted, look);
        let distances: Vec<Vec<f64>> = outcome.of(step, batch).map(|run| run.path.distances(flow).collect()).collect();
        let medians = predicted.iter().enumerate().filter_map(|(k, (time, band))| {
            let own = distances.iter().map(|distances| distances[k + 1]);
            Some(((*time, Span::of(own)?.median), band))
        });
        let medians: Vec<((f64, f64), &Span)> = medians.collect();
        let is_inside = |((_, median), band): &&((f64, f64), &Span)| (band.least..=band.greatest).contains(median);
        inside += medians.iter().filter(is_inside).count();
        all += medians.len();
        let medians = medians.into_iter().map(|(point, _)| point);
        figure = figure.points(format!("SGD: {name}"), medians, found);
    }
    figure.title = format!("SGD's distance to the flow lies in the predicted band at {inside} of {all} times");
    Some(figure)
}

fn setting(outcome: &Outcome) -> String {
    let network = &outcome.network;
    let [m, n] = [&network.teacher, &network.student].map(|layer| layer.weights.ncols());
    format!("m = {m}, n = {n}, d = {}", outcome.dim)
}

/// The flow, and SGD with the coarsest and the finest pair of step and batch: median and spread over the seeds.
pub(super) fn overlay(outcome: &Outcome, [label, unit]: [&str; 2], read: Statistic) -> Option<Figure> {
    let flow: Vec<(f64, f64)> = outcome.flows[0].rows.iter().map(|row| (row.time, read(row))).collect();
    if flow.iter().any(|point| point.1.is_nan()) {
        return None;
    }
    let pairs = extremes(outcome)?;
    let mut said = Vec::new();
    let mut figure = Figure::default()
        .caption("SGD with the coarsest and with the finest steps beside the flow from the same start.")
        .setting(setting(outcome))
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
        let beside = outcome.flow_beside(step).rows.last();
        if let (Some((_, sgd)), Some(beside)) = (points.last(), beside) {
            let times = short(sgd.median / read(beside));
            said.push(format!("{times} times the flow's with η = {}, B = {batch}", short(step)));
        }
        let spread = match runs.len() {
            1 => String::new(),
            seeds => format!(": median, and least to greatest of {seeds} seeds"),
        };
        let name = format!("SGD, η = {}, B = {batch}{spread}", short(step));
        figure = figure.spread(name, &points, Look::of_part(i).0);
    }
    let label = label.split_once(',').map_or(label, |(name, _)| name);
    figure.title = format!("SGD's {label} ends at {}", list(&said));
    Some(figure.line("flow", flow, Look::SIMULATED))
}
