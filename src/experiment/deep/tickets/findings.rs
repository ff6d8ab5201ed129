//! What is read off the trainings from one kind of start.

use super::{Start, Ticket};
use crate::experiment::deep::report::median;
use crate::measure::Span;
use serde::Serialize;

/// One kind of start: medians over the seeds.
#[derive(Clone, Debug, Serialize)]
pub struct StartSummary {
    /// Which.
    pub start: &'static str,
    /// Nodes of each hidden layer.
    pub hidden: Vec<usize>,
    /// How many.
    pub seeds: usize,
    /// At the end.
    pub held_out_loss: f64,
    /// ρ̄ of each layer at the end.
    pub rho: Vec<f64>,
    /// Last held-out loss over that of a fresh start of the same seed.
    pub over_fresh: Option<Span>,
    /// Seeds in which it ends below the fresh start.
    pub below_fresh: usize,
}

impl StartSummary {
    pub(super) fn of(start: Start, depth: usize, tickets: &[Ticket]) -> Self {
        let own: Vec<&Ticket> = tickets.iter().filter(|ticket| ticket.start == start).collect();
        let ratios = ratios(tickets, start, Start::Fresh);
        Self {
            start: start.name(),
            hidden: own.first().map_or(Vec::new(), |ticket| ticket.hidden.clone()),
            seeds: own.len(),
            held_out_loss: median(own.iter().map(|ticket| ticket.last())).unwrap_or(f64::NAN),
            rho: (0..depth).map(|l| median(own.iter().map(|ticket| ticket.rho[l])).unwrap_or(f64::NAN)).collect(),
            over_fresh: Span::of(ratios.iter().copied()).filter(|_| start != Start::Fresh),
            below_fresh: ratios.iter().filter(|&&ratio| ratio < 1.0).count(),
        }
    }
}

/// For each seed that has both: last held-out loss from one start over that from another.
pub fn ratios(tickets: &[Ticket], start: Start, other: Start) -> Vec<f64> {
    let of = |start: Start| tickets.iter().filter(move |ticket| ticket.start == start);
    of(start)
        .filter_map(|ticket| {
            let beside = of(other).find(|beside| beside.seed == ticket.seed)?;
            Some(ticket.last() / beside.last())
        })
        .collect()
}
