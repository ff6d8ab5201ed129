//! `fitted.svg`, `mixtures.svg` and `held-out.svg`.

use crate::experiment::deep::labels::{LabelRow, Labels, Outcome};
use crate::experiment::deep::report::{log_range, over_epochs};
use crate::plot::{Chart, Line, Look, Scale};

fn line(
    outcome: &Outcome,
    (index, labels): (usize, Labels),
    label: String,
    figure: impl Fn(&LabelRow) -> f64,
) -> Line {
    Line {
        label,
        points: outcome.median(labels, figure),
        look: Look::of_series(index),
    }
}

/// Parts fitted over epochs, from the first on: on a log axis, since what is fitted first is fitted at once.
fn parts(title: String, lines: Vec<Line>) -> Chart {
    let mut chart = over_epochs(
        title,
        "part fitted",
        "of the labels of training samples",
        lines,
    );
    for line in &mut chart.lines {
        line.points.retain(|point| point.0 >= 1.0);
    }
    Chart {
        x_scale: Scale::Log,
        x_range: [1.0, chart.x_range[1].max(2.0)],
        y_range: [-0.05, 1.1],
        ..chart
    }
}

const PURE: [(Labels, &str); 3] = [
    (Labels::Small, "labels of the small teacher"),
    (Labels::Large, "labels of the large teacher"),
    (Labels::Noise, "labels of noise"),
];

pub(super) fn fitted(outcome: &Outcome) -> Chart {
    let lines = PURE
        .iter()
        .enumerate()
        .map(|(i, &(labels, name))| line(outcome, (i, labels), name.into(), |row| row.fitted[0]));
    let title = format!(
        "How fast each kind of labels is fitted: student {}",
        outcome.scenario.student_architecture().widths()
    );
    parts(title, lines.collect())
}

pub(super) fn mixtures(outcome: &Outcome) -> Chart {
    let mut lines = Vec::new();
    let mixed = outcome
        .labels()
        .into_iter()
        .filter(|labels| labels.components().len() == 2);
    for labels in mixed {
        for (i, component) in labels.components().iter().enumerate() {
            let label = format!("{component} in {}", labels.name());
            lines.push(line(outcome, (lines.len(), labels), label, |row| {
                row.fitted[i]
            }));
        }
    }
    let title = format!(
        "Which part of mixed labels is fitted first: student {}",
        outcome.scenario.student_architecture().widths()
    );
    Chart {
        notes: vec![
            "The number is the part of the labels' variance that is not the small teacher's."
                .into(),
        ],
        ..parts(title, lines)
    }
}

pub(super) fn held_out(outcome: &Outcome) -> Chart {
    let kinds = outcome.labels();
    let lines: Vec<Line> = kinds
        .iter()
        .enumerate()
        .map(|(i, &labels)| line(outcome, (i, labels), labels.name(), |row| row.held_out_loss))
        .collect();
    let values = lines
        .iter()
        .flat_map(|line| &line.points)
        .map(|point| point.1);
    Chart {
        scale: Scale::Log,
        y_range: log_range(values),
        ..over_epochs(
            format!(
                "Held-out loss: student {}",
                outcome.scenario.student_architecture().widths()
            ),
            "held-out loss",
            "of the labels' variance",
            lines,
        )
    }
}
