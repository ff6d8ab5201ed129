//! What the panels leave behind: a table, `nodes.csv` and the panels.

use super::{Outcome, Panel, PanelRun, Panels, Spread, figures};
use crate::experiment::{Levels, Reading, Report, View};
use crate::output::{self, terminal};
use crate::plot::Figure;
use crate::plot::number::short;
use std::fmt::Write as _;

/// A row per run and node.
fn nodes(outcome: &Outcome) -> output::Table<'_> {
    let teacher = outcome.nodes;
    let part = move |node: usize| if node < teacher { "u" } else { "r" };
    type Field<'a> = Reading<(&'a Panel, &'a PanelRun, usize)>;
    let readings = vec![
        Field::count("students", "n", |(panel, ..)| panel.students),
        Field::number("signal_w", "", "s for W", |(panel, ..)| panel.signal[0]),
        Field::number("signal_v", "", "s for V", |(panel, ..)| panel.signal[1]),
        Field::count("seed", "of the run", |(_, run, _)| run.seed),
        Field::count("node", "student node, from 1", |(.., node)| node + 1),
        Field::text("part", "u (beside a teacher node) or r", move |(.., node)| part(*node)),
        Field::number("start", "", "‖v_j‖ at the start", |(_, run, node)| run.start[*node]),
        Field::number("end", "", "‖v_j‖ at the end", |(_, run, node)| run.end[*node]),
    ];
    let runs = outcome.panels.iter().flat_map(|panel| panel.runs.iter().map(move |run| (panel, run)));
    let rows = runs.flat_map(|(panel, run)| (0..run.start.len()).map(move |node| (panel, run, node)));
    output::Table::of("nodes.csv", readings, rows)
}

impl Report for Panels {
    const VIEW: View = View::of_levels(
        "Fan-out panels",
        &[
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
    );

    /// What a sweep keeps: means over the panels.
    fn columns() -> Vec<Reading<Outcome>> {
        let mean = |name, meaning, of: fn(&Panel) -> Option<f64>| {
            Reading::number(name, "", meaning, move |o: &Outcome| {
                let values: Vec<f64> = o.panels.iter().filter_map(of).collect();
                (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
            })
        };
        vec![
            Reading::count("panels", "widths times perturbations", |o: &Outcome| o.panels.len()),
            mean("u_mean", "mean ‖v‖ of u at the end", |panel| panel.u.map(|u| u.mean)),
            mean("r_mean", "mean ‖v‖ of r at the end", |panel| panel.r.map(|r| r.mean)),
            mean("r_largest", "largest ‖v‖ of r at the end, mean over panels", |panel| {
                panel.r.map(|r| r.greatest)
            }),
            mean("loss_start", "loss at the start", |panel| Some(panel.loss_start)),
            mean("loss_end", "loss at the end", |panel| Some(panel.loss_end)),
            mean("largest_angle", "largest angle of u at the end", |panel| Some(panel.largest_angle)),
        ]
    }

    /// A line per panel.
    fn table(outcome: &Outcome) -> String {
        let base = &outcome.scenario.base;
        let mut text = String::new();
        let _ = writeln!(
            text,
            "{}: m = {}, d = {}, {} seeds, {}",
            base.name,
            outcome.nodes,
            base.teacher.hidden.input_dim.unwrap_or_default(),
            outcome.scenario.grid.seeds,
            outcome.variant(),
        );
        let mut table = terminal::table(["n", "signal W, V", "‖v‖ of u", "‖v‖ of r", "largest of r", "loss"], []);
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

    fn tables(outcome: &Outcome) -> Vec<output::Table<'_>> {
        vec![nodes(outcome)]
    }

    fn figures(outcome: &Outcome) -> Vec<(String, Figure)> {
        // Of a run that was stopped before its first panel there is nothing to draw.
        let time = outcome.panels.first().map(|panel| panel.runs[0].time);
        let figure = |time| ("panels".into(), figures::figure(outcome, time));
        time.map(figure).into_iter().collect()
    }
}
