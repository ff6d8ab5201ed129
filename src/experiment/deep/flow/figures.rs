//! `loss.svg`, `correlation-flow.svg`, `correlation-sgd.svg` and `separation.svg`.

use crate::experiment::deep::figures::{by_layer, correlations, found, layer_name, layers, spans, with_end};
use crate::experiment::deep::flow::report::paths;
use crate::experiment::deep::flow::{FlowPath, FlowRow, Outcome};
use crate::experiment::deep::report::heading;
use crate::experiment::seen::{between, change, list};
use crate::measure::Span;
use crate::plot::number::short;
use crate::plot::{Figure, Look};

fn over_steps(outcome: &Outcome, title: String, caption: &str) -> Figure {
    let student = outcome.scenario.student_architecture().widths();
    let teacher = heading(&outcome.scenario.teacher);
    Figure::new(title)
        .caption(caption)
        .setting(format!("{teacher}, student {student}"))
        .x("steps")
        .counted()
}

fn along(path: &FlowPath, figure: impl Fn(&FlowRow) -> f64) -> Vec<(f64, Span)> {
    spans(&[&path.rows], |_, row| (row.step as f64, figure(row)))
}

pub(super) fn loss(outcome: &Outcome) -> Figure {
    let said = paths(outcome).map(|(name, path)| {
        let [first, last] = [path.rows.first(), path.rows.last()];
        let loss = |row: Option<&FlowRow>| row.map_or(f64::NAN, |row| row.loss);
        format!("{} under {name}", change(loss(first), loss(last)))
    });
    let title = format!("Held-out loss {}", list(&said));
    let caption = "Held-out loss of the matrix flow and of SGD from the same start.";
    let figure = over_steps(outcome, title, caption).log_y("held-out loss ½E‖f* − f‖² (sum over outputs)");
    let looks = [Look::SIMULATED, Look::SAMPLED];
    let both = paths(outcome).into_iter().zip(looks);
    both.fold(figure, |figure, ((name, path), look)| {
        let label = format!("{name}: {} at the end", short(path.last().loss));
        figure.spread(label, &along(path, |row| row.loss), look)
    })
}

pub(super) fn correlation(outcome: &Outcome, (name, path): (&str, &FlowPath)) -> Figure {
    let depth = outcome.scenario.teacher.architecture.depth();
    let curves: Vec<_> = (0..depth).map(|l| along(path, |row| row.rho[l])).collect();
    let title = format!("Under {name} {}", found(&curves));
    let caption = "How well the student's nodes correlate with the teacher's, for each hidden layer.";
    layers(correlations(over_steps(outcome, title, caption)), &curves, with_end)
}

pub(super) fn separation(outcome: &Outcome) -> Figure {
    let depth = outcome.scenario.teacher.architecture.depth();
    let most = |l: usize| {
        let rows = outcome.flow.rows.iter();
        rows.map(|row| 100.0 * row.separation[l]).fold(f64::NAN, f64::max)
    };
    let reached = between(by_layer((0..depth).map(most)), " %");
    let title = format!("The error of taking expectations apart reaches {reached} of the velocity");
    let caption = "The relative error that taking expectations apart makes in the velocity of each layer.";
    let figure = over_steps(outcome, title, caption)
        .y("error of the velocity (relative)")
        .note("‖Ẇ − G‖/‖G‖ along the matrix flow: Ẇ with expectations taken apart, G the true velocity, both on the held-out samples.");
    (0..=depth).fold(figure, |figure, l| {
        let label = match l == depth {
            true => "output: nothing is separated".into(),
            false => layer_name(l),
        };
        let points = along(&outcome.flow, |row| row.separation[l]);
        figure.spread(label, &points, Look::of_series(l))
    })
}
