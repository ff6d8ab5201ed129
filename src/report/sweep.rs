//! A sweep's cells in a page: counts of verdicts, runs that violate something, and all rows for the scripts.

use super::folder::ReadError;
use super::html::{Html, cell, head, table, tag};
use super::pack::{Note, Packed, Packing};
use super::violations::Violations;
use crate::experiment::{ExperimentKind, RESOLVED, SCENARIO, keys, verdict};
use crate::sweep::table::{Cell, Cells, Head, RowValues};
use crate::sweep::{CELLS, Manifest};
use crate::theory::Verdict;
use serde::Serialize;
use std::path::Path;

/// Sweeps of more rows have no map and no table of all cells in the page: it would take gigabytes.
const MOST_ROWS: usize = 200_000;

/// What a page shows of a sweep's table.
pub struct Sweep {
    pub(super) experiment: &'static ExperimentKind,
    /// Of all rows, where they are not too many.
    pub(super) data: Option<Packed>,
    rows: usize,
    /// Keys that change.
    pub(super) axes: Vec<String>,
    manifest: Option<Manifest>,
    /// For each bound, how many runs have each verdict.
    counts: Vec<[usize; Verdict::ALL.len()]>,
    failed: usize,
    violations: Violations,
    command: Command,
}

/// What runs one cell alone, but for its values.
#[derive(Serialize)]
struct Command {
    words: Vec<String>,
    out: String,
}

/// A sweep as the page's scripts find it.
#[derive(Serialize)]
pub(super) struct Shown<'a> {
    cells: &'a Packed,
    axes: Vec<Axis<'a>>,
    command: &'a Command,
}

#[derive(Serialize)]
struct Axis<'a> {
    key: &'a str,
    label: &'a str,
}

impl Sweep {
    /// Reads the table of a folder; `None` where there is none of a sweep. Figures need not be there yet.
    ///
    /// # Errors
    /// A table that cannot be read.
    pub fn read(folder: &Path) -> Result<Option<Self>, ReadError> {
        let folder = &std::path::absolute(folder).unwrap_or(folder.into());
        let path = folder.join(CELLS);
        if !path.exists() {
            return Ok(None);
        }
        let table = Cells::open(&path)?;
        let head = table.head().clone();
        let bounds = head.experiment.view.bounds.iter();
        let judged: Vec<usize> = bounds.map(|bound| head.column(&verdict(bound.name))).collect();
        let mut counts = vec![[0; Verdict::ALL.len()]; judged.len()];
        let (mut rows, mut failures) = (0, 0);
        let names = names(&head);
        let mut packing = Some(Packing::new(names.iter().copied(), |name| note(&head, name)));
        let mut violations = Violations::new(&head, &names);
        let take = |cell: Cell| {
            for (counts, &column) in counts.iter_mut().zip(&judged) {
                counts.iter_mut().zip(cell.verdicts(column)).for_each(|(all, count)| *all += count);
            }
            failures += cell.runs.iter().filter(|run| run.failed()).count();
            rows += cell.runs.len();
            let fields: Vec<_> = cell.runs.into_iter().map(RowValues::into_fields).collect();
            fields.iter().for_each(|row| violations.see(row));
            packing = packing.take().filter(|_| rows <= MOST_ROWS);
            if let Some(packing) = &mut packing {
                packing.push(fields);
            }
            Ok(())
        };
        table.each(|_, cell| cell, take)?;
        Ok(Some(Self {
            experiment: head.experiment,
            data: packing.map(|packing| packing.finish(&path)),
            rows,
            manifest: Manifest::read(folder),
            command: Command::of(folder),
            axes: head.axes,
            counts,
            failed: failures,
            violations,
        }))
    }

    /// How much of it there is.
    pub(super) fn end(&self) -> String {
        let points = self.manifest.as_ref().map(|manifest| manifest.points);
        let of = points.map_or(String::new(), |points| format!(" of {points}"));
        format!("{}{of} points, {} failed, {} with a violated bound", self.rows, self.failed, self.violations.runs)
    }

    /// How it was made, a line each.
    pub(super) fn provenance(&self) -> Vec<(String, String)> {
        let Some(manifest) = &self.manifest else {
            return Vec::new();
        };
        let lines = [
            ("program", &manifest.program),
            ("commit", &manifest.commit),
            ("time", &manifest.time),
            ("plan", &manifest.plan),
        ];
        lines.map(|(key, value)| (key.to_owned(), value.clone())).into()
    }

    /// For the scripts; `None` where there are too many rows.
    pub(super) fn shown(&self) -> Option<Shown<'_>> {
        Some(Shown {
            cells: self.data.as_ref()?,
            axes: self
                .axes
                .iter()
                .map(|key| Axis {
                    key,
                    label: keys::label(key).unwrap_or(key),
                })
                .collect(),
            command: &self.command,
        })
    }

    /// Counts of verdicts, the explorer's place, and what is violated.
    pub(super) fn section(&self, folder: usize) -> Vec<Html> {
        let explorer = match self.data {
            Some(_) => tag("div").class("explorer").with("data-folder", folder.to_string()).child(
                tag("p").class("without-scripts").text(
                    "The map of all cells and their table need scripts; cells.csv beside this page has every row.",
                ),
            ),
            None => tag("p").text(format!(
                "{} rows are too many for a map and a table here; cells.csv beside this page has every one.",
                self.rows
            )),
        };
        let cells = [tag("h3").text("Cells"), explorer];
        // An experiment without bounds has no verdicts.
        if self.experiment.view.bounds.is_empty() {
            return cells.into();
        }
        let verdicts = [tag("h3").text("Verdicts by claim"), self.counted()];
        let violations = [tag("h3").text("Violations"), self.violations.section(&self.axes)];
        [verdicts, cells, violations].into_iter().flatten().collect()
    }

    fn counted(&self) -> Html {
        let bounds = self.experiment.view.bounds.iter().zip(&self.counts);
        let spoken = bounds.filter(|(_, counts)| counts.iter().any(|&count| count > 0));
        let rows = spoken.map(|(bound, counts)| {
            let label = head(bound.label).with("title", bound.formula);
            let counts = counts.map(|count| cell(count.to_string()).class("number"));
            [label].into_iter().chain(counts).chain([cell(bound.source)])
        });
        let heads = ["claim"].into_iter().chain(Verdict::ALL.map(Verdict::name)).chain(["source"]);
        table("", heads, rows)
    }
}

impl Command {
    fn of(folder: &Path) -> Self {
        let word = |path: &Path| path.to_string_lossy().into_owned();
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let mut words = vec!["luckflow".to_owned(), "run".to_owned()];
        match folder.join(RESOLVED) {
            resolved if resolved.exists() => words.push(word(&resolved)),
            // As an older version left it.
            _ => words.extend([word(&folder.join(SCENARIO)), "--set".into(), "sweep=".into()]),
        }
        Self {
            words,
            out: format!("plots/{name}-run"),
        }
    }
}

/// The columns of a table's rows, without their digest.
fn names(table: &Head) -> Vec<&str> {
    let axes = table.axes.iter().map(String::as_str);
    let columns = table.columns.iter().map(|column| &*column.name);
    let first = ["index", "id"].into_iter().chain(axes);
    first.chain(["seed"]).chain(columns).collect()
}

/// What a column is; those that tell rows from damage are left out.
fn note(table: &Head, name: &str) -> Option<Note> {
    if table.axes.iter().any(|key| key == name) {
        return Some(Note::new(name, "", keys::label(name).unwrap_or("axis")));
    }
    match name {
        "index" => Some(Note::new(name, "count", "number of the run")),
        "seed" => Some(Note::new(name, "count", "seed of the run")),
        _ => {
            let column = table.columns.iter().find(|column| column.name == name)?;
            let json = serde_json::to_value(column).ok()?;
            serde_json::from_value(json).ok()
        }
    }
}
