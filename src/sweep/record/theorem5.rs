//! A row for Theorem 5.

use super::Record;
use crate::experiment::theorem5::{Check, Outcome, PARTS};

/// Of an outcome; without one, the columns alone.
pub fn record(outcome: Option<&Outcome>) -> Record {
    let mut row = Record::default();
    let network = outcome.map(|outcome| &outcome.network);
    let count = |f: fn(&crate::network::TwoLayer) -> usize| network.map(|n| f(n) as u64);
    row.count("nodes", count(|n| n.teacher.weights.ncols()));
    row.count("students", count(|n| n.student.weights.ncols()));
    row.count("outputs", count(|n| n.fan_out.ncols()));
    row.count("input_dim", outcome.map(|o| o.frame.dim() as u64));
    row.number("threshold", outcome.map(|o| o.threshold));
    row.number("epsilon", outcome.map(Outcome::epsilon));
    row.text(
        "premises_not_met",
        outcome.map(|outcome| outcome.premises_not_met.join("; ")),
    );

    let certificate = outcome.and_then(|outcome| outcome.certificate.as_ref());
    let check = outcome.and_then(|outcome| outcome.check.as_ref());
    row.number("certified", certificate.map(|c| c.rate));
    row.verdict("certified", outcome.map(|_| Check::verdict(check)));
    row.number(
        "certified_simulated",
        check.and_then(|check| check.weighted_rate),
    );
    row.number("largest_ratio", check.map(|check| check.largest_ratio));
    row.number("w_margin", certificate.map(|c| c.w_margin));
    row.number("v_margin", certificate.map(|c| c.v_margin));
    row.number("drift", certificate.map(|c| c.drift));
    row.number("turned", check.map(|check| check.turned));
    row.number("theta0_max", outcome.map(|o| o.largest_scale));

    let joint = outcome.and_then(|outcome| outcome.joint.as_ref().ok());
    row.number("exact", joint.and_then(|joint| joint.slowest));
    row.number(
        "lambda_min_L_at_limit",
        joint.map(|joint| joint.smallest_l()),
    );
    for (index, name) in PARTS.into_iter().enumerate() {
        let part = outcome.map(|outcome| &outcome.parts[index]);
        let fitted = part.and_then(|part| part.fitted);
        row.number(format!("{name}_final"), part.map(|part| part.last));
        row.number(format!("{name}_fitted"), fitted.map(|fit| fit.rate));
        row.number(
            format!("{name}_fitted_se"),
            fitted.map(|fit| fit.standard_error),
        );
    }
    row.number("lambda_min_L", outcome.map(|o| o.final_smallest_l));
    row.count("shared", outcome.map(|o| o.shared.len() as u64));
    row.number("noise_floor", outcome.map(|o| o.floor));
    let rows = outcome.map(|outcome| &outcome.rows);
    row.number("loss_start", rows.and_then(|rows| Some(rows.first()?.loss)));
    row.number("loss_end", rows.and_then(|rows| Some(rows.last()?.loss)));
    row.number("energy_residual", outcome.map(Outcome::energy_residual));
    row.end(
        outcome.map(|outcome| &outcome.end),
        outcome.map(|outcome| outcome.steps),
        outcome.map(|outcome| outcome.evaluations),
    );
    row
}
