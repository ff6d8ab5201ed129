//! Runs that are stopped at any of their looks: what they leave can be written.

use crate::common::interpret;
use luckflow::experiment::{Hooks, Nowhere, write};
use luckflow::integrate::RunEnd;
use luckflow::output::{Claim, Folder, Provenance};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

/// Presses Ctrl-C at a look, and at all after it.
struct Impatient(AtomicUsize);

impl Hooks for Impatient {
    fn interrupted(&self) -> bool {
        let less = |left: usize| left.checked_sub(1);
        self.0.fetch_update(SeqCst, SeqCst, less).is_err()
    }
}

const STOPPED: [&str; 8] = [
    include_str!("../cli/scenarios/theorem5.toml"),
    include_str!("../cli/scenarios/fan-out-panels.toml"),
    include_str!("../cli/scenarios/sgd-vs-flow.toml"),
    include_str!("../cli/scenarios/deep-training.toml"),
    include_str!("../cli/scenarios/deep-flow.toml"),
    include_str!("../cli/scenarios/implicit-regularization.toml"),
    include_str!("../cli/scenarios/lottery-tickets.toml"),
    include_str!("../cli/scenarios/flat-minima.toml"),
];

#[test]
fn what_a_stopped_run_leaves_can_be_written_wherever_it_was_stopped() {
    for text in STOPPED {
        let scenario = interpret(text, &[] as &[&str]);
        let mut looks = 0;
        loop {
            let hooks = Impatient(AtomicUsize::new(looks));
            let prepared = scenario.prepare().unwrap();
            let outcome = prepared.run(&Nowhere, &hooks).unwrap();
            let place = tempfile::tempdir().unwrap();
            let folder = Folder::claim(place.path(), Claim::New).unwrap();
            let written = write(&scenario, &*outcome, &folder, &Provenance::now(), || ());
            assert!(!written.unwrap().is_empty() && !outcome.table().is_empty());
            if !matches!(outcome.end(), RunEnd::Interrupted { .. }) {
                break;
            }
            // Each of the first looks, then fewer and fewer of them.
            looks += 1 + looks / 4;
        }
        assert!(looks > 2, "{}: it was never stopped", scenario.name());
    }
}
