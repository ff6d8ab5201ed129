//! `held-out.svg` and `correlation.svg`.

use crate::experiment::deep::figures::{correlations, over_epochs, over_seeds, spans};
use crate::experiment::deep::report::heading;
use crate::experiment::deep::tickets::{Outcome, Start, Ticket};
use crate::measure::Span;
use crate::plot::{Figure, Look};

/// A panel for each way to start the winners, over the whole student and a fresh start: in one frame their bands would hide
/// each other.
fn curves(
    outcome: &Outcome,
    figure: Figure,
    rows: fn(&Ticket) -> &[f64],
    x: fn(usize) -> f64,
) -> Figure {
    let spans = |start: Start| -> Vec<(f64, Span)> {
        let tickets: Vec<&[f64]> = outcome.of(start).map(rows).collect();
        spans(&tickets, |i, &value| (x(i), value))
    };
    let medians = |start: Start| spans(start).into_iter().map(|(x, span)| (x, span.median));
    let starts = outcome.scenario.starts().into_iter();
    let figure = figure.note(over_seeds(outcome.scenario.base.seeds as usize));
    let winners = starts.filter(|start| *start != Start::Whole);
    winners.fold(figure, |figure, start| {
        let figure = figure.panel(start.name());
        let figure = figure.line("whole student", medians(Start::Whole), Look::SIMULATED);
        let figure = match start {
            Start::Fresh => figure,
            _ => figure.line("fresh start", medians(Start::Fresh), Look::PREDICTED),
        };
        figure.spread("start of the panel", &spans(start), Look::SAMPLED)
    })
}

pub(super) fn held_out(outcome: &Outcome) -> Figure {
    let title = format!(
        "Lottery tickets: {}, winners of a student {}× as wide",
        heading(&outcome.scenario.base),
        outcome.scenario.student.widths[0]
    );
    let figure = over_epochs(title)
        .caption("Held-out loss over the epochs, for each way to start the winners.")
        .log_y("held-out loss (as trained)");
    curves(
        outcome,
        figure,
        |ticket| &ticket.held_out,
        |epoch| epoch as f64,
    )
}

pub(super) fn correlation(outcome: &Outcome) -> Figure {
    let base = &outcome.scenario.base;
    let title = format!("Teacher nodes found by each ticket: {}", heading(base));
    let figure = correlations(Figure::new(title).x("layer, from the bottom").counted())
        .caption("How well nodes correlate with the teacher's at the end, layer by layer, for each way to start.");
    curves(outcome, figure, |ticket| &ticket.rho, |l| (l + 1) as f64)
}
