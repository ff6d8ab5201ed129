//! `held-out.svg` and `correlation.svg`.

use crate::experiment::deep::report::{correlation_range, heading, log_range, over_epochs};
use crate::experiment::deep::tickets::report::depth;
use crate::experiment::deep::tickets::{Outcome, Start, Ticket};
use crate::measure::Span;
use crate::plot::{Chart, Line, Look, Scale};

pub(super) fn held_out(outcome: &Outcome) -> Chart {
    let line = |(i, start): (usize, Start)| {
        let tickets: Vec<&Ticket> = outcome.of(start).collect();
        let epochs = tickets
            .iter()
            .map(|ticket| ticket.held_out.len())
            .min()
            .unwrap_or(0);
        let points = (0..epochs).filter_map(|epoch| {
            let span = Span::of(tickets.iter().map(|ticket| ticket.held_out[epoch]))?;
            Some((epoch as f64, span.median))
        });
        Line {
            label: start.name().into(),
            points: points.collect(),
            look: Look::of_series(i),
        }
    };
    let lines: Vec<Line> = outcome
        .scenario
        .starts()
        .into_iter()
        .enumerate()
        .map(line)
        .collect();
    let values = lines
        .iter()
        .flat_map(|line| &line.points)
        .map(|point| point.1);
    Chart {
        scale: Scale::Log,
        y_range: log_range(values),
        notes: vec![format!(
            "Medians over {} seed(s).",
            outcome.scenario.base.seeds
        )],
        ..over_epochs(
            format!(
                "Lottery tickets: {}, winners of a student {}× as wide",
                heading(&outcome.scenario.base),
                outcome.scenario.student.widths[0]
            ),
            "held-out loss",
            "as trained",
            lines,
        )
    }
}

pub(super) fn correlation(outcome: &Outcome) -> Chart {
    let lines: Vec<Line> = outcome
        .findings
        .iter()
        .enumerate()
        .map(|(i, finding)| Line {
            label: finding.start.into(),
            points: finding
                .rho
                .iter()
                .enumerate()
                .map(|(l, &rho)| ((l + 1) as f64, rho))
                .collect(),
            look: Look::of_series(i).marked(),
        })
        .collect();
    let y_range = correlation_range(&lines);
    let chart = over_epochs(
        format!(
            "Teacher nodes found by each ticket: {}",
            heading(&outcome.scenario.base)
        ),
        "mean best correlation ρ̄ at the end",
        "1 = all found",
        lines,
    );
    Chart {
        x_label: "layer, from the bottom".into(),
        x_scale: Scale::Whole,
        x_range: [0.8, depth(outcome) as f64 + 0.2],
        y_range,
        notes: vec![format!(
            "Medians over {} seed(s).",
            outcome.scenario.base.seeds
        )],
        ..chart
    }
}
