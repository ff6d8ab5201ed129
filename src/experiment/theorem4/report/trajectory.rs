//! `trajectory.csv`: a row per output time.

use crate::experiment::theorem4::Outcome;
use crate::measure::Row;
use crate::output::{Cell, Column, Table};

/// time, loss, dissipated, largest_angle, rate, [replica statistics and exact,] theta_1 … theta_m.
pub fn table(outcome: &Outcome) -> Table<'_> {
    let rows = &outcome.primary.trajectory.rows;
    let exact = outcome.exact.as_ref().map(|exact| &exact.trajectory.rows);
    let spread = outcome.spread();
    let mut columns = vec![
        Column::number("time", "time", "t; kη after k steps of gradient descent"),
        Column::number("loss", "", "population loss ℓ"),
        Column::number("dissipated", "", "∫(‖Ẇ‖² + ‖V̇‖²)dt since the start"),
        Column::number("largest_angle", "radians", "max θ_j"),
        Column::number("rate", "1/time", "−d/dt log max θ_j"),
    ];
    if exact.is_some() {
        let meaning = "max θ_j with exact overlaps";
        columns.push(Column::number("exact_largest_angle", "radians", meaning));
    }
    if spread.is_some() {
        let (mean, sd) = ("log_mean_largest_angle", "log_sd_largest_angle");
        let of = "of log max θ_j over the replicas";
        columns.push(Column::number(mean, "", format!("mean {of}")));
        columns.push(Column::number(sd, "", format!("standard deviation {of}")));
    }
    let nodes = rows.first().map_or(0, |row| row.snapshot.angles.len());
    columns.extend((1..=nodes).map(|j| {
        let meaning = format!("angle of student node {j} to its teacher node");
        Column::number(format!("theta_{j}"), "radians", meaning)
    }));
    let row = move |(i, row): (usize, &Row)| {
        let snapshot = &row.snapshot;
        let mut fields = vec![row.time, snapshot.loss, snapshot.dissipated];
        fields.extend([row.largest_angle(), row.rate()]);
        if let Some(exact) = exact {
            fields.push(exact.get(i).map_or(f64::NAN, Row::largest_angle));
        }
        if let Some(spread) = &spread {
            let at = spread.get(i);
            fields.extend([at.map_or(f64::NAN, |s| s.log_mean), at.map_or(f64::NAN, |s| s.log_sd)]);
        }
        fields.extend(&snapshot.angles);
        fields.into_iter().map(Cell::Number).collect()
    };
    Table::new("trajectory.csv", columns, rows.iter().enumerate().map(row))
}
