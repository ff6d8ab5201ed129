//! `spectra.csv`, `summary.json`, `spectrum.svg` and `near-zero.svg`.

use crate::experiment::deep::hessian::figures::{near_zero, spectrum};
use crate::experiment::deep::hessian::{Curved, FlatMinima};
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

/// Writes all files, each whole or not at all, and gives their paths.
pub fn write(
    outcome: &FlatMinima,
    folder: &Folder,
    provenance: &Provenance,
) -> Result<Vec<PathBuf>, FolderError> {
    let header = [
        "width",
        "seed",
        "parameters",
        "method",
        "eigenvalue",
        "weight",
    ];
    let rows = outcome.runs.iter().flat_map(|run| {
        run.density.points.iter().map(|&(value, weight)| {
            vec![
                run.width.to_string(),
                run.seed.to_string(),
                run.parameters.to_string(),
                method(run).to_owned(),
                field(value),
                field(weight),
            ]
        })
    });
    Ok(vec![
        write_csv(folder, "spectra.csv", &header.map(String::from), rows)?,
        write_summary(
            folder,
            "flat-minima",
            &outcome.scenario,
            findings(outcome),
            (&outcome.end, outcome.seconds),
            provenance,
        )?,
        write_chart(folder, "spectrum.svg", &spectrum(outcome))?,
        write_chart(folder, "near-zero.svg", &near_zero(outcome))?,
    ])
}

pub(super) fn method(run: &Curved) -> &'static str {
    if run.is_whole { "whole" } else { "lanczos" }
}

#[derive(Serialize)]
struct Finding<'a> {
    width: usize,
    seed: u64,
    parameters: usize,
    method: &'static str,
    held_out_loss: f64,
    rho: &'a [f64],
    largest: f64,
    least: f64,
    near_zero: f64,
    flat_directions: f64,
}

fn findings<'a>(outcome: &'a FlatMinima) -> Vec<Finding<'a>> {
    let finding = |run: &'a Curved| Finding {
        width: run.width,
        seed: run.seed,
        parameters: run.parameters,
        method: method(run),
        held_out_loss: run.held_out[1],
        rho: &run.rho,
        largest: run.density.largest(),
        least: run.density.least(),
        near_zero: run.near_zero,
        flat_directions: run.flat_directions(),
    };
    outcome.runs.iter().map(finding).collect()
}

/// A line per student.
pub fn table(outcome: &FlatMinima) -> String {
    let base = &outcome.scenario.base;
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{}: {} with {} parameters, {} epochs; Hessian on {} samples, near zero below {} of the largest",
        base.name,
        heading(base),
        base.teacher.architecture.parameters(),
        base.training.epochs,
        outcome.scenario.hessian.samples,
        short(outcome.scenario.hessian.near_zero),
    );
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY);
    table.set_header([
        "width",
        "seed",
        "parameters",
        "held-out loss",
        "largest",
        "least",
        "near zero",
        "others",
        "by",
    ]);
    for run in &outcome.runs {
        table.add_row([
            format!("{}×", run.width),
            run.seed.to_string(),
            run.parameters.to_string(),
            format!("{} → {}", short(run.held_out[0]), short(run.held_out[1])),
            short(run.density.largest()),
            short(run.density.least()),
            format!(
                "{:.0} ({:.1} %)",
                run.flat_directions(),
                100.0 * run.near_zero
            ),
            format!("{:.0}", run.parameters as f64 - run.flat_directions()),
            method(run).to_owned(),
        ]);
    }
    let _ = writeln!(text, "{table}");
    text + &ending(&outcome.end, outcome.seconds)
}
