//! `fitted.svg`, `mixtures.svg` and `held-out.svg`.

use crate::experiment::deep::figures::{over_epochs, over_seeds, spans};
use crate::experiment::deep::labels::{LabelRow, Labels, Outcome};
use crate::experiment::seen::between;
use crate::measure::Span;
use crate::plot::number::short;
use crate::plot::{Figure, Look};

fn figure(outcome: &Outcome, title: String, caption: &str) -> Figure {
    let student = outcome.scenario.student_architecture().widths();
    over_epochs(title)
        .caption(caption)
        .setting(format!("student {student}"))
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
    figure.log_x("epochs").y("part fitted (of the labels of training samples)").y_includes(&[0.0, 1.0])
}

pub(super) fn fitted(outcome: &Outcome) -> Figure {
    let half = |labels: Labels| outcome.finding(labels)?.epochs_to_half[0];
    let said = Labels::PURE.map(|labels| {
        let when = half(labels).map_or("never".into(), short);
        format!("{when} ({})", labels.components()[0])
    });
    let figure = parts(figure(
        outcome,
        format!("Half of the labels is fitted after epochs: {}", said.join(", ")),
        "The part of each kind of labels that the student has fitted after so many epochs.",
    ));
    Labels::PURE
        .into_iter()
        .enumerate()
        .fold(figure, |figure, (i, labels)| part(figure, outcome, (labels, 0), (labels.components()[0].into(), i)))
}

pub(super) fn mixtures(outcome: &Outcome) -> Figure {
    let labels = outcome.scenario.labels().into_iter();
    let mixed = labels.filter_map(|labels| {
        let epochs = &outcome.finding(labels)?.epochs_to_half;
        let [small, other] = epochs[..] else {
            return None;
        };
        Some(small.is_some_and(|small| other.is_none_or(|other| small < other)))
    });
    let mixed: Vec<bool> = mixed.collect();
    let (first, all) = (mixed.iter().filter(|first| **first).count(), mixed.len());
    let figure = parts(figure(
        outcome,
        format!("Half of the small teacher's part is fitted before half of the rest in {first} of {all} mixtures"),
        "The part of each component of mixed labels that the student has fitted after so many epochs.",
    ))
    .note("The number is the part of the labels' variance that is not the small teacher's.");
    let components = outcome.scenario.labels().into_iter().flat_map(|labels| {
        let names = labels.components().iter().enumerate();
        names.map(move |(i, name)| (labels, i, *name))
    });
    let mixed = components.filter(|(labels, ..)| labels.components().len() == 2);
    mixed.enumerate().fold(figure, |figure, (index, (labels, i, name))| {
        let label = format!("{name} in {}", labels.name());
        part(figure, outcome, (labels, i), (label, index))
    })
}

pub(super) fn held_out(outcome: &Outcome) -> Figure {
    let findings = outcome.findings.iter();
    let last = between(findings.map(|one| (&one.labels, one.held_out_loss)), "");
    let findings = outcome.findings.iter();
    let risen = findings.filter(|one| one.held_out_loss > one.least_held_out_loss).count();
    let title = format!(
        "Held-out loss ends at {last}, above its least for {risen} of {} kinds of labels",
        outcome.findings.len()
    );
    let caption = "Held-out loss over the epochs for each kind of labels.";
    let figure = figure(outcome, title, caption).log_y("held-out loss (of the labels' variance)");
    outcome.scenario.labels().into_iter().enumerate().fold(figure, |figure, (i, labels)| {
        let points = over(outcome, labels, |row| row.held_out_loss);
        figure.spread(labels.name(), &points, Look::of_series(i))
    })
}
