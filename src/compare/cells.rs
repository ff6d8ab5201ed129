//! Sweeps: the columns of `aggregate.csv`, cell by cell.

use super::{CompareError, Comparison, Difference, Line, close, differing, failed, json};
use crate::plot::number::short;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// A sweep's cells, by the values of its axes.
struct Cells {
    axes: Vec<String>,
    columns: Vec<String>,
    /// A row each, in the order of the columns.
    rows: BTreeMap<Vec<String>, Vec<String>>,
}

/// Each with the first.
pub(super) fn compare(folders: &[PathBuf], names: Vec<String>, tolerance: f64) -> Result<Comparison, CompareError> {
    let all: Vec<Cells> = folders.iter().map(|folder| read(folder)).collect::<Result<_, _>>()?;
    let line = |what: &str, of: fn(&Cells) -> Json| Line {
        what: what.into(),
        values: all.iter().map(|cells| Some(of(cells))).collect(),
    };
    let axes = line("sweep.axis", |cells| cells.axes.join(", ").into());
    let (settings, _) = differing(vec![axes, line("cells", |cells| cells.rows.len().into())], 0.0);
    let (mut results, mut same) = (Vec::new(), 0);
    for (place, column) in all[0].columns.iter().enumerate() {
        let others = all[1..].iter();
        let found: Vec<Option<String>> =
            others.map(|other| differs(&all[0], place, other, column, tolerance)).collect();
        if found.iter().all(Option::is_none) {
            same += 1;
            continue;
        }
        let values = found.into_iter().map(|found| found.unwrap_or("the same".into()));
        results.push(Difference {
            what: column.clone(),
            values: ["–".to_owned()].into_iter().chain(values).collect(),
        });
    }
    Ok(Comparison {
        names,
        settings,
        results,
        same,
    })
}

/// In how many of the cells that both have a column differs, and where most; `None` if nowhere.
fn differs(first: &Cells, place: usize, other: &Cells, column: &str, tolerance: f64) -> Option<String> {
    let Some(theirs) = other.columns.iter().position(|name| name == column) else {
        return Some("no such column".into());
    };
    let (mut shared, mut count, mut most) = (0, 0, (0.0, String::new()));
    for (key, row) in &first.rows {
        let Some(their_row) = other.rows.get(key) else {
            continue;
        };
        shared += 1;
        let (a, b) = (&row[place], &their_row[theirs]);
        let apart = match (a.parse::<f64>(), b.parse::<f64>()) {
            (Ok(a), Ok(b)) if close(a, b, tolerance) => continue,
            (Ok(a), Ok(b)) => (a - b).abs() / a.abs().max(b.abs()),
            _ if a == b => continue,
            _ => f64::INFINITY,
        };
        count += 1;
        if apart > most.0 {
            most = (apart, named(&first.axes, key));
        }
    }
    let (apart, place) = most;
    match (shared, count) {
        (0, _) => Some("no cell of both".into()),
        (_, 0) => None,
        _ if apart.is_infinite() => Some(format!("{count} of {shared} cells; as in {place}")),
        _ => Some(format!("{count} of {shared} cells; by a part of {} at {place}", short(apart))),
    }
}

fn named(axes: &[String], values: &[String]) -> String {
    let pairs = axes.iter().zip(values);
    let pairs: Vec<String> = pairs.map(|(axis, value)| format!("{axis} = {value}")).collect();
    pairs.join(", ")
}

fn read(folder: &Path) -> Result<Cells, CompareError> {
    let count = json(&folder.join("sweep.json"))?["axes"].as_array().map_or(0, Vec::len);
    let path = folder.join("aggregate.csv");
    let wrong = |error: csv::Error| failed(&path, io::Error::other(error));
    let mut reader = csv::Reader::from_path(&path).map_err(wrong)?;
    let head: Vec<String> = reader.headers().map_err(wrong)?.iter().map(String::from).collect();
    if head.len() < count {
        return Err(failed(&path, io::Error::other("fewer columns than axes")));
    }
    let mut rows = BTreeMap::new();
    for record in reader.records() {
        let row: Vec<String> = record.map_err(wrong)?.iter().map(String::from).collect();
        let (key, row) = row.split_at(count);
        rows.insert(key.to_vec(), row.to_vec());
    }
    let (axes, columns) = head.split_at(count);
    Ok(Cells {
        axes: axes.to_vec(),
        columns: columns.to_vec(),
        rows,
    })
}
