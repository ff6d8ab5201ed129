//! A row for Theorem 4.

use super::Record;
use crate::experiment::theorem4::{Outcome, RATES};
use crate::measure::Fit;

/// Of an outcome; without one, the columns alone.
pub fn record(outcome: Option<&Outcome>) -> Record {
    let mut row = Record::default();
    let assumption = outcome.map(|outcome| &outcome.assumption);
    let measured = outcome.map(|outcome| &outcome.measured);
    row.count("nodes", assumption.map(|a| a.nodes as u64));
    row.count("input_dim", outcome.map(|o| o.frame.dim() as u64));
    row.number("threshold", assumption.map(|a| a.threshold));
    row.number("theta0", assumption.map(|a| a.theta0));
    row.number("epsilon", assumption.map(|a| a.epsilon));
    row.number("K_d", assumption.map(|a| a.k_d));
    row.number("d0", assumption.map(|a| a.d0));
    row.text(
        "premises_not_met",
        outcome.map(|outcome| outcome.premises_not_met.join("; ")),
    );
    for name in RATES {
        let claim = outcome.and_then(|o| o.claims.iter().find(|claim| claim.name == name));
        row.number(name, claim.and_then(|claim| claim.value));
        row.verdict(name, claim.map(|claim| claim.verdict));
        row.number(
            format!("{name}_simulated"),
            claim.and_then(|claim| claim.simulated),
        );
    }
    let worst = measured.and_then(|measured| measured.worst);
    row.number("worst", worst.map(|worst| worst.theta));
    row.number("worst_tan", worst.map(|worst| worst.tan_half));
    row.number("worst_sin", worst.map(|worst| worst.sin));
    fit(&mut row, "fitted", measured.and_then(|m| m.fitted()));
    fit(
        &mut row,
        "largest_angle_fitted",
        measured.and_then(|m| m.largest_angle),
    );
    row.number("final_angle", measured.map(|m| m.final_angle));
    row.number("noise_floor", outcome.map(|o| o.floor));
    let trajectory = outcome.map(|o| &o.primary.trajectory);
    let rows = trajectory.map(|trajectory| &trajectory.rows);
    let loss = |row: Option<&crate::measure::Row>| row.map(|row| row.snapshot.loss);
    row.number("loss_start", loss(rows.and_then(|rows| rows.first())));
    row.number("loss_end", loss(rows.and_then(|rows| rows.last())));
    row.number(
        "energy_residual",
        trajectory.map(|trajectory| trajectory.energy_residual()),
    );
    let run = outcome.map(|outcome| &outcome.primary);
    row.end(
        run.map(|run| &run.end),
        run.map(|run| run.steps),
        run.map(|run| run.evaluations),
    );
    row
}

fn fit(row: &mut Record, name: &str, fit: Option<Fit>) {
    row.number(name, fit.map(|fit| fit.rate));
    row.number(format!("{name}_se"), fit.map(|fit| fit.standard_error));
}
