//! `loss.svg`, `correlation-flow.svg`, `correlation-sgd.svg` and `separation.svg`.

use crate::experiment::deep::figures::{correlations, layer, spans};
use crate::experiment::deep::flow::report::{depth, paths};
use crate::experiment::deep::flow::{FlowPath, FlowRow, Outcome};
use crate::experiment::deep::report::heading;
use crate::measure::Span;
use crate::plot::number::short;
use crate::plot::{Figure, Look};

fn over_steps(outcome: &Outcome, title: &str) -> Figure {
    let student = outcome.scenario.student_architecture().widths();
    let teacher = heading(&outcome.scenario.base);
    Figure::new(format!("{title}: {teacher}, student {student}"))
        .x("steps")
        .counted()
}

fn along(path: &FlowPath, figure: impl Fn(&FlowRow) -> f64) -> Vec<(f64, Span)> {
    spans(&[&path.rows], |_, row| (row.step as f64, figure(row)))
}

pub(super) fn loss(outcome: &Outcome) -> Figure {
    let figure = over_steps(outcome, "Matrix flow and SGD")
        .caption("Held-out loss of the matrix flow and of SGD from the same start.")
        .log_y("held-out loss ½E‖f* − f‖² (sum over outputs)");
    let looks = [Look::SIMULATED, Look::SAMPLED];
    let both = paths(outcome).into_iter().zip(looks);
    both.fold(figure, |figure, ((name, path), look)| {
        let label = format!("{name}: {} at the end", short(path.last().loss));
        figure.spread(label, &along(path, |row| row.loss), look)
    })
}

pub(super) fn correlation(outcome: &Outcome, (name, path): (&str, &FlowPath)) -> Figure {
    let title = format!("Teacher nodes found by {name}");
    let figure = correlations(over_steps(outcome, &title)).caption(
        "How well the student's nodes correlate with the teacher's, for each hidden layer.",
    );
    (0..depth(outcome)).fold(figure, |figure, l| {
        layer(figure, l, &along(path, |row| row.rho[l]))
    })
}

pub(super) fn separation(outcome: &Outcome) -> Figure {
    let figure = over_steps(outcome, "What separation of expectations does")
        .caption("The relative error that taking expectations apart makes in the velocity of each layer.")
        .y("error of the velocity (relative)")
        .note("‖Ẇ − G‖/‖G‖ along the matrix flow: Ẇ with expectations taken apart, G the true velocity, both on the held-out samples.");
    (0..=depth(outcome)).fold(figure, |figure, l| {
        let label = match l == depth(outcome) {
            true => "output: nothing is separated".into(),
            false => format!("layer {}", l + 1),
        };
        let points = along(&outcome.flow, |row| row.separation[l]);
        figure.spread(label, &points, Look::of_series(l))
    })
}
