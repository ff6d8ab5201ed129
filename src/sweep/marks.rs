//! Where a row says how its point ended.

use crate::experiment::{ERROR, VERDICT};

/// The columns that say so.
pub struct Marks {
    error: Option<usize>,
    verdicts: Vec<usize>,
}

impl Marks {
    /// Of a table with this first line.
    pub fn of_header(line: &[u8]) -> Self {
        Self::of(String::from_utf8_lossy(line).trim_end().split(','))
    }

    /// Of a table with these columns.
    pub fn of<'a>(names: impl Iterator<Item = &'a str> + Clone) -> Self {
        Self {
            error: names.clone().position(|name| name == ERROR),
            verdicts: names.enumerate().filter(|(_, name)| name.ends_with(VERDICT)).map(|(place, _)| place).collect(),
        }
    }

    /// Whether the point failed.
    pub fn failed<'a>(&self, field: impl Fn(usize) -> Option<&'a str>) -> bool {
        let error = self.error.and_then(field);
        error.is_some_and(|error| !error.is_empty())
    }

    /// Whether some bound was violated.
    pub fn violated<'a>(&self, field: impl Fn(usize) -> Option<&'a str>) -> bool {
        self.verdicts.iter().any(|&place| field(place) == Some("violated"))
    }
}
