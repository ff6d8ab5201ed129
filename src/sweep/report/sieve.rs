//! Which cells of a large table are drawn: of a grid every so many-th value of each axis, else every so many-th cell.
//!
//! What is drawn takes a kilobyte a cell, and more cells than a page has dots show nothing more. Here a cell takes four bytes
//! for each axis.

use super::axis::Axis;
use crate::sweep::table::{Cells, TableError};
use crate::sweep::texts::Texts;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

/// Most cells that are drawn.
pub(super) const MOST: usize = 100_000;

/// Axes with no more values keep all of them.
const FEW: usize = 8;

/// The cells that are kept, by their place in the table.
#[derive(Debug)]
pub struct Sieve {
    kept: Vec<bool>,
    /// Of a grid's long axes, or of all cells, every so many-th.
    every: usize,
    is_grid: bool,
}

impl Sieve {
    /// For a table, if it has so many cells that one is needed. Memory: four bytes for each axis of a cell.
    ///
    /// # Errors
    /// A table that cannot be read.
    pub fn of(table: &Path) -> Result<Option<Self>, TableError> {
        if rows_at_most(table).map_err(TableError::at(table))? <= MOST {
            return Ok(None);
        }
        let table = Cells::open(table)?;
        let mut axes: Vec<Texts> = table.head().axes.iter().map(|_| Texts::default()).collect();
        let (mut cells, mut is_grid) = (0, true);
        let take = |values: Vec<String>| {
            cells += 1;
            for (axis, value) in axes.iter_mut().zip(&values) {
                axis.push(value);
            }
            // Of draws no value comes twice; along one axis cells are its values.
            if axes.iter().any(|axis| axis.len() > MOST) {
                is_grid = false;
                axes.clear();
            }
            Ok(())
        };
        table.each(|_, cell| cell.values, take)?;
        let axes: Vec<Vec<u32>> = axes.iter().map(|values| Axis::new("", values).places).collect();
        Ok((cells > MOST).then(|| Self::new(cells, is_grid.then_some(&axes))))
    }

    /// The finest that keeps no more than [`MOST`].
    fn new(cells: usize, grid: Option<&Vec<Vec<u32>>>) -> Self {
        let Some(axes) = grid else {
            let every = cells.div_ceil(MOST);
            return Self {
                kept: (0..cells).map(|cell| cell % every == 0).collect(),
                every,
                is_grid: false,
            };
        };
        let long = axes.iter().filter(|places| {
            let count = places.iter().max().map_or(0, |last| *last as usize + 1);
            count > FEW
        });
        let long: Vec<&Vec<u32>> = long.collect();
        let keeps = |cell: usize, every: u32| long.iter().all(|places| places[cell] % every == 0);
        let most = (2..u32::MAX)
            .find(|&every| long.is_empty() || (0..cells).filter(|&cell| keeps(cell, every)).count() <= MOST);
        match most.filter(|_| !long.is_empty()) {
            Some(every) => Self {
                kept: (0..cells).map(|cell| keeps(cell, every)).collect(),
                every: every as usize,
                is_grid: true,
            },
            None => Self::new(cells, None),
        }
    }

    /// Whether the cell at this place of the table is drawn.
    pub fn keeps(&self, cell: usize) -> bool {
        self.kept.get(cell).is_some_and(|&kept| kept)
    }

    /// What is left out, in words.
    pub fn words(&self) -> String {
        let drawn = self.kept.iter().filter(|&&kept| kept).count();
        let all = self.kept.len();
        match self.is_grid {
            true => format!("drawn: every {} value of each axis, {drawn} of {all} cells", ordinal(self.every)),
            false => format!("drawn: every {} cell, {drawn} of {all}", ordinal(self.every)),
        }
    }
}

/// No more rows than this: as many as there would be were all as short as half of the first.
fn rows_at_most(table: &Path) -> io::Result<usize> {
    let file = File::open(table)?;
    let bytes = file.metadata()?.len() as usize;
    let mut lines = BufReader::new(file);
    let mut line = Vec::new();
    lines.read_until(b'\n', &mut line)?;
    line.clear();
    lines.read_until(b'\n', &mut line)?;
    Ok(bytes / (line.len() / 2).max(1))
}

fn ordinal(number: usize) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Places of a grid's cells along its axes.
    fn grid(counts: &[usize]) -> Vec<Vec<u32>> {
        let cells: usize = counts.iter().product();
        let mut inner = cells;
        let of = |&count: &usize| {
            inner /= count;
            (0..cells).map(|cell| (cell / inner % count) as u32).collect()
        };
        counts.iter().map(of).collect()
    }

    #[test]
    fn of_a_grid_values_are_left_out_and_short_axes_are_whole() {
        let sieve = Sieve::new(1_000_000, Some(&grid(&[1000, 1000])));
        // 334² is more than there may be, 250² is not.
        assert_eq!(sieve.words(), "drawn: every 4th value of each axis, 62500 of 1000000 cells");
        assert!(sieve.keeps(0) && sieve.keeps(4000 + 8) && !sieve.keeps(4000 + 7) && !sieve.keeps(1004));
        let sieve = Sieve::new(800_000, Some(&grid(&[400, 500, 4])));
        assert_eq!(sieve.words(), "drawn: every 3rd value of each axis, 89512 of 800000 cells");
        assert!([0, 1, 2, 3].iter().all(|&cell| sieve.keeps(cell)));
    }

    #[test]
    fn draws_are_thinned_by_their_number() {
        let sieve = Sieve::new(250_000, None);
        assert_eq!(sieve.words(), "drawn: every 3rd cell, 83334 of 250000");
        assert!(sieve.keeps(0) && sieve.keeps(249_999) && !sieve.keeps(1));
        // A grid all of whose axes are short.
        assert!(!Sieve::new(8_usize.pow(6), Some(&grid(&[8; 6]))).is_grid);
    }
}
