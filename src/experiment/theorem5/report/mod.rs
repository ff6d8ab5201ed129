//! What a run of Theorem 5 leaves behind: a table, `summary.json`, `trajectory.csv`, three plots, and states if asked for.

mod figures;
mod summary;
mod table;
mod trajectory;

pub use summary::Summary;
pub use table::table;

use crate::experiment::theorem5::Outcome;
use crate::experiment::two_layer::states::States;
use crate::output::{Folder, FolderError, Provenance};
use std::path::PathBuf;

/// Writes all files, each whole or not at all, and gives their paths. Numbers come before pictures.
pub fn write(
    outcome: &Outcome,
    folder: &Folder,
    provenance: &Provenance,
) -> Result<Vec<PathBuf>, FolderError> {
    let mut written = vec![
        folder.write("trajectory.csv", |out| trajectory::write(outcome, out))?,
        folder.write_json("summary.json", &Summary::new(outcome, provenance))?,
    ];
    if outcome.scenario.output.states {
        let states = States {
            times: outcome.rows.iter().map(|row| row.time).collect(),
            states: &outcome.states,
            layout: outcome.layout,
            frame: &outcome.frame,
            teacher: &outcome.network.teacher.weights,
        };
        written.extend(states.write(folder)?);
    }
    // A run that ended at once has nothing to draw.
    if outcome.rows.len() > 1 {
        let mut charts = vec![
            ("convergence.svg", figures::convergence(outcome)),
            ("fan_out.svg", figures::fan_out(outcome)),
        ];
        if let Ok(joint) = &outcome.joint {
            charts.push(("spectrum.svg", figures::spectrum(outcome, joint)));
        }
        for (name, chart) in charts {
            written.push(folder.write(name, |out| out.write_all(chart.to_svg().as_bytes()))?);
        }
    }
    Ok(written)
}
