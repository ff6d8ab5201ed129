//! `steps.csv`, and figures of loss, correlation and separation.

use super::{DeepFlow, FlowPath, FlowRow, Outcome, PathSummary, figures};
use crate::experiment::deep::report::{ending, heading};
use crate::experiment::{Levels, Reading, Report, View};
use crate::output::{self, terminal};
use crate::plot::Figure;
use crate::plot::number::short;

pub(super) fn paths(outcome: &Outcome) -> [(&'static str, &FlowPath); 2] {
    [("matrix flow", &outcome.flow), ("SGD", &outcome.sgd)]
}

fn steps(outcome: &Outcome) -> output::Table<'_> {
    let depth = outcome.scenario.teacher.architecture.depth();
    type Field<'a> = Reading<(&'static str, &'a FlowRow)>;
    let mut readings = vec![
        Field::text("path", "matrix flow or SGD", |(name, _)| *name),
        Field::count("step", "steps done", |(_, row)| row.step),
        Field::number("loss", "", "½E‖f* − f‖² on held-out samples", |(_, row)| row.loss),
    ];
    let separation = "error of taking expectations apart, of the velocity in layer";
    readings.extend(Field::numbered("rho", depth, "", "ρ̄ of layer", |(_, row), l| row.rho[l]));
    readings.extend(Field::numbered("separation", depth + 1, "", separation, |(_, row), l| row.separation[l]));
    let paths = paths(outcome).into_iter();
    let rows = paths.flat_map(|(name, path)| path.rows.iter().map(move |row| (name, row)));
    output::Table::of("steps.csv", readings, rows)
}

impl Report for DeepFlow {
    const VIEW: View = View::of_levels(
        "Deep flow",
        &[
            Levels {
                name: "loss",
                title: "Held-out loss at the end",
                caption: "The loss of the matrix flow and of SGD.",
                label: "held-out loss",
                columns: &[("flow_loss", "matrix flow"), ("sgd_loss", "SGD")],
                alive: None,
                absent: None,
            },
            Levels {
                name: "separation",
                title: "What separation of expectations does",
                caption: "The error of the velocity in the lowest layer.",
                label: "error of the velocity (relative)",
                columns: &[
                    ("flow_separation_start_lowest", "at the start"),
                    ("flow_separation_lowest", "at the end of the matrix flow"),
                ],
                alive: None,
                absent: None,
            },
        ],
    );

    /// What a sweep keeps.
    fn columns() -> Vec<Reading<Outcome>> {
        let path = |(index, name)| {
            let of = |suffix, meaning, of: fn(&PathSummary) -> Option<f64>| {
                Reading::number(format!("{name}_{suffix}"), "", meaning, move |o: &Outcome| of(&o.findings[index]))
            };
            let (start, end) = (
                "error of separation in the lowest layer at the start",
                "error of separation in the lowest layer at the end",
            );
            [
                of("loss_start", "held-out loss at the start", |f| Some(f.loss_start)),
                of("loss", "held-out loss at the end", |f| Some(f.loss)),
                of("rho_lowest", "ρ̄ of the lowest layer", |f| f.rho.first().copied()),
                of("separation_start_lowest", start, |f| f.separation_start.first().copied()),
                of("separation_lowest", end, |f| f.separation.first().copied()),
            ]
        };
        ["flow", "sgd"].into_iter().enumerate().flat_map(path).collect()
    }

    /// A line per path and time.
    fn table(outcome: &Outcome) -> String {
        let scenario = &outcome.scenario;
        let mut table =
            terminal::table(["path", "steps", "loss", "ρ̄ from the bottom", "error of separation, from the bottom"], []);
        let list = |values: &[f64]| values.iter().map(|&x| short(x)).collect::<Vec<_>>().join("  ");
        for (name, path) in paths(outcome) {
            for row in [&path.rows[0], path.last()] {
                table.add_row([
                    name.to_owned(),
                    row.step.to_string(),
                    short(row.loss),
                    list(&row.rho),
                    list(&row.separation),
                ]);
            }
        }
        format!(
            "{}: {}, student {}, η = {}, {} fresh samples a step for the flow, {} for SGD\n{table}\n{}",
            scenario.name,
            heading(&scenario.teacher),
            scenario.student_architecture().widths(),
            short(scenario.training.step),
            scenario.flow.samples,
            scenario.training.batch,
            ending(outcome),
        )
    }

    fn tables(outcome: &Outcome) -> Vec<output::Table<'_>> {
        vec![steps(outcome)]
    }

    fn figures(outcome: &Outcome) -> Vec<(String, Figure)> {
        let [flow, sgd] = paths(outcome);
        vec![
            ("loss".into(), figures::loss(outcome)),
            ("correlation-flow".into(), figures::correlation(outcome, flow)),
            ("correlation-sgd".into(), figures::correlation(outcome, sgd)),
            ("separation".into(), figures::separation(outcome)),
        ]
    }
}
