//! What the comparison of SGD and flow leaves behind: `gaps.csv`, `paths.csv`, and four figures.

use super::{
    Agreement, Exponent, Law, Outcome, Path, PathRow, PredictedGap, Prediction, SgdRun, SgdVsFlow, figures, verdicts,
};
use crate::config::Words;
use crate::experiment::{Judged, Levels, Reading, Report, View};
use crate::integrate::RunEnd;
use crate::measure::Span;
use crate::output::{self, Cell, Column, terminal};
use crate::plot::Figure;
use crate::plot::number::short;
use comfy_table::Table;
use std::fmt::Write as _;

/// What is read off a path.
pub(super) type Statistic = fn(&PathRow) -> f64;

fn gaps(outcome: &Outcome) -> output::Table<'_> {
    type Field<'a> = Reading<&'a SgdRun>;
    let readings = vec![
        Field::number("step", "time", "η", |run| run.step),
        Field::count("batch", "B", |run| run.batch),
        Field::count("seed", "of the run", |run| run.seed),
        Field::number("gap", "", "largest distance to the flow", |run| run.gap),
    ];
    output::Table::of("gaps.csv", readings, &outcome.runs)
}

fn predictions(prediction: &Prediction) -> output::Table<'_> {
    type Field<'a> = Reading<(&'a PredictedGap, &'a (f64, Span))>;
    let readings = vec![
        Field::number("step", "time", "η", |(gap, _)| gap.step),
        Field::count("batch", "B", |(gap, _)| gap.batch),
        Field::number("time", "time", "t = kη", |(_, (time, _))| *time),
        Field::number("median", "", "predicted distance to the flow", |(_, (_, span))| span.median),
        Field::number("low", "", "5 % of the draws lie below", |(_, (_, span))| span.least),
        Field::number("high", "", "5 % of the draws lie above", |(_, (_, span))| span.greatest),
    ];
    let gaps = prediction.gaps.iter();
    let rows = gaps.flat_map(|gap| gap.over_time.iter().map(move |at| (gap, at)));
    output::Table::of("predicted.csv", readings, rows)
}

pub(super) fn paths(outcome: &Outcome) -> output::Table<'_> {
    let columns = vec![
        Column::text("path", "flow, gradient descent or SGD"),
        Column::number("step", "time", "η"),
        Column::count("batch", "B, of SGD"),
        Column::count("seed", "of SGD"),
        Column::number("time", "time", "t = kη"),
        Column::number("largest_angle", "radians", "of u to the teacher"),
        Column::number("fan_out", "", "largest ‖v‖ of r; of u where there is no r"),
        Column::number("loss", "", "population loss ℓ"),
        Column::number("distance", "", "to the flow"),
    ];
    let rows = |path: &'static str, [of, flow]: [&'_ Path; 2], key: [Cell; 3]| -> Vec<Vec<Cell>> {
        let row = |(at, distance): (&PathRow, f64)| {
            let mut fields = vec![Cell::from(path)];
            fields.extend(key.clone());
            let numbers = [at.time, at.largest_angle, at.fan_out, at.loss, distance];
            fields.extend(numbers.map(Cell::Number));
            fields
        };
        of.rows.iter().zip(of.distances(flow)).map(row).collect()
    };
    let steps = outcome.scenario.sgd.steps.iter();
    let pairs = steps.zip(outcome.flows.iter().zip(&outcome.descents));
    let exact = pairs.flat_map(move |(&step, (flow, descent))| {
        let key = || [step.into(), Cell::Empty, Cell::Empty];
        let mut both = rows("flow", [flow, flow], key());
        both.extend(rows("gradient descent", [descent, flow], key()));
        both
    });
    let sampled = outcome.runs.iter().flat_map(move |run| {
        let key = [run.step.into(), run.batch.into(), run.seed.into()];
        rows("SGD", [&run.path, outcome.flow_beside(run.step)], key)
    });
    output::Table::new("paths.csv", columns, exact.chain(sampled))
}

impl Report for SgdVsFlow {
    const VIEW: View = View::of_levels(
        "SGD beside the flow",
        &[Levels {
            name: "gap",
            title: "The largest gap",
            caption: "The largest distance of an SGD run to the flow.",
            label: "largest distance to the flow",
            columns: &[("largest_gap", "largest gap")],
            alive: None,
            absent: None,
        }],
    );

    /// What a sweep keeps: the law, and how well it was predicted.
    fn columns() -> Vec<Reading<Outcome>> {
        let exponent = |name: &'static str, of: fn(&Law) -> Exponent| {
            let law = move |o: &Outcome| o.law.as_ref().map(of);
            let read = |suffix, meaning, read: fn(Exponent) -> f64| {
                Reading::number(format!("{name}_exponent{suffix}"), "", meaning, move |o| law(o).map(read))
            };
            [
                read("", "of the fitted law", |exponent| exponent.value),
                read("_se", "its standard error", |exponent| exponent.standard_error),
            ]
        };
        let agreement = |name, meaning, of: fn(&Agreement) -> f64| {
            Reading::number(name, "", meaning, move |o: &Outcome| {
                o.prediction.as_ref().map(|prediction| of(&prediction.all))
            })
        };
        let mut all: Vec<Reading<Outcome>> = exponent("step", |law| law.step).into();
        all.extend(exponent("batch", |law| law.batch));
        all.extend([
            agreement("ratio", "gaps found over gaps predicted, geometric mean", |all| all.ratio),
            agreement("ratio_se", "standard error of its logarithm", |all| all.standard_error),
            agreement("chi_squared", "of found against predicted gaps", |all| all.chi_squared),
            Reading::verdict("prediction", |o: &Outcome| {
                o.prediction.as_ref().map(|prediction| prediction.all.verdict)
            }),
            Reading::number("largest_gap", "", "of all runs", |o: &Outcome| {
                o.runs.iter().map(|run| run.gap).reduce(f64::max)
            }),
        ]);
        all
    }

    /// Gaps over steps and batches, and the law.
    fn table(outcome: &Outcome) -> String {
        let base = &outcome.scenario.base;
        let network = &outcome.network;
        let mut text = String::new();
        let _ = writeln!(
            text,
            "{}: m = {} teacher and n = {} student nodes, C = {}, d = {}, t = {}, {} seeds, V {}",
            base.name,
            network.teacher.weights.ncols(),
            network.student.weights.ncols(),
            network.fan_out.ncols(),
            outcome.dim,
            short(base.integrate.horizon.unwrap_or(f64::NAN)),
            outcome.scenario.sgd.seeds,
            outcome.scenario.sgd.fan_out.word(),
        );
        for premise in &outcome.premises_not_met {
            let _ = writeln!(text, "Not a premise of the prediction: {premise}.");
        }
        let _ = writeln!(text, "{}", printed_gaps(outcome));
        law(outcome, &mut text);
        predicted(outcome, &mut text);
        let _ = writeln!(
            text,
            "{}{:.1} s",
            if matches!(outcome.end, RunEnd::Interrupted { .. }) {
                "Stopped by the user; runs are missing. "
            } else {
                ""
            },
            outcome.seconds
        );
        text
    }

    fn tables(outcome: &Outcome) -> Vec<output::Table<'_>> {
        let mut all = vec![gaps(outcome), paths(outcome)];
        all.extend(outcome.prediction.as_ref().map(predictions));
        all
    }

    fn verdicts(outcome: &Outcome) -> Vec<Judged> {
        verdicts::all(outcome)
    }

    fn figures(outcome: &Outcome) -> Vec<(String, Figure)> {
        let mut drawn = vec![("gap".to_owned(), figures::gap(outcome))];
        let overlays: [(&str, &str, &str, Statistic); 3] = [
            ("angle", "largest angle of u to the teacher, max θⱼ", "radians", |row| row.largest_angle),
            ("fan-out", fan_out_label(outcome), "norm", |row| row.fan_out),
            ("loss", "population loss ℓ", "closed form", |row| row.loss),
        ];
        for (name, label, unit, statistic) in overlays {
            let chart = figures::overlay(outcome, [label, unit], statistic);
            drawn.extend(chart.map(|chart| (name.to_owned(), chart)));
        }
        let distance = figures::distance(outcome);
        drawn.extend(distance.map(|chart| ("distance".to_owned(), chart)));
        drawn
    }
}

fn fan_out_label(outcome: &Outcome) -> &'static str {
    let network = &outcome.network;
    match network.fan_out.nrows() > network.teacher_fan_out.nrows() {
        true => "largest fan-out norm of r, max ‖vₖ‖",
        false => "largest fan-out norm, max ‖vⱼ‖",
    }
}

/// A row for each batch, a column for each step.
fn printed_gaps(outcome: &Outcome) -> Table {
    let mut header = vec!["largest gap, median".to_owned()];
    header.extend(outcome.scenario.sgd.steps.iter().map(|step| format!("η = {}", short(*step))));
    let mut table = terminal::table(header, []);
    for &batch in &outcome.scenario.sgd.batches {
        let mut row = vec![format!("B = {batch}")];
        row.extend(outcome.scenario.sgd.steps.iter().map(|&step| {
            let mut gaps = outcome.gaps.iter();
            let found = gaps.find(|gaps| gaps.step == step && gaps.batch == batch);
            found.map_or("–".into(), |gaps| short(gaps.span.median))
        }));
        table.add_row(row);
    }
    let mut row = vec!["B = ∞ (exact gradients)".to_owned()];
    row.extend(outcome.gradient_descent.iter().map(|descent| short(descent.gap)));
    table.add_row(row);
    table
}

/// The fitted law.
fn law(outcome: &Outcome, text: &mut String) {
    let Some(law) = outcome.law else {
        let _ = writeln!(text, "No law: at least two steps and two batches are needed, and gaps above zero.");
        return;
    };
    for (name, exponent, limit) in [("η", law.step, "½ as η → 0"), ("B", law.batch, "−½")] {
        let (value, error) = (exponent.value, exponent.standard_error);
        let _ = writeln!(text, "gap ∝ {name}^a: a = {value:.4} ± {error:.4} ({limit})");
    }
}

/// Found over predicted gaps.
fn predicted(outcome: &Outcome, text: &mut String) {
    let Some(prediction) = &outcome.prediction else {
        let why = match &outcome.prediction_problem {
            Some(problem) => format!(": {problem}"),
            None => String::new(),
        };
        let _ = writeln!(text, "Not predicted by the linear noise approximation{why}.");
        return;
    };
    let _ = writeln!(text, "Gaps over those that the linear noise approximation predicts, no number fitted:");
    let steps = prediction.steps.iter();
    let steps = steps.map(|one| (format!("η = {}", short(one.step)), one.found, "batches"));
    for (name, found, pairs) in steps.chain([("all".into(), prediction.all, "pairs")]) {
        let _ = writeln!(
            text,
            "  {name}: {:.4} ± {:.4}, χ² = {:.1} of {} {pairs}: {}",
            found.ratio,
            found.ratio * found.standard_error,
            found.chi_squared,
            found.pairs,
            found.verdict,
        );
    }
    if let Some(left) = prediction.left {
        let _ = writeln!(
            text,
            "  left over: ∝ η^a B^b with a = {:.4} ± {:.4}, b = {:.4} ± {:.4}",
            left.step.value, left.step.standard_error, left.batch.value, left.batch.standard_error,
        );
    }
}
