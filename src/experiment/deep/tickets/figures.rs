//! `held-out.svg` and `correlation.svg`.

use crate::experiment::deep::figures::{correlations, over_epochs, over_seeds, spans};
use crate::experiment::deep::report::heading;
use crate::experiment::deep::tickets::{Outcome, Start, StartSummary, Ticket};
use crate::experiment::seen::for_which;
use crate::measure::Span;
use crate::plot::{Figure, Look};

/// A panel for each way to start the winners, over the whole student and a fresh start: in one frame their bands would hide
/// each other.
fn curves(outcome: &Outcome, figure: Figure, rows: fn(&Ticket) -> &[f64], x: fn(usize) -> f64) -> Figure {
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

/// Of which ways to start the winners something is so beside a fresh start.
fn against_fresh(outcome: &Outcome, is: impl Fn(&StartSummary, &StartSummary) -> Option<bool>) -> String {
    let Some(fresh) = outcome.finding(Start::Fresh) else {
        return "for an unknown number of starts".into();
    };
    let tickets = outcome.scenario.starts().into_iter();
    let tickets = tickets.filter(|start| !matches!(start, Start::Whole | Start::Fresh));
    let said = tickets.filter_map(|start| {
        let name = start.name().trim_end_matches(", own start");
        Some((name, is(outcome.finding(start)?, fresh)?))
    });
    for_which(said)
}

fn setting(outcome: &Outcome) -> String {
    let teacher = heading(&outcome.scenario.base.teacher);
    let width = outcome.scenario.base.student.widths[0];
    format!("{teacher}, winners of a student {width}× as wide")
}

pub(super) fn held_out(outcome: &Outcome) -> Figure {
    let below = against_fresh(outcome, |one, _| Some(one.over_fresh?.median < 1.0));
    let figure = over_epochs(format!("Held-out loss ends below that of a fresh start {below}"))
        .caption("Held-out loss over the epochs, for each way to start the winners. Medians of the last loss over that of a fresh start of the same seed decide what the title says.")
        .setting(setting(outcome))
        .log_y("held-out loss (as trained)");
    curves(outcome, figure, |ticket| &ticket.held_out, |epoch| epoch as f64)
}

pub(super) fn correlation(outcome: &Outcome) -> Figure {
    let mean = |rho: &[f64]| rho.iter().sum::<f64>() / rho.len() as f64;
    let above = against_fresh(outcome, |one, fresh| Some(mean(&one.rho) > mean(&fresh.rho)));
    let title = format!("ρ̄ over all layers ends above that of a fresh start {above}");
    let figure = correlations(Figure::new(title).x("layer, from the bottom").counted())
        .caption("How well nodes correlate with the teacher's at the end, layer by layer, for each way to start; the title speaks of the mean over layers.")
        .setting(setting(outcome));
    curves(outcome, figure, |ticket| &ticket.rho, |l| (l + 1) as f64)
}
