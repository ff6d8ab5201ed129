//! `aggregate.csv`: each cell over its seeds, all of it or the columns that were chosen; and the same in long form.

use super::columns::{UnknownColumn, check_column};
use super::table::{Cell, Cells, Head, RowValues, TableError};
use crate::output::Column;
use crate::output::table::{ColumnKind, number};
use crate::theory::Verdict;
use std::io::Write;
use std::path::Path;

/// A row for each cell.
pub const WIDE: &str = "aggregate.csv";
/// A row for each number.
pub const LONG: &str = "aggregate-long.csv";

/// What stands in the column of statistics of numbers.
const OF_NUMBERS: [&str; 3] = ["median", "min", "max"];
/// Of the runs themselves.
const OF_RUNS: [&str; 2] = ["count", "failed"];

/// What is aggregated, and how it is written.
#[derive(Clone, Debug, Default)]
pub struct Form {
    /// The columns of the sweep, in this order; `None` for all of numbers and of verdicts.
    pub columns: Option<Vec<String>>,
    /// Whether there is a long form, too.
    pub long: bool,
}

impl Form {
    /// Refuses a name that is none of a sweep's columns, or one of words: they have no aggregate.
    ///
    /// # Errors
    /// The first such name.
    pub fn check(&self, columns: &[Column]) -> Result<(), UnknownColumn> {
        let allowed = "a column of numbers or of verdicts, as in derived or sharp_verdict";
        let some = || columns.iter().filter(|column| has_aggregate(column));
        let mut chosen = self.columns.iter().flatten();
        chosen.try_for_each(|name| check_column("--columns", name, some(), allowed))
    }

    /// Where the chosen columns stand.
    fn places(&self, head: &Head) -> Vec<usize> {
        let all = || head.columns.iter().enumerate();
        let place = |name: &String| all().find(|(_, column)| column.name == **name);
        let found: Vec<(usize, &Column)> = match &self.columns {
            Some(names) => names.iter().filter_map(place).collect(),
            None => all().collect(),
        };
        let found = found.into_iter();
        let some = found.filter(|(_, column)| has_aggregate(column));
        some.map(|(place, _)| place).collect()
    }
}

/// Writes a row per cell: axes, `count`, `failed`, then `_median`, `_min` and `_max` of each number, and how many runs
/// had each verdict.
///
/// # Errors
/// A table that cannot be read, a file that cannot be written.
pub fn write(table: &Path, form: &Form, out: &mut dyn Write) -> Result<(), TableError> {
    let cells = Cells::open(table)?;
    let places = form.places(cells.head());
    let columns = places.iter().map(|&place| &cells.head().columns[place]);
    let named = columns.flat_map(|column| {
        let prefix = column.claim().unwrap_or(&column.name).to_owned();
        let statistics = statistics(column).into_iter();
        statistics.map(move |of| format!("{prefix}_{of}"))
    });
    let axes = cells.head().axes.iter().cloned();
    let header = axes.chain(OF_RUNS.map(String::from)).chain(named).collect();
    rows(table, cells, header, out, |head, cell| {
        let found = places.iter().flat_map(|&place| found(head, cell, place));
        let values = cell.values.iter().cloned();
        vec![values.chain(of_runs(cell)).chain(found).collect()]
    })
}

/// Writes a row per number: `point`, the index of the cell's first run, axes, `column`, `statistic`, `value`. What there is not
/// has no row.
///
/// # Errors
/// As [`write()`].
pub fn write_long(table: &Path, form: &Form, out: &mut dyn Write) -> Result<(), TableError> {
    let cells = Cells::open(table)?;
    let places = form.places(cells.head());
    let axes = cells.head().axes.iter().cloned();
    let after = ["column", "statistic", "value"].map(String::from);
    let header = ["point".to_owned()].into_iter().chain(axes).chain(after).collect();
    rows(table, cells, header, out, |head, cell| {
        let mut rows = Vec::new();
        let mut add = |name: &str, statistics: &[String], found: Vec<String>| {
            let pairs = statistics.iter().zip(found);
            for (of, value) in pairs.filter(|(_, value)| !value.is_empty()) {
                let mut row = vec![cell.first.to_string()];
                row.extend(cell.values.iter().cloned());
                row.extend([name.to_owned(), of.clone(), value]);
                rows.push(row);
            }
        };
        add("runs", &OF_RUNS.map(String::from), of_runs(cell).into());
        for &place in &places {
            let column = &head.columns[place];
            add(&column.name, &statistics(column), found(head, cell, place));
        }
        rows
    })
}

/// Writes a header, and what `show` makes of each cell.
fn rows(
    table: &Path,
    cells: Cells,
    header: Vec<String>,
    out: &mut dyn Write,
    show: impl Fn(&Head, &Cell) -> Vec<Vec<String>> + Sync,
) -> Result<(), TableError> {
    let failed = TableError::at(table);
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(header).map_err(|error| failed(error.into()))?;
    cells.each(
        |head, cell| show(head, &cell),
        |rows| Ok(rows.into_iter().try_for_each(|row| csv.write_record(row))?),
    )?;
    csv.flush().map_err(failed)
}

fn has_aggregate(column: &Column) -> bool {
    column.kind != ColumnKind::Text
}

/// What there is to be said of a column.
fn statistics(column: &Column) -> Vec<String> {
    match column.kind {
        ColumnKind::Verdict => Verdict::ALL.map(|verdict| verdict.to_string().replace(' ', "_")).into(),
        _ => OF_NUMBERS.map(String::from).into(),
    }
}

/// It, for one cell; empty where there is none.
fn found(head: &Head, cell: &Cell, place: usize) -> Vec<String> {
    if head.columns[place].kind == ColumnKind::Verdict {
        return cell.verdicts(place).map(|count| count.to_string()).into();
    }
    match cell.spread(place) {
        Some(span) => [span.median, span.least, span.greatest].map(number).into(),
        None => OF_NUMBERS.map(|_| String::new()).into(),
    }
}

fn of_runs(cell: &Cell) -> [String; 2] {
    [count(cell, |_| true), count(cell, RowValues::failed)]
}

fn count(cell: &Cell, is: impl Fn(&RowValues) -> bool) -> String {
    cell.runs.iter().filter(|run| is(run)).count().to_string()
}
