//! A sweep's table, read cell by cell: the rows that differ in their seed alone.

use super::row::DIGEST;
use crate::experiment::{self, ERROR, KINDS};
use crate::measure::Span;
use crate::output::Column;
use crate::output::table::Kind;
use crate::theory::Verdict;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a table cannot be read.
#[derive(Debug, Error)]
pub enum TableError {
    /// Not there, not readable, or broken.
    #[error("{path}: found {source}; allowed: the cells.csv of a sweep", path = path.display())]
    Csv {
        /// the table
        path: PathBuf,
        /// what went wrong
        source: csv::Error,
    },
    /// Not a table of this program.
    #[error(
        "{path}: found a header that no sweep of this version writes; allowed: the cells.csv of a sweep",
        path = path.display()
    )]
    Header {
        /// the table
        path: PathBuf,
    },
}

/// What the header says.
#[derive(Clone)]
pub struct Head {
    /// What all points ran.
    pub experiment: &'static experiment::Kind,
    /// Keys that change.
    pub axes: Vec<String>,
    /// All columns of the record.
    pub columns: Vec<Column>,
}

/// One cell of the design.
#[derive(Clone, Debug)]
pub struct Cell {
    /// One for each axis.
    pub values: Vec<String>,
    /// Its runs.
    pub runs: Vec<Run>,
}

/// One row. Texts other than verdicts are not kept.
#[derive(Clone, Debug)]
pub struct Run {
    /// One for each column: NaN where there is no number.
    pub numbers: Vec<f64>,
    /// One for each column: `None` where there is no verdict.
    pub verdicts: Vec<Option<Verdict>>,
    /// Whether it has an error.
    pub failed: bool,
}

impl Head {
    /// Reads a table, and shows each cell in turn. Memory: one cell.
    pub fn read(
        path: &Path,
        mut show: impl FnMut(&Self, &Cell) -> io::Result<()>,
    ) -> Result<Self, TableError> {
        let failed = |source: csv::Error| TableError::Csv {
            path: path.into(),
            source,
        };
        let mut reader = csv::Reader::from_path(path).map_err(failed)?;
        let header = reader.headers().map_err(failed)?.clone();
        let head = Self::of(&header).ok_or_else(|| TableError::Header { path: path.into() })?;
        let (first, seed) = (2, 2 + head.axes.len());
        let mut row = csv::StringRecord::new();
        let mut cell: Option<Cell> = None;
        while reader.read_record(&mut row).map_err(failed)? {
            let values = || row.iter().skip(first).take(head.axes.len());
            let run = head.run(&row, seed + 1);
            match &mut cell {
                Some(cell) if values().eq(cell.values.iter()) => cell.runs.push(run),
                _ => {
                    let next = Cell {
                        values: values().map(String::from).collect(),
                        runs: vec![run],
                    };
                    if let Some(whole) = cell.replace(next) {
                        show(&head, &whole).map_err(|error| failed(error.into()))?;
                    }
                }
            }
        }
        if let Some(whole) = cell {
            show(&head, &whole).map_err(|error| failed(error.into()))?;
        }
        Ok(head)
    }

    fn of(header: &csv::StringRecord) -> Option<Self> {
        let experiment = of_header(header)?;
        let columns = experiment.columns();
        let seed = header.len() - columns.len() - 2;
        let right = seed >= 2 && (&header[0], &header[1], &header[seed]) == ("index", "id", "seed");
        right.then(|| Self {
            experiment,
            axes: header
                .iter()
                .skip(2)
                .take(seed - 2)
                .map(String::from)
                .collect(),
            columns,
        })
    }

    fn run(&self, row: &csv::StringRecord, begin: usize) -> Run {
        let fields = || self.columns.iter().zip(row.iter().skip(begin));
        Run {
            numbers: fields()
                .map(|(column, field)| match column.kind {
                    Kind::Text | Kind::Verdict => f64::NAN,
                    _ => field.parse().unwrap_or(f64::NAN),
                })
                .collect(),
            verdicts: fields()
                .map(|(column, field)| {
                    (column.kind == Kind::Verdict).then(|| field.parse().ok())?
                })
                .collect(),
            failed: fields().any(|(column, field)| column.name == ERROR && !field.is_empty()),
        }
    }

    /// Where a column stands.
    ///
    /// # Panics
    /// If the experiment has none of that name.
    pub fn column(&self, name: &str) -> usize {
        let place = self.columns.iter().position(|column| column.name == name);
        place.unwrap_or_else(|| panic!("{} has no column {name}", self.experiment.name))
    }
}

/// What was run, by the last columns of a header.
fn of_header(header: &csv::StringRecord) -> Option<&'static experiment::Kind> {
    KINDS.iter().find(|kind| {
        let columns = kind.columns();
        let names = columns.iter().map(|column| &*column.name);
        let names = names.chain([DIGEST]);
        let leading = header.len().checked_sub(columns.len() + 1);
        leading.is_some_and(|leading| header.iter().skip(leading).eq(names))
    })
}

impl Cell {
    /// Median, least and greatest of a column over the runs that have a number there.
    pub fn spread(&self, column: usize) -> Option<Span> {
        Span::of(self.runs.iter().map(|run| run.numbers[column]))
    }
}
