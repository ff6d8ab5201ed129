//! What experiments with deep networks leave behind.

use crate::experiment::deep::End;
use crate::experiment::deep::keys::Base;
use crate::output::{Folder, FolderError, Provenance};
use crate::plot::Figure;
use serde::Serialize;
use std::path::PathBuf;

/// A line of the table that says how a run went.
pub(super) fn ending(end: &End, seconds: f64) -> String {
    match end {
        End::Finished => format!("{seconds:.1} s\n"),
        End::Interrupted => {
            format!("Stopped by the user after {seconds:.1} s; --resume goes on.\n")
        }
        End::Diverged(why) => format!("Ended early after {seconds:.1} s: {why}\n"),
    }
}

/// What a run was, in a line for titles.
pub(super) fn heading(base: &Base) -> String {
    format!("teacher {}", base.teacher.architecture.widths())
}

/// Writes some rows as CSV.
pub(super) fn write_csv(
    folder: &Folder,
    name: &str,
    header: &[String],
    rows: impl Iterator<Item = Vec<String>>,
) -> Result<PathBuf, FolderError> {
    folder.write(name, |out| {
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record(header)?;
        for row in rows {
            csv.write_record(row)?;
        }
        csv.flush()
    })
}

/// Writes a chart as SVG.
pub(super) fn write_chart(
    folder: &Folder,
    name: &str,
    chart: &Figure,
) -> Result<PathBuf, FolderError> {
    folder.write(name, |out| out.write_all(chart.to_svg().as_bytes()))
}

/// A number as in tables that programs read: empty where there is none.
pub(super) fn field(value: f64) -> String {
    if value.is_nan() {
        String::new()
    } else {
        format!("{value:e}")
    }
}

/// What every `summary.json` has.
#[derive(Serialize)]
struct Summary<'a, S, F> {
    experiment: &'static str,
    scenario: &'a S,
    provenance: &'a Provenance,
    findings: F,
    end: &'a End,
    seconds: f64,
}

/// Writes it.
pub(super) fn write_summary(
    folder: &Folder,
    experiment: &'static str,
    scenario: &impl Serialize,
    findings: impl Serialize,
    (end, seconds): (&End, f64),
    provenance: &Provenance,
) -> Result<PathBuf, FolderError> {
    let summary = Summary {
        experiment,
        scenario,
        provenance,
        findings,
        end,
        seconds,
    };
    folder.write_json("summary.json", &summary)
}
