//! A sweep's table, read cell by cell: the rows that differ in their seed alone.

use super::lines::each_line;
use super::row::{self, DIGEST};
use super::store::PENDING;
use super::waiting::Waiting;
use crate::experiment::{self, ERROR, KINDS};
use crate::measure::Span;
use crate::output::Column;
use crate::output::table::ColumnKind;
use crate::theory::Verdict;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a table cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TableError {
    /// Not there, or not readable.
    #[error("{path}: found {source}; allowed: the cells.csv of a sweep", path = path.display())]
    Io {
        /// the table
        path: PathBuf,
        /// what went wrong
        source: io::Error,
    },
    /// A row that is not, to the last byte, what the sweep wrote.
    #[error(
        "{path}:{line}: found a row that is not as the sweep wrote it; allowed: what the sweep wrote \
         (luckflow sweep --resume computes such rows again)",
        path = path.display()
    )]
    Damaged {
        /// the table
        path: PathBuf,
        /// which line, from 1
        line: usize,
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
    pub experiment: &'static experiment::ExperimentKind,
    /// Keys that change.
    pub axes: Vec<String>,
    /// All columns of the record.
    pub columns: Vec<Column>,
}

/// One cell of the design.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Index of its first run.
    pub first: u64,
    /// One for each axis.
    pub values: Vec<String>,
    /// Its runs.
    pub runs: Vec<RowValues>,
}

/// One row.
#[derive(Clone, Debug)]
pub struct RowValues {
    /// One for each column: NaN where there is no number.
    pub numbers: Vec<f64>,
    /// One for each column: `None` where there is no verdict.
    pub verdicts: Vec<Option<Verdict>>,
    /// One for each column: empty where there is no text.
    pub texts: Vec<String>,
    /// Whether it has an error.
    pub failed: bool,
}

impl Head {
    /// Reads a table, verifies its rows, and shows each cell in turn; rows that wait beside it come last. Memory: one cell, and
    /// the rows that wait.
    ///
    /// # Errors
    /// A table that cannot be read, or is not what a sweep wrote. A last line that a kill cut off is left out.
    pub fn read(path: &Path, mut show: impl FnMut(&Self, &Cell) -> io::Result<()>) -> Result<Self, TableError> {
        let failed = |source| TableError::Io {
            path: path.into(),
            source,
        };
        let mut file = BufReader::new(File::open(path).map_err(failed)?);
        let mut line = Vec::new();
        file.read_until(b'\n', &mut line).map_err(failed)?;
        let head = Self::of(&line).ok_or_else(|| TableError::Header { path: path.into() })?;
        let mut cell: Option<Cell> = None;
        let mut take = |head: &Self, number: usize, line: &[u8]| {
            let whole = row::verify(line).and_then(|row| head.run(&row));
            let (index, values, run) = whole.ok_or_else(|| damaged(path, number))?;
            match &mut cell {
                Some(cell) if values == cell.values => cell.runs.push(run),
                _ => {
                    let next = Cell {
                        first: index,
                        values,
                        runs: vec![run],
                    };
                    if let Some(whole) = cell.replace(next) {
                        show(head, &whole).map_err(failed)?;
                    }
                }
            }
            Ok::<u64, TableError>(index)
        };
        let mut last = None;
        for number in 2.. {
            line.clear();
            file.read_until(b'\n', &mut line).map_err(failed)?;
            if line.last() != Some(&b'\n') {
                break;
            }
            last = Some(take(&head, number, &line)?);
        }
        let waiting = Waiting::beside(path, head.width()).map_err(failed)?;
        if let Some(line) = waiting.damaged {
            return Err(damaged(&path.with_file_name(PENDING), line));
        }
        for (_, line) in waiting.beyond(last) {
            take(&head, 0, &line)?;
        }
        if let Some(whole) = cell {
            show(&head, &whole).map_err(failed)?;
        }
        Ok(head)
    }

    fn of(line: &[u8]) -> Option<Self> {
        let header = row::fields(line)?;
        let experiment = of_header(&header)?;
        let columns = experiment.columns();
        let seed = header.len() - columns.len() - 2;
        let right = seed >= 2 && (&header[0], &header[1], &header[seed]) == ("index", "id", "seed");
        right.then(|| Self {
            experiment,
            axes: header.iter().skip(2).take(seed - 2).map(String::from).collect(),
            columns,
        })
    }

    /// Columns of a line: index, id, axes, seed, the record, digest.
    fn width(&self) -> usize {
        2 + self.axes.len() + 1 + self.columns.len() + 1
    }

    /// A row's index, the values of its cell, and its run; `None` where it has another number of fields.
    fn run(&self, row: &csv::StringRecord) -> Option<(u64, Vec<String>, RowValues)> {
        let begin = 2 + self.axes.len() + 1;
        if row.len() != begin + self.columns.len() {
            return None;
        }
        let values = row.iter().skip(2).take(self.axes.len()).map(String::from);
        let fields = || self.columns.iter().zip(row.iter().skip(begin));
        let run = RowValues {
            numbers: fields()
                .map(|(column, field)| match column.kind {
                    ColumnKind::Text | ColumnKind::Verdict => f64::NAN,
                    _ => field.parse().unwrap_or(f64::NAN),
                })
                .collect(),
            verdicts: fields()
                .map(|(column, field)| (column.kind == ColumnKind::Verdict).then(|| field.parse().ok())?)
                .collect(),
            texts: fields()
                .map(|(column, field)| match column.kind {
                    ColumnKind::Text => field.to_owned(),
                    _ => String::new(),
                })
                .collect(),
            failed: fields().any(|(column, field)| column.name == ERROR && !field.is_empty()),
        };
        Some((row[0].parse().ok()?, values.collect(), run))
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

fn damaged(path: &Path, line: usize) -> TableError {
    TableError::Damaged {
        path: path.into(),
        line,
    }
}

/// Shows each row of a table, the header first in its names; those that wait beside it come last. Rows that are not as they
/// were written are left out.
///
/// # Errors
/// A table that cannot be read.
pub fn each_row(table: &Path, mut show: impl FnMut(&[String], &csv::StringRecord) -> io::Result<()>) -> io::Result<()> {
    let mut names: Vec<String> = Vec::new();
    let mut ended = Ok(());
    let mut last: Option<u64> = None;
    each_line(table, |number, line| {
        if ended.is_err() {
            return;
        }
        if number == 0 {
            let header = row::fields(line).unwrap_or_default();
            names = header.iter().map(String::from).collect();
        } else if let Some(row) = row::verify(line) {
            last = row[0].parse().ok();
            ended = show(&names, &row);
        }
    })?;
    ended?;
    for (_, line) in Waiting::beside(table, names.len())?.beyond(last) {
        row::verify(&line).map_or(Ok(()), |row| show(&names, &row))?;
    }
    Ok(())
}

/// What was run, by the last columns of a header.
fn of_header(header: &csv::StringRecord) -> Option<&'static experiment::ExperimentKind> {
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
