//! `panels.svg`.

use crate::experiment::panels::{Outcome, Panel};
use crate::plot::number::short;
use crate::plot::{Grid, GridCell, GridPoint};

pub(super) fn figure(outcome: &Outcome) -> Grid {
    let cell = |panel: &Panel| GridCell {
        title: format!(
            "n = {}, signal {} (W), {} (V)",
            panel.students,
            short(panel.signal[0]),
            short(panel.signal[1])
        ),
        points: (0..panel.students)
            .map(|j| {
                let [start, end] = panel.node(j);
                GridPoint {
                    x: (j + 1) as f64,
                    start: start.mean,
                    end: [end.mean, end.least, end.greatest],
                }
            })
            .collect(),
        divider: outcome.nodes as f64 + 0.5,
    };
    let base = &outcome.scenario.base;
    let time = outcome.panels[0].runs[0].time;
    Grid {
        title: format!(
            "Fan-out norms from perturbed teachers: m = {}, d = {}, t = {}, {} seeds, V {}",
            outcome.nodes,
            base.teacher.input_dim.unwrap_or_default(),
            short(time),
            outcome.scenario.seeds,
            if base.normalized_fan_out {
                "with columns of unit norm"
            } else {
                "free"
            },
        ),
        legend: [
            "start, mean".into(),
            "end, nodes of u (left of the line): mean, least to greatest".into(),
            "end, nodes of r".into(),
        ],
        x_label: "student node j".into(),
        y_label: "norm of the fan-out, ‖vⱼ‖".into(),
        columns: outcome.scenario.signals.len(),
        cells: outcome.panels.iter().map(cell).collect(),
    }
}
