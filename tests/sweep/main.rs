//! Sweeps as their user meets them: planned, killed, resumed, divided, merged, and drawn.

// Links BLAS, which ndarray calls.
mod aggregates;
mod interrupts;
mod kills;
mod partly;
mod reasons;
mod recipes;
mod rows;
mod words;

use luckflow as _;

#[path = "../common/running.rs"]
mod running;

use assert_cmd::Command;
use predicates::prelude::*;
use running::Running;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;

const SMALL: &str = r#"experiment = "theorem4"
seed = 3

[teacher]
input_dim = 6
nodes = 3
epsilon = 0.01

[student]
theta0 = 0.05

[integrate]
outputs = 60
rtol = 1e-9

[sweep]
seeds = 2

[[sweep.axis]]
key = "student.theta0"
log = { from = 1e-3, to = 1.0, points = 7 }

[[sweep.axis]]
key = "teacher.epsilon"
values = [0.0001, 0.01, 0.3]
"#;

fn luckflow() -> Command {
    Command::cargo_bin("luckflow").unwrap()
}

fn place(text: &str) -> TempDir {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("s.toml"), text).unwrap();
    place
}

/// `luckflow sweep s.toml …` in its folder.
fn sweep(place: &TempDir, arguments: &[&str]) -> Command {
    let mut command = luckflow();
    command.current_dir(place.path()).args(["sweep", "s.toml"]).args(arguments);
    command
}

fn cells(place: &TempDir, folder: &str) -> String {
    std::fs::read_to_string(place.path().join(folder).join("cells.csv")).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    names
}

/// Starts a sweep and kills it after a while; whether it was still at work.
fn kill_after(place: &TempDir, arguments: &[&str], patience: Duration) -> bool {
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("luckflow"))
        .current_dir(place.path())
        .args(["sweep", "s.toml", "--quiet"])
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(patience);
    let ended = child.try_wait().unwrap().is_some();
    child.kill().unwrap();
    child.wait().unwrap();
    !ended
}
