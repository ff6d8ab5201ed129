//! `tickets.csv`, `summary.json`, `held-out.svg` and `correlation.svg`.

use super::{
    correlation_range, ending, field, heading, log_range, over_epochs, write_chart, write_csv,
    write_summary,
};
use crate::experiment::deep::tickets::{LotteryTickets, Start, Ticket};
use crate::measure::Span;
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
    outcome: &LotteryTickets,
    folder: &Folder,
    provenance: &Provenance,
) -> Result<Vec<PathBuf>, FolderError> {
    let rows = outcome.tickets.iter().flat_map(|ticket| {
        ticket.held_out.iter().enumerate().map(|(epoch, &loss)| {
            let is_last = epoch + 1 == ticket.held_out.len();
            let rho = |l: usize| ticket.rho.get(l).copied().filter(|_| is_last);
            let mut fields = vec![
                ticket.start.name().to_owned(),
                ticket.seed.to_string(),
                epoch.to_string(),
                field(loss),
            ];
            fields.extend((0..depth(outcome)).map(|l| field(rho(l).unwrap_or(f64::NAN))));
            fields
        })
    });
    let mut header = ["start", "seed", "epoch", "held_out_loss"]
        .map(String::from)
        .to_vec();
    header.extend((1..=depth(outcome)).map(|l| format!("rho_{l}")));
    Ok(vec![
        write_csv(folder, "tickets.csv", &header, rows)?,
        write_summary(
            folder,
            "lottery-tickets",
            &outcome.scenario,
            findings(outcome),
            (&outcome.end, outcome.seconds),
            provenance,
        )?,
        write_chart(folder, "held-out.svg", &held_out(outcome))?,
        write_chart(folder, "correlation.svg", &correlation(outcome))?,
    ])
}

fn depth(outcome: &LotteryTickets) -> usize {
    outcome.scenario.base.teacher.architecture.depth()
}

#[derive(Serialize)]
struct Finding {
    start: &'static str,
    hidden: Vec<usize>,
    seeds: usize,
    held_out_loss: f64,
    rho: Vec<f64>,
    /// Last held-out loss over that of a fresh start of the same seed: median, least, greatest.
    over_fresh: Option<[f64; 3]>,
    /// Seeds in which it ends below the fresh start.
    below_fresh: usize,
}

fn findings(outcome: &LotteryTickets) -> Vec<Finding> {
    let median = |values: &mut dyn Iterator<Item = f64>| {
        Span::of(values).map_or(f64::NAN, |span| span.median)
    };
    let finding = |start: Start| {
        let tickets: Vec<&Ticket> = outcome.of(start).collect();
        let ratios = outcome.ratios(start, Start::Fresh);
        let span = Span::of(ratios.iter().copied()).filter(|_| start != Start::Fresh);
        Finding {
            start: start.name(),
            hidden: tickets
                .first()
                .map_or(Vec::new(), |ticket| ticket.hidden.clone()),
            seeds: tickets.len(),
            held_out_loss: median(&mut tickets.iter().map(|ticket| ticket.last())),
            rho: (0..depth(outcome))
                .map(|l| median(&mut tickets.iter().map(|ticket| ticket.rho[l])))
                .collect(),
            over_fresh: span.map(|span| [span.median, span.least, span.greatest]),
            below_fresh: ratios.iter().filter(|&&ratio| ratio < 1.0).count(),
        }
    };
    outcome.scenario.starts().into_iter().map(finding).collect()
}

/// A line per start: medians over the seeds.
pub fn table(outcome: &LotteryTickets) -> String {
    let base = &outcome.scenario.base;
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{}: {}, whole student {}, {} epochs, {} seed(s)",
        base.name,
        heading(base),
        outcome.scenario.student_architecture().widths(),
        base.training.epochs,
        base.seeds,
    );
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY);
    let mut header = vec!["start".to_owned(), "held-out loss".to_owned()];
    header.extend((1..=depth(outcome)).map(|l| format!("ρ̄ {l}")));
    header.extend(["loss over fresh start's".into(), "below it".to_owned()]);
    table.set_header(header);
    for finding in findings(outcome) {
        let mut row = vec![finding.start.to_owned(), short(finding.held_out_loss)];
        row.extend(finding.rho.iter().map(|&rho| short(rho)));
        match finding.over_fresh {
            Some([median, least, greatest]) => row.extend([
                format!(
                    "{} ({} to {})",
                    short(median),
                    short(least),
                    short(greatest)
                ),
                format!("{} of {}", finding.below_fresh, finding.seeds),
            ]),
            None => row.extend(["–".to_owned(), "–".to_owned()]),
        }
        table.add_row(row);
    }
    let _ = writeln!(text, "{table}");
    text + &ending(&outcome.end, outcome.seconds)
}

fn held_out(outcome: &LotteryTickets) -> Chart {
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

fn correlation(outcome: &LotteryTickets) -> Chart {
    let lines: Vec<Line> = findings(outcome)
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
