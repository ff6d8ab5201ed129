//! What the panels leave behind: a table, `nodes.csv` and the panels.

use super::{Outcome, Panel, Spread, figures};
use crate::experiment::{self, About, Levels, Reading, View};
use crate::output;
use crate::output::{Cell, Column};
use crate::plot::Figure;
use crate::plot::number::short;
use comfy_table::Table;
use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use std::fmt::Write as _;

impl experiment::Outcome for Outcome {
    fn about(&self) -> About<'_> {
        About {
            scenario: &self.scenario,
            end: &self.end,
            seconds: self.seconds,
        }
    }

    fn table(&self) -> String {
        table(self)
    }

    fn tables(&self) -> Vec<output::Table<'_>> {
        vec![nodes(self)]
    }

    fn figures(&self) -> Vec<(String, Figure)> {
        // Of a run that was stopped before its first panel there is nothing to draw.
        let time = self.panels.first().map(|panel| panel.runs[0].time);
        let figure = |time| ("panels".into(), figures::figure(self, time));
        time.map(figure).into_iter().collect()
    }
}

/// A row per run and node.
fn nodes(outcome: &Outcome) -> output::Table<'_> {
    let columns = vec![
        Column::count("students", "n"),
        Column::number("signal_w", "", "s for W"),
        Column::number("signal_v", "", "s for V"),
        Column::count("seed", "of the run"),
        Column::count("node", "student node, from 1"),
        Column::text("part", "u (beside a teacher node) or r"),
        Column::number("start", "", "‖v_j‖ at the start"),
        Column::number("end", "", "‖v_j‖ at the end"),
    ];
    let pairs = outcome
        .panels
        .iter()
        .flat_map(|panel| panel.runs.iter().map(move |run| (panel, run)));
    let rows = pairs.flat_map(|(panel, run)| {
        let (students, [w, v], teacher) = (panel.students, panel.signal, outcome.nodes);
        {
            let norms = run.start.iter().zip(&run.end).enumerate();
            norms.map(move |(node, (&start, &end))| {
                let part = if node < teacher { "u" } else { "r" };
                vec![
                    students.into(),
                    w.into(),
                    v.into(),
                    run.seed.into(),
                    (node + 1).into(),
                    part.into(),
                    start.into(),
                    Cell::Number(end),
                ]
            })
        }
    });
    output::Table::new("nodes.csv", columns, rows)
}

/// What a sweep shows.
pub const VIEW: View = View {
    title: "Fan-out panels",
    bounds: &[],
    rates: &[],
    pairs: &[],
    levels: &[
        Levels {
            name: "fan-out",
            title: "Fan-out norms at the end",
            caption: "Mean norms of the fan-out of nodes beside a teacher node and of all others.",
            label: "norm of the fan-out",
            columns: &[("u_mean", "nodes of u"), ("r_mean", "nodes of r")],
            alive: None,
            absent: None,
        },
        Levels {
            name: "loss",
            title: "Loss at the end",
            caption: "The loss at the end of the runs.",
            label: "loss",
            columns: &[("loss_end", "loss at the end")],
            alive: None,
            absent: None,
        },
    ],
};

/// What a sweep keeps: means over the panels.
pub fn columns() -> Vec<Reading<Outcome>> {
    let mean = |name, meaning, of: fn(&Panel) -> Option<f64>| {
        Reading::number(name, "", meaning, move |o: &Outcome| {
            let values: Vec<f64> = o.panels.iter().filter_map(of).collect();
            (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
        })
    };
    vec![
        Reading::count("panels", "widths times perturbations", |o: &Outcome| o.panels.len()),
        mean("u_mean", "mean ‖v‖ of u at the end", |panel| {
            panel.u.map(|u| u.mean)
        }),
        mean("r_mean", "mean ‖v‖ of r at the end", |panel| {
            panel.r.map(|r| r.mean)
        }),
        mean(
            "r_largest",
            "largest ‖v‖ of r at the end, mean over panels",
            |panel| panel.r.map(|r| r.greatest),
        ),
        mean("loss_start", "loss at the start", |panel| Some(panel.loss_start)),
        mean("loss_end", "loss at the end", |panel| Some(panel.loss_end)),
        mean("largest_angle", "largest angle of u at the end", |panel| {
            Some(panel.largest_angle)
        }),
    ]
}

/// A line per panel.
pub fn table(outcome: &Outcome) -> String {
    let base = &outcome.scenario.base;
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{}: m = {}, d = {}, {} seeds, {}",
        base.name,
        outcome.nodes,
        base.teacher.input_dim.unwrap_or_default(),
        outcome.scenario.seeds,
        outcome.variant(),
    );
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY);
    table.set_header(["n", "signal W, V", "‖v‖ of u", "‖v‖ of r", "largest of r", "loss"]);
    for panel in &outcome.panels {
        let mean = |spread: Option<Spread>| spread.map_or("–".into(), |spread| short(spread.mean));
        table.add_row([
            panel.students.to_string(),
            format!("{}, {}", short(panel.signal[0]), short(panel.signal[1])),
            mean(panel.u),
            mean(panel.r),
            panel.r.map_or("–".into(), |spread| short(spread.greatest)),
            short(panel.loss_end),
        ]);
    }
    let _ = writeln!(text, "{table}");
    let _ = writeln!(text, "{:.1} s", outcome.seconds);
    text
}
