//! What a run prints, and which files it writes.

use crate::runs::Run;
use crate::util::{assert_snapshot, rounded, without_provenance};

fn printed(run: &Run) {
    let finished = run.finished();
    let mut text = rounded(&without_provenance(&finished.stdout));
    text += "\nfiles:\n";
    for name in finished.files.keys() {
        text += &format!("{name}\n");
    }
    assert_snapshot(&format!("{}.stdout", run.name), &text);
}

of_every_run!(printed);
