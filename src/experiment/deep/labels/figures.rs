//! `fitted.svg`, `mixtures.svg` and `held-out.svg`.

use crate::experiment::deep::figures::{over_epochs, over_seeds, spans};
use crate::experiment::deep::labels::{LabelRow, Labels, Outcome};
use crate::measure::Span;
use crate::plot::{Figure, Look};

const PURE: [(Labels, &str); 3] = [
    (Labels::Small, "labels of the small teacher"),
    (Labels::Large, "labels of the large teacher"),
    (Labels::Noise, "labels of noise"),
];

fn figure(outcome: &Outcome, title: &str) -> Figure {
    let student = outcome.scenario.student_architecture().widths();
    over_epochs(format!("{title}: student {student}"))
        .note(over_seeds(outcome.scenario.base.seeds as usize))
}

fn over(outcome: &Outcome, labels: Labels, figure: impl Fn(&LabelRow) -> f64) -> Vec<(f64, Span)> {
    let runs: Vec<&[LabelRow]> = outcome.of(labels).map(|run| &run.rows[..]).collect();
    spans(&runs, |_, row| (row.epoch as f64, figure(row)))
}

/// Parts fitted, from the first epoch on: on a log axis, since what is fitted first is fitted at once.
fn part(
    figure: Figure,
    outcome: &Outcome,
    (labels, component): (Labels, usize),
    (label, index): (String, usize),
) -> Figure {
    let mut points = over(outcome, labels, |row| row.fitted[component]);
    points.retain(|point| point.0 >= 1.0);
    figure.spread(label, &points, Look::of_series(index))
}

fn parts(figure: Figure) -> Figure {
    figure
        .log_x("epochs")
        .y("part fitted (of the labels of training samples)")
        .y_includes(&[0.0, 1.0])
}

pub(super) fn fitted(outcome: &Outcome) -> Figure {
    let figure = parts(figure(outcome, "How fast each kind of labels is fitted")).caption(
        "The part of each kind of labels that the student has fitted after so many epochs.",
    );
    PURE.iter()
        .enumerate()
        .fold(figure, |figure, (i, &(labels, name))| {
            part(figure, outcome, (labels, 0), (name.into(), i))
        })
}

pub(super) fn mixtures(outcome: &Outcome) -> Figure {
    let figure = parts(figure(outcome, "Which part of mixed labels is fitted first"))
        .caption("The part of each component of mixed labels that the student has fitted after so many epochs.")
        .note("The number is the part of the labels' variance that is not the small teacher's.");
    let components = outcome.labels().into_iter().flat_map(|labels| {
        let names = labels.components().iter().enumerate();
        names.map(move |(i, name)| (labels, i, *name))
    });
    let mixed = components.filter(|(labels, ..)| labels.components().len() == 2);
    mixed
        .enumerate()
        .fold(figure, |figure, (index, (labels, i, name))| {
            let label = format!("{name} in {}", labels.name());
            part(figure, outcome, (labels, i), (label, index))
        })
}

pub(super) fn held_out(outcome: &Outcome) -> Figure {
    let figure = figure(outcome, "Held-out loss")
        .caption("Held-out loss over the epochs for each kind of labels.")
        .log_y("held-out loss (of the labels' variance)");
    outcome
        .labels()
        .into_iter()
        .enumerate()
        .fold(figure, |figure, (i, labels)| {
            let points = over(outcome, labels, |row| row.held_out_loss);
            figure.spread(labels.name(), &points, Look::of_series(i))
        })
}
