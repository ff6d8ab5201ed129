//! `aggregate.csv`: each cell over its seeds.

use super::table::{Cell, Head, TableError};
use crate::output::table::{ColumnKind, number};
use crate::theory::Verdict;
use std::io::Write;
use std::path::Path;

/// Writes a row per cell: axes, `count`, `failed`, then `_median`, `_min` and `_max` of each number, and how many runs
/// had each verdict.
///
/// # Errors
/// A table that cannot be read, a file that cannot be written.
pub fn write(table: &Path, out: &mut dyn Write) -> Result<(), TableError> {
    let mut csv = csv::Writer::from_writer(out);
    let mut headed = false;
    let head = Head::read(table, |head, cell| {
        if !headed {
            csv.write_record(header(head))?;
            headed = true;
        }
        csv.write_record(row(head, cell))?;
        Ok(())
    })?;
    let written = match headed {
        true => Ok(()),
        false => csv.write_record(header(&head)),
    };
    let path = table.to_owned();
    written
        .and_then(|()| Ok(csv.flush()?))
        .map_err(|error| TableError::Io {
            path,
            source: error.into(),
        })
}

fn header(head: &Head) -> Vec<String> {
    let mut names = head.axes.clone();
    names.extend(["count", "failed"].map(String::from));
    for column in &head.columns {
        match (column.kind, column.claim()) {
            (_, Some(claim)) => {
                names.extend(Verdict::ALL.map(|v| format!("{claim}_{v}").replace(' ', "_")));
            }
            (ColumnKind::Text, None) => {}
            _ => names.extend(["median", "min", "max"].map(|of| format!("{}_{of}", column.name))),
        }
    }
    names
}

fn row(head: &Head, cell: &Cell) -> Vec<String> {
    let count = |is: &dyn Fn(&super::table::RowValues) -> bool| {
        cell.runs.iter().filter(|run| is(run)).count().to_string()
    };
    let mut fields = cell.values.clone();
    fields.extend([count(&|_| true), count(&|run| run.failed)]);
    for (place, column) in head.columns.iter().enumerate() {
        if column.kind == ColumnKind::Verdict {
            let of = |verdict| count(&|run| run.verdicts[place] == Some(verdict));
            fields.extend(Verdict::ALL.map(of));
        } else if column.kind != ColumnKind::Text {
            match cell.spread(place) {
                Some(s) => fields.extend([s.median, s.least, s.greatest].map(number)),
                None => fields.extend([const { String::new() }; 3]),
            }
        }
    }
    fields
}
