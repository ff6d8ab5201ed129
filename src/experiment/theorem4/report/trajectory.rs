//! `trajectory.csv`: a row per output time.

use crate::experiment::theorem4::Outcome;
use crate::measure::{Row, Spread};
use crate::output::{Reading, Table};

/// A row, the same with exact overlaps, and the spread of the replicas.
type Field<'a> = Reading<(&'a Row, Option<&'a Row>, Option<Spread>)>;

/// time, loss, dissipated, largest_angle, rate, [replica statistics and exact,] theta_1 … theta_m.
pub fn table(outcome: &Outcome) -> Table<'_> {
    let rows = &outcome.primary.trajectory.rows;
    let exact = outcome.exact.as_ref().map(|exact| &exact.trajectory.rows);
    let spread = outcome.spread();
    let mut readings = vec![
        Field::number("time", "time", "t; kη after k steps of gradient descent", |(row, ..)| row.time),
        Field::number("loss", "", "population loss ℓ", |(row, ..)| row.snapshot.loss),
        Field::number("dissipated", "", "∫(‖Ẇ‖² + ‖V̇‖²)dt since the start", |(row, ..)| {
            row.snapshot.dissipated
        }),
        Field::number("largest_angle", "radians", "max θ_j", |(row, ..)| row.largest_angle()),
        Field::number("rate", "1/time", "−d/dt log max θ_j", |(row, ..)| row.rate()),
    ];
    if exact.is_some() {
        let (name, meaning) = ("exact_largest_angle", "max θ_j with exact overlaps");
        readings.push(Field::number(name, "radians", meaning, |(_, exact, _)| exact.map(Row::largest_angle)));
    }
    if spread.is_some() {
        let (mean, sd) = ("log_mean_largest_angle", "log_sd_largest_angle");
        let of = "of log max θ_j over the replicas";
        readings.push(Field::number(mean, "", format!("mean {of}"), |(.., at)| at.map(|at| at.log_mean)));
        readings.push(Field::number(sd, "", format!("standard deviation {of}"), |(.., at)| at.map(|at| at.log_sd)));
    }
    let nodes = rows.first().map_or(0, |row| row.snapshot.angles.len());
    readings.extend((0..nodes).map(|j| {
        let (name, meaning) =
            (format!("theta_{}", j + 1), format!("angle of student node {} to its teacher node", j + 1));
        Field::number(name, "radians", meaning, move |(row, ..)| row.snapshot.angles[j])
    }));
    let rows = rows.iter().enumerate().map(move |(i, row)| {
        let spread = spread.as_ref().and_then(|spread| spread.get(i).copied());
        (row, exact.and_then(|exact| exact.get(i)), spread)
    });
    Table::of("trajectory.csv", readings, rows)
}
