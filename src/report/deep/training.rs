//! `epochs.csv`, `nodes.csv`, `summary.json`, networks, and for each variant ρ̄, ranks and fan-out norms as SVG.

use super::{
    correlation_range, ending, field, heading, layer_line, linear_range, log_range, over_epochs,
    write_chart, write_csv, write_summary,
};
use crate::experiment::deep::TEACHER;
use crate::experiment::deep::training::{DeepTraining, EpochRow, TrainingRun, Variant};
use crate::measure::Span;
use crate::network::deep::write_tensors;
use crate::report::svg::number::short;
use crate::report::svg::{Chart, Line, Look, Scale};
use crate::report::{Folder, FolderError, Provenance};
use comfy_table::Table;
use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use ndarray::Array2;
use serde::Serialize;
use std::fmt::Write as _;
use std::path::PathBuf;

/// A student's name in a file of tensors.
const STUDENT: &str = "student.";

/// Writes all files, each whole or not at all, and gives their paths.
pub fn write(
    outcome: &DeepTraining,
    folder: &Folder,
    provenance: &Provenance,
) -> Result<Vec<PathBuf>, FolderError> {
    let mut written = vec![
        write_epochs(outcome, folder)?,
        write_nodes(outcome, folder)?,
        write_summary(
            folder,
            "deep-training",
            &outcome.scenario,
            findings(outcome),
            (&outcome.end, outcome.seconds),
            provenance,
        )?,
    ];
    let students = folder.sub("students")?;
    for run in &outcome.runs {
        let networks = [(TEACHER, &run.teacher), (STUDENT, &run.student)];
        let bytes =
            write_tensors(&networks, &fan_out_history(run), &[]).map_err(std::io::Error::other);
        written.push(
            students.write(&format!("{}.safetensors", run.label), |out| {
                out.write_all(&bytes?)
            })?,
        );
    }
    let variants = outcome.variants();
    for &variant in &variants {
        let Some(first) = outcome.of(variant).next() else {
            continue;
        };
        let into = match variants.len() {
            1 => folder.clone(),
            _ => folder.sub(
                first
                    .label
                    .trim_end_matches(&format!("-seed{}", first.seed)),
            )?,
        };
        written.push(write_chart(
            &into,
            "correlation.svg",
            &correlation(outcome, variant),
        )?);
        written.push(write_chart(&into, "rank.svg", &rank(outcome, variant))?);
        written.push(write_chart(&into, "fan-out.svg", &fan_out(outcome, first))?);
    }
    for (name, chart) in comparisons(outcome) {
        written.push(write_chart(folder, &name, &chart)?);
    }
    Ok(written)
}

/// `fan_out.l` (epochs + 1 × nodes) of each hidden layer l.
fn fan_out_history(run: &TrainingRun) -> Vec<(String, Array2<f32>)> {
    let layer = |l: usize| {
        let norms = |(epoch, node): (usize, usize)| run.fan_out[epoch][l][node] as f32;
        let shape = (run.fan_out.len(), run.nodes[l].len());
        (format!("fan_out.{l}"), Array2::from_shape_fn(shape, norms))
    };
    (0..run.nodes.len()).map(layer).collect()
}

fn write_epochs(outcome: &DeepTraining, folder: &Folder) -> Result<PathBuf, FolderError> {
    let depth = outcome.scenario.base.teacher.architecture.depth();
    let mut header: Vec<String> = ["label", "width", "batch_norm", "deviation", "seed", "epoch"]
        .map(String::from)
        .to_vec();
    header.extend(["training_loss", "held_out_loss", "accuracy"].map(String::from));
    header.extend((1..=depth).map(|l| format!("rho_{l}")));
    header.extend((1..=depth).map(|l| format!("rank_{l}")));
    let rows = outcome.runs.iter().flat_map(|run| {
        run.rows.iter().map(|row| {
            let place = run.variant.batch_norm.map(|norm| norm.place);
            let mut fields = vec![
                run.label.clone(),
                run.variant.width.to_string(),
                place.map_or("none".into(), |place| format!("{place:?}")),
                run.variant.deviation.to_string(),
                run.seed.to_string(),
                row.epoch.to_string(),
                field(row.training_loss),
                field(row.held_out.loss),
                field(row.held_out.accuracy.unwrap_or(f64::NAN)),
            ];
            fields.extend(row.rho.iter().chain(&row.rank).map(|&x| field(x)));
            fields
        })
    });
    write_csv(folder, "epochs.csv", &header, rows)
}

fn write_nodes(outcome: &DeepTraining, folder: &Folder) -> Result<PathBuf, FolderError> {
    let header = [
        "label",
        "layer",
        "node",
        "fan_out_start",
        "fan_out",
        "correlation",
    ];
    let rows = outcome.runs.iter().flat_map(|run| {
        run.nodes.iter().enumerate().flat_map(move |(l, nodes)| {
            nodes.iter().enumerate().map(move |(j, node)| {
                vec![
                    run.label.clone(),
                    (l + 1).to_string(),
                    (j + 1).to_string(),
                    field(node.fan_out_start),
                    field(node.fan_out),
                    field(node.correlation),
                ]
            })
        })
    });
    write_csv(folder, "nodes.csv", &header.map(String::from), rows)
}

#[derive(Serialize)]
struct Finding<'a> {
    label: &'a str,
    width: usize,
    deviation: f64,
    batch_norm: Option<crate::network::deep::BatchNorm>,
    seed: u64,
    parameters: usize,
    epochs: u64,
    held_out_loss_start: f64,
    held_out_loss: f64,
    accuracy: Option<f64>,
    rho: &'a [f64],
    rank_at_start: &'a [f64],
    silent_teacher_nodes: &'a [usize],
    seconds: f64,
}

fn findings<'a>(outcome: &'a DeepTraining) -> Vec<Finding<'a>> {
    let finding = |run: &'a TrainingRun| Finding {
        label: &run.label,
        width: run.variant.width,
        deviation: run.variant.deviation,
        batch_norm: run.variant.batch_norm,
        seed: run.seed,
        parameters: run.student.architecture.parameters(),
        epochs: run.last().epoch,
        held_out_loss_start: run.rows[0].held_out.loss,
        held_out_loss: run.last().held_out.loss,
        accuracy: run.last().held_out.accuracy,
        rho: &run.last().rho,
        rank_at_start: &run.rows[0].rank,
        silent_teacher_nodes: &run.silent,
        seconds: run.seconds,
    };
    outcome.runs.iter().map(finding).collect()
}

/// A line per variant: medians over the seeds.
pub fn table(outcome: &DeepTraining) -> String {
    let base = &outcome.scenario.base;
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{}: {}, {} samples, {} epochs, batch {}, {} seed(s)",
        base.name,
        heading(base),
        base.data.samples,
        base.training.epochs,
        base.training.training.batch,
        base.seeds,
    );
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY);
    let depth = base.teacher.architecture.depth();
    let mut header = vec!["student".to_owned(), "held-out loss".to_owned()];
    header.extend((1..=depth).map(|l| format!("ρ̄ {l}")));
    header.push("winners' rank at the start".into());
    table.set_header(header);
    for variant in outcome.variants() {
        let over = |figure: &dyn Fn(&TrainingRun) -> f64| {
            let span = Span::of(outcome.of(variant).map(figure));
            span.map_or("–".into(), |span| short(span.median))
        };
        let mut row = vec![variant.words(), over(&|run| run.last().held_out.loss)];
        row.extend((0..depth).map(|l| over(&|run| run.last().rho[l])));
        let ranks = |run: &TrainingRun| 100.0 * run.rows[0].rank.iter().sum::<f64>() / depth as f64;
        row.push(format!("{} %", over(&ranks)));
        table.add_row(row);
    }
    let _ = writeln!(text, "{table}");
    let silent: usize = outcome.runs.iter().flat_map(|run| &run.silent).sum();
    if silent > 0 {
        let _ = writeln!(
            text,
            "{silent} teacher nodes, over all runs, are constant on the held-out samples and not counted in ρ̄."
        );
    }
    text + &ending(&outcome.end, outcome.seconds)
}

fn title(outcome: &DeepTraining, what: &str, variant: Variant) -> String {
    format!(
        "{what}: {}, student {}",
        heading(&outcome.scenario.base),
        variant.words()
    )
}

/// Medians over the seeds, epoch by epoch, as far as all runs came.
fn medians(
    outcome: &DeepTraining,
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

fn depth(outcome: &DeepTraining) -> usize {
    outcome.scenario.base.teacher.architecture.depth()
}

fn correlation(outcome: &DeepTraining, variant: Variant) -> Chart {
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

fn rank(outcome: &DeepTraining, variant: Variant) -> Chart {
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

fn fan_out(outcome: &DeepTraining, run: &TrainingRun) -> Chart {
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
            run.last().epoch,
            run.seed
        )],
        lines,
    }
}

/// ρ̄ and loss over the width, for each spread and normalisation, where widths are many.
fn comparisons(outcome: &DeepTraining) -> Vec<(String, Chart)> {
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
                let points = over_widths(&|run| run.last().rho[l]);
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
        let points = over_widths(&|run| run.last().held_out.loss);
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
