//! `summary.json`, `sweep.json` and `columns.json`, but for times and provenance.

use crate::runs::Run;
use crate::util::{assert_snapshot, rounded, without_provenance};

fn summary(run: &Run) {
    let finished = run.finished();
    let names = finished.named(".json").filter(|name| !name.starts_with('.') && *name != "figures.json");
    for name in names {
        let text = rounded(&without_provenance(finished.text(name)));
        assert_snapshot(&format!("{}.{name}", run.name), &text);
    }
}

of_every_run!(summary);
