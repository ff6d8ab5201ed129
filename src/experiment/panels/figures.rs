//! `panels.svg`.

use crate::experiment::panels::{Outcome, Panel};
use crate::experiment::seen::between;
use crate::plot::number::short;
use crate::plot::{Figure, Look, Mark, Marker, Place, Size};

/// Of runs that ended at a time.
pub(super) fn figure(outcome: &Outcome, time: f64) -> Figure {
    let (base, seeds) = (&outcome.scenario.base, outcome.scenario.grid.seeds);
    let variant = outcome.variant();
    let setting = format!(
        "perturbed teachers, m = {}, d = {}, t = {}, {seeds} {}, {variant}",
        outcome.nodes,
        base.teacher.hidden.input_dim.unwrap_or_default(),
        short(time),
        if seeds == 1 { "seed" } else { "seeds" },
    );
    let figure = Figure::new(title(outcome))
        .caption("The fan-out norm of each student node at the start and at the end: nodes of u, begun near a teacher node, left of the line in each panel, nodes of r right of it. Norms of the title are means over nodes and seeds.")
        .setting(setting)
        .x("student node j")
        .counted()
        .x_by_row()
        .y("norm of the fan-out, ‖vⱼ‖")
        .y_includes(&[0.0])
        .columns(outcome.scenario.grid.signals.len())
        .size(Size { height: 420.0, key: Place::Below, ..Size::default() });
    outcome.panels.iter().fold(figure, |figure, panel| one(figure, outcome, panel))
}

/// In how many panels nodes of r vanish beside those of u.
fn title(outcome: &Outcome) -> String {
    let with_r = outcome.panels.iter().filter_map(|panel| Some((panel, panel.u?, panel.r?)));
    let with_r: Vec<_> = with_r.collect();
    let all = with_r.len();
    if all == 0 {
        let ends = outcome.panels.iter().filter_map(|panel| Some(panel.u?.mean));
        let named = ends.map(|mean| ("mean of a panel", mean));
        return format!("Fan-outs of u end at {}", between(named, ""));
    }
    let start = |panel: &Panel| {
        let nodes = outcome.nodes..panel.students;
        let count = nodes.len() as f64;
        nodes.map(|j| panel.node(j)[0].mean).sum::<f64>() / count
    };
    let shrunk = with_r.iter().filter(|(panel, _, r)| r.mean < start(panel)).count();
    let below = with_r.iter().filter(|(_, u, r)| r.mean < u.mean).count();
    format!("Fan-outs of r shrink in {shrunk} of {all} panels and end below those of u in {below}")
}

fn one(figure: Figure, outcome: &Outcome, panel: &Panel) -> Figure {
    let [w, v] = panel.signal.map(short);
    let norms = |nodes: std::ops::Range<usize>| nodes.map(|j| ((j + 1) as f64, panel.node(j)));
    let many = outcome.scenario.grid.seeds > 1;
    let means = if many { ", mean" } else { "" };
    let start = norms(0..panel.students).map(|(x, [start, _])| (x, start.mean));
    let divider = Mark::Divider(outcome.nodes as f64 + 0.5);
    let figure = figure
        .panel(format!("n = {}, signal {w} (W), {v} (V)", panel.students))
        .series("", divider, Look::PREDICTED)
        .points(format!("start{means}"), start, Look::of_set(0).sized(3.0));
    let groups = [
        ("u (left of the line)", 0..outcome.nodes, Look::SAMPLED.sized(3.0)),
        ("r", outcome.nodes..panel.students, Look::SIMULATED.marked(Marker::Square).sized(2.5)),
    ];
    groups.into_iter().fold(figure, |figure, (name, nodes, look)| {
        let extent = if many { ": mean, least to greatest" } else { "" };
        let label = format!("end, nodes of {name}{extent}");
        let whiskers = norms(nodes.clone()).map(|(x, [_, end])| (x, end.least, end.greatest));
        let means = norms(nodes).map(|(x, [_, end])| (x, end.mean));
        let figure = match many {
            true => figure.series(label.clone(), Mark::Whiskers(whiskers.collect()), look.thin()),
            false => figure,
        };
        figure.points(label, means, look)
    })
}
