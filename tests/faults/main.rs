//! Every call that changes a file fails once, in turn: a run, a training, a sweep and a merge either say so or are whole,
//! and what goes on from there comes to the same bytes.
//!
//! `LUCKFLOW_FAULTS=all cargo test --test faults -- --nocapture` tries every call with every fault; otherwise some calls
//! of each are tried with one fault each.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

// Links BLAS, which ndarray calls.
use luckflow as _;

mod tracer;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use tracer::{Ended, Fault};

/// All of them are tried if this is `all`.
const ALL: &str = "LUCKFLOW_FAULTS";

/// Calls that are tried otherwise, of each verb.
const SOME: usize = 24;

const FAULTS: [Fault; 4] = [
    Fault::Full,
    Fault::Kill,
    Fault::Once(libc::EIO),
    Fault::Once(libc::ENOSPC),
];

const RUN: &str = r#"
experiment = "theorem4"
teacher = { input_dim = 6, nodes = 3, threshold = 2.0 }
student = { theta0 = 0.05 }
integrate = { outputs = 20 }
"#;

const TRAINING: &str = r#"
experiment = "deep-training"
teacher = { input_dim = 6, hidden = [4, 5], outputs = 3 }
student = { widths = 2 }
data = { samples = 400, held_out = 100 }
training = { epochs = 3, step = 0.05 }
"#;

const SWEEP: &str = r#"
experiment = "theorem4"
teacher = { input_dim = 6, nodes = 3, threshold = 2.0 }
student = { theta0 = 0.05 }
integrate = { outputs = 20 }
[[sweep.axis]]
key = "student.theta0"
values = [0.01, 0.02, 0.03, 0.04, 0.05, 0.06]
"#;

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

/// All files but those that tell the time or the command line, or say which files there are.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut left = vec![folder.to_owned()];
    while let Some(at) = left.pop() {
        for entry in std::fs::read_dir(&at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                left.push(path);
                continue;
            }
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let changes = [
                "summary.json",
                "scenario.toml",
                "report.html",
                "seconds.csv",
                "sweep.json",
            ];
            let bytes = match changes.contains(&&*name) || name.starts_with('.') {
                true => Vec::new(),
                false => std::fs::read(&path).unwrap(),
            };
            found.insert(path.strip_prefix(folder).unwrap().to_owned(), bytes);
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
        println!(
            "{}: {} calls, {count} faults",
            self.verb.join(" "),
            ended.calls
        );
        count
    }

    fn one(&self, at: usize, fault: Fault, whole: &BTreeMap<PathBuf, Vec<u8>>) {
        let place = self.begin();
        let failed =
            tracer::run(&mut luckflow(self.verb), place.path(), Some((at, fault))).unwrap();
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
            Some(1 | 2) => assert!(
                stderr.starts_with("error: ") && stderr.len() < 1000,
                "{what}"
            ),
            Some(0) => same(&files(place.path()), whole, &what),
            other => panic!("{other:?}: {what}"),
        }
        if *status == Some(0) {
            return;
        }
        let on = luckflow(self.on)
            .current_dir(place.path())
            .output()
            .unwrap();
        assert!(on.status.success(), "{what}, then {on:?}");
        same(&files(place.path()), whole, &what);
    }
}

fn same(found: &BTreeMap<PathBuf, Vec<u8>>, whole: &BTreeMap<PathBuf, Vec<u8>>, what: &str) {
    let names = |files: &BTreeMap<PathBuf, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(found), names(whole), "{what}");
    for (name, bytes) in whole {
        assert!(found[name] == *bytes, "{}: {what}", name.display());
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
