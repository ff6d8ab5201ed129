//! `steps.csv`, `summary.json`, `loss.svg`, `correlation-flow.svg`, `correlation-sgd.svg` and `separation.svg`.

use super::{
    correlation_range, ending, field, heading, layer_line, log_range, over_epochs, write_chart,
    write_csv, write_summary,
};
use crate::experiment::deep::flow::{DeepFlow, FlowPath, FlowRow};
use crate::report::svg::number::short;
use crate::report::svg::{Chart, Line, Look, Scale};
use crate::report::{Folder, FolderError, Provenance};
use comfy_table::Table;
use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use serde::Serialize;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Writes all files, each whole or not at all, and gives their paths.
pub fn write(
    outcome: &DeepFlow,
    folder: &Folder,
    provenance: &Provenance,
) -> Result<Vec<PathBuf>, FolderError> {
    let depth = depth(outcome);
    let [flow, sgd] = paths(outcome);
    let mut header = ["path", "step", "loss"].map(String::from).to_vec();
    header.extend((1..=depth).map(|l| format!("rho_{l}")));
    header.extend((1..=depth + 1).map(|l| format!("separation_{l}")));
    let rows = paths(outcome).into_iter().flat_map(|(name, path)| {
        path.rows.iter().map(move |row| {
            let mut fields = vec![name.to_owned(), row.step.to_string(), field(row.loss)];
            fields.extend(row.rho.iter().chain(&row.separation).map(|&x| field(x)));
            fields
        })
    });
    Ok(vec![
        write_csv(folder, "steps.csv", &header, rows)?,
        write_summary(
            folder,
            "deep-flow",
            &outcome.scenario,
            findings(outcome),
            (&outcome.end, outcome.seconds),
            provenance,
        )?,
        write_chart(folder, "loss.svg", &loss(outcome))?,
        write_chart(folder, "correlation-flow.svg", &correlation(outcome, flow))?,
        write_chart(folder, "correlation-sgd.svg", &correlation(outcome, sgd))?,
        write_chart(folder, "separation.svg", &separation(outcome))?,
    ])
}

fn depth(outcome: &DeepFlow) -> usize {
    outcome.scenario.base.teacher.architecture.depth()
}

fn paths(outcome: &DeepFlow) -> [(&'static str, &FlowPath); 2] {
    [("matrix flow", &outcome.flow), ("SGD", &outcome.sgd)]
}

fn last(path: &FlowPath) -> &FlowRow {
    &path.rows[path.rows.len() - 1]
}

#[derive(Serialize)]
struct Finding<'a> {
    path: &'static str,
    steps: usize,
    loss_start: f64,
    loss: f64,
    rho: &'a [f64],
    separation_start: &'a [f64],
    separation: &'a [f64],
}

fn findings<'a>(outcome: &'a DeepFlow) -> [Finding<'a>; 2] {
    let finding = |(path, rows): (&'static str, &'a FlowPath)| Finding {
        path,
        steps: last(rows).step,
        loss_start: rows.rows[0].loss,
        loss: last(rows).loss,
        rho: &last(rows).rho,
        separation_start: &rows.rows[0].separation,
        separation: &last(rows).separation,
    };
    paths(outcome).map(finding)
}

/// A line per path and time.
pub fn table(outcome: &DeepFlow) -> String {
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
        for row in [&path.rows[0], last(path)] {
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
    outcome: &DeepFlow,
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

fn loss(outcome: &DeepFlow) -> Chart {
    let looks = [Look::SIMULATED, Look::SAMPLED];
    let lines: Vec<Line> = paths(outcome)
        .into_iter()
        .zip(looks)
        .map(|((name, path), look)| Line {
            label: format!("{name}: {} at the end", short(last(path).loss)),
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

fn correlation(outcome: &DeepFlow, (name, path): (&str, &FlowPath)) -> Chart {
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

fn separation(outcome: &DeepFlow) -> Chart {
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
