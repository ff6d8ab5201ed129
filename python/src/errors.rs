//! What goes wrong, as Python's exceptions: the classes are those of `luckflow/_errors.py`.

use luckflow::config::ScenarioError;
use luckflow::experiment::ExperimentError;
use luckflow::output::FolderError;
use pyo3::exceptions::{PyFileExistsError, PyOSError, PyRuntimeError};
use pyo3::prelude::*;
use std::fmt::Display;

/// An exception of a class of `luckflow._errors`.
fn of_class(class: &str, [place, key, found, allowed]: [&str; 4]) -> PyErr {
    Python::attach(|py| {
        let made = py
            .import("luckflow._errors")
            .and_then(|module| module.getattr(class))
            .and_then(|class| class.call1((place, key, found, allowed)));
        match made {
            Ok(error) => PyErr::from_value(error),
            Err(error) => error,
        }
    })
}

/// An argument that makes no sense.
pub fn argument(key: &str, found: impl Display, allowed: impl Display) -> PyErr {
    of_class("InputError", ["", key, &found.to_string(), &allowed.to_string()])
}

/// A mistake in a scenario, with its place.
pub fn scenario(error: ScenarioError) -> PyErr {
    let place = in_python(&error.place);
    of_class("ScenarioError", [&place, &error.key, &error.found, &error.allowed])
}

/// A scenario that cannot be run: a [`scenario`] mistake where it says what was found, else a failure of the run.
pub fn experiment(error: &ExperimentError, place: &str) -> PyErr {
    let mistake = |key: &str, found: &str, allowed: &str| of_class("ScenarioError", [place, key, found, allowed]);
    let text = match error {
        ExperimentError::Impossible { key, found, allowed } => return mistake(key, found, allowed),
        other => other.to_string(),
    };
    let parts = text.split_once(": ").and_then(|(key, rest)| {
        let (before, rest) = rest.split_once("found ")?;
        let (found, allowed) = rest.rsplit_once("; allowed: ")?;
        Some((key, format!("{before}{found}"), allowed))
    });
    match parts {
        Some((key, found, allowed)) => mistake(key, &found, allowed),
        None => PyRuntimeError::new_err(text),
    }
}

/// A folder that cannot be had or written to.
pub fn folder(error: &FolderError) -> PyErr {
    let text = in_python(&error.to_string());
    match error {
        FolderError::Occupied { .. } | FolderError::Foreign { .. } | FolderError::Taken { .. } => {
            PyFileExistsError::new_err(text)
        }
        _ => PyOSError::new_err(text),
    }
}

/// A mistake in words, as in "--until: found 1; allowed: 4 or more"; what the system says, where it is of another form.
pub fn in_words(text: &str) -> PyErr {
    let text = in_python(text);
    let parts = text.split_once(": ").and_then(|(key, rest)| {
        let (found, allowed) = rest.strip_prefix("found ")?.rsplit_once("; allowed: ")?;
        Some((key, found, allowed))
    });
    match parts {
        Some((key, found, allowed)) => argument(key, found, allowed),
        None => PyOSError::new_err(text),
    }
}

/// What the command line calls by its options, by the names of Python's arguments.
pub fn in_python(text: &str) -> String {
    [
        ("--resume", "resume=True"),
        ("--force", "force=True"),
        ("--shard", "shard"),
        ("--out", "out"),
        ("--axis", "axes"),
        ("--set", "overrides"),
        ("--refine", "refine"),
        ("--coarse", "coarse"),
        ("--until", "until"),
        ("--columns", "columns"),
        ("--partial", "partial=True"),
        ("--over-memory", "over_memory=True"),
    ]
    .into_iter()
    .fold(text.to_owned(), |text, (option, argument)| text.replace(option, argument))
}
