//! A table that is read back: what is in its place, what waits, and how much is not what was written.

use super::Shard;
use super::lines::each_line;
use super::marks::Marks;
use super::row;
use super::store::Tally;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// What the two files of a sweep hold.
#[derive(Default)]
pub struct Loaded {
    /// Rows that are in their places.
    pub next: u64,
    /// Bytes of the table up to the last of them.
    pub whole: u64,
    /// Rows that are right, but not in their places.
    pub waiting: BTreeMap<u64, Vec<u8>>,
    /// Of all of them.
    pub tally: Tally,
    /// Lines that are not what was written.
    pub damaged: u64,
}

/// Reads the table and the rows that wait. A last line that is not whole is what a kill leaves, and no damage.
pub fn load([table, pending]: [&Path; 2], header: &[u8], shard: Shard, points: u64) -> io::Result<Loaded> {
    let mut loaded = Loaded::default();
    let names = String::from_utf8_lossy(header);
    let names: Vec<&str> = names.trim_end().split(',').collect();
    let marks = Marks::of(names.iter().copied());
    let mut in_place = true;
    each_line(table, |number, line| {
        if number == 0 {
            in_place = line == header;
            loaded.whole = if in_place { line.len() as u64 } else { 0 };
            loaded.damaged += u64::from(!in_place);
            return;
        }
        let row = row::verify(line).filter(|row| row.len() + 1 == names.len());
        let position = row.as_ref().and_then(|row| position(row, shard, points));
        match (row, position) {
            (Some(row), Some(position)) if in_place && position == loaded.next => {
                loaded.tally.count_row(&marks, &row);
                loaded.next += 1;
                loaded.whole += line.len() as u64;
            }
            (Some(row), Some(position)) => {
                // A row at the wrong place is damage, whatever it says.
                loaded.damaged += u64::from(in_place);
                in_place = false;
                loaded.keep(position, &row, line, &marks);
            }
            _ => {
                loaded.damaged += 1;
                in_place = false;
            }
        }
    })?;
    each_line(pending, |number, line| {
        let row = row::verify(line).filter(|row| row.len() + 1 == names.len());
        let position = row.as_ref().and_then(|row| position(row, shard, points));
        match (row, position) {
            (Some(row), Some(position)) => loaded.keep(position, &row, line, &marks),
            _ => loaded.damaged += u64::from(number > 0),
        }
    })?;
    Ok(loaded)
}

impl Loaded {
    /// Keeps a row, unless it has come to its place: a kill may leave it in both files.
    fn keep(&mut self, position: u64, row: &csv::StringRecord, line: &[u8], marks: &Marks) {
        if position >= self.next && !self.waiting.contains_key(&position) {
            self.tally.count_row(marks, row);
            self.waiting.insert(position, line.to_vec());
        }
    }
}

impl Tally {
    fn count_row(&mut self, marks: &Marks, row: &csv::StringRecord) {
        self.count(marks.failed(|i| row.get(i)), marks.violated(|i| row.get(i)));
    }
}

fn position(row: &csv::StringRecord, shard: Shard, points: u64) -> Option<u64> {
    let index: u64 = row.get(0)?.parse().ok()?;
    shard.position(index).filter(|_| index < points)
}
