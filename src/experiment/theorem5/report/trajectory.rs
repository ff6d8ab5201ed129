//! `trajectory.csv`: a row per output time.

use crate::experiment::theorem5::{Outcome, PARTS, Row};
use crate::output::{Cell, Column, Table};

/// time, loss, dissipated, the largest θ, e of u and ‖v‖ of r, the joint distance, certified bounds (where there is a certificate), then
/// each θ_j (theta_1 …), each e_i (e_1 …: ‖v_i − v*_i‖ for u, ‖v_i‖ for r) and each ψ_k (psi_1 …).
pub fn table(outcome: &Outcome) -> Table<'_> {
    let envelope = outcome.envelope.as_ref();
    let envelope = envelope.map(|envelope| &envelope.over_time);
    let row = move |(i, row): (usize, &Row)| {
        let mut fields = vec![row.time, row.loss, row.dissipated];
        fields.extend(row.largest());
        fields.push(row.motion.distance());
        if let Some(envelope) = envelope {
            fields.extend(envelope[i].1);
        }
        fields.extend(row.errors());
        fields.extend(&row.turned);
        fields.into_iter().map(Cell::Number).collect()
    };
    Table::new("trajectory.csv", columns(outcome), outcome.rows.iter().enumerate().map(row))
}

/// What stands in a row, in its order.
fn columns(outcome: &Outcome) -> Vec<Column> {
    let mut columns = vec![
        Column::number("time", "time", "t; kη after k steps of gradient descent"),
        Column::number("loss", "", "population loss ℓ"),
        Column::number("dissipated", "", "∫(‖Ẇ‖² + ‖V̇‖²)dt since the start"),
    ];
    let of = ["largest θ_j of u", "largest ‖v_i − v*_i‖ of u", "largest ‖v_i‖ of r"];
    let parts = || PARTS.into_iter().zip(of);
    columns.extend(parts().map(|(name, of)| Column::number(name, "", of)));
    columns.push(Column::number("distance", "", "joint distance √(Σ_u δ_j² + Σ_i |ε_i|²)"));
    if outcome.envelope.is_some() {
        columns.extend(
            parts()
                .map(|(name, of)| Column::number(format!("{name}_bound"), "", format!("certified bound on the {of}"))),
        );
    }
    if let Some(row) = outcome.rows.first() {
        columns.extend(numbered("theta", row.motion.nodes, "radians", "angle to its teacher node, of node"));
        columns.extend(numbered("e", row.motion.fan_out_errors().len(), "", "fan-out error of node"));
        columns.extend(numbered("psi", row.turned.len(), "radians", "turn since the start of extra node"));
    }
    columns
}

fn numbered(
    name: &'static str,
    count: usize,
    unit: &'static str,
    meaning: &'static str,
) -> impl Iterator<Item = Column> {
    (1..=count).map(move |i| Column::number(format!("{name}_{i}"), unit, format!("{meaning} {i}")))
}
