//! Scenarios: read, run, and what a run left.

use crate::{errors, job};
use luckflow::config::{Document, Override};
use luckflow::experiment::{self, Outcome, Prepared, Scenario, Summary, resolved};
use luckflow::integrate::RunEnd;
use luckflow::output::{Checkpoints, Claim, Folder, FolderError, Provenance};
use luckflow::runs::{Bytes, Memory, free_memory};
use pyo3::exceptions::{PyKeyboardInterrupt, PyMemoryError, PyRuntimeError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use pythonize::{depythonize, pythonize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A scenario as it was given: a path or a shipped name, or text under a path of its own; with changes, `key=value`.
#[derive(FromPyObject)]
pub struct Given {
    path: PathBuf,
    text: Option<String>,
    overrides: Vec<String>,
}

impl Given {
    /// Reads it.
    pub fn document(&self) -> PyResult<Document> {
        let parse = |text: &String| Override::parse(text).map_err(errors::scenario);
        let overrides: Vec<Override> = self.overrides.iter().map(parse).collect::<PyResult<_>>()?;
        let document = match &self.text {
            Some(text) => Document::parse(&self.path, text, &overrides),
            None => Document::load(&self.path, &overrides),
        };
        document.map_err(errors::scenario)
    }

    /// What is kept beside results: the changes in comments, then the text.
    pub fn kept(&self, call: &str, document: &Document) -> String {
        let beside = document.path.parent().unwrap_or(Path::new(""));
        let beside = std::path::absolute(beside.join(".")).unwrap_or(beside.into());
        let plain = |text: &str| text.replace(char::is_control, "\u{fffd}");
        let beside = plain(&beside.to_string_lossy());
        let mut head = format!("# luckflow.{call} in Python\n# Files are named as in {beside}\n");
        for change in &self.overrides {
            head += &format!("# With {}\n", plain(change));
        }
        format!("{head}\n{}", document.text)
    }
}

/// A mapping as TOML.
#[pyfunction]
pub fn to_toml(mapping: &Bound<'_, PyAny>) -> PyResult<String> {
    let text = toml::to_string(&of_python(mapping)?);
    text.map_err(|error| errors::argument("scenario", error, "what TOML has"))
}

/// One value as it stands behind `key =`.
#[pyfunction]
pub fn to_inline_toml(value: &Bound<'_, PyAny>) -> PyResult<String> {
    Ok(of_python(value)?.to_string())
}

fn of_python(value: &Bound<'_, PyAny>) -> PyResult<toml::Value> {
    depythonize(value).map_err(|error| {
        let allowed = "numbers, words, true or false, and lists and mappings of them";
        errors::argument("scenario", error, allowed)
    })
}

/// What a run left, until somebody asks for it.
#[pyclass(frozen, module = "luckflow._luckflow")]
pub struct RunOutcome {
    scenario: Scenario,
    provenance: Provenance,
    outcome: Mutex<Box<dyn Outcome>>,
}

#[pymethods]
impl RunOutcome {
    /// `summary.json`, as text.
    fn summary(&self) -> PyResult<String> {
        let outcome = self.outcome();
        let summary = Summary::new(&self.scenario, outcome.as_ref(), &self.provenance);
        serde_json::to_string(&summary).map_err(|error| PyRuntimeError::new_err(error.to_string()))
    }

    /// `resolved.toml`.
    fn resolved(&self) -> String {
        resolved(self.outcome().scenario())
    }

    /// What the command line prints.
    fn text(&self) -> String {
        self.outcome().table().trim_end().to_owned()
    }

    /// `columns.json`: the columns of each table.
    fn columns<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let outcome = self.outcome();
        let tables = outcome.tables();
        let columns: BTreeMap<_, _> = tables.iter().map(|table| (table.name, &table.columns)).collect();
        Ok(pythonize(py, &columns)?)
    }

    /// Each table as CSV.
    fn tables<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let outcome = self.outcome();
        let tables = PyDict::new(py);
        for table in outcome.tables() {
            let (name, mut bytes) = (table.name, Vec::new());
            table.write(&mut bytes)?;
            tables.set_item(name, PyBytes::new(py, &bytes))?;
        }
        Ok(tables)
    }

    /// Each file that is neither table nor figure.
    fn files<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let outcome = self.outcome();
        let files = PyDict::new(py);
        for file in outcome.files() {
            let mut bytes = Vec::new();
            (file.fill)(&mut bytes)?;
            files.set_item(file.name, PyBytes::new(py, &bytes))?;
        }
        Ok(files)
    }

    /// Each figure: its data, as JSON.
    fn figures<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let figures = PyDict::new(py);
        for (name, figure) in self.outcome().figures() {
            let text = serde_json::to_string(&figure);
            let text = text.map_err(|error| PyRuntimeError::new_err(error.to_string()))?;
            figures.set_item(name, text)?;
        }
        Ok(figures)
    }

    /// Each figure as SVG.
    fn drawings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let drawings = PyDict::new(py);
        for (name, figure) in self.outcome().figures() {
            drawings.set_item(name, figure.to_svg())?;
        }
        Ok(drawings)
    }
}

impl RunOutcome {
    fn outcome(&self) -> MutexGuard<'_, Box<dyn Outcome>> {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, folder: &Folder) -> Result<(), FolderError> {
        let outcome = self.outcome();
        let provenance = &self.provenance;
        experiment::write(&self.scenario, outcome.as_ref(), folder, provenance, || ()).map(drop)
    }
}

/// Where results go.
#[derive(FromPyObject)]
pub struct Target {
    pub out: Option<PathBuf>,
    pub force: bool,
    pub resume: bool,
}

impl Target {
    fn folder(&self, scenario: &Scenario) -> PyResult<Option<Folder>> {
        let Some(out) = &self.out else {
            return Ok(None);
        };
        let claim = match (self.resume, self.force) {
            (true, _) => Claim::Resume,
            (_, true) => Claim::Force,
            _ => Claim::New,
        };
        if claim == Claim::Resume && !scenario.kind().resumable {
            let found = "an experiment without checkpoints";
            let allowed = "one that trains deep networks by epochs";
            return Err(errors::argument("resume", found, allowed));
        }
        let inputs = scenario.inputs();
        if claim == Claim::Force
            && let Ok(folder) = out.canonicalize()
            && let Some(input) =
                inputs.iter().find(|input| input.canonicalize().is_ok_and(|input| input.starts_with(&folder)))
        {
            let found = format!("{}, which the scenario reads, in the folder that is to be cleared", input.display());
            return Err(errors::argument("force", found, "another folder"));
        }
        Folder::claim(out, claim).map(Some).map_err(|error| errors::folder(&error))
    }
}

/// Runs a scenario; with a folder, leaves there what the command line leaves.
#[pyfunction]
pub fn run(
    py: Python<'_>,
    given: Given,
    target: Target,
    over_memory: bool,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<RunOutcome> {
    let document = given.document()?;
    let kept = given.kept("run", &document);
    let place = document.path.display().to_string();
    let scenario = Scenario::interpret(document.clone()).map_err(errors::scenario)?;
    if !over_memory {
        refuse_large(&place, &scenario.memory())?;
    }
    let ready = scenario.clone();
    let prepared = job::wide(py, move || ready.prepare())?.map_err(|error| errors::experiment(&error, &place))?;
    let folder = target.folder(&scenario)?;
    if let Some(folder) = &folder {
        folder
            .write("scenario.toml", |out| out.write_all(kept.as_bytes()))
            .map_err(|error| errors::folder(&error))?;
    }
    let resume = target.resume;
    let ended = job::watched(py, progress, move |hooks| carry_out(scenario, prepared, folder, resume, hooks))?;
    match ended {
        Ok((outcome, written)) => {
            written.map_err(|error| errors::folder(&error))?;
            if matches!(outcome.outcome().end(), RunEnd::Interrupted { .. }) {
                return Err(PyKeyboardInterrupt::new_err(()));
            }
            Ok(outcome)
        }
        Err(error) => Err(errors::experiment(&error, &place)),
    }
}

/// What a run would take of memory, in bytes, part by part; and what is free.
#[pyfunction]
#[expect(clippy::type_complexity)]
pub fn memory(given: Given) -> PyResult<(Vec<(&'static str, f64)>, Option<f64>)> {
    let scenario = Scenario::interpret(given.document()?).map_err(errors::scenario)?;
    let parts = scenario.memory().parts().into_iter();
    let parts = parts.map(|(what, Bytes(bytes))| (what, bytes));
    Ok((parts.collect(), free_memory().map(|Bytes(free)| free)))
}

/// Refuses a run that would take more than there is.
fn refuse_large(place: &str, memory: &Memory) -> PyResult<()> {
    match free_memory() {
        Some(free) if memory.total() > free.0 => Err(PyMemoryError::new_err(format!(
            "{place}: needs about {memory}; {free} are free; over_memory=True runs it all the same"
        ))),
        _ => Ok(()),
    }
}

type Written = Result<(), FolderError>;

fn carry_out(
    scenario: Scenario,
    prepared: Box<dyn Prepared>,
    folder: Option<Folder>,
    resume: bool,
    hooks: &dyn experiment::Hooks,
) -> Result<(RunOutcome, Written), experiment::ExperimentError> {
    let outcome = match &folder {
        Some(folder) => prepared.run(&Checkpoints::of(folder, resume), hooks)?,
        None => prepared.run(&experiment::Nowhere, hooks)?,
    };
    let outcome = RunOutcome {
        scenario,
        provenance: Provenance::now(),
        outcome: Mutex::new(outcome),
    };
    let written = folder.map_or(Ok(()), |folder| outcome.write(&folder));
    Ok((outcome, written))
}
