//! ρ̄, ranks and fan-out norms of each variant, and what width does.

use crate::experiment::deep::report::{
    correlation_range, heading, layer_line, linear_range, log_range, over_epochs,
};
use crate::experiment::deep::training::report::depth;
use crate::experiment::deep::training::{EpochRow, Outcome, TrainingRun, Variant};
use crate::measure::Span;
use crate::plot::number::short;
use crate::plot::{Chart, Line, Look, Scale};

fn title(outcome: &Outcome, what: &str, variant: Variant) -> String {
    format!(
        "{what}: {}, student {}",
        heading(&outcome.scenario.base),
        variant.words()
    )
}

/// Medians over the seeds, epoch by epoch, as far as all runs came.
fn medians(
    outcome: &Outcome,
    variant: Variant,
    figure: impl Fn(&EpochRow) -> f64,
) -> Vec<(f64, f64)> {
    let runs: Vec<&TrainingRun> = outcome.of(variant).collect();
    let epochs = runs.iter().map(|run| run.rows.len()).min().unwrap_or(0);
    (0..epochs)
        .filter_map(|i| {
            let span = Span::of(runs.iter().map(|run| figure(&run.rows[i])))?;
            Some((runs[0].rows[i].epoch as f64, span.median))
        })
        .collect()
}

pub(super) fn correlation(outcome: &Outcome, variant: Variant) -> Chart {
    let lines: Vec<Line> = (0..depth(outcome))
        .map(|l| layer_line(l, medians(outcome, variant, |row| row.rho[l])))
        .collect();
    let y_range = correlation_range(&lines);
    Chart {
        y_range,
        notes: vec![
            "Mean over teacher nodes of the correlation with their best student node, on held-out samples; layer 1 is the lowest.".into(),
        ],
        ..over_epochs(title(outcome, "Teacher nodes found", variant), "mean best correlation ρ̄", "1 = all found", lines)
    }
}

pub(super) fn rank(outcome: &Outcome, variant: Variant) -> Chart {
    let line = |l| {
        let points = medians(outcome, variant, |row| 100.0 * row.rank[l]);
        let first = points.first().map_or(f64::NAN, |point| point.1);
        Line {
            label: format!("layer {}: {} % at the start", l + 1, short(first)),
            ..layer_line(l, points)
        }
    };
    let lines: Vec<Line> = (0..depth(outcome)).map(line).collect();
    Chart {
        notes: vec![
            "Where the student node that is the best at the end stood among all nodes before: 0 % if it was the best then. Mean over teacher nodes.".into(),
        ],
        ..over_epochs(title(outcome, "Rank of the final winners", variant), "rank of the final winner", "% of the layer's nodes", lines)
    }
}

pub(super) fn fan_out(outcome: &Outcome, run: &TrainingRun) -> Chart {
    let lines: Vec<Line> = run
        .nodes
        .iter()
        .enumerate()
        .map(|(l, nodes)| Line {
            label: format!("layer {}, {} nodes", l + 1, nodes.len()),
            points: nodes
                .iter()
                .map(|node| (node.fan_out, node.correlation))
                .collect(),
            look: Look::of_set(l),
        })
        .collect();
    let values = |of: fn(&(f64, f64)) -> f64| lines.iter().flat_map(|line| &line.points).map(of);
    Chart {
        title: title(
            outcome,
            "Fan-out and correlation of student nodes",
            run.variant,
        ),
        x_label: "norm of the fan-out, ‖vⱼ‖".into(),
        y_label: "best correlation with a teacher node".into(),
        y_unit: "1 = a copy".into(),
        x_scale: Scale::Linear,
        scale: Scale::Linear,
        x_range: linear_range(values(|point| point.0)),
        y_range: linear_range(values(|point| point.1)),
        bands: Vec::new(),
        notes: vec![format!(
            "After {} epochs, seed {}.",
            run.last.epoch, run.seed
        )],
        lines,
    }
}

/// ρ̄ and loss over the width, for each spread and normalisation, where widths are many.
pub(super) fn comparisons(outcome: &Outcome) -> Vec<(String, Chart)> {
    let scenario = &outcome.scenario;
    let widths = &scenario.student.widths;
    if widths.len() < 2 {
        return Vec::new();
    }
    let mut variants = outcome.variants();
    variants.retain(|variant| variant.width == widths[0]);
    let mut charts = Vec::new();
    for variant in variants {
        let at = |width| Variant { width, ..variant };
        let over_widths = |figure: &dyn Fn(&TrainingRun) -> f64| -> Vec<(f64, Span)> {
            let mut points: Vec<(f64, Span)> = widths
                .iter()
                .filter_map(|&width| {
                    Some((width as f64, Span::of(outcome.of(at(width)).map(figure))?))
                })
                .collect();
            points.sort_by(|a, b| a.0.total_cmp(&b.0));
            points
        };
        let middle =
            |points: &[(f64, Span)]| points.iter().map(|(x, span)| (*x, span.median)).collect();
        let words = variant.words();
        let words = words.split_once(", ").map_or("", |(_, rest)| rest);
        let suffix = format!(
            "sd{}{}",
            variant.deviation,
            variant
                .batch_norm
                .map_or(String::new(), |norm| format!("-{:?}", norm.place)
                    .to_lowercase())
        );
        let lines: Vec<Line> = (0..depth(outcome))
            .map(|l| {
                let points = over_widths(&|run| run.last.rho[l]);
                Line {
                    label: format!("layer {}", l + 1),
                    points: middle(&points),
                    look: Look::of_series(l),
                }
            })
            .collect();
        let x_range = log_range(widths.iter().map(|&width| width as f64));
        let notes = vec![format!(
            "After {} epochs; medians over {} seed(s).",
            scenario.base.training.epochs, scenario.base.seeds
        )];
        let chart = Chart {
            title: format!(
                "Over-parameterization: {}, {words}",
                heading(&scenario.base)
            ),
            x_label: "width of the student's layers, in units of the teacher's".into(),
            y_label: "mean best correlation ρ̄".into(),
            y_unit: "1 = all found".into(),
            x_scale: Scale::Log,
            scale: Scale::Linear,
            x_range,
            y_range: correlation_range(&lines),
            bands: Vec::new(),
            lines,
            notes: notes.clone(),
        };
        charts.push((format!("width-{suffix}.svg"), chart));
        let points = over_widths(&|run| run.last.held_out.loss);
        let spread = points
            .iter()
            .flat_map(|(_, span)| [span.least, span.greatest]);
        let chart = Chart {
            title: format!(
                "Held-out loss over width: {}, {words}",
                heading(&scenario.base)
            ),
            x_label: "width of the student's layers, in units of the teacher's".into(),
            y_label: "held-out loss".into(),
            y_unit: "as trained".into(),
            x_scale: Scale::Log,
            scale: Scale::Log,
            x_range,
            y_range: log_range(spread),
            bands: Vec::new(),
            lines: vec![Line {
                label: "median over the seeds".into(),
                points: middle(&points),
                look: Look::SIMULATED.marked(),
            }],
            notes,
        };
        charts.push((format!("width-loss-{suffix}.svg"), chart));
    }
    charts
}
