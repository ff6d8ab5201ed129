//! `trajectory.csv`: a row per output time.

use crate::experiment::theorem5::Outcome;
use std::io::{self, Write};

/// time, loss, dissipated, the largest θ, e of u and ‖v‖ of r, their certified bounds (where there is a certificate), then each
/// θ_j (theta_1 …), each e_i (e_1 …: ‖v_i − v*_i‖ for u, ‖v_i‖ for r) and each ψ_k (psi_1 …).
pub fn write(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    let envelope = outcome.check.as_ref().map(|check| &check.envelope);
    let mut header: Vec<String> = ["time", "loss", "dissipated", "w_u", "v_u", "v_r"]
        .map(String::from)
        .into();
    if envelope.is_some() {
        header.extend(["w_u_bound", "v_u_bound", "v_r_bound"].map(String::from));
    }
    if let Some(row) = outcome.rows.first() {
        header.extend((1..=row.angles.len()).map(|j| format!("theta_{j}")));
        header.extend((1..=row.fan_out_errors.len()).map(|i| format!("e_{i}")));
        header.extend((1..=row.turned.len()).map(|k| format!("psi_{k}")));
    }
    csv.write_record(&header)?;
    for (i, row) in outcome.rows.iter().enumerate() {
        let mut fields = vec![row.time, row.loss, row.dissipated];
        fields.extend(row.largest());
        if let Some(envelope) = envelope {
            fields.extend(envelope[i].1);
        }
        fields.extend(row.errors());
        fields.extend(&row.turned);
        csv.write_record(fields.iter().map(|x| format!("{x:e}")))?;
    }
    csv.flush()
}
