//! Columns that are asked for by name.

use crate::config::near;
use crate::output::Column;
use thiserror::Error;

/// A name that is no column, or none of those that are meant.
#[derive(Debug, Error)]
#[error("{option}: found {name}{guess}; allowed: {allowed}")]
pub struct UnknownColumn {
    /// Who asks.
    pub option: &'static str,
    /// The name.
    pub name: String,
    /// What may be meant.
    pub guess: String,
    /// What there is.
    pub allowed: &'static str,
}

/// Refuses a name that is none of these columns'.
pub(super) fn check_column<'a>(
    option: &'static str,
    name: &str,
    columns: impl Iterator<Item = &'a Column>,
    allowed: &'static str,
) -> Result<(), UnknownColumn> {
    let names: Vec<&str> = columns.map(|column| &*column.name).collect();
    if names.contains(&name) {
        return Ok(());
    }
    let meant = near(name, names.into_iter());
    Err(UnknownColumn {
        option,
        name: name.into(),
        guess: meant.map_or(String::new(), |meant| format!(" (did you mean {meant}?)")),
        allowed,
    })
}
