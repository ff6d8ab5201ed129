//! A sweep's table, read cell by cell: the rows that differ in their seed alone.

use super::record::{Column, ERROR, Experiment, Kind, VERDICT};
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
#[derive(Clone, Debug)]
pub struct Head {
    /// What all points ran.
    pub experiment: Experiment,
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
        let experiment = Experiment::of_header(header)?;
        let columns = experiment.columns();
        let seed = header.len() - columns.len() - 1;
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
                    Kind::Text => f64::NAN,
                    _ => field.parse().unwrap_or(f64::NAN),
                })
                .collect(),
            verdicts: fields()
                .map(|(column, field)| {
                    column.name.ends_with(VERDICT).then(|| field.parse().ok())?
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
        place.unwrap_or_else(|| panic!("{:?} has no column {name}", self.experiment))
    }
}

impl Cell {
    /// Median, least and greatest of a column over the runs that have a number there.
    pub fn spread(&self, column: usize) -> Option<Spread> {
        Spread::of(self.runs.iter().map(|run| run.numbers[column]))
    }
}

/// Median, least and greatest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Middle value, or the mean of the two middle ones.
    pub median: f64,
    /// least
    pub least: f64,
    /// greatest
    pub greatest: f64,
}

impl Spread {
    /// Of all values but NaN; `None` if there are none.
    pub fn of(values: impl Iterator<Item = f64>) -> Option<Self> {
        let mut values: Vec<f64> = values.filter(|x| !x.is_nan()).collect();
        values.sort_by(f64::total_cmp);
        let last = values.len().checked_sub(1)?;
        Some(Self {
            median: 0.5 * (values[last / 2] + values[last.div_ceil(2)]),
            least: values[0],
            greatest: values[last],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_are_middle_values() {
        let spread = |values: &[f64]| Spread::of(values.iter().copied());
        assert_eq!(spread(&[]), None);
        assert_eq!(spread(&[f64::NAN]), None);
        let found = spread(&[3.0, f64::NAN, 1.0, 2.0]).unwrap();
        assert_eq!((found.median, found.least, found.greatest), (2.0, 1.0, 3.0));
        assert_eq!(spread(&[4.0, 1.0]).unwrap().median, 2.5);
        assert_eq!(
            spread(&[f64::INFINITY, 1.0, 2.0]).unwrap().greatest,
            f64::INFINITY
        );
    }
}
