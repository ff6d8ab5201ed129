//! What the comparison of SGD and flow leaves behind: `gaps.csv`, `paths.csv`, `summary.json`, `gap.svg`, `angle.svg`,
//! `fan-out.svg` and `loss.svg`.

use crate::experiment::sgd_vs_flow::SgdVsFlow;
use crate::experiment::sgd_vs_flow::{Exponent, Outcome, PathRow};
use crate::flow::FanOut;
use crate::measure::Span;
use crate::output::{Folder, FolderError, Provenance};
use crate::plot::number::short;
use crate::plot::{Band, Chart, Line, Look, Scale};
use crate::theory::Verdict;
use comfy_table::Table;
use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use serde::Serialize;
use std::fmt::Write as _;
use std::path::PathBuf;

/// What is read off a path.
type Figure = fn(&PathRow) -> f64;

/// Writes all files, each whole or not at all, and gives their paths.
pub fn write(
    outcome: &Outcome,
    folder: &Folder,
    provenance: &Provenance,
) -> Result<Vec<PathBuf>, FolderError> {
    let mut written = vec![
        folder.write("gaps.csv", |out| {
            let mut csv = csv::Writer::from_writer(out);
            csv.write_record(["step", "batch", "seed", "gap"])?;
            for run in &outcome.runs {
                csv.write_record([
                    run.step.to_string(),
                    run.batch.to_string(),
                    run.seed.to_string(),
                    format!("{:e}", run.gap),
                ])?;
            }
            csv.flush()
        })?,
        folder.write("paths.csv", |out| {
            let mut csv = csv::Writer::from_writer(out);
            csv.write_record([
                "path",
                "step",
                "batch",
                "seed",
                "time",
                "largest_angle",
                "fan_out",
                "loss",
            ])?;
            let steps = outcome.scenario.steps.iter();
            let exact = steps.zip(outcome.flows.iter().zip(&outcome.descents));
            let mut row = |name: &str, key: [String; 3], row: &PathRow| {
                let [step, batch, seed] = key;
                csv.write_record([
                    name.to_owned(),
                    step,
                    batch,
                    seed,
                    row.time.to_string(),
                    format!("{:e}", row.largest_angle),
                    format!("{:e}", row.fan_out),
                    if row.loss.is_nan() {
                        String::new()
                    } else {
                        format!("{:e}", row.loss)
                    },
                ])
            };
            for (step, (flow, descent)) in exact {
                for (name, path) in [("flow", flow), ("gradient descent", descent)] {
                    for at in &path.rows {
                        row(name, [step.to_string(), String::new(), String::new()], at)?;
                    }
                }
            }
            for run in &outcome.runs {
                for at in &run.path.rows {
                    let key = [
                        run.step.to_string(),
                        run.batch.to_string(),
                        run.seed.to_string(),
                    ];
                    row("SGD", key, at)?;
                }
            }
            csv.flush()
        })?,
        folder.write_json("summary.json", &Summary::new(outcome, provenance))?,
    ];
    let mut charts = vec![("gap.svg", gap(outcome))];
    let overlays: [(&str, &str, &str, Figure); 3] = [
        (
            "angle.svg",
            "largest angle of u to the teacher, max θⱼ",
            "radians",
            |row| row.largest_angle,
        ),
        ("fan-out.svg", fan_out_label(outcome), "norm", |row| {
            row.fan_out
        }),
        ("loss.svg", "population loss ℓ", "closed form", |row| {
            row.loss
        }),
    ];
    for (name, label, unit, figure) in overlays {
        charts.extend(overlay(outcome, [label, unit], figure).map(|chart| (name, chart)));
    }
    for (name, chart) in charts {
        written.push(folder.write(name, |out| out.write_all(chart.to_svg().as_bytes()))?);
    }
    Ok(written)
}

fn fan_out_label(outcome: &Outcome) -> &'static str {
    let network = &outcome.network;
    match network.fan_out.nrows() > network.teacher_fan_out.nrows() {
        true => "largest fan-out norm of r, max ‖vₖ‖",
        false => "largest fan-out norm, max ‖vⱼ‖",
    }
}

#[derive(Serialize)]
struct Summary<'a> {
    experiment: &'static str,
    scenario: &'a SgdVsFlow,
    provenance: &'a Provenance,
    premises_not_met: &'a [String],
    law: Option<LawFigures>,
    gaps: Vec<GapFigures>,
    gradient_descent: Vec<DescentFigures>,
    interrupted: bool,
    seconds: f64,
}

#[derive(Serialize)]
struct LawFigures {
    step: ExponentFigures,
    batch: ExponentFigures,
    scatter: f64,
}

#[derive(Serialize)]
struct ExponentFigures {
    exponent: f64,
    standard_error: f64,
    predicted: f64,
    verdict: String,
}

#[derive(Serialize)]
struct GapFigures {
    step: f64,
    batch: usize,
    runs: usize,
    median: f64,
    least: f64,
    greatest: f64,
}

#[derive(Serialize)]
struct DescentFigures {
    step: f64,
    gap: f64,
}

/// What the run says of a predicted exponent.
fn words(exponent: &Exponent) -> &'static str {
    match exponent.verdict {
        Verdict::Holds => "confirmed",
        _ => "refuted",
    }
}

impl From<Exponent> for ExponentFigures {
    fn from(exponent: Exponent) -> Self {
        Self {
            exponent: exponent.value,
            standard_error: exponent.standard_error,
            predicted: exponent.predicted,
            verdict: words(&exponent).to_owned(),
        }
    }
}

impl<'a> Summary<'a> {
    fn new(outcome: &'a Outcome, provenance: &'a Provenance) -> Self {
        let steps = &outcome.scenario.steps;
        let descents = steps.iter().zip(descent_gaps(outcome));
        Self {
            experiment: "sgd-vs-flow",
            scenario: &outcome.scenario,
            provenance,
            premises_not_met: &outcome.premises_not_met,
            law: outcome.law.map(|law| LawFigures {
                step: law.step.into(),
                batch: law.batch.into(),
                scatter: law.scatter,
            }),
            gaps: spans(outcome)
                .into_iter()
                .map(|(step, batch, span)| GapFigures {
                    step,
                    batch,
                    runs: outcome.gaps(step, batch).len(),
                    median: span.median,
                    least: span.least,
                    greatest: span.greatest,
                })
                .collect(),
            gradient_descent: descents
                .map(|(&step, gap)| DescentFigures { step, gap })
                .collect(),
            interrupted: outcome.interrupted,
            seconds: outcome.seconds,
        }
    }
}

/// Gaps between flow and gradient descent, for each step: what is left of the gap with B = ∞.
fn descent_gaps(outcome: &Outcome) -> Vec<f64> {
    let pairs = outcome.descents.iter().zip(&outcome.flows);
    pairs
        .map(|(descent, flow)| descent.largest_gap(flow))
        .collect()
}

fn spans(outcome: &Outcome) -> Vec<(f64, usize, Span)> {
    let scenario = &outcome.scenario;
    let pairs = scenario
        .batches
        .iter()
        .flat_map(|&batch| scenario.steps.iter().map(move |&step| (step, batch)));
    pairs
        .filter_map(|(step, batch)| {
            Some((
                step,
                batch,
                Span::of(outcome.gaps(step, batch).into_iter())?,
            ))
        })
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
        if outcome.scenario.fan_out == FanOut::Running {
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
    let all = spans(outcome);
    for &batch in &outcome.scenario.batches {
        let mut row = vec![format!("B = {batch}")];
        row.extend(outcome.scenario.steps.iter().map(|&step| {
            let found = all.iter().find(|span| span.0 == step && span.1 == batch);
            found.map_or("–".into(), |(_, _, span)| short(span.median))
        }));
        table.add_row(row);
    }
    let mut row = vec!["B = ∞ (exact gradients)".to_owned()];
    row.extend(descent_gaps(outcome).into_iter().map(short));
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
        if outcome.interrupted {
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
fn overlay(outcome: &Outcome, [label, unit]: [&str; 2], figure: Figure) -> Option<Chart> {
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
