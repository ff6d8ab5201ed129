//! Runs and cells of sweeps, by what was set and what was found.

mod places;

pub use crate::sweep::{Condition, Conditions};

use crate::compare::flat;
use crate::config::near;
use crate::experiment::{RESOLVED, SCENARIO};
use crate::sweep::{self, CELLS, Manifest};
use places::places;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// What a run leaves of what it found.
const SUMMARY: &str = "summary.json";

/// Why nothing can be looked for.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FindError {
    /// A folder or file that cannot be read.
    #[error("{path}: found {source}; allowed: results as they were written, or a folder above such", path = path.display())]
    File {
        /// which
        path: PathBuf,
        /// what is wrong with it
        source: io::Error,
    },
    /// A name that nothing there has.
    #[error(
        "{name}: found no run and no sweep with it{guess}; allowed: keys of scenarios, columns of sweeps, names in summaries"
    )]
    Unknown {
        /// the name
        name: String,
        /// what may be meant
        guess: String,
    },
}

/// A run, or a run of a sweep, for which all conditions hold.
#[derive(Clone, Debug)]
pub struct Found {
    /// Where it is.
    pub folder: PathBuf,
    /// Of a sweep, the row's index.
    pub index: Option<u64>,
    /// What was asked for; of a row also its axes and its seed.
    pub values: Vec<(String, String)>,
    /// Of a row: what runs it alone.
    pub alone: Option<Alone>,
}

/// A row of a sweep as a run of its own, with all its figures.
#[derive(Clone, Debug)]
pub struct Alone {
    /// The scenario's file.
    pub scenario: PathBuf,
    /// What is set there: `key=value`.
    pub settings: Vec<String>,
    /// Where its results would go.
    pub out: PathBuf,
}

impl Alone {
    /// The words of a command.
    pub fn command(&self) -> Vec<String> {
        let word = |path: &Path| path.to_string_lossy().into_owned();
        let mut words = vec!["luckflow".to_owned(), "run".into(), word(&self.scenario)];
        for setting in &self.settings {
            words.extend(["--set".into(), setting.clone()]);
        }
        words.extend(["--out".into(), word(&self.out)]);
        words
    }
}

/// Looks below folders, and shows each finding in turn. Memory: a run, or a row.
///
/// # Errors
/// What cannot be read; a name that none of the results has.
pub fn find(
    folders: &[PathBuf],
    conditions: &[Condition],
    mut show: impl FnMut(Found) -> io::Result<()>,
) -> Result<(), FindError> {
    let mut seen = Seen::default();
    for folder in folders {
        for place in places(folder).map_err(|source| failed(folder, source))? {
            let (file, looked) = match Manifest::read(&place) {
                Some(manifest) => (CELLS, rows(&place, &manifest, conditions, &mut seen, &mut show)),
                None => (SUMMARY, run(&place, conditions, &mut seen, &mut show)),
            };
            looked.map_err(|source| failed(&place.join(file), source))?;
        }
    }
    seen.refuse_unknown(conditions)
}

fn failed(path: &Path, source: io::Error) -> FindError {
    FindError::File {
        path: path.into(),
        source,
    }
}

/// The names that there are.
#[derive(Default)]
struct Seen(BTreeSet<String>);

impl Seen {
    fn names<'a>(&mut self, names: impl Iterator<Item = &'a str>) {
        for name in names {
            if !self.0.contains(name) {
                self.0.insert(name.into());
            }
        }
    }

    fn refuse_unknown(&self, conditions: &[Condition]) -> Result<(), FindError> {
        let unknown = conditions.iter().find(|one| !self.0.contains(&one.name));
        let Some(Condition { name, .. }) = unknown else {
            return Ok(());
        };
        let meant = near(name, self.0.iter().map(String::as_str));
        Err(FindError::Unknown {
            name: name.clone(),
            guess: meant.map_or(String::new(), |meant| format!(" (did you mean {meant}?)")),
        })
    }
}

/// Looks at one run.
fn run(
    folder: &Path,
    conditions: &[Condition],
    seen: &mut Seen,
    show: &mut impl FnMut(Found) -> io::Result<()>,
) -> io::Result<()> {
    let bytes = std::fs::read(folder.join(SUMMARY))?;
    let summary: Json = serde_json::from_slice(&bytes)?;
    let named = |(name, value): (String, Json)| match value {
        Json::String(text) => (name, text),
        other => (name, other.to_string()),
    };
    // A key of the scenario is called as in the scenario, not with "scenario." before it.
    let scenario = flat(&summary["scenario"]).into_iter().map(named);
    let values: BTreeMap<String, String> = flat(&summary).into_iter().map(named).chain(scenario).collect();
    seen.names(values.keys().map(String::as_str));
    let value = |condition: &Condition| values.get(&condition.name);
    if !conditions.iter().all(|one| value(one).is_some_and(|value| one.holds(value))) {
        return Ok(());
    }
    let asked = conditions.iter().filter_map(|one| Some((one.name.clone(), value(one)?.clone())));
    show(Found {
        folder: folder.into(),
        index: None,
        values: asked.collect(),
        alone: None,
    })
}

/// Looks at the rows of one sweep.
fn rows(
    folder: &Path,
    manifest: &Manifest,
    conditions: &[Condition],
    seen: &mut Seen,
    show: &mut impl FnMut(Found) -> io::Result<()>,
) -> io::Result<()> {
    sweep::each_row(&folder.join(CELLS), |header, row| {
        seen.names(header.iter().map(String::as_str));
        let value = |name: &str| {
            let place = header.iter().position(|known| known == name)?;
            row.get(place)
        };
        if !conditions.iter().all(|one| value(&one.name).is_some_and(|value| one.holds(value))) {
            return Ok(());
        }
        let axes = manifest.axes.iter().map(String::as_str).chain(["seed"]);
        let asked = conditions.iter().map(|one| one.name.as_str());
        let mut names: Vec<&str> = axes.clone().collect();
        names.extend(asked.filter(|name| !axes.clone().any(|axis| axis == *name)));
        let pair = |name: &str| Some((name.to_owned(), value(name)?.to_owned()));
        let index = row.get(0).and_then(|index| index.parse().ok());
        show(Found {
            folder: folder.into(),
            index,
            alone: Some(alone(folder, manifest, index, axes.filter_map(pair))),
            values: names.into_iter().filter_map(pair).collect(),
        })
    })
}

/// What runs one row of a sweep alone.
fn alone(
    folder: &Path,
    manifest: &Manifest,
    index: Option<u64>,
    values: impl Iterator<Item = (String, String)>,
) -> Alone {
    let resolved = folder.join(RESOLVED);
    // As an older version left it.
    let (scenario, without) = match resolved.exists() {
        true => (resolved, None),
        false => (folder.join(SCENARIO), Some("sweep=".to_owned())),
    };
    let set = values.map(|(key, value)| format!("{key}={value}"));
    let index = index.map_or(String::new(), |index| format!("-{index}"));
    Alone {
        scenario,
        settings: without.into_iter().chain(set).collect(),
        out: format!("plots/{}{index}", manifest.name).into(),
    }
}
