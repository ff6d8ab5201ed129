//! Rows beside a table that wait for their place.

use super::lines::each_line;
use super::row;
use super::store::PENDING;
use std::collections::BTreeMap;
use std::collections::btree_map::IntoIter;
use std::io;
use std::path::Path;

/// All of them.
#[derive(Debug, Default)]
pub struct Waiting {
    rows: BTreeMap<u64, Vec<u8>>,
    /// The first line, from 1, that is not what the sweep wrote.
    pub damaged: Option<usize>,
}

impl Waiting {
    /// Those beside a table of so many columns.
    pub fn beside(table: &Path, columns: usize) -> io::Result<Self> {
        let mut found = Self::default();
        each_line(&table.with_file_name(PENDING), |number, line| {
            match row::verify_of(columns, line).and_then(|row| row[0].parse().ok()) {
                Some(index) => drop(found.rows.insert(index, line.to_vec())),
                // The header.
                None if number == 0 => {}
                None => drop(found.damaged.get_or_insert(number as usize + 1)),
            }
        })?;
        Ok(found)
    }

    /// Their indices and lines in their order, but for those that have come to their places, the last of which is `last`: a kill may leave
    /// a row in both files.
    pub fn beyond(mut self, last: Option<u64>) -> IntoIter<u64, Vec<u8>> {
        self.rows.retain(|index, _| Some(*index) > last);
        self.rows.into_iter()
    }
}
