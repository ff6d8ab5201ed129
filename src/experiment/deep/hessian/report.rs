//! `spectra.csv`, and figures of the spectrum and of what is near zero.

use super::{Outcome, Spectrum};
use crate::experiment::deep::report::{ending, heading, log_range};
use crate::experiment::{self, About, Reading};
use crate::measure::Span;
use crate::output;
use crate::output::Column;
use crate::plot::number::short;
use crate::plot::{Chart, Figure, Line, Look, Scale};
use comfy_table::Table;
use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use std::fmt::Write as _;

/// Eigenvalues below this part of the largest are not drawn.
const DRAWN: f64 = 1e-10;

impl experiment::Outcome for Outcome {
    fn about(&self) -> About<'_> {
        About {
            scenario: &self.scenario,
            end: &self.end,
            seconds: self.seconds,
        }
    }

    fn table(&self) -> String {
        table(self)
    }

    fn tables(&self) -> Vec<output::Table<'_>> {
        vec![spectra(self)]
    }

    fn figures(&self) -> Vec<(String, Figure)> {
        vec![
            ("spectrum".into(), spectrum(self).into()),
            ("near-zero".into(), near_zero(self).into()),
        ]
    }
}

fn spectra(outcome: &Outcome) -> output::Table<'_> {
    let columns = vec![
        Column::count("width", "of hidden layers, in units of the teacher's"),
        Column::count("seed", "of the training"),
        Column::count("parameters", "P"),
        Column::text("method", "whole spectrum, or its density by Lanczos"),
        Column::number("eigenvalue", "", "of the Hessian"),
        Column::number("weight", "", "part of all eigenvalues that it stands for"),
    ];
    let rows = outcome.runs.iter().flat_map(|run| {
        run.density.points.iter().map(|&(value, weight)| {
            vec![
                run.width.into(),
                run.seed.into(),
                run.parameters.into(),
                run.method.name().into(),
                value.into(),
                weight.into(),
            ]
        })
    });
    output::Table::new("spectra.csv", columns, rows)
}

/// What a sweep keeps: medians over all trainings of a scenario.
pub fn columns() -> Vec<Reading<Outcome>> {
    let median = |name, meaning, of: fn(&Spectrum) -> f64| {
        Reading::number(name, "", meaning, move |o: &Outcome| {
            Span::of(o.runs.iter().map(of)).map(|span| span.median)
        })
    };
    vec![
        Reading::count("trainings", "of which these are medians", |o: &Outcome| {
            o.runs.len()
        }),
        median("parameters", "of the student", |run| run.parameters as f64),
        median("held_out_loss", "at the end", |run| run.held_out_loss),
        median("largest", "largest eigenvalue", |run| run.largest),
        median("least", "least eigenvalue", |run| run.least),
        median("near_zero", "part of eigenvalues near zero", |run| {
            run.near_zero
        }),
        median("flat_directions", "how many that are", |run| {
            run.flat_directions
        }),
    ]
}

/// A line per student.
pub fn table(outcome: &Outcome) -> String {
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
            format!(
                "{} → {}",
                short(run.held_out_loss_start),
                short(run.held_out_loss)
            ),
            short(run.largest),
            short(run.least),
            format!(
                "{:.0} ({:.1} %)",
                run.flat_directions,
                100.0 * run.near_zero
            ),
            format!("{:.0}", run.parameters as f64 - run.flat_directions),
            run.method.name().to_owned(),
        ]);
    }
    let _ = writeln!(text, "{table}");
    text + &ending(&outcome.end, outcome.seconds)
}

/// Eigenvalues from the largest, over the part of parameters that they stand for.
fn spectrum(outcome: &Outcome) -> Chart {
    let first = outcome.scenario.base.seed;
    let lines: Vec<Line> = outcome
        .runs
        .iter()
        .filter(|run| run.seed == first)
        .enumerate()
        .map(|(i, run)| {
            let mut passed = 0.0;
            let largest = run.largest;
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
                    run.method.name()
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
fn near_zero(outcome: &Outcome) -> Chart {
    let mut runs: Vec<&Spectrum> = outcome.runs.iter().collect();
    runs.sort_by_key(|run| run.parameters);
    let points = |figure: &dyn Fn(&Spectrum) -> f64| -> Vec<(f64, f64)> {
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
            points: points(&|run| run.flat_directions),
            look: Look::of_series(1),
        },
        Line {
            label: "all others".into(),
            points: points(&|run| run.parameters as f64 - run.flat_directions),
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
