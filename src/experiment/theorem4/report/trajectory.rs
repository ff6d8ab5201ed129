//! `trajectory.csv`: a row per output time.

use crate::experiment::theorem4::Outcome;
use crate::measure::Row;
use std::io::{self, Write};

/// time, loss, dissipated, largest_angle, rate, [replica statistics and exact,] theta_1 … theta_m.
///
/// Numbers have as many digits as it takes to read them back exactly.
pub fn write(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    let rows = &outcome.primary.trajectory.rows;
    let exact = outcome.exact.as_ref().map(|exact| &exact.trajectory.rows);
    let spread = outcome.spread();

    let mut header: Vec<String> = ["time", "loss", "dissipated", "largest_angle", "rate"]
        .map(String::from)
        .into();
    if exact.is_some() {
        header.push("exact_largest_angle".into());
    }
    if spread.is_some() {
        header.extend(["log_mean_largest_angle", "log_sd_largest_angle"].map(String::from));
    }
    let nodes = rows.first().map_or(0, |row| row.snapshot.angles.len());
    header.extend((1..=nodes).map(|node| format!("theta_{node}")));
    csv.write_record(&header)?;

    for (i, row) in rows.iter().enumerate() {
        let mut fields = vec![
            row.time,
            row.snapshot.loss,
            row.snapshot.dissipated,
            row.largest_angle(),
            row.rate(),
        ];
        if let Some(exact) = exact {
            fields.push(exact.get(i).map_or(f64::NAN, Row::largest_angle));
        }
        if let Some(spread) = &spread {
            let (mean, sd) = spread
                .get(i)
                .map_or((f64::NAN, f64::NAN), |s| (s.log_mean, s.log_sd));
            fields.extend([mean, sd]);
        }
        fields.extend(&row.snapshot.angles);
        csv.write_record(fields.iter().map(|x| format!("{x:e}")))?;
    }
    csv.flush()
}
