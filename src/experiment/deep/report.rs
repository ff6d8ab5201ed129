//! What the reports of experiments with deep networks share.

use super::keys::Base;
use crate::integrate::RunEnd;
use crate::output::Column;
use crate::plot::number::short;
use crate::plot::{Chart, Line, Look, Scale};

/// A line of the table that says how a run went.
pub(super) fn ending(end: &RunEnd, seconds: f64) -> String {
    match end {
        RunEnd::Finished => format!("{seconds:.1} s\n"),
        RunEnd::Interrupted { .. } => {
            format!("Stopped by the user after {seconds:.1} s; --resume goes on.\n")
        }
        early => format!("Ended early after {seconds:.1} s: {early}\n"),
    }
}

/// What a run was, in a line for titles.
pub(super) fn heading(base: &Base) -> String {
    format!("teacher {}", base.teacher.architecture.widths())
}

/// Columns `name_1`, `name_2`, … of pure numbers, whose meaning ends in that number.
pub(super) fn numbered(
    name: &'static str,
    count: usize,
    meaning: &'static str,
) -> impl Iterator<Item = Column> {
    (1..=count).map(move |i| Column::number(format!("{name}_{i}"), "", format!("{meaning} {i}")))
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
