//! A sweep's cells in a page: counts of verdicts, runs that violate something, and all rows for the scripts.

use super::folder::ReadError;
use super::html::{Html, cell, head, table, tag};
use super::pack::{Note, Packed, pack};
use crate::experiment::{ERROR, ExperimentKind, RESOLVED, SCENARIO, keys, verdict};
use crate::plot::number::short;
use crate::sweep::table::{Head, TableError};
use crate::sweep::{CELLS, Manifest};
use crate::theory::Verdict;
use serde::Serialize;
use std::io;
use std::path::Path;

/// Runs that are listed without scripts.
const LISTED: usize = 100;

/// Sweeps of more rows have no map and no table of all cells in the page: it would take gigabytes.
const MOST_ROWS: usize = 50_000;

/// What a page shows of a sweep.
pub(super) struct Sweep {
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
    violations: Vec<Violation>,
    /// How many there are, listed or not.
    violated: usize,
    command: Command,
}

/// A run in which a bound is violated.
struct Violation {
    index: String,
    axes: Vec<String>,
    label: &'static str,
    numbers: [String; 2],
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
    /// Of a folder; `None` where there is no table of a sweep.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>, ReadError> {
        let path = folder.join(CELLS);
        if !path.exists() {
            return Ok(None);
        }
        let failed = |source| ReadError::File {
            path: path.clone(),
            source,
        };
        let of_table = |error: TableError| match error {
            TableError::Io { path, source } => ReadError::File { path, source },
            other => failed(io::Error::other(other)),
        };
        let (mut counts, mut failures, mut numeric) = (Vec::new(), 0, Vec::new());
        let mut rows = 0;
        let table = Head::read(&path, |head, cell| {
            let bounds = head.experiment.view.bounds;
            counts.resize(bounds.len(), [0; Verdict::ALL.len()]);
            numeric.resize(head.axes.len(), true);
            for (numeric, value) in numeric.iter_mut().zip(&cell.values) {
                *numeric &= value.parse::<f64>().is_ok();
            }
            for (counts, bound) in counts.iter_mut().zip(bounds) {
                let column = head.column(&verdict(bound.name));
                for found in cell.runs.iter().filter_map(|run| run.verdicts[column]) {
                    let place = Verdict::ALL.iter().position(|known| *known == found);
                    counts[place.expect("all are listed")] += 1;
                }
            }
            failures += cell.runs.iter().filter(|run| run.failed).count();
            rows += cell.runs.len();
            Ok(())
        })
        .map_err(of_table)?;
        numeric.resize(table.axes.len(), true);
        let (violations, violated) = violations(&path, &table).map_err(failed)?;
        Ok(Some(Self {
            experiment: table.experiment,
            data: match rows <= MOST_ROWS {
                true => Some(pack(&path, note(&table, &numeric)).map_err(failed)?),
                false => None,
            },
            rows,
            manifest: Manifest::read(folder),
            command: Command::of(folder),
            axes: table.axes,
            counts,
            failed: failures,
            violations,
            violated,
        }))
    }

    /// How much of it there is.
    pub(super) fn end(&self) -> String {
        let points = self.manifest.as_ref().map(|manifest| manifest.points);
        let of = points.map_or(String::new(), |points| format!(" of {points}"));
        format!(
            "{}{of} points, {} failed, {} with a violated bound",
            self.rows, self.failed, self.violated
        )
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
        lines
            .map(|(key, value)| (key.to_owned(), value.clone()))
            .into()
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
            Some(_) => tag("div")
                .class("explorer")
                .with("data-folder", folder.to_string())
                .child(tag("p").class("without-scripts").text(
                    "The map of all cells and their table need scripts; cells.csv beside this page has every row.",
                )),
            None => tag("p").text(format!(
                "{} rows are too many for a map and a table here; cells.csv beside this page has every one.",
                self.rows
            )),
        };
        vec![
            tag("h3").text("Verdicts by claim"),
            self.counted(),
            tag("h3").text("Cells"),
            explorer,
            tag("h3").text("Violations"),
            self.violated(),
        ]
    }

    fn counted(&self) -> Html {
        let bounds = self.experiment.view.bounds.iter().zip(&self.counts);
        let spoken = bounds.filter(|(_, counts)| counts.iter().any(|&count| count > 0));
        let heads = Verdict::ALL.map(|verdict| verdict.to_string());
        let [a, b, c, d, e, f] = heads.each_ref().map(String::as_str);
        let rows = spoken.map(|(bound, counts)| {
            let [a, b, c, d, e, f] = counts.map(|count| cell(count.to_string()).class("number"));
            let label = head(bound.label).with("title", bound.formula);
            [label, a, b, c, d, e, f, cell(bound.source)]
        });
        table("", ["claim", a, b, c, d, e, f, "source"], rows)
    }

    fn violated(&self) -> Html {
        if self.violations.is_empty() {
            return tag("p").text("No bound is violated in any run.");
        }
        let rows = self.violations.iter().map(|violation| {
            let [claimed, simulated] = violation.numbers.each_ref().map(|text| {
                let number = text.parse().map_or("–".into(), short);
                cell(number).class("number").with("title", text)
            });
            let axes = self.axes.iter().zip(&violation.axes);
            let axes: Vec<String> = axes
                .map(|(key, value)| format!("{key} = {value}"))
                .collect();
            [
                head(&violation.index),
                cell(axes.join(", ")),
                cell(violation.label),
                claimed,
                simulated,
            ]
        });
        let listed = self.violations.len();
        let note = match self.violated {
            all if listed >= LISTED => format!(
                "{all} runs violate a bound; the first {listed} violations are listed, and the table above filters all."
            ),
            all => format!("{all} runs violate a bound."),
        };
        tag("div").child(tag("p").text(note)).child(table(
            "short",
            ["run", "axes", "claim", "claimed", "simulated"],
            rows,
        ))
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
            _ => words.extend([
                word(&folder.join(SCENARIO)),
                "--set".into(),
                "sweep=".into(),
            ]),
        }
        Self {
            words,
            out: format!("plots/{name}-run"),
        }
    }
}

/// What each column is; those that tell rows from damage are left out.
fn note<'a>(table: &'a Head, numeric: &'a [bool]) -> impl Fn(&str) -> Option<Note> + 'a {
    move |name| {
        if let Some(axis) = table.axes.iter().position(|key| key == name) {
            let kind = if numeric[axis] { "number" } else { "text" };
            return Some(Note::new(name, kind, keys::label(name).unwrap_or("axis")));
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
}

/// The first violations, and how many runs have one.
fn violations(path: &Path, table: &Head) -> io::Result<(Vec<Violation>, usize)> {
    let mut csv = csv::Reader::from_path(path)?;
    let header = csv.headers()?.clone();
    let place = |name: &str| header.iter().position(|known| known == name);
    let bounds = table.experiment.view.bounds.iter().filter_map(|bound| {
        let columns = [
            verdict(bound.name),
            bound.name.into(),
            crate::experiment::simulated(bound.name),
        ];
        let [judged, claimed, simulated] = columns.map(|name| place(&name));
        Some((bound.label, judged?, [claimed?, simulated?]))
    });
    let bounds: Vec<_> = bounds.collect();
    let error = place(ERROR);
    let (mut listed, mut runs) = (Vec::new(), 0);
    for row in csv.records() {
        let row = row?;
        let field = |at: usize| row.get(at).unwrap_or_default();
        let failed = error.is_some_and(|at| !field(at).is_empty());
        let mut any = false;
        for &(label, judged, numbers) in &bounds {
            let violated = field(judged) == Verdict::Violated.to_string();
            any |= violated;
            if violated && !failed && listed.len() < LISTED {
                listed.push(Violation {
                    index: field(0).into(),
                    axes: (2..2 + table.axes.len())
                        .map(|at| field(at).into())
                        .collect(),
                    label,
                    numbers: numbers.map(|at| field(at).into()),
                });
            }
        }
        runs += usize::from(any);
    }
    Ok((listed, runs))
}
