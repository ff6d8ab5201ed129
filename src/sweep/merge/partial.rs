//! Rows of shards that are not complete: those up to the first gap, and those beyond it.

use super::{Part, Trouble};
use crate::sweep::marks::Marks;
use crate::sweep::row;
use crate::sweep::store::{CELLS, PENDING, Tally};
use crate::sweep::waiting::Waiting;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};

/// Rows of one shard, in their order: those in their places, then those that wait for it.
struct Rows<'a> {
    part: &'a Part,
    reader: BufReader<File>,
    waiting: Waiting,
    /// Those of them that are not in their places, once all that are have been seen.
    rest: Option<Box<dyn Iterator<Item = (u64, Vec<u8>)>>>,
    /// The next one, with its index.
    head: Option<(u64, Vec<u8>)>,
    last: Option<u64>,
}

/// All rows up to the first that is missing, under a header; gives its index.
pub(super) fn in_place(parts: &[Part], out: &mut dyn Write, tally: &mut Tally) -> Result<u64, Trouble> {
    let mut next = 0;
    each(parts, out, |out, marks, index, line| {
        if index != next {
            return Ok(false);
        }
        next += 1;
        keep(out, marks, line, tally).map(|()| true)
    })?;
    Ok(next)
}

/// All rows beyond the first that is missing, under a header.
pub(super) fn waiting(parts: &[Part], missing: u64, out: &mut dyn Write, tally: &mut Tally) -> Result<(), Trouble> {
    each(parts, out, |out, marks, index, line| {
        if index > missing {
            keep(out, marks, line, tally)?;
        }
        Ok(true)
    })
}

fn keep(out: &mut dyn Write, marks: &Marks, line: &[u8], tally: &mut Tally) -> io::Result<()> {
    if let Some(row) = row::verify(line) {
        tally.count(marks.failed(|i| row.get(i)), marks.violated(|i| row.get(i)));
    }
    out.write_all(line)
}

/// Shows the rows of all parts in their order, until `show` has seen enough.
fn each(
    parts: &[Part],
    out: &mut dyn Write,
    mut show: impl FnMut(&mut dyn Write, &Marks, u64, &[u8]) -> io::Result<bool>,
) -> Result<(), Trouble> {
    let mut header = Vec::new();
    let open = |part| Rows::of(part, &mut header);
    let mut all = parts.iter().map(open).collect::<Result<Vec<_>, _>>()?;
    out.write_all(&header)?;
    let names = String::from_utf8_lossy(&header);
    let marks = Marks::of(names.trim_end().split(','));
    loop {
        let heads = all.iter_mut().filter(|rows| rows.head.is_some());
        let Some(first) = heads.min_by_key(|rows| rows.head.as_ref().map(|(index, _)| *index)) else {
            return Ok(());
        };
        if let Some((index, line)) = first.head.take()
            && !show(out, &marks, index, &line)?
        {
            return Ok(());
        }
        first.advance()?;
    }
}

impl<'a> Rows<'a> {
    fn of(part: &'a Part, header: &mut Vec<u8>) -> Result<Self, Trouble> {
        let mut reader = part.reader(CELLS)?;
        header.clear();
        reader.read_until(b'\n', header)?;
        let columns = String::from_utf8_lossy(header).split(',').count();
        let waiting = Waiting::beside(&part.path.join(CELLS), columns)?;
        if let Some(line) = waiting.damaged {
            let found = format!("line {line}, not as it was written");
            return Err(part.wrong(PENDING, format!("{found}; --resume computes it again")));
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
    fn advance(&mut self) -> Result<(), Trouble> {
        let mut line = Vec::new();
        self.reader.read_until(b'\n', &mut line)?;
        if line.last() == Some(&b'\n') {
            let index = row::verify(&line).and_then(|row| row[0].parse().ok());
            let index: u64 = index.ok_or_else(|| {
                let found: String = String::from_utf8_lossy(&line).chars().take(40).collect();
                let found = format!("\"{found}…\", not as it was written");
                self.part.wrong(CELLS, format!("{found}; --resume computes it again"))
            })?;
            self.last = Some(index);
            self.head = Some((index, line));
            return Ok(());
        }
        let waiting = &mut self.waiting;
        let rest = self.rest.get_or_insert_with(|| Box::new(std::mem::take(waiting).beyond(self.last)));
        self.head = rest.next();
        Ok(())
    }
}
