//! `gap.svg`, `angle.svg`, `fan-out.svg` and `loss.svg`.

use crate::experiment::sgd_vs_flow::Outcome;
use crate::experiment::sgd_vs_flow::report::{Statistic, descent_gaps, spans, words};
use crate::measure::Span;
use crate::plot::number::short;
use crate::plot::{Band, Chart, Line, Look, Scale};

/// Gaps in log–log, with the law.
pub(super) fn gap(outcome: &Outcome) -> Chart {
    let scenario = &outcome.scenario;
    let all = spans(outcome);
    let mut steps = scenario.steps.clone();
    steps.sort_by(f64::total_cmp);
    let mut lines = Vec::new();
    for (i, &batch) in scenario.batches.iter().enumerate() {
        let mut points: Vec<(f64, f64)> = all
            .iter()
            .filter(|span| span.1 == batch)
            .map(|(step, _, span)| (*step, span.median))
            .collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        lines.push(Line {
            label: format!("SGD, B = {batch}: median over the seeds"),
            points,
            look: Look::of_series(i).solid().marked(),
        });
    }
    if let Some(law) = outcome.law {
        for (i, &batch) in scenario.batches.iter().enumerate() {
            lines.push(Line {
                label: match i {
                    0 => format!("law ∝ η^{:.3} B^{:.3}", law.step.value, law.batch.value)
                        .replace('-', "−"),
                    _ => String::new(),
                },
                points: steps
                    .iter()
                    .map(|&step| (step, law.gap(step, batch as f64)))
                    .collect(),
                look: Look::PREDICTED,
            });
        }
    }
    let mut points: Vec<(f64, f64)> = scenario
        .steps
        .iter()
        .copied()
        .zip(descent_gaps(outcome))
        .collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    lines.push(Line {
        label: "exact gradients, B = ∞: what finite steps alone do".into(),
        points,
        look: Look::FITTED,
    });
    let values = || {
        lines
            .iter()
            .flat_map(|line| &line.points)
            .map(|point| point.1)
    };
    let positive = values().filter(|&y| y > 0.0);
    let least = positive.fold(f64::INFINITY, f64::min);
    let greatest = values().fold(0.0, f64::max);
    let notes = outcome.law.map_or(vec!["no law fitted".into()], |law| {
        [("η", law.step), ("B", law.batch)]
            .iter()
            .map(|(name, e)| {
                format!(
                    "exponent of {name}: {:.4} ± {:.4}, predicted {}: {}",
                    e.value,
                    e.standard_error,
                    e.predicted,
                    words(e)
                )
                .replace('-', "−")
            })
            .collect()
    });
    Chart {
        title: format!(
            "Largest distance between SGD and the flow over 0 ≤ t ≤ {}",
            short(scenario.base.integrate.horizon.unwrap_or(f64::NAN))
        ),
        x_label: "step η".into(),
        y_label: "largest gap √((‖ΔW‖² + ‖ΔV‖²)/n)".into(),
        y_unit: "weights".into(),
        x_scale: Scale::Log,
        scale: Scale::Log,
        x_range: [steps[0] / 1.3, steps[steps.len() - 1] * 1.3],
        y_range: if greatest > 0.0 {
            [least / 2.0, greatest * 2.0]
        } else {
            [0.1, 1.0]
        },
        bands: Vec::new(),
        lines,
        notes,
    }
}

/// The flow, and SGD with the coarsest and the finest pair of step and batch: median and spread over the seeds.
pub(super) fn overlay(
    outcome: &Outcome,
    [label, unit]: [&str; 2],
    figure: Statistic,
) -> Option<Chart> {
    let scenario = &outcome.scenario;
    let by = |better: fn(f64, f64) -> bool| {
        let steps = scenario.steps.iter().copied();
        steps.reduce(|a, b| if better(a, b) { a } else { b })
    };
    let coarse = (by(|a, b| a > b)?, *scenario.batches.iter().min()?);
    let fine = (by(|a, b| a < b)?, *scenario.batches.iter().max()?);
    let flow: Vec<(f64, f64)> = outcome.flows[0]
        .rows
        .iter()
        .map(|row| (row.time, figure(row)))
        .collect();
    if flow.iter().any(|point| point.1.is_nan()) {
        return None;
    }
    let mut pairs = vec![coarse];
    if fine != coarse {
        pairs.push(fine);
    }
    let (mut bands, mut lines) = (Vec::new(), Vec::new());
    for (i, &(step, batch)) in pairs.iter().enumerate() {
        let runs: Vec<_> = outcome.of(step, batch).collect();
        let times = runs.first()?.path.rows.iter().map(|row| row.time);
        let points: Vec<(f64, Span)> = times
            .enumerate()
            .filter_map(|(k, time)| {
                Some((
                    time,
                    Span::of(runs.iter().map(|run| figure(&run.path.rows[k])))?,
                ))
            })
            .collect();
        let look = Look::of_part(i).0;
        let name = format!("SGD, η = {}, B = {batch}", short(step));
        bands.push(Band {
            label: format!("{name}: least to greatest"),
            points: points
                .iter()
                .map(|(t, span)| (*t, span.least, span.greatest))
                .collect(),
            look,
        });
        lines.push(Line {
            label: format!("{name}: median over {} seeds", runs.len()),
            points: points.iter().map(|(t, span)| (*t, span.median)).collect(),
            look: look.marked(),
        });
    }
    let end = flow.last()?.0;
    lines.push(Line {
        label: "flow".into(),
        points: flow,
        look: Look::SIMULATED,
    });
    let values = || {
        let lines = lines
            .iter()
            .flat_map(|line| &line.points)
            .map(|point| point.1);
        lines.chain(
            bands
                .iter()
                .flat_map(|band| &band.points)
                .flat_map(|point| [point.1, point.2]),
        )
    };
    let least = values().filter(|&y| y > 0.0).reduce(f64::min)?;
    let greatest = values().reduce(f64::max)?;
    Some(Chart {
        title: format!(
            "SGD beside the flow: m = {}, n = {}, d = {}",
            outcome.network.teacher.weights.ncols(),
            outcome.network.student.weights.ncols(),
            outcome.dim
        ),
        x_label: "time t = kη".into(),
        y_label: label.into(),
        y_unit: unit.into(),
        x_scale: Scale::Linear,
        scale: Scale::Log,
        x_range: [0.0, end],
        y_range: [least / 1.5, greatest * 1.5],
        bands,
        lines,
        notes: Vec::new(),
    })
}
