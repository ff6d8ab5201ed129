//! What a run leaves in its folder: numbers first, then pictures.

use super::{Outcome, RESOLVED, Scenario, figures, judged, resolved};
use crate::integrate::Described;
use crate::output::{Column, Folder, FolderError, Provenance};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// All pictures of a folder, in their order.
pub const PICTURES: &str = "pictures.json";

/// A picture (PNG) beside the figures.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Picture {
    /// Of its file, below the folder.
    pub name: String,
    /// What there is to see.
    pub caption: String,
}

/// `summary.json`. Numbers that are not finite are `null`.
#[derive(Serialize)]
pub struct Summary<'a> {
    experiment: &'static str,
    scenario: &'a dyn erased_serde::Serialize,
    provenance: &'a Provenance,
    end: Described<'a>,
    seconds: f64,
    #[serde(flatten)]
    findings: &'a dyn erased_serde::Serialize,
}

impl<'a> Summary<'a> {
    /// Of a run.
    pub fn new(scenario: &Scenario, outcome: &'a dyn Outcome, provenance: &'a Provenance) -> Self {
        Self {
            experiment: scenario.kind().name,
            scenario: outcome.scenario(),
            provenance,
            end: outcome.end().described(),
            seconds: outcome.seconds(),
            findings: outcome.findings(),
        }
    }
}

/// Writes all files, each whole or not at all, and gives their paths. Calls `kept` when all that is left to do is drawing,
/// which [`figures::FIGURES`] is enough for.
///
/// # Errors
/// A folder that cannot be written to.
pub fn write(
    scenario: &Scenario,
    outcome: &dyn Outcome,
    folder: &Folder,
    provenance: &Provenance,
    kept: impl FnOnce(),
) -> Result<Vec<PathBuf>, FolderError> {
    let mut written = Vec::new();
    let mut columns: BTreeMap<&str, Vec<Column>> = BTreeMap::new();
    let verdicts = outcome.verdicts();
    let verdicts = (!verdicts.is_empty()).then(|| judged::table(verdicts));
    for table in outcome.tables().into_iter().chain(verdicts) {
        columns.insert(table.name, table.columns.clone());
        written.push(folder.write(table.name, |out| table.write(out))?);
    }
    let summary = Summary::new(scenario, outcome, provenance);
    written.push(folder.write_json("summary.json", &summary)?);
    written.push(folder.write_json("columns.json", &columns)?);
    let text = resolved(outcome.scenario());
    written.push(folder.write(RESOLVED, |out| out.write_all(text.as_bytes()))?);
    let mut pictures = Vec::new();
    for file in outcome.files() {
        pictures.extend(file.caption.map(|caption| Picture {
            name: file.name.clone(),
            caption,
        }));
        written.push(folder.write(&file.name, |out| (file.fill)(out))?);
    }
    if !pictures.is_empty() {
        written.push(folder.write_json(PICTURES, &pictures)?);
    }
    let figures = outcome.figures();
    written.push(figures::keep_data(folder, &figures)?);
    kept();
    written.extend(figures::keep_drawn(folder, &figures)?);
    Ok(written)
}
