//! `panels.svg`.

use crate::experiment::panels::{Outcome, Panel};
use crate::plot::number::short;
use crate::plot::{Figure, Look, Mark, Marker, Place, Size};

/// Of runs that ended at a time.
pub(super) fn figure(outcome: &Outcome, time: f64) -> Figure {
    let (base, seeds) = (&outcome.scenario.base, outcome.scenario.seeds);
    let variant = outcome.variant();
    let title = format!(
        "Fan-out norms from perturbed teachers: m = {}, d = {}, t = {}, {seeds} {}, {variant}",
        outcome.nodes,
        base.teacher.input_dim.unwrap_or_default(),
        short(time),
        if seeds == 1 { "seed" } else { "seeds" },
    );
    let figure = Figure::new(title)
        .caption("The fan-out norm of each student node at the start and at the end: nodes of u, begun near a teacher node, left of the line in each panel, nodes of r right of it.")
        .x("student node j")
        .counted()
        .x_by_row()
        .y("norm of the fan-out, ‖vⱼ‖")
        .y_includes(&[0.0])
        .columns(outcome.scenario.signals.len())
        .size(Size { height: 420.0, key: Place::Below, ..Size::default() });
    outcome
        .panels
        .iter()
        .fold(figure, |figure, panel| one(figure, outcome, panel))
}

fn one(figure: Figure, outcome: &Outcome, panel: &Panel) -> Figure {
    let [w, v] = panel.signal.map(short);
    let norms = |nodes: std::ops::Range<usize>| nodes.map(|j| ((j + 1) as f64, panel.node(j)));
    let many = outcome.scenario.seeds > 1;
    let means = if many { ", mean" } else { "" };
    let start = norms(0..panel.students).map(|(x, [start, _])| (x, start.mean));
    let divider = Mark::Divider(outcome.nodes as f64 + 0.5);
    let figure = figure
        .panel(format!("n = {}, signal {w} (W), {v} (V)", panel.students))
        .series("", divider, Look::PREDICTED)
        .points(format!("start{means}"), start, Look::of_set(0).sized(3.0));
    let groups = [
        (
            "u (left of the line)",
            0..outcome.nodes,
            Look::SAMPLED.sized(3.0),
        ),
        (
            "r",
            outcome.nodes..panel.students,
            Look::SIMULATED.marked(Marker::Square).sized(2.5),
        ),
    ];
    groups
        .into_iter()
        .fold(figure, |figure, (name, nodes, look)| {
            let extent = if many {
                ": mean, least to greatest"
            } else {
                ""
            };
            let label = format!("end, nodes of {name}{extent}");
            let whiskers = norms(nodes.clone()).map(|(x, [_, end])| (x, end.least, end.greatest));
            let means = norms(nodes).map(|(x, [_, end])| (x, end.mean));
            let figure = match many {
                true => figure.series(
                    label.clone(),
                    Mark::Whiskers(whiskers.collect()),
                    look.thin(),
                ),
                false => figure,
            };
            figure.points(label, means, look)
        })
}
