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
    let (marks, columns) = (Marks::of_header(header), row::columns(header));
    let read = |line: &[u8]| {
        let row = row::verify_of(columns, line)?;
        let index: u64 = row.get(0)?.parse().ok()?;
        let position = shard.position(index).filter(|_| index < points)?;
        Some((position, row))
    };
    let mut in_place = true;
    each_line(table, |number, line| {
        if number == 0 {
            in_place = line == header;
            loaded.whole = if in_place { line.len() as u64 } else { 0 };
            loaded.damaged += u64::from(!in_place);
            return;
        }
        match read(line) {
            Some((position, row)) if in_place && position == loaded.next => {
                loaded.tally.count_row(&marks, &row);
                loaded.next += 1;
                loaded.whole += line.len() as u64;
            }
            Some((position, row)) => {
                // A row at the wrong place is damage, whatever it says.
                loaded.damaged += u64::from(in_place);
                in_place = false;
                loaded.keep(position, &row, line, &marks);
            }
            None => {
                loaded.damaged += 1;
                in_place = false;
            }
        }
    })?;
    each_line(pending, |number, line| match read(line) {
        Some((position, row)) => loaded.keep(position, &row, line, &marks),
        None => loaded.damaged += u64::from(number > 0),
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
