//! `trajectory.csv`: a row per output time.

use crate::experiment::theorem5::{Outcome, PARTS, Row};
use crate::output::{Reading, Table};

/// A row, and what is certified of it.
type Field<'a> = Reading<(&'a Row, Option<[f64; 3]>)>;

/// time, loss, dissipated, the largest θ, e of u and ‖v‖ of r, the joint distance, certified bounds (where there is a certificate), then
/// each θ_j (theta_1 …), each e_i (e_1 …: ‖v_i − v*_i‖ for u, ‖v_i‖ for r) and each ψ_k (psi_1 …).
pub fn table(outcome: &Outcome) -> Table<'_> {
    let envelope = outcome.envelope.as_ref().map(|envelope| &envelope.over_time);
    let rows = outcome.rows.iter().enumerate();
    let rows = rows.map(move |(i, row)| (row, envelope.map(|envelope| envelope[i].1)));
    Table::of("trajectory.csv", readings(outcome), rows)
}

/// What stands in a row, in its order.
fn readings(outcome: &Outcome) -> Vec<Field<'_>> {
    let mut readings = vec![
        Field::number("time", "time", "t; kη after k steps of gradient descent", |(row, _)| row.time),
        Field::number("loss", "", "population loss ℓ", |(row, _)| row.loss),
        Field::number("dissipated", "", "∫(‖Ẇ‖² + ‖V̇‖²)dt since the start", |(row, _)| row.dissipated),
    ];
    let of = ["largest θ_j of u", "largest ‖v_i − v*_i‖ of u", "largest ‖v_i‖ of r"];
    let parts = || PARTS.into_iter().zip(of).enumerate();
    let largest = |(part, (name, of))| Field::number(name, "", of, move |(row, _)| row.largest()[part]);
    readings.extend(parts().map(largest));
    let meaning = "joint distance √(Σ_u δ_j² + Σ_i |ε_i|²)";
    readings.push(Field::number("distance", "", meaning, |(row, _)| row.motion.distance()));
    if outcome.envelope.is_some() {
        readings.extend(parts().map(|(part, (name, of))| {
            let meaning = format!("certified bound on the {of}");
            Field::number(format!("{name}_bound"), "", meaning, move |(_, bound)| bound.map(|bound| bound[part]))
        }));
    }
    if let Some(Row { motion, turned, .. }) = outcome.rows.first() {
        let meaning = "angle to its teacher node, of node";
        readings
            .extend(Field::numbered("theta", motion.nodes, "radians", meaning, |(row, _), j| row.motion.angles()[j]));
        let (count, meaning) = (motion.fan_out_errors().len(), "fan-out error of node");
        readings.extend(Field::numbered("e", count, "", meaning, |(row, _), i| row.motion.fan_out_errors()[i]));
        let meaning = "turn since the start of extra node";
        readings.extend(Field::numbered("psi", turned.len(), "radians", meaning, |(row, _), k| row.turned[k]));
    }
    readings
}
