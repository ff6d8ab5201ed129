//! Header and first rows of every CSV but those of figures, written upright: a line per column.

use crate::runs::Run;
use crate::util::{assert_snapshot, rounded};

/// Rows that are shown.
const ROWS: usize = 3;

fn heads(run: &Run) {
    let finished = run.finished();
    for name in finished.named(".csv").filter(|name| is_shown(name)) {
        let mut csv = csv::Reader::from_reader(finished.text(name).as_bytes());
        let header = csv.headers().unwrap().clone();
        let rows: Vec<csv::StringRecord> = csv.records().map(Result::unwrap).collect();
        let mut text = format!("{} columns, {} rows\n", header.len(), rows.len());
        for (column, name) in header.iter().enumerate() {
            let fields = rows.iter().take(ROWS).map(|row| rounded(&row[column]));
            text += &format!("{name}: {}\n", fields.collect::<Vec<_>>().join(" | "));
        }
        assert_snapshot(&format!("{}.{name}", run.name), &text);
    }
}

/// Seconds are others each time, and what figures show is in the snapshots of their drawings.
fn is_shown(name: &str) -> bool {
    name != "seconds.csv" && !name.starts_with("figures/")
}

of_every_run!(heads);

#[test]
fn seconds_are_a_row_per_point() {
    let finished = crate::runs::SWEEP_THEOREM4.finished();
    let lines = |name| finished.text(name).lines().count();
    assert!(finished.text("seconds.csv").starts_with("id,seconds\n"));
    assert_eq!(lines("seconds.csv"), lines("cells.csv"));
}
