//! `steps.csv`, and figures of loss, correlation and separation.

use super::{Finding, FlowPath, FlowRow, Outcome};
use crate::experiment::deep::report::{
    correlation_range, ending, heading, layer_line, log_range, numbered, over_epochs,
};
use crate::experiment::{self, About, Reading};
use crate::output;
use crate::output::{Cell, Column};
use crate::plot::number::short;
use crate::plot::{Chart, Figure, Line, Look, Scale};
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
        vec![steps(self)]
    }

    fn figures(&self) -> Vec<(String, Figure)> {
        let [flow, sgd] = paths(self);
        vec![
            ("loss".into(), loss(self).into()),
            ("correlation-flow".into(), correlation(self, flow).into()),
            ("correlation-sgd".into(), correlation(self, sgd).into()),
            ("separation".into(), separation(self).into()),
        ]
    }
}

fn depth(outcome: &Outcome) -> usize {
    outcome.scenario.base.teacher.architecture.hidden.len()
}

fn paths(outcome: &Outcome) -> [(&'static str, &FlowPath); 2] {
    [("matrix flow", &outcome.flow), ("SGD", &outcome.sgd)]
}

fn steps(outcome: &Outcome) -> output::Table<'_> {
    let depth = depth(outcome);
    let mut columns = vec![
        Column::text("path", "matrix flow or SGD"),
        Column::count("step", "steps done"),
        Column::number("loss", "", "½E‖f* − f‖² on held-out samples"),
    ];
    columns.extend(numbered("rho", depth, "ρ̄ of layer"));
    let meaning = "error of taking expectations apart, of the velocity in layer";
    columns.extend(numbered("separation", depth + 1, meaning));
    let rows = paths(outcome).into_iter().flat_map(|(name, path)| {
        path.rows.iter().map(move |row| {
            let mut fields = vec![name.into(), row.step.into(), row.loss.into()];
            let numbers = row.rho.iter().chain(&row.separation);
            fields.extend(numbers.map(|&x| Cell::Number(x)));
            fields
        })
    });
    output::Table::new("steps.csv", columns, rows)
}

/// What a sweep keeps.
pub fn columns() -> Vec<Reading<Outcome>> {
    let of = |index: usize, name: &str, suffix, meaning, of: fn(&Finding) -> Option<f64>| {
        Reading::number(
            format!("{name}_{suffix}"),
            "",
            meaning,
            move |o: &Outcome| of(&o.findings[index]),
        )
    };
    let path = |(index, name)| {
        [
            of(
                index,
                name,
                "loss_start",
                "held-out loss at the start",
                |f| Some(f.loss_start),
            ),
            of(index, name, "loss", "held-out loss at the end", |f| {
                Some(f.loss)
            }),
            of(index, name, "rho_lowest", "ρ̄ of the lowest layer", |f| {
                f.rho.first().copied()
            }),
            of(
                index,
                name,
                "separation_start_lowest",
                "error of separation in the lowest layer at the start",
                |f| f.separation_start.first().copied(),
            ),
            of(
                index,
                name,
                "separation_lowest",
                "error of separation in the lowest layer at the end",
                |f| f.separation.first().copied(),
            ),
        ]
    };
    ["flow", "sgd"]
        .into_iter()
        .enumerate()
        .flat_map(path)
        .collect()
}

/// A line per path and time.
pub fn table(outcome: &Outcome) -> String {
    let base = &outcome.scenario.base;
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{}: {}, student {}, η = {}, {} fresh samples a step for the flow, {} for SGD",
        base.name,
        heading(base),
        outcome.scenario.student_architecture().widths(),
        short(base.training.training.schedule.step(0)),
        outcome.scenario.samples,
        base.training.training.batch,
    );
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY);
    table.set_header([
        "path",
        "steps",
        "loss",
        "ρ̄ from the bottom",
        "error of separation, from the bottom",
    ]);
    let list = |values: &[f64]| {
        values
            .iter()
            .map(|&x| short(x))
            .collect::<Vec<_>>()
            .join("  ")
    };
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
    let _ = writeln!(text, "{table}");
    text + &ending(&outcome.end, outcome.seconds)
}

/// A chart over steps.
fn over_steps(
    outcome: &Outcome,
    title: &str,
    [y_label, y_unit]: [&str; 2],
    lines: Vec<Line>,
) -> Chart {
    let title = format!(
        "{title}: {}, student {}",
        heading(&outcome.scenario.base),
        outcome.scenario.student_architecture().widths()
    );
    Chart {
        x_label: "steps".into(),
        ..over_epochs(title, y_label, y_unit, lines)
    }
}

fn points(path: &FlowPath, figure: impl Fn(&FlowRow) -> f64) -> Vec<(f64, f64)> {
    path.rows
        .iter()
        .map(|row| (row.step as f64, figure(row)))
        .collect()
}

fn loss(outcome: &Outcome) -> Chart {
    let looks = [Look::SIMULATED, Look::SAMPLED];
    let lines: Vec<Line> = paths(outcome)
        .into_iter()
        .zip(looks)
        .map(|((name, path), look)| Line {
            label: format!("{name}: {} at the end", short(path.last().loss)),
            points: points(path, |row| row.loss),
            look,
        })
        .collect();
    let values = lines
        .iter()
        .flat_map(|line| &line.points)
        .map(|point| point.1);
    Chart {
        scale: Scale::Log,
        y_range: log_range(values),
        ..over_steps(
            outcome,
            "Matrix flow and SGD",
            ["held-out loss ½E‖f* − f‖²", "sum over outputs"],
            lines,
        )
    }
}

fn correlation(outcome: &Outcome, (name, path): (&str, &FlowPath)) -> Chart {
    let lines: Vec<Line> = (0..depth(outcome))
        .map(|l| layer_line(l, points(path, |row| row.rho[l])))
        .collect();
    let y_range = correlation_range(&lines);
    Chart {
        y_range,
        ..over_steps(
            outcome,
            &format!("Teacher nodes found by {name}"),
            ["mean best correlation ρ̄", "1 = all found"],
            lines,
        )
    }
}

fn separation(outcome: &Outcome) -> Chart {
    let path = &outcome.flow;
    let line = |l: usize| Line {
        label: match l == depth(outcome) {
            true => "output: nothing is separated".into(),
            false => format!("layer {}", l + 1),
        },
        points: points(path, |row| row.separation[l]),
        look: Look::of_series(l),
    };
    let lines: Vec<Line> = (0..=depth(outcome)).map(line).collect();
    Chart {
        notes: vec!["‖Ẇ − G‖/‖G‖ along the matrix flow: Ẇ with expectations taken apart, G the true velocity, both on the held-out samples.".into()],
        ..over_steps(outcome, "What separation of expectations does", ["error of the velocity", "relative"], lines)
    }
}
