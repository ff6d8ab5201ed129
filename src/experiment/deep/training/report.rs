//! `epochs.csv`, `nodes.csv`, `summary.json`, networks, and for each variant ρ̄, ranks and fan-out norms as SVG.

use crate::experiment::deep::TEACHER;
use crate::experiment::deep::report::{
    ending, field, heading, write_chart, write_csv, write_summary,
};
use crate::experiment::deep::training::figures::{comparisons, correlation, fan_out, rank};
use crate::experiment::deep::training::{DeepTraining, TrainingRun};
use crate::measure::Span;
use crate::network::deep::write_tensors;
use crate::output::{Folder, FolderError, Provenance};
use crate::plot::number::short;
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
    let depth = outcome.scenario.base.teacher.architecture.hidden.len();
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
    let depth = base.teacher.architecture.hidden.len();
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
