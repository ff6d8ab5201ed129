//! A result folder as it is read back.

use super::pack::{Note, Packed, pack};
use super::pictures::{self, Shown};
use super::settings::{Setting, settings};
use super::sweep::Sweep;
use crate::experiment::{Judged, VERDICTS, figures, read_verdicts};
use crate::output::json;
use crate::plot::Figure;
use crate::sweep::table::TableError;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Tables of more bytes are not in the page.
const LARGEST_TABLE: u64 = 4_000_000;

/// Why a folder cannot be shown.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReadError {
    /// Nothing of this program is there.
    #[error("{path}: found no results; allowed: the folder of a run or of a sweep", path = path.display())]
    Empty {
        /// the folder
        path: PathBuf,
    },
    /// The table of a sweep cannot be read.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A file cannot be read, or is not what it should be.
    #[error("{path}: found {source}; allowed: a file as a run or a sweep wrote it", path = path.display())]
    File {
        /// the file
        path: PathBuf,
        /// what is wrong with it
        source: io::Error,
    },
}

impl ReadError {
    /// Of a file.
    pub(super) fn file(path: impl Into<PathBuf>, source: io::Error) -> Self {
        let path = path.into();
        Self::File { path, source }
    }
}

/// What a page shows of a folder.
pub struct ResultFolder {
    /// Where it is, from the root.
    pub path: PathBuf,
    /// What it is called.
    pub name: String,
    /// As in `experiment = "…"`; empty where no file says so.
    pub experiment: String,
    /// How the run ended, in words; of a sweep, how much of it there is.
    pub end: String,
    /// Verdicts of a run.
    pub verdicts: Vec<Judged>,
    /// Figures, with their names.
    pub figures: Vec<(String, Figure)>,
    pub(super) pictures: Vec<Shown>,
    pub(super) settings: Vec<Setting>,
    pub(super) provenance: Vec<(String, String)>,
    pub(super) tables: Vec<Packed>,
    /// Tables that are too large for a page.
    pub(super) omitted: Vec<String>,
    pub(super) sweep: Option<Sweep>,
}

impl ResultFolder {
    /// Reads a folder.
    ///
    /// # Errors
    /// A folder without results, a file that cannot be read.
    pub fn read(folder: &Path) -> Result<Self, ReadError> {
        Self::with(folder, Sweep::read(folder)?)
    }

    /// Reads what is beside the table of a sweep, where it is the folder of one.
    ///
    /// # Errors
    /// As for [`ResultFolder::read`].
    pub fn with(folder: &Path, sweep: Option<Sweep>) -> Result<Self, ReadError> {
        let path = std::path::absolute(folder).unwrap_or(folder.into());
        let summary: Option<Json> = object(&path.join("summary.json"))?;
        let end = match (&sweep, &summary) {
            (Some(sweep), _) => sweep.end(),
            (None, Some(summary)) => end(summary),
            (None, None) => return Err(ReadError::Empty { path }),
        };
        let text = |key: &str| summary.as_ref()?[key].as_str().map(String::from);
        let named = |place: &Option<Sweep>| place.as_ref().map(|sweep| sweep.experiment.name.into());
        let experiment = text("experiment").or(named(&sweep)).unwrap_or_default();
        let failed = |name: &str, source| ReadError::file(path.join(name), source);
        let figures = match path.join(figures::FIGURES).exists() {
            false => Vec::new(),
            true => figures::read(&path).map_err(|error| failed(figures::FIGURES, io::Error::other(error)))?,
        };
        let verdicts = read_verdicts(&path).map_err(|error| failed(VERDICTS, error))?;
        let (tables, omitted) = tables(&path)?;
        Ok(Self {
            name: path.file_name().map_or("/".into(), |name| name.to_string_lossy().into_owned()),
            end,
            verdicts,
            pictures: pictures::read(&path)?,
            settings: settings(&path, &experiment, sweep.as_ref().map_or(&[], |sweep| &sweep.axes)),
            provenance: provenance(summary.as_ref(), sweep.as_ref()),
            figures,
            experiment,
            tables,
            omitted,
            sweep,
            path,
        })
    }
}

/// What a JSON file holds; `None` where there is none.
pub(super) fn object<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, ReadError> {
    let read = || {
        let json: Json = serde_json::from_slice(&std::fs::read(path)?)?;
        serde_json::from_value(json).map_err(json::mistake)
    };
    match read() {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ReadError::file(path, error)),
    }
}

fn end(summary: &Json) -> String {
    let reason = summary["end"]["reason"].as_str().unwrap_or("ended");
    let advice = summary["end"]["advice"].as_str();
    let advice = advice.map_or(String::new(), |advice| format!(" ({advice})"));
    let seconds = summary["seconds"].as_f64();
    let seconds = seconds.map_or(String::new(), |seconds| format!(", {seconds:.2} s"));
    format!("{reason}{advice}{seconds}")
}

/// How it was made, a line each.
fn provenance(summary: Option<&Json>, sweep: Option<&Sweep>) -> Vec<(String, String)> {
    let of_sweep = sweep.map(|sweep| sweep.provenance());
    let found = summary.and_then(|summary| summary["provenance"].as_object());
    let of_run = found.map(|found| {
        let lines = found.iter().map(|(key, value)| {
            let text = match value {
                Json::String(text) => text.clone(),
                Json::Array(words) => {
                    let words: Vec<&str> = words.iter().filter_map(Json::as_str).collect();
                    words.join(" ")
                }
                other => other.to_string(),
            };
            (key.clone(), text)
        });
        lines.collect()
    });
    of_run.or(of_sweep).unwrap_or_default()
}

/// The tables of a run that `columns.json` speaks of, and those that are too large.
fn tables(folder: &Path) -> Result<(Vec<Packed>, Vec<String>), ReadError> {
    let notes: BTreeMap<String, Vec<Note>> = object(&folder.join("columns.json"))?.unwrap_or_default();
    let (mut tables, mut omitted) = (Vec::new(), Vec::new());
    for (name, notes) in &notes {
        // Shown in ways of their own.
        if [crate::sweep::CELLS, VERDICTS].contains(&&name[..]) {
            continue;
        }
        let path = folder.join(name);
        // A name with a way out of the folder is none of this program.
        let inside = Path::new(name).file_name().is_some_and(|last| last == name.as_str());
        match path.metadata() {
            Ok(file) if inside && file.len() <= LARGEST_TABLE => {
                let note = |column: &str| notes.iter().find(|note| note.name == column).cloned();
                let table = pack(&path, note);
                tables.push(table.map_err(|error| ReadError::file(path, error))?);
            }
            Ok(_) => omitted.push(name.clone()),
            Err(_) => {}
        }
    }
    Ok((tables, omitted))
}
