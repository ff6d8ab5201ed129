//! Rows of shards that are not complete: those up to the first gap, and those beyond it.

use super::Part;
use crate::sweep::marks::Marks;
use crate::sweep::row;
use crate::sweep::store::{CELLS, PENDING, Tally};
use crate::sweep::waiting::Waiting;
use std::collections::btree_map::IntoIter;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};

/// Rows of one shard, in their order: those in their places, then those that wait for it.
struct Rows<'a> {
    part: &'a Part,
    reader: BufReader<File>,
    waiting: Waiting,
    /// Those of them that are not in their places, once all that are have been seen.
    rest: Option<IntoIter<u64, Vec<u8>>>,
    /// The next one, with its index.
    head: Option<(u64, Vec<u8>)>,
    last: Option<u64>,
}

/// All rows up to the first that is missing, and those beyond it, each under a header. `of_cells` says of an error that it is
/// one of the former's file.
pub(super) fn join(
    parts: &[Part],
    [cells, pending]: [&mut dyn Write; 2],
    of_cells: impl Fn(io::Error) -> io::Error,
    tally: &mut Tally,
) -> io::Result<()> {
    let mut header = Vec::new();
    let open = |part| Rows::of(part, &mut header);
    let mut all = parts.iter().map(open).collect::<io::Result<Vec<_>>>()?;
    cells.write_all(&header).map_err(&of_cells)?;
    pending.write_all(&header)?;
    let marks = Marks::of_header(&header);
    let mut next = 0;
    loop {
        let heads = all.iter_mut().filter(|rows| rows.head.is_some());
        let Some(first) = heads.min_by_key(|rows| rows.head.as_ref().map(|(index, _)| *index)) else {
            return Ok(());
        };
        if let Some((index, line)) = first.head.take() {
            if let Some(row) = row::verify(&line) {
                tally.count_row(&marks, &row);
            }
            if index == next {
                next += 1;
                cells.write_all(&line).map_err(&of_cells)?;
            } else {
                pending.write_all(&line)?;
            }
        }
        first.advance()?;
    }
}

impl<'a> Rows<'a> {
    fn of(part: &'a Part, header: &mut Vec<u8>) -> io::Result<Self> {
        let reader = part.rows(CELLS, header)?;
        let waiting = Waiting::beside(&part.path.join(CELLS), row::columns(header))?;
        if let Some(line) = waiting.damaged {
            let found = format!("line {line}, not as it was written; --resume computes it again");
            return Err(part.wrong(PENDING, found));
        }
        let mut rows = Self {
            part,
            reader,
            waiting,
            rest: None,
            head: None,
            last: None,
        };
        rows.advance()?;
        Ok(rows)
    }

    /// To the next row; a last line that a kill cut off is none.
    fn advance(&mut self) -> io::Result<()> {
        let mut line = Vec::new();
        self.reader.read_until(b'\n', &mut line)?;
        if line.last() == Some(&b'\n') {
            let index = row::verify(&line).and_then(|row| row[0].parse().ok());
            let index: u64 = index.ok_or_else(|| self.part.damaged(&line, ", not as it was written"))?;
            self.last = Some(index);
            self.head = Some((index, line));
            return Ok(());
        }
        let rest = self.rest.get_or_insert_with(|| std::mem::take(&mut self.waiting).beyond(self.last));
        self.head = rest.next();
        Ok(())
    }
}
