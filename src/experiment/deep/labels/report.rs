//! `epochs.csv`, `summary.json`, `fitted.svg`, `mixtures.svg` and `held-out.svg`.

use crate::experiment::deep::labels::figures::{fitted, held_out, mixtures};
use crate::experiment::deep::labels::{ImplicitRegularization, Labels};
use crate::experiment::deep::report::{
    ending, field, heading, write_chart, write_csv, write_summary,
};
use crate::output::{Folder, FolderError, Provenance};
use crate::plot::number::short;
use comfy_table::Table;
use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use serde::Serialize;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Half of a component is fitted when its part reaches this.
const HALF: f64 = 0.5;

/// Writes all files, each whole or not at all, and gives their paths.
pub fn write(
    outcome: &ImplicitRegularization,
    folder: &Folder,
    provenance: &Provenance,
) -> Result<Vec<PathBuf>, FolderError> {
    let header = [
        "labels",
        "seed",
        "epoch",
        "training_loss",
        "held_out_loss",
        "component_1",
        "fitted_1",
        "component_2",
        "fitted_2",
    ];
    let rows = outcome.runs.iter().flat_map(|run| {
        run.rows.iter().map(move |row| {
            let mut fields = vec![
                run.labels.name(),
                run.seed.to_string(),
                row.epoch.to_string(),
                field(row.training_loss),
                field(row.held_out_loss),
            ];
            for i in 0..2 {
                let component = run.labels.components().get(i).copied().unwrap_or("");
                let fitted = row.fitted.get(i).copied().unwrap_or(f64::NAN);
                fields.extend([component.to_owned(), field(fitted)]);
            }
            fields
        })
    });
    Ok(vec![
        write_csv(folder, "epochs.csv", &header.map(String::from), rows)?,
        write_summary(
            folder,
            "implicit-regularization",
            &outcome.scenario,
            findings(outcome),
            (&outcome.end, outcome.seconds),
            provenance,
        )?,
        write_chart(folder, "fitted.svg", &fitted(outcome))?,
        write_chart(folder, "mixtures.svg", &mixtures(outcome))?,
        write_chart(folder, "held-out.svg", &held_out(outcome))?,
    ])
}

#[derive(Serialize)]
struct Finding {
    labels: String,
    components: &'static [&'static str],
    fitted: Vec<f64>,
    epochs_to_half: Vec<Option<f64>>,
    held_out_loss: f64,
    least_held_out_loss: f64,
}

fn findings(outcome: &ImplicitRegularization) -> Vec<Finding> {
    let finding = |labels: Labels| {
        let count = labels.components().len();
        let parts: Vec<_> = (0..count)
            .map(|i| outcome.median(labels, |row| row.fitted[i]))
            .collect();
        let losses = outcome.median(labels, |row| row.held_out_loss);
        let last = |points: &[(f64, f64)]| points.last().map_or(f64::NAN, |point| point.1);
        Finding {
            labels: labels.name(),
            components: labels.components(),
            fitted: parts.iter().map(|part| last(part)).collect(),
            epochs_to_half: parts.iter().map(|part| crossing(part)).collect(),
            held_out_loss: last(&losses),
            least_held_out_loss: losses
                .iter()
                .map(|point| point.1)
                .fold(f64::INFINITY, f64::min),
        }
    };
    outcome.labels().into_iter().map(finding).collect()
}

/// When a part first reaches a half, between epochs by interpolation.
fn crossing(points: &[(f64, f64)]) -> Option<f64> {
    let pair = points
        .windows(2)
        .find(|pair| pair[0].1 < HALF && pair[1].1 >= HALF)?;
    let part = (HALF - pair[0].1) / (pair[1].1 - pair[0].1);
    Some(pair[0].0 + part * (pair[1].0 - pair[0].0))
}

/// A line per kind of labels and component: medians over the seeds.
pub fn table(outcome: &ImplicitRegularization) -> String {
    let base = &outcome.scenario.base;
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{}: small {}, large teacher {}, student {}, {} samples, {} seed(s)",
        base.name,
        heading(base),
        outcome.scenario.large_architecture().widths(),
        outcome.scenario.student_architecture().widths(),
        base.data.samples,
        base.seeds,
    );
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY);
    table.set_header([
        "labels",
        "component",
        "half fitted after epochs",
        "fitted at the end",
        "held-out loss",
        "its least",
    ]);
    for finding in findings(outcome) {
        for (i, component) in finding.components.iter().enumerate() {
            let when = finding.epochs_to_half[i];
            table.add_row([
                finding.labels.clone(),
                (*component).to_owned(),
                when.map_or("never".into(), |epochs| format!("{epochs:.1}")),
                short(finding.fitted[i]),
                short(finding.held_out_loss),
                short(finding.least_held_out_loss),
            ]);
        }
    }
    let _ = writeln!(text, "{table}");
    text + &ending(&outcome.end, outcome.seconds)
}
