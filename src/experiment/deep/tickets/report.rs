//! `tickets.csv`, and figures of loss and correlation.

use super::{Keep, LotteryTickets, Outcome, Start, StartSummary, Ticket, figures};
use crate::experiment::deep::report::{ending, heading};
use crate::experiment::{Levels, Reading, Report, View};
use crate::output::{self, terminal};
use crate::plot::Figure;
use crate::plot::number::short;

fn tickets(outcome: &Outcome) -> output::Table<'_> {
    type Field<'a> = Reading<(&'a Ticket, usize)>;
    let mut readings = vec![
        Field::text("start", "what the training began with", |(ticket, _)| ticket.start.name()),
        Field::count("seed", "of the training", |(ticket, _)| ticket.seed),
        Field::count("epoch", "epochs done", |(_, epoch)| *epoch),
        Field::number("held_out_loss", "", "on held-out samples", |(ticket, epoch)| ticket.held_out[*epoch]),
    ];
    let rho = |(ticket, epoch): &(&Ticket, usize), l: usize| {
        let is_last = epoch + 1 == ticket.held_out.len();
        ticket.rho.get(l).copied().filter(|_| is_last)
    };
    readings.extend(Field::numbered("rho", outcome.scenario.base.depth(), "", "ρ̄ at the end of layer", rho));
    let tickets = outcome.tickets.iter();
    let rows = tickets.flat_map(|ticket| (0..ticket.held_out.len()).map(move |epoch| (ticket, epoch)));
    output::Table::of("tickets.csv", readings, rows)
}

impl Report for LotteryTickets {
    const VIEW: View = View::of_levels(
        "Lottery tickets",
        &[Levels {
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
    );

    /// What a sweep keeps: last losses, and winners against a fresh start.
    fn columns() -> Vec<Reading<Outcome>> {
        let of = |start: Start, name: &'static str, of: fn(&StartSummary) -> Option<f64>, what: &str| {
            let meaning = format!("{what} of {}", start.name());
            Reading::number(name, "", meaning, move |o: &Outcome| o.finding(start).and_then(of))
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
    fn table(outcome: &Outcome) -> String {
        let base = &outcome.scenario.base;
        let mut header = vec!["start".to_owned(), "held-out loss".to_owned()];
        header.extend((1..=base.depth()).map(|l| format!("ρ̄ {l}")));
        header.extend(["loss over fresh start's".into(), "below it".to_owned()]);
        let mut table = terminal::table(header, []);
        for finding in &outcome.findings {
            let mut row = vec![finding.start.to_owned(), short(finding.held_out_loss)];
            row.extend(finding.rho.iter().map(|&rho| short(rho)));
            match finding.over_fresh {
                Some(span) => row.extend([
                    format!("{} ({} to {})", short(span.median), short(span.least), short(span.greatest)),
                    format!("{} of {}", finding.below_fresh, finding.seeds),
                ]),
                None => row.extend(["–".to_owned(), "–".to_owned()]),
            }
            table.add_row(row);
        }
        format!(
            "{}: {}, whole student {}, {} epochs, {} seed(s)\n{table}\n{}",
            base.name,
            heading(&base.teacher),
            outcome.scenario.student_architecture().widths(),
            base.training.epochs,
            base.seeds,
            ending(outcome),
        )
    }

    fn tables(outcome: &Outcome) -> Vec<output::Table<'_>> {
        vec![tickets(outcome)]
    }

    fn figures(outcome: &Outcome) -> Vec<(String, Figure)> {
        vec![
            ("held-out".into(), figures::held_out(outcome)),
            ("correlation".into(), figures::correlation(outcome)),
        ]
    }
}
