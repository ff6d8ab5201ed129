//! `spectra.csv`, `summary.json`, `spectrum.svg` and `near-zero.svg`.

use crate::experiment::deep::hessian::{Curved, FlatMinima};
use crate::experiment::deep::report::{
    ending, field, heading, log_range, write_chart, write_csv, write_summary,
};
use crate::output::{Folder, FolderError, Provenance};
use crate::plot::number::short;
use crate::plot::{Chart, Line, Look, Scale};
use comfy_table::Table;
use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use serde::Serialize;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Eigenvalues below this part of the largest are not drawn.
const DRAWN: f64 = 1e-10;

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

fn method(run: &Curved) -> &'static str {
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

/// Eigenvalues from the largest, over the part of parameters that they stand for.
fn spectrum(outcome: &FlatMinima) -> Chart {
    let first = outcome.scenario.base.seed;
    let lines: Vec<Line> = outcome
        .runs
        .iter()
        .filter(|run| run.seed == first)
        .enumerate()
        .map(|(i, run)| {
            let mut passed = 0.0;
            let largest = run.density.largest();
            let descending = run.density.points.iter().rev();
            let points = descending.map(|&(value, weight)| {
                passed += weight;
                (100.0 * passed, (value / largest).max(0.1 * DRAWN))
            });
            Line {
                label: format!(
                    "width {}×: {} parameters ({})",
                    run.width,
                    run.parameters,
                    method(run)
                ),
                points: points.collect(),
                look: Look::of_series(i),
            }
        })
        .collect();
    let near_zero = outcome.scenario.hessian.near_zero;
    let level = Line {
        label: format!("near zero: below {}", short(near_zero)),
        points: vec![(0.0, near_zero), (100.0, near_zero)],
        look: Look::FLOOR,
    };
    Chart {
        title: format!(
            "Spectrum of the Hessian after training: {}",
            heading(&outcome.scenario.base)
        ),
        x_label: "part of the parameters, from the stiffest direction (%)".into(),
        y_label: "eigenvalue".into(),
        y_unit: "of the largest".into(),
        x_scale: Scale::Linear,
        scale: Scale::Log,
        x_range: [0.0, 100.0],
        y_range: [DRAWN, 2.0],
        bands: Vec::new(),
        lines: lines.into_iter().chain([level]).collect(),
        notes: vec![format!(
            "Seed {first}. Lines end where eigenvalues are zero, negative or below 10⁻¹⁰."
        )],
    }
}

/// Flat and stiff directions over the number of parameters.
fn near_zero(outcome: &FlatMinima) -> Chart {
    let mut runs: Vec<&Curved> = outcome.runs.iter().collect();
    runs.sort_by_key(|run| run.parameters);
    let points = |figure: &dyn Fn(&Curved) -> f64| -> Vec<(f64, f64)> {
        runs.iter()
            .map(|run| (run.parameters as f64, figure(run)))
            .collect()
    };
    let all = points(&|run| run.parameters as f64);
    let teacher = outcome.scenario.base.teacher.architecture.parameters() as f64;
    let x_range = log_range(all.iter().map(|point| point.0));
    let lines = vec![
        Line {
            label: "all parameters".into(),
            points: vec![(x_range[0], x_range[0]), (x_range[1], x_range[1])],
            look: Look::FLOOR,
        },
        Line {
            label: format!("the teacher's {teacher} parameters"),
            points: vec![(x_range[0], teacher), (x_range[1], teacher)],
            look: Look::PREDICTED,
        },
        Line {
            label: "eigenvalues near zero".into(),
            points: points(&|run| run.flat_directions()),
            look: Look::of_series(1),
        },
        Line {
            label: "all others".into(),
            points: points(&|run| run.parameters as f64 - run.flat_directions()),
            look: Look::of_series(2).marked(),
        },
    ];
    let values = lines
        .iter()
        .flat_map(|line| &line.points)
        .map(|point| point.1.max(1.0));
    let y_range = log_range(values);
    Chart {
        title: format!(
            "Flat directions and over-parameterization: {}",
            heading(&outcome.scenario.base)
        ),
        x_label: "parameters of the student".into(),
        y_label: "eigenvalues of the Hessian".into(),
        y_unit: "number".into(),
        x_scale: Scale::Log,
        scale: Scale::Log,
        x_range,
        y_range,
        bands: Vec::new(),
        lines,
        notes: vec![format!(
            "Near zero: below {} of the largest. Hessian on {} samples.",
            short(outcome.scenario.hessian.near_zero),
            outcome.scenario.hessian.samples
        )],
    }
}
