//! `summary.json` and `sweep.json`, but for times and provenance.

use crate::runs::Run;
use crate::util::{assert_snapshot, rounded, without_provenance};

fn summary(run: &Run) {
    let finished = run.finished();
    let names: Vec<&str> = finished.named(".json").collect();
    assert_eq!(names.len(), 1, "{names:?}");
    let text = rounded(&without_provenance(finished.text(names[0])));
    assert_snapshot(&format!("{}.{}", run.name, names[0]), &text);
}

of_every_run!(summary);
