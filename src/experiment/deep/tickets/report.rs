//! `tickets.csv`, and figures of loss and correlation.

use super::{Keep, Outcome, Start, StartSummary, figures};
use crate::experiment::deep::report::{ending, heading, numbered};
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
        vec![tickets(self)]
    }

    fn figures(&self) -> Vec<(String, Figure)> {
        vec![
            ("held-out".into(), figures::held_out(self)),
            ("correlation".into(), figures::correlation(self)),
        ]
    }
}

pub(super) fn depth(outcome: &Outcome) -> usize {
    outcome.scenario.base.teacher.architecture.depth()
}

fn tickets(outcome: &Outcome) -> output::Table<'_> {
    let depth = depth(outcome);
    let mut columns = vec![
        Column::text("start", "what the training began with"),
        Column::count("seed", "of the training"),
        Column::count("epoch", "epochs done"),
        Column::number("held_out_loss", "", "on held-out samples"),
    ];
    columns.extend(numbered("rho", depth, "ρ̄ at the end of layer"));
    let rows = outcome.tickets.iter().flat_map(move |ticket| {
        ticket.held_out.iter().enumerate().map(move |(epoch, &loss)| {
            let is_last = epoch + 1 == ticket.held_out.len();
            let rho = |l: usize| ticket.rho.get(l).copied().filter(|_| is_last);
            let mut fields: Vec<Cell> = vec![
                ticket.start.name().into(),
                ticket.seed.into(),
                epoch.into(),
                loss.into(),
            ];
            fields.extend((0..depth).map(|l| Cell::from(rho(l))));
            fields
        })
    });
    output::Table::new("tickets.csv", columns, rows)
}

/// What a sweep shows.
pub const VIEW: View = View {
    title: "Lottery tickets",
    bounds: &[],
    rates: &[],
    pairs: &[],
    levels: &[Levels {
        name: "over-fresh",
        title: "Loss over that of a fresh start",
        caption: "The last held-out loss of each kind of ticket over that of a fresh start.",
        label: "loss over a fresh start's",
        columns: &[
            ("correlation_over_fresh", "winners by correlation"),
            ("fan_out_over_fresh", "winners by fan-out"),
            ("random_over_fresh", "random nodes"),
        ],
        alive: None,
        absent: None,
    }],
};

/// What a sweep keeps: last losses, and winners against a fresh start.
pub fn columns() -> Vec<Reading<Outcome>> {
    let of = |start: Start, name: &'static str, of: fn(&StartSummary) -> Option<f64>, what: &str| {
        let meaning = format!("{what} of {}", start.name());
        Reading::number(name, "", meaning, move |o: &Outcome| {
            let mut findings = o.findings.iter();
            findings.find(|finding| finding.start == start.name()).and_then(of)
        })
    };
    let (loss, ratio) = ("held-out loss", "held-out loss, over a fresh start's,");
    let own: fn(&StartSummary) -> Option<f64> = |finding| Some(finding.held_out_loss);
    let over: fn(&StartSummary) -> Option<f64> = |finding| Some(finding.over_fresh?.median);
    let by_correlation = Start::Winners(Keep::Correlation);
    let by_fan_out = Start::Winners(Keep::FanOut);
    vec![
        of(Start::Whole, "whole_loss", own, loss),
        of(Start::Fresh, "fresh_loss", own, loss),
        of(by_correlation, "correlation_over_fresh", over, ratio),
        of(by_fan_out, "fan_out_over_fresh", over, ratio),
        of(Start::Random, "random_over_fresh", over, ratio),
    ]
}

/// A line per start: medians over the seeds.
pub fn table(outcome: &Outcome) -> String {
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
    for finding in &outcome.findings {
        let mut row = vec![finding.start.to_owned(), short(finding.held_out_loss)];
        row.extend(finding.rho.iter().map(|&rho| short(rho)));
        match finding.over_fresh {
            Some(span) => row.extend([
                format!(
                    "{} ({} to {})",
                    short(span.median),
                    short(span.least),
                    short(span.greatest)
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
