//! `spectra.csv`, and figures of the spectrum and of what is near zero.

use super::{FlatMinima, Outcome, Spectrum, figures};
use crate::experiment::deep::report::{ending, heading, median};
use crate::experiment::{Levels, Reading, Report, View};
use crate::output::{self, terminal};
use crate::plot::Figure;
use crate::plot::number::short;
use std::fmt::Write as _;

fn spectra(outcome: &Outcome) -> output::Table<'_> {
    type Field<'a> = Reading<(&'a Spectrum, &'a (f64, f64))>;
    let readings = vec![
        Field::count("width", "of hidden layers, in units of the teacher's", |(run, _)| run.width),
        Field::count("seed", "of the training", |(run, _)| run.seed),
        Field::count("parameters", "P", |(run, _)| run.parameters),
        Field::text("method", "whole spectrum, or its density by Lanczos", |(run, _)| run.method.name()),
        Field::number("eigenvalue", "", "of the Hessian", |(_, (value, _))| *value),
        Field::number("weight", "", "part of all eigenvalues that it stands for", |(_, (_, weight))| *weight),
    ];
    let runs = outcome.runs.iter();
    let rows = runs.flat_map(|run| run.density.points.iter().map(move |point| (run, point)));
    output::Table::of("spectra.csv", readings, rows)
}

impl Report for FlatMinima {
    const VIEW: View = View::of_levels(
        "Flat minima",
        &[Levels {
            name: "flat",
            title: "Flat directions",
            caption: "Eigenvalues of the Hessian that are near zero.",
            label: "flat directions",
            columns: &[("flat_directions", "eigenvalues near zero")],
            alive: None,
            absent: None,
        }],
    );

    /// What a sweep keeps: medians over all trainings of a scenario.
    fn columns() -> Vec<Reading<Outcome>> {
        let median = |name, meaning, of: fn(&Spectrum) -> f64| {
            Reading::number(name, "", meaning, move |o: &Outcome| median(o.runs.iter().map(of)))
        };
        vec![
            Reading::count("trainings", "of which these are medians", |o: &Outcome| o.runs.len()),
            median("parameters", "of the student", |run| run.parameters as f64),
            median("held_out_loss", "at the end", |run| run.held_out_loss),
            median("largest", "largest eigenvalue", |run| run.largest),
            median("least", "least eigenvalue", |run| run.least),
            median("near_zero", "part of eigenvalues near zero", |run| run.near_zero),
            median("flat_directions", "how many that are", |run| run.flat_directions),
        ]
    }

    /// A line per student.
    fn table(outcome: &Outcome) -> String {
        let base = &outcome.scenario.base;
        let mut table = terminal::table(
            ["width", "seed", "parameters", "held-out loss", "largest", "least", "near zero", "others", "by"],
            [],
        );
        for run in &outcome.runs {
            table.add_row([
                format!("{}×", run.width),
                run.seed.to_string(),
                run.parameters.to_string(),
                format!("{} → {}", short(run.held_out_loss_start), short(run.held_out_loss)),
                short(run.largest),
                short(run.least),
                format!("{:.0} ({:.1} %)", run.flat_directions, 100.0 * run.near_zero),
                format!("{:.0}", run.parameters as f64 - run.flat_directions),
                run.method.name().to_owned(),
            ]);
        }
        format!(
            "{}: {} with {} parameters, {} epochs; Hessian on {} samples, near zero below {} of the largest\n{table}\n{}{}",
            base.name,
            heading(&base.teacher),
            base.teacher.architecture.parameters(),
            base.training.epochs,
            outcome.scenario.hessian.samples,
            short(outcome.scenario.hessian.near_zero),
            cut_offs(outcome),
            ending(outcome),
        )
    }

    fn tables(outcome: &Outcome) -> Vec<output::Table<'_>> {
        vec![spectra(outcome)]
    }

    fn figures(outcome: &Outcome) -> Vec<(String, Figure)> {
        vec![("spectrum".into(), figures::spectrum(outcome)), ("near-zero".into(), figures::near_zero(outcome))]
    }
}

/// How much "near zero" depends on where that begins: a line per width, medians over seeds.
fn cut_offs(outcome: &Outcome) -> String {
    let Some(first) = outcome.runs.first() else {
        return String::new();
    };
    let mut text = String::new();
    for &width in &outcome.scenario.base.student.widths {
        let runs = || outcome.runs.iter().filter(move |run| run.width == width);
        let parts = first.below.iter().enumerate().filter_map(|(i, (cut_off, _))| {
            let part = median(runs().map(|run| run.below[i].1))?;
            Some(format!("{:.1} % below {}", 100.0 * part, short(*cut_off)))
        });
        let parts: Vec<String> = parts.collect();
        let _ = writeln!(text, "{width}×: {} of the largest", parts.join(", "));
    }
    text
}
