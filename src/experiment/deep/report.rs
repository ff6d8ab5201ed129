//! What experiments with deep networks leave behind.

use crate::experiment::deep::End;
use crate::experiment::deep::keys::Base;
use crate::output::{Folder, FolderError, Provenance};
use crate::plot::number::short;
use crate::plot::{Chart, Line, Look, Scale};
use serde::Serialize;
use std::path::PathBuf;

/// A line of the table that says how a run went.
pub(super) fn ending(end: &End, seconds: f64) -> String {
    match end {
        End::Finished => format!("{seconds:.1} s\n"),
        End::Interrupted => {
            format!("Stopped by the user after {seconds:.1} s; --resume goes on.\n")
        }
        End::Diverged(why) => format!("Ended early after {seconds:.1} s: {why}\n"),
    }
}

/// What a run was, in a line for titles.
pub(super) fn heading(base: &Base) -> String {
    format!("teacher {}", base.teacher.architecture.widths())
}

/// Writes some rows as CSV.
pub(super) fn write_csv(
    folder: &Folder,
    name: &str,
    header: &[String],
    rows: impl Iterator<Item = Vec<String>>,
) -> Result<PathBuf, FolderError> {
    folder.write(name, |out| {
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record(header)?;
        for row in rows {
            csv.write_record(row)?;
        }
        csv.flush()
    })
}

/// Writes a chart as SVG.
pub(super) fn write_chart(
    folder: &Folder,
    name: &str,
    chart: &Chart,
) -> Result<PathBuf, FolderError> {
    folder.write(name, |out| out.write_all(chart.to_svg().as_bytes()))
}

/// A number as in tables that programs read: empty where there is none.
pub(super) fn field(value: f64) -> String {
    if value.is_nan() {
        String::new()
    } else {
        format!("{value:e}")
    }
}

/// What every `summary.json` has.
#[derive(Serialize)]
struct Summary<'a, S, F> {
    experiment: &'static str,
    scenario: &'a S,
    provenance: &'a Provenance,
    findings: F,
    end: &'a End,
    seconds: f64,
}

/// Writes it.
pub(super) fn write_summary(
    folder: &Folder,
    experiment: &'static str,
    scenario: &impl Serialize,
    findings: impl Serialize,
    (end, seconds): (&End, f64),
    provenance: &Provenance,
) -> Result<PathBuf, FolderError> {
    let summary = Summary {
        experiment,
        scenario,
        provenance,
        findings,
        end,
        seconds,
    };
    folder.write_json("summary.json", &summary)
}

/// Ends of an axis that has all values, with some room; a range that is not empty.
pub(super) fn linear_range(values: impl Iterator<Item = f64>) -> [f64; 2] {
    let [low, high] = ends(values);
    let room = 0.05 * (high - low).max(1e-3 * high.abs()).max(1e-12);
    [low - room, high + room]
}

/// The same of a log axis; only positive values count.
pub(super) fn log_range(values: impl Iterator<Item = f64>) -> [f64; 2] {
    let [low, high] = ends(values.filter(|&x| x > 0.0));
    [low / 1.5, high * 1.5]
}

pub(super) fn ends(values: impl Iterator<Item = f64>) -> [f64; 2] {
    let finite = values.filter(|x| x.is_finite());
    let [low, high] = finite.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], x| {
        [low.min(x), high.max(x)]
    });
    if low <= high { [low, high] } else { [0.1, 1.0] }
}

/// ρ̄ from a little below its least value to 1.
pub(super) fn correlation_range(lines: &[Line]) -> [f64; 2] {
    let values = lines.iter().flat_map(|line| &line.points);
    let least = values.map(|point| point.1).fold(0.9, f64::min);
    [(10.0 * least - 0.5).floor() / 10.0, 1.02]
}

/// A line per hidden layer.
pub(super) fn layer_line(layer: usize, points: Vec<(f64, f64)>) -> Line {
    let last = points.last().map_or(f64::NAN, |point| point.1);
    Line {
        label: format!("layer {}: {} at the end", layer + 1, short(last)),
        points,
        look: Look::of_series(layer),
    }
}

/// A chart over epochs.
pub(super) fn over_epochs(title: String, y_label: &str, y_unit: &str, lines: Vec<Line>) -> Chart {
    let last = lines
        .iter()
        .flat_map(|line| &line.points)
        .map(|point| point.0);
    let last = last.fold(1.0, f64::max);
    Chart {
        title,
        x_label: "epochs".into(),
        y_label: y_label.into(),
        y_unit: y_unit.into(),
        x_scale: Scale::Linear,
        scale: Scale::Linear,
        x_range: [0.0, last],
        y_range: linear_range(
            lines
                .iter()
                .flat_map(|line| &line.points)
                .map(|point| point.1),
        ),
        bands: Vec::new(),
        lines,
        notes: Vec::new(),
    }
}
