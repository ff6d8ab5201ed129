//! `verdicts.csv`: what the theory claims of a run, what was simulated, and why the verdict is what it is.

use crate::output::{Column, Reading, Table};
use crate::theory::Verdict;
use serde::{Deserialize, Deserializer, de};
use std::io;
use std::path::Path;

/// The table's file.
pub const VERDICTS: &str = "verdicts.csv";

/// A claim, and what a run says of it.
#[derive(Clone, Debug, Deserialize)]
pub struct Judged {
    /// As in `summary.json`.
    pub claim: String,
    /// As readers know it.
    pub label: String,
    /// The formula, or the claim in words.
    pub formula: String,
    /// Where it comes from.
    pub source: String,
    /// The number that is claimed; `None` if there is none, or it is not known.
    pub claimed: Option<f64>,
    /// What the run has in its place.
    pub simulated: Option<f64>,
    /// How far apart they may be, in their unit.
    pub tolerance: Option<f64>,
    /// What follows.
    #[serde(deserialize_with = "verdict")]
    pub verdict: Verdict,
    /// Why, in a sentence.
    pub why: String,
}

fn verdict<'de, D: Deserializer<'de>>(from: D) -> Result<Verdict, D::Error> {
    String::deserialize(from)?.parse().map_err(de::Error::custom)
}

/// All of them, a row each.
pub(super) fn table(all: Vec<Judged>) -> Table<'static> {
    type Field = Reading<Judged>;
    let readings = vec![
        Field::text("claim", "as in summary.json", |judged| judged.claim.clone()),
        Field::text("label", "as in figures", |judged| judged.label.clone()),
        Field::text("formula", "what is claimed", |judged| judged.formula.clone()),
        Field::text("source", "where the formula comes from", |judged| judged.source.clone()),
        Field::number("claimed", "", "rates are per unit of time", |judged| judged.claimed),
        Field::number("simulated", "", "what the run has in its place", |judged| judged.simulated),
        Field::number("tolerance", "", "how far apart they may be", |judged| judged.tolerance),
        Field::new(Column::verdict("verdict", "what follows"), |judged: &Judged| judged.verdict),
        Field::text("why", "in a sentence", |judged| judged.why.clone()),
    ];
    Table::of(VERDICTS, readings, all)
}

/// Those of a result folder; none where the experiment claims nothing.
///
/// # Errors
/// A file of that name with other contents.
pub fn read(folder: &Path) -> io::Result<Vec<Judged>> {
    let path = folder.join(VERDICTS);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let mut csv = csv::Reader::from_path(path)?;
    let rows = csv.deserialize().collect::<Result<_, _>>();
    rows.map_err(io::Error::from)
}
