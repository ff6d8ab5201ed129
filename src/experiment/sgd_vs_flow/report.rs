//! What the comparison of SGD and flow leaves behind: `gaps.csv`, `paths.csv`, and four figures.

use super::{Exponent, Outcome, Path, PathRow};
use crate::experiment::{self, About, Reading};
use crate::integrate::RunEnd;
use crate::measure::Span;
use crate::output;
use crate::output::{Cell, Column};
use crate::plot::number::short;
use crate::plot::{Band, Chart, Figure, Line, Look, Scale};
use crate::theory::Verdict;
use comfy_table::Table;
use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use std::fmt::Write as _;

/// What is read off a path.
type Statistic = fn(&PathRow) -> f64;

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
        vec![gaps(self), paths(self)]
    }

    fn figures(&self) -> Vec<(String, Figure)> {
        let mut figures = vec![("gap".to_owned(), gap(self).into())];
        let overlays: [(&str, &str, &str, Statistic); 3] = [
            (
                "angle",
                "largest angle of u to the teacher, max θⱼ",
                "radians",
                |row| row.largest_angle,
            ),
            ("fan-out", fan_out_label(self), "norm", |row| row.fan_out),
            ("loss", "population loss ℓ", "closed form", |row| row.loss),
        ];
        for (name, label, unit, statistic) in overlays {
            let chart = overlay(self, [label, unit], statistic);
            figures.extend(chart.map(|chart| (name.to_owned(), chart.into())));
        }
        figures
    }
}

fn gaps(outcome: &Outcome) -> output::Table<'_> {
    let columns = vec![
        Column::number("step", "time", "η"),
        Column::count("batch", "B"),
        Column::count("seed", "of the run"),
        Column::number("gap", "", "largest distance to the flow"),
    ];
    let rows = outcome.runs.iter().map(|run| {
        vec![
            run.step.into(),
            run.batch.into(),
            run.seed.into(),
            run.gap.into(),
        ]
    });
    output::Table::new("gaps.csv", columns, rows)
}

fn paths(outcome: &Outcome) -> output::Table<'_> {
    let columns = vec![
        Column::text("path", "flow, gradient descent or SGD"),
        Column::number("step", "time", "η"),
        Column::count("batch", "B, of SGD"),
        Column::count("seed", "of SGD"),
        Column::number("time", "time", "t = kη"),
        Column::number("largest_angle", "radians", "of u to the teacher"),
        Column::number("fan_out", "", "largest ‖v‖ of r; of u where there is no r"),
        Column::number("loss", "", "population loss ℓ"),
    ];
    let rows = |path: &'static str, of: &'_ Path, key: [Cell; 3]| -> Vec<Vec<Cell>> {
        let row = |at: &PathRow| {
            let mut fields = vec![Cell::from(path)];
            fields.extend(key.clone());
            fields.extend([at.time, at.largest_angle, at.fan_out, at.loss].map(Cell::Number));
            fields
        };
        of.rows.iter().map(row).collect()
    };
    let steps = outcome.scenario.steps.iter();
    let pairs = steps.zip(outcome.flows.iter().zip(&outcome.descents));
    let exact = pairs.flat_map(move |(&step, (flow, descent))| {
        let key = || [step.into(), Cell::Empty, Cell::Empty];
        let mut both = rows("flow", flow, key());
        both.extend(rows("gradient descent", descent, key()));
        both
    });
    let sampled = outcome.runs.iter().flat_map(move |run| {
        let key = [run.step.into(), run.batch.into(), run.seed.into()];
        rows("SGD", &run.path, key)
    });
    output::Table::new("paths.csv", columns, exact.chain(sampled))
}

/// What a sweep keeps: the law.
pub fn columns() -> Vec<Reading<Outcome>> {
    let exponent = |name: &'static str, of: fn(&super::Law) -> Exponent| {
        let law = move |o: &Outcome| o.law.as_ref().map(of);
        [
            Reading::number(
                format!("{name}_exponent"),
                "",
                "of the fitted law",
                move |o| law(o).map(|exponent| exponent.value),
            ),
            Reading::number(
                format!("{name}_exponent_se"),
                "",
                "its standard error",
                move |o| law(o).map(|exponent| exponent.standard_error),
            ),
            Reading::verdict(name, move |o| law(o).map(|exponent| exponent.verdict)),
        ]
    };
    let mut all: Vec<Reading<Outcome>> = exponent("step", |law| law.step).into();
    all.extend(exponent("batch", |law| law.batch));
    all.push(Reading::number(
        "largest_gap",
        "",
        "of all runs",
        |o: &Outcome| o.runs.iter().map(|run| run.gap).reduce(f64::max),
    ));
    all
}

fn fan_out_label(outcome: &Outcome) -> &'static str {
    let network = &outcome.network;
    match network.fan_out.nrows() > network.teacher_fan_out.nrows() {
        true => "largest fan-out norm of r, max ‖vₖ‖",
        false => "largest fan-out norm, max ‖vⱼ‖",
    }
}

/// What the run says of a predicted exponent.
fn words(exponent: &Exponent) -> &'static str {
    match exponent.verdict {
        Verdict::Holds => "confirmed",
        _ => "refuted",
    }
}

fn spans(outcome: &Outcome) -> Vec<(f64, usize, Span)> {
    let gaps = outcome.gaps.iter();
    gaps.map(|gaps| (gaps.step, gaps.batch, gaps.span))
        .collect()
}

fn descent_gaps(outcome: &Outcome) -> Vec<f64> {
    outcome
        .gradient_descent
        .iter()
        .map(|descent| descent.gap)
        .collect()
}

/// Gaps over steps and batches, and the law.
pub fn table(outcome: &Outcome) -> String {
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
        outcome.scenario.seeds,
        if outcome.scenario.running_fan_out {
            "running"
        } else {
            "fixed"
        },
    );
    for premise in &outcome.premises_not_met {
        let _ = writeln!(text, "Not a premise of the prediction: {premise}.");
    }
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY);
    let mut header = vec!["largest gap, median".to_owned()];
    header.extend(
        outcome
            .scenario
            .steps
            .iter()
            .map(|step| format!("η = {}", short(*step))),
    );
    table.set_header(header);
    for &batch in &outcome.scenario.batches {
        let mut row = vec![format!("B = {batch}")];
        row.extend(outcome.scenario.steps.iter().map(|&step| {
            let mut gaps = outcome.gaps.iter();
            let found = gaps.find(|gaps| gaps.step == step && gaps.batch == batch);
            found.map_or("–".into(), |gaps| short(gaps.span.median))
        }));
        table.add_row(row);
    }
    let mut row = vec!["B = ∞ (exact gradients)".to_owned()];
    row.extend(
        outcome
            .gradient_descent
            .iter()
            .map(|descent| short(descent.gap)),
    );
    table.add_row(row);
    let _ = writeln!(text, "{table}");
    match outcome.law {
        Some(law) => {
            for (name, exponent) in [("η", law.step), ("B", law.batch)] {
                let _ = writeln!(
                    text,
                    "gap ∝ {name}^a: a = {:.4} ± {:.4}, predicted {}: {} within two standard errors",
                    exponent.value,
                    exponent.standard_error,
                    exponent.predicted,
                    words(&exponent),
                );
            }
        }
        None => {
            let _ = writeln!(
                text,
                "No law: at least two steps and two batches are needed, and gaps above zero."
            );
        }
    }
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

/// Gaps in log–log, with the law.
fn gap(outcome: &Outcome) -> Chart {
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
fn overlay(outcome: &Outcome, [label, unit]: [&str; 2], figure: Statistic) -> Option<Chart> {
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
