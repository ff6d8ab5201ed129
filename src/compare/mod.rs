//! Runs side by side, and sweeps: what differs in their scenarios, and what in their results.

mod cells;
mod flat;
mod text;

pub use text::Form;

pub(crate) use flat::flat;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Parts of a summary that differ from run to run for no reason of the scenario's.
const PASSING: [&str; 4] = ["provenance", "seconds", "scenario", "experiment"];

/// Why folders cannot be compared.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CompareError {
    /// A file cannot be read, or is not what it should be.
    #[error("{path}: found {source}; allowed: a file as a run or a sweep wrote it", path = path.display())]
    File {
        /// the file
        path: PathBuf,
        /// what is wrong with it
        source: io::Error,
    },
    /// No results, or results of another kind than those of the first folder.
    #[error("{path}: found {found}; allowed: {allowed}", path = path.display())]
    Kind {
        /// the folder
        path: PathBuf,
        /// what it holds
        found: &'static str,
        /// what it may hold
        allowed: &'static str,
    },
}

/// What differs between several folders.
#[derive(Debug)]
pub struct Comparison {
    /// The folders, as they were named.
    pub names: Vec<String>,
    /// Keys of the scenario.
    pub settings: Vec<Difference>,
    /// Of runs, numbers and words of their summaries; of sweeps, columns of `aggregate.csv`.
    pub results: Vec<Difference>,
    /// How many results are the same within the tolerance.
    pub same: usize,
}

/// Something that is not the same everywhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// What.
    pub what: String,
    /// What it is in each folder; "–" where there is nothing.
    pub values: Vec<String>,
}

/// One thing in all folders.
struct Line {
    what: String,
    values: Vec<Option<Json>>,
}

/// Compares folders of runs, or of sweeps. Numbers are the same whose difference is at most `tolerance` times the larger.
///
/// # Errors
/// Folders without results, runs beside sweeps, files that cannot be read.
pub fn compare(folders: &[PathBuf], tolerance: f64) -> Result<Comparison, CompareError> {
    let names = folders.iter().map(|folder| folder.display().to_string());
    let names: Vec<String> = names.collect();
    let is_sweep = |folder: &PathBuf| folder.join("sweep.json").exists();
    let sweeps = folders.iter().filter(|folder| is_sweep(folder)).count();
    if sweeps == folders.len() {
        return cells::compare(folders, names, tolerance);
    }
    let summaries = folders.iter().map(|folder| summary(folder));
    let summaries: Vec<Json> = summaries.collect::<Result<_, _>>()?;
    let of_scenario = |summary: &Json| flat(&summary["scenario"]);
    let settings: Vec<_> = summaries.iter().map(of_scenario).collect();
    let of_results = |summary: &Json| {
        let mut kept = summary.clone();
        if let Json::Object(keys) = &mut kept {
            PASSING.iter().for_each(|key| drop(keys.remove(*key)));
        }
        flat(&kept)
    };
    let results: Vec<_> = summaries.iter().map(of_results).collect();
    let (settings, _) = differing(lines(&settings), 0.0);
    let (results, same) = differing(lines(&results), tolerance);
    Ok(Comparison {
        names,
        settings,
        results,
        same,
    })
}

fn summary(folder: &Path) -> Result<Json, CompareError> {
    let path = folder.join("summary.json");
    if !path.exists() {
        let found = match folder.join("sweep.json").exists() {
            true => "a sweep beside a run",
            false => "no results",
        };
        let allowed = "folders of runs, or folders of sweeps";
        return Err(CompareError::Kind {
            path: folder.into(),
            found,
            allowed,
        });
    }
    json(&path)
}

fn failed(path: &Path, source: io::Error) -> CompareError {
    CompareError::File {
        path: path.into(),
        source,
    }
}

fn json(path: &Path) -> Result<Json, CompareError> {
    let bytes = std::fs::read(path).map_err(|error| failed(path, error))?;
    serde_json::from_slice(&bytes).map_err(|error| failed(path, error.into()))
}

/// One by one, in the order of the first folder that has each. O(L log L) for L values.
fn lines(all: &[Vec<(String, Json)>]) -> Vec<Line> {
    let mut places = BTreeMap::new();
    let mut lines: Vec<Line> = Vec::new();
    for (folder, values) in all.iter().enumerate() {
        for (what, value) in values {
            let place = *places.entry(what).or_insert(lines.len());
            if place == lines.len() {
                lines.push(Line {
                    what: what.clone(),
                    values: vec![None; all.len()],
                });
            }
            lines[place].values[folder] = Some(value.clone());
        }
    }
    lines
}

/// Those that are not the same everywhere, and how many are.
fn differing(lines: Vec<Line>, tolerance: f64) -> (Vec<Difference>, usize) {
    let total = lines.len();
    let is_same = |line: &Line| {
        let first = &line.values[0];
        line.values.iter().all(|other| alike(first, other, tolerance))
    };
    let found = lines.into_iter().filter(|line| !is_same(line));
    let found: Vec<Difference> = found
        .map(|line| Difference {
            what: line.what,
            values: line.values.iter().map(shown).collect(),
        })
        .collect();
    let same = total - found.len();
    (found, same)
}

fn alike(a: &Option<Json>, b: &Option<Json>, tolerance: f64) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => close(a, b, tolerance),
            _ => a == b,
        },
        _ => a == b,
    }
}

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= tolerance * a.abs().max(b.abs())
}

fn shown(value: &Option<Json>) -> String {
    match value {
        None | Some(Json::Null) => "–".into(),
        Some(Json::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}
