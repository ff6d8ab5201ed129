//! What lies in folders: sweeps joined, watched, searched, drawn again, compared, and shown as a page.

use crate::sweep::{drawn, form, unshown};
use crate::{errors, job};
use luckflow::compare::{self, CompareError, Form as Written};
use luckflow::experiment::figures;
use luckflow::find::{Conditions, FindError, find as search};
use luckflow::output::{Claim, Folder, FolderError};
use luckflow::plot::{Figure, Ground, Size};
use luckflow::report::{ReadError, ResultFolder, keep, page};
use luckflow::sweep::{self, CELLS, MergeError, Status};
use pyo3::exceptions::{PyFileNotFoundError, PyOSError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::path::PathBuf;

/// A row that was found: folder, index of a sweep's row, names and values, and of a row scenario and settings that run it alone.
type Found = (PathBuf, Option<u64>, Vec<(String, String)>, Option<(PathBuf, Vec<String>)>);

/// What of a comparison is not the same: what, and what it is in each folder.
type Differences = Vec<(String, Vec<String>)>;

/// Joins shards, and draws; gives points done, failed, and with a violated bound.
#[pyfunction]
pub fn merge(
    py: Python<'_>,
    folders: Vec<PathBuf>,
    out: PathBuf,
    force: bool,
    partial: bool,
    aggregate: (Option<Vec<String>>, bool),
) -> PyResult<(u64, u64, u64)> {
    let claim = if force { Claim::Force } else { Claim::New };
    let merged = job::wide(py, move || {
        let join = if partial { sweep::merge_partial } else { sweep::merge };
        let (folder, tally) = join(&folders, &out, claim)?;
        Ok::<_, MergeError>((drawn(&folder, &form(aggregate.0, aggregate.1)), tally))
    })?;
    let (drawn, tally) = merged.map_err(|error| match error {
        MergeError::Folder(error) => errors::folder(&error),
        error @ MergeError::Incomplete { .. } => errors::in_words(&format!("folders: {error}")),
        mistake => errors::in_words(&mistake.to_string()),
    })?;
    drawn.map_err(unshown)?;
    Ok((tally.done, tally.failed, tally.violated))
}

/// How far the sweeps in folders are, a dictionary for each.
#[pyfunction]
pub fn status<'py>(py: Python<'py>, folders: Vec<PathBuf>) -> PyResult<Vec<Bound<'py, PyDict>>> {
    let found = job::wide(py, move || {
        let of = |folder: &PathBuf| Status::of(folder).map_err(|error| (folder.clone(), error));
        folders.iter().map(of).collect::<Result<Vec<_>, _>>()
    })?;
    let found = found.map_err(|(folder, error)| {
        let place = folder.display();
        PyFileNotFoundError::new_err(format!("{place}: found {error}; allowed: the folder of a sweep"))
    })?;
    let shown = |status: Status| {
        let one = PyDict::new(py);
        one.set_item("folder", status.path.display().to_string())?;
        one.set_item("sweep", &status.manifest.name)?;
        one.set_item("shard", status.shard.number())?;
        one.set_item("shards", status.shard.count())?;
        one.set_item("done", status.tally.done)?;
        one.set_item("points", status.points)?;
        one.set_item("failed", status.tally.failed)?;
        one.set_item("violated", status.tally.violated)?;
        one.set_item("state", status.state())?;
        one.set_item("seconds_left", status.left())?;
        Ok(one)
    };
    found.into_iter().map(shown).collect()
}

/// Runs, and rows of sweeps, for which all conditions hold.
#[pyfunction]
pub fn find(py: Python<'_>, folders: Vec<PathBuf>, wanted: Vec<String>) -> PyResult<Vec<Found>> {
    let parse = |text: &String| {
        let all: Result<Conditions, String> = text.parse();
        all.map_err(|mistake| errors::in_words(&format!("where: {mistake}")))
    };
    let all = wanted.iter().map(parse).collect::<PyResult<Vec<_>>>()?;
    let conditions: Vec<_> = all.into_iter().flat_map(|all| all.0).collect();
    let found = job::watched(py, None, move |hooks| {
        let mut found = Vec::new();
        let searched = search(&folders, &conditions, |one| {
            if hooks.interrupted() {
                return Err(std::io::ErrorKind::Interrupted.into());
            }
            let alone = one.alone.map(|alone| (alone.scenario, alone.settings));
            found.push((one.folder, one.index, one.values, alone));
            Ok(())
        });
        searched.map(|()| found)
    })?;
    found.map_err(|error| match error {
        FindError::File { .. } => PyOSError::new_err(error.to_string()),
        unknown => errors::in_words(&unknown.to_string()),
    })
}

/// Draws the figures of a run or a sweep again from its data; gives the paths of what was written.
#[pyfunction]
pub fn draw(
    py: Python<'_>,
    path: PathBuf,
    width: Option<f64>,
    dark: bool,
    aggregate: (Option<Vec<String>>, bool),
) -> PyResult<Vec<String>> {
    let folder = Folder::claim(&path, Claim::Beside).map_err(|error| errors::folder(&error))?;
    let mut written = Vec::new();
    if path.join(CELLS).exists() {
        let folder = folder.clone();
        let shown = job::wide(py, move || drawn(&folder, &form(aggregate.0, aggregate.1)))?;
        written = shown.map_err(unshown)?;
        if width.is_none() && !dark {
            return Ok(written);
        }
    }
    let all = figures::read(&path).map_err(|error| PyOSError::new_err(error.to_string()))?;
    let styled = |figure: Figure| {
        let figure = figure.on(if dark { Ground::Dark } else { Ground::Paper });
        match width {
            Some(width) => figure.size(Size::mm(width)),
            None => figure,
        }
    };
    let all: Vec<_> = all.into_iter().map(|(name, figure)| (name, styled(figure))).collect();
    let again = job::wide(py, move || figures::draw(&folder, &all))?;
    let again = again.map_err(|error| errors::folder(&error))?;
    written.extend(again.iter().map(|path| path.display().to_string()));
    written.sort();
    written.dedup();
    Ok(written)
}

/// Writes the page of a folder beside its results; gives its path.
#[pyfunction]
pub fn report(py: Python<'_>, path: PathBuf) -> PyResult<PathBuf> {
    job::wide(py, move || {
        let found = ResultFolder::read(&path).map_err(Unread::Results)?;
        let folder = Folder::claim(&path, Claim::Beside).map_err(Unread::Folder)?;
        keep(&folder, &found).map_err(Unread::Folder)
    })?
    .map_err(Unread::raised)
}

/// One page about several folders.
#[pyfunction]
pub fn report_page(py: Python<'_>, folders: Vec<PathBuf>) -> PyResult<String> {
    job::wide(py, move || {
        let read = |path: &PathBuf| ResultFolder::read(path);
        let all = folders.iter().map(read).collect::<Result<Vec<_>, _>>();
        all.map(|all| page(&all))
    })?
    .map_err(|error| Unread::Results(error).raised())
}

/// What differs between the results in folders: settings, results, how many are the same, and all as text, CSV and LaTeX.
#[pyfunction]
pub fn compare_folders(
    py: Python<'_>,
    folders: Vec<PathBuf>,
    tolerance: f64,
) -> PyResult<(Differences, Differences, usize, [String; 3])> {
    let found = job::wide(py, move || compare::compare(&folders, tolerance))?;
    let found = found.map_err(|error| match error {
        CompareError::File { .. } => PyOSError::new_err(error.to_string()),
        mistake => errors::in_words(&mistake.to_string()),
    })?;
    let listed = |all: &[compare::Difference]| {
        let pairs = all.iter().map(|one| (one.what.clone(), one.values.clone()));
        pairs.collect()
    };
    let written = [Written::Text, Written::Csv, Written::Latex].map(|form| found.written(form));
    Ok((listed(&found.settings), listed(&found.results), found.same, written))
}

/// Why there is no page.
enum Unread {
    Results(ReadError),
    Folder(FolderError),
}

impl Unread {
    fn raised(self) -> PyErr {
        match self {
            Self::Results(error @ ReadError::Empty { .. }) => PyFileNotFoundError::new_err(error.to_string()),
            Self::Results(error) => PyOSError::new_err(error.to_string()),
            Self::Folder(error) => errors::folder(&error),
        }
    }
}
