//! What a run of Theorem 4 leaves behind: a table, `summary.json`, `trajectory.csv`, two plots, and states if asked for.

mod convergence;
mod rates;
mod summary;
mod table;
mod trajectory;

pub use summary::Summary;
pub use table::table;

use crate::experiment::theorem4::Outcome;
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
        let simulation = &outcome.primary;
        let states = States {
            times: simulation
                .trajectory
                .rows
                .iter()
                .map(|row| row.time)
                .collect(),
            states: &simulation.trajectory.states,
            layout: simulation.layout,
            frame: &outcome.frame,
            teacher: &outcome.teacher,
        };
        written.extend(states.write(folder)?);
    }
    // A run that ended at once has nothing to draw.
    if outcome.primary.trajectory.rows.len() > 1 {
        for (name, chart) in [
            ("convergence.svg", convergence::chart(outcome)),
            ("rates.svg", rates::chart(outcome)),
        ] {
            written.push(folder.write(name, |out| out.write_all(chart.to_svg().as_bytes()))?);
        }
    }
    Ok(written)
}
