//! `loss.svg`, `correlation-flow.svg`, `correlation-sgd.svg` and `separation.svg`.

use crate::experiment::deep::flow::report::{depth, paths};
use crate::experiment::deep::flow::{FlowPath, FlowRow, Outcome};
use crate::experiment::deep::report::{
    correlation_range, heading, layer_line, log_range, over_epochs,
};
use crate::plot::number::short;
use crate::plot::{Chart, Line, Look, Scale};

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

pub(super) fn loss(outcome: &Outcome) -> Chart {
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

pub(super) fn correlation(outcome: &Outcome, (name, path): (&str, &FlowPath)) -> Chart {
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

pub(super) fn separation(outcome: &Outcome) -> Chart {
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
