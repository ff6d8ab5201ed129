//! What a sweep's table shows: counts, `aggregate.csv`, maps over two axes, lines over one, and rates against rates.
//!
//! All of it from `cells.csv` alone.

mod axis;
mod contour;
mod data;
mod family;
mod maps;
mod nearest;
#[cfg(feature = "parquet")]
mod parquet;
mod scatter;
mod sieve;
mod violated;

use crate::experiment::figures;
use crate::measure::Span;
use crate::output::{Folder, FolderError, terminal};
use crate::plot::Figure;
use crate::plot::number::short;
use crate::sweep::aggregate::{self, Form};
use crate::sweep::table::{Cells, TableError};
use crate::sweep::{CELLS, UnknownColumn};
use crate::theory::Verdict;
use data::Data;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Maps of so many combinations of further axes are drawn.
const MOST_FACETS: usize = 12;

/// Why a sweep cannot be shown.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ShowError {
    /// The table cannot be read.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A column that is to be aggregated is not there.
    #[error(transparent)]
    Column(#[from] UnknownColumn),
    /// The folder cannot be written to.
    #[error(transparent)]
    Folder(#[from] FolderError),
}

/// What was written, and a summary for the terminal.
pub struct Shown {
    /// Paths of all files.
    pub written: Vec<PathBuf>,
    /// Counts of verdicts.
    pub table: String,
}

/// Whether the table has the columns that are to be aggregated; [`show`] looks itself.
///
/// # Errors
/// A table that cannot be read, a column that it has not.
pub fn check(folder: &Folder, form: &Form) -> Result<(), ShowError> {
    let table = Cells::open(&folder.path().join(CELLS))?;
    Ok(form.check(&table.head().columns)?)
}

/// Writes `aggregate.csv` in this form and the figures that suit the axes, from the folder's `cells.csv`.
///
/// # Errors
/// A table that cannot be read, a column that it has not, a folder that cannot be written to.
pub fn show(folder: &Folder, form: &Form) -> Result<Shown, ShowError> {
    check(folder, form)?;
    let table = folder.path().join(CELLS);
    // Each reads the table with all threads, and writes its tables with one.
    let (aggregated, drawn) = rayon::join(|| aggregates(folder, &table, form), || draw(folder, &table));
    // What is wrong with the table is said as such.
    let (data, figures) = drawn?;
    let mut written = aggregated?;
    written.extend(figures);
    let mut text = match data.bounds.is_empty() {
        true => levels(&data),
        false => counts(&data),
    };
    let facets = data.facets().len();
    if facets > MOST_FACETS {
        text += &format!("\nThe first {MOST_FACETS} of {facets} maps are drawn; all cells are in aggregate.csv.",);
    }
    if let Some(sieve) = &data.sieve {
        text += &format!("\nFigures: {}.", sieve.words());
    }
    Ok(Shown { written, table: text })
}

/// Writes the table's cells over their seeds.
fn aggregates(folder: &Folder, table: &Path, form: &Form) -> Result<Vec<PathBuf>, FolderError> {
    let wide = folder.write(aggregate::WIDE, |out| aggregate::write(table, form, out).map_err(io::Error::other));
    let mut written = vec![wide?];
    match form.long {
        true => written.push(
            folder.write(aggregate::LONG, |out| aggregate::write_long(table, form, out).map_err(io::Error::other))?,
        ),
        // That of other rows says nothing of these.
        false => drop(folder.remove(aggregate::LONG)),
    }
    Ok(written)
}

/// Reads the table, and writes the figures and, where they are asked for, its columns with their types.
fn draw(folder: &Folder, table: &Path) -> Result<(Data, Vec<PathBuf>), ShowError> {
    let data = Data::read(table)?;
    let mut written = Vec::new();
    #[cfg(feature = "parquet")]
    written.push(folder.write("cells.parquet", |out| parquet::write(table, &data, out).map_err(io::Error::other))?);
    written.extend(figures::keep(folder, &all(&data))?);
    Ok((data, written))
}

/// The figures that suit the axes, with their names.
fn all(data: &Data) -> Vec<(String, Figure)> {
    let mut figures = Vec::new();
    let facets = data.facets();
    for (number, facet) in facets.iter().take(MOST_FACETS).enumerate() {
        for (name, map) in maps::all(data, facet) {
            let name = match facets.len() {
                1 => name.to_owned(),
                _ => format!("{name}-{}", number + 1),
            };
            figures.push((name, map));
        }
    }
    let charts = family::all(data).into_iter();
    let scatter = scatter::chart(data).map(|chart| ("scatter", chart));
    let charts = charts.chain(scatter);
    figures.extend(charts.map(|(name, chart)| (name.to_owned(), chart)));
    figures
}

/// How many points there are of each verdict, and how tight each bound is.
fn counts(data: &Data) -> String {
    let mut header = vec!["rate".to_owned()];
    header.extend(Verdict::ALL.map(|verdict| verdict.to_string()));
    header.push("bound / simulated, where positive: median".into());
    let numbers = 1..header.len();
    let mut table = terminal::table(header, numbers);
    for (place, bound) in data.bounds.iter().enumerate() {
        let mut row = vec![bound.label.to_owned()];
        row.extend(data.verdicts[place].map(|count| count.to_string()));
        row.push(data.median_tightness(place).map_or("–".into(), short));
        table.add_row(row);
    }
    table.to_string()
}

/// Of experiments without bounds: what their maps show, over all cells.
fn levels(data: &Data) -> String {
    let mut table = terminal::table(["median over seeds", "least", "median of cells", "greatest"], 1..4);
    for of in data.kind.view.levels {
        for (name, title) in of.columns {
            let medians = (0..data.rates.len()).filter_map(|cell| data.extra(cell, name));
            let Some(span) = Span::of(medians.map(|span| span.median)) else {
                continue;
            };
            let numbers = [span.least, span.median, span.greatest].map(short);
            let label = match of.columns.len() {
                1 => of.label.to_owned(),
                _ => format!("{}, {title}", of.label),
            };
            table.add_row([vec![label], numbers.to_vec()].concat());
        }
    }
    table.to_string()
}
