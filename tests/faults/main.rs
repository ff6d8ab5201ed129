//! Every call that changes a file fails once, in turn: a run, a training, a sweep and a merge either say so or are whole,
//! and what goes on from there comes to the same bytes.
//!
//! `LUCKFLOW_FAULTS=all cargo test --test faults -- --nocapture` tries every call with every fault; otherwise some calls
//! of each are tried with one fault each.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

// Links BLAS, which ndarray calls.
use luckflow as _;

#[path = "../common/files.rs"]
mod common;
mod tracer;

use common::{RUN, SWEEP, TRAINING};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;
use tracer::{Ended, Fault};

/// All of them are tried if this is `all`.
const ALL: &str = "LUCKFLOW_FAULTS";

/// Calls that are tried otherwise, of each verb.
const SOME: usize = 24;

const FAULTS: [Fault; 4] = [Fault::Full, Fault::Kill, Fault::Once(libc::EIO), Fault::Once(libc::ENOSPC)];

/// A verb whose calls fail, and how its user goes on.
struct Trial {
    text: &'static str,
    /// What is there before.
    before: &'static [&'static [&'static str]],
    verb: &'static [&'static str],
    on: &'static [&'static str],
}

/// In memory where there is such a thing: each trial waits for the disk many times.
fn place(text: &str) -> TempDir {
    let memory = Path::new("/dev/shm");
    let place = match memory.is_dir() {
        true => tempfile::tempdir_in(memory),
        false => tempfile::tempdir(),
    }
    .unwrap();
    std::fs::write(place.path().join("s.toml"), text).unwrap();
    place
}

fn luckflow(arguments: &[&str]) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin("luckflow"));
    command.args(arguments);
    command
}

/// Changed by the time, the command line, or which files there are.
const CHANGING: [&str; 5] = ["summary.json", "scenario.toml", "report.html", "seconds.csv", "sweep.json"];

/// All files, of those that change only that they are there.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = common::files(folder);
    for (path, bytes) in &mut found {
        let name = common::last(path);
        if CHANGING.contains(&name) || name.starts_with('.') {
            bytes.clear();
        }
    }
    found
}

impl Trial {
    fn begin(&self) -> TempDir {
        let place = place(self.text);
        for arguments in self.before {
            let ended = luckflow(arguments).current_dir(place.path()).output();
            assert!(ended.unwrap().status.success());
        }
        place
    }

    /// Tries each fault, or some, and counts the trials; 0 where nothing can be traced.
    fn all(&self) -> usize {
        let whole = self.begin();
        let ended = match tracer::run(&mut luckflow(self.verb), whole.path(), None) {
            Ok(ended) => ended,
            Err(error) => {
                println!("skipped: one process may not trace another here: {error}");
                return 0;
            }
        };
        assert_eq!(ended.status, Some(0), "{ended:?}");
        assert!(ended.calls > 40, "{} calls are not all", ended.calls);
        let whole = files(whole.path());
        let every = std::env::var(ALL).is_ok_and(|text| text == "all");
        let step = if every { 1 } else { ended.calls.div_ceil(SOME) };
        let mut count = 0;
        for (trial, at) in (0..ended.calls).step_by(step).enumerate() {
            let faults = match every {
                true => &FAULTS[..],
                false => &FAULTS[trial % FAULTS.len()..][..1],
            };
            for &fault in faults {
                self.one(at, fault, &whole);
                count += 1;
            }
        }
        println!("{}: {} calls, {count} faults", self.verb.join(" "), ended.calls);
        count
    }

    fn one(&self, at: usize, fault: Fault, whole: &BTreeMap<String, Vec<u8>>) {
        let place = self.begin();
        let failed = tracer::run(&mut luckflow(self.verb), place.path(), Some((at, fault))).unwrap();
        let Ended {
            status,
            stderr,
            failed: call,
            ..
        } = &failed;
        let what = format!("{fault:?} at {at}, {call}: status {status:?}, {stderr}");
        assert!(!stderr.contains("panicked"), "{what}");
        match status {
            None => assert_eq!(fault, Fault::Kill, "{what}"),
            // It was told, or it makes no difference.
            Some(1 | 2) => assert!(stderr.starts_with("error: ") && stderr.len() < 1000, "{what}"),
            Some(0) => same(&files(place.path()), whole, &what),
            other => panic!("{other:?}: {what}"),
        }
        if *status == Some(0) {
            return;
        }
        let on = luckflow(self.on).current_dir(place.path()).output().unwrap();
        assert!(on.status.success(), "{what}, then {on:?}");
        same(&files(place.path()), whole, &what);
    }
}

fn same(found: &BTreeMap<String, Vec<u8>>, whole: &BTreeMap<String, Vec<u8>>, what: &str) {
    let names = |files: &BTreeMap<String, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(found), names(whole), "{what}");
    for (name, bytes) in whole {
        assert!(found[name] == *bytes, "{}: {what}", name);
    }
}

const OUT: &str = "--out=o";

#[test]
fn a_run() {
    Trial {
        text: RUN,
        before: &[],
        verb: &["run", "s.toml", "--threads=1", OUT],
        on: &["run", "s.toml", "--force", OUT],
    }
    .all();
}

#[test]
fn a_training() {
    Trial {
        text: TRAINING,
        before: &[],
        verb: &["run", "s.toml", "--threads=1", OUT],
        on: &["run", "s.toml", "--resume", OUT],
    }
    .all();
}

#[test]
fn a_sweep() {
    Trial {
        text: SWEEP,
        before: &[],
        verb: &["sweep", "s.toml", "--jobs=1", OUT],
        on: &["sweep", "s.toml", "--resume", OUT],
    }
    .all();
}

#[test]
fn a_sweep_that_goes_on_with_a_changed_plan() {
    Trial {
        text: SWEEP,
        before: &[&["sweep", "s.toml", "--set=sweep.thin=2", "--quiet", OUT]],
        verb: &["sweep", "s.toml", "--jobs=1", "--resume", OUT],
        on: &["sweep", "s.toml", "--resume", OUT],
    }
    .all();
}

#[test]
fn a_merge() {
    Trial {
        text: SWEEP,
        before: &[
            &["sweep", "s.toml", "--quiet", "--shard=1/2", "--out=one"],
            &["sweep", "s.toml", "--quiet", "--shard=2/2", "--out=two"],
        ],
        verb: &["merge", "one", "two", OUT],
        on: &["merge", "one", "two", "--force", OUT],
    }
    .all();
}
