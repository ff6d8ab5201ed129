//! A sweep's table, read cell by cell: the rows that differ in their seed alone.

use super::lines::each_line;
use super::row::{self, DIGEST};
use super::store::PENDING;
use super::waiting::Waiting;
use crate::experiment::{self, KINDS};
use crate::measure::Span;
use crate::output::Column;
use crate::theory::Verdict;
use rayon::prelude::*;
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

/// One row: its fields, read where they are asked for.
#[derive(Clone, Debug)]
pub struct RowValues {
    fields: csv::StringRecord,
    /// Where the record begins.
    begin: usize,
}

/// A table whose header has been read.
pub struct Cells {
    path: PathBuf,
    file: BufReader<File>,
    head: Head,
    /// What the next line is called, from 1.
    number: usize,
}

/// So many lines are verified and read at a time, by all threads.
const BLOCK: usize = 2048;

impl TableError {
    /// Of a table that cannot be read.
    pub(super) fn at(table: &Path) -> impl Fn(io::Error) -> Self + Copy {
        move |source| Self::Io {
            path: table.into(),
            source,
        }
    }
}

impl Cells {
    /// Opens a table.
    ///
    /// # Errors
    /// A table that cannot be read, or is not what a sweep wrote.
    pub fn open(path: &Path) -> Result<Self, TableError> {
        let failed = TableError::at(path);
        let mut file = BufReader::new(File::open(path).map_err(failed)?);
        let mut line = Vec::new();
        file.read_until(b'\n', &mut line).map_err(failed)?;
        let head = Head::of(&line).ok_or_else(|| TableError::Header { path: path.into() })?;
        Ok(Self {
            path: path.into(),
            file,
            head,
            number: 2,
        })
    }

    /// What the header says.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Verifies the rows, and takes what is made `of` each cell in turn; rows that wait beside the table come last. What is
    /// made is made by all threads. Memory: two thousand rows and what is made of them, a
    /// cell, and the rows that wait.
    ///
    /// # Errors
    /// A table that cannot be read, or is not what a sweep wrote. A last line that a kill cut off is left out.
    pub fn each<T: Send>(
        mut self,
        of: impl Fn(&Head, Cell) -> T + Sync,
        mut take: impl FnMut(T) -> io::Result<()>,
    ) -> Result<(), TableError> {
        let path = self.path.clone();
        let failed = TableError::at(&path);
        let mut show = |head: &Head, cells: Vec<Cell>| {
            let made: Vec<T> = cells.into_par_iter().map(|cell| of(head, cell)).collect();
            made.into_iter().try_for_each(&mut take)
        };
        let mut cells = Vec::new();
        let mut last = None;
        let mut lines = Block::default();
        loop {
            lines.read(&mut self.file).map_err(failed)?;
            // Nothing is read beyond a half line: its other half may be there by now, and is no line.
            let is_last = lines.len() < BLOCK;
            let rows: Vec<_> = (0..lines.len()).into_par_iter().map(|at| self.head.row(lines.line(at))).collect();
            for (at, row) in rows.into_iter().enumerate() {
                let row = row.ok_or_else(|| damaged(&path, self.number + at))?;
                last = Some(row.0);
                self.head.place(row, &mut cells);
            }
            self.number += lines.len();
            if is_last {
                break;
            }
            // The last one may go on.
            let open = cells.pop();
            show(&self.head, std::mem::take(&mut cells)).map_err(failed)?;
            cells.extend(open);
        }
        let waiting = Waiting::beside(&path, self.head.width()).map_err(failed)?;
        if let Some(line) = waiting.damaged {
            return Err(damaged(&path.with_file_name(PENDING), line));
        }
        for (_, line) in waiting.beyond(last) {
            let row = self.head.row(&line).ok_or_else(|| damaged(&path, 0))?;
            self.head.place(row, &mut cells);
        }
        show(&self.head, cells).map_err(failed)
    }
}

/// Whole lines, one after another.
#[derive(Default)]
struct Block {
    bytes: Vec<u8>,
    /// Where each line ends.
    ends: Vec<usize>,
}

impl Block {
    /// The next [`BLOCK`] whole lines, or as many as there are, in place of those before.
    fn read(&mut self, file: &mut impl BufRead) -> io::Result<()> {
        self.bytes.clear();
        self.ends.clear();
        while self.ends.len() < BLOCK {
            file.read_until(b'\n', &mut self.bytes)?;
            let end = self.bytes.len();
            if self.bytes.last() != Some(&b'\n') || self.ends.last() == Some(&end) {
                break;
            }
            self.ends.push(end);
        }
        Ok(())
    }

    fn len(&self) -> usize {
        self.ends.len()
    }

    fn line(&self, at: usize) -> &[u8] {
        let begin = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[begin..self.ends[at]]
    }
}

impl Head {
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
        self.begin() + self.columns.len() + 1
    }

    /// Where a row's record begins.
    fn begin(&self) -> usize {
        2 + self.axes.len() + 1
    }

    /// A line's index and its fields; `None` where it is not what was written.
    fn row(&self, line: &[u8]) -> Option<(u64, csv::StringRecord)> {
        let fields = row::verify_of(self.width(), line)?;
        Some((fields[0].parse().ok()?, fields))
    }

    /// Adds a row to the last of the cells, or begins another one.
    fn place(&self, (first, fields): (u64, csv::StringRecord), cells: &mut Vec<Cell>) {
        let values = || fields.iter().skip(2).take(self.axes.len());
        let begin = self.begin();
        match cells.last_mut().filter(|cell| values().eq(&cell.values)) {
            Some(cell) => cell.runs.push(RowValues { fields, begin }),
            None => cells.push(Cell {
                first,
                values: values().map(String::from).collect(),
                runs: vec![RowValues { fields, begin }],
            }),
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

impl RowValues {
    /// What stands in a column of the record.
    pub fn text(&self, column: usize) -> &str {
        &self.fields[self.begin + column]
    }

    /// Its number; NaN where there is none.
    pub fn number(&self, column: usize) -> f64 {
        self.text(column).parse().unwrap_or(f64::NAN)
    }

    /// Whether it has an error: that is the last column.
    pub fn failed(&self) -> bool {
        !self.fields[self.fields.len() - 1].is_empty()
    }

    /// The whole row, without its digest.
    pub fn into_fields(self) -> csv::StringRecord {
        self.fields
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
    /// How many runs have each verdict in a column, in the order of [`Verdict::ALL`].
    pub fn verdicts(&self, column: usize) -> [usize; Verdict::ALL.len()] {
        Verdict::ALL.map(|verdict| {
            let runs = self.runs.iter();
            runs.filter(|run| run.text(column) == verdict.name()).count()
        })
    }

    /// Median, least and greatest of a column over the runs that have a number there.
    pub fn spread(&self, column: usize) -> Option<Span> {
        Span::of(self.runs.iter().map(|run| run.number(column)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::document::Value;
    use crate::sweep::{CELLS, Point, Row};
    use std::io::Write;

    #[test]
    fn a_line_that_is_ended_while_the_table_is_read_is_left_out() {
        let columns = KINDS[0].columns();
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join(CELLS);
        let mut table = row::header(&["teacher.epsilon".into()], &columns);
        for index in 0..3 {
            let point = Point {
                index,
                values: vec![Value::Float(index as f64)],
                seed: 1,
            };
            let fields: Vec<String> = columns.iter().map(|_| String::new()).collect();
            table.extend(Row::new(&point, "ab".into(), &fields, &columns).line);
        }
        let (begun, rest) = table.split_at(table.len() - 20);
        std::fs::write(&path, begun).unwrap();
        let grow = std::sync::Once::new();
        let end = || {
            let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
            file.write_all(rest).unwrap();
        };
        let of = |_: &Head, cell: Cell| {
            grow.call_once(end);
            cell.first
        };
        let read = || {
            let mut seen = Vec::new();
            let cells = Cells::open(&path).unwrap();
            cells.each(of, |first| {
                seen.push(first);
                Ok(())
            })?;
            Ok::<_, TableError>(seen)
        };
        assert_eq!(read().unwrap(), [0, 1]);
        assert_eq!(read().unwrap(), [0, 1, 2]);
    }
}
