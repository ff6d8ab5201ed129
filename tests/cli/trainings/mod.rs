//! Trainings of deep networks as their user meets them: what they leave, killed and resumed, and how they say no.

mod checkpoints;
mod mistakes;
mod results;

use crate::common;
use assert_cmd::Command;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use tempfile::TempDir;

const TRAINING: &str = r#"experiment = "deep-training"
[teacher]
input_dim = 8
hidden = [4, 5]
outputs = 6
[student]
widths = [2, 4]
batch_norm = "after-relu"
[data]
samples = 4000
held_out = 200
[training]
epochs = 40
batch = 32
step = 0.1
momentum = 0.5
"#;

const TICKETS: &str = r#"experiment = "lottery-tickets"
seeds = 2
[teacher]
input_dim = 8
hidden = [4, 5]
outputs = 6
[student]
widths = [4]
[data]
samples = 500
held_out = 200
[training]
epochs = 3
step = 0.1
"#;

fn place(text: &str) -> TempDir {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("deep.toml"), text).unwrap();
    place
}

fn run(place: &TempDir, arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("luckflow").unwrap();
    command.current_dir(place.path()).args(["run", "deep.toml"]).args(arguments);
    command
}

/// Every file below a folder but what tells the time or the command line.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = common::files(folder);
    found.retain(|path, _| {
        let name = common::last(path);
        !["summary.json", "scenario.toml", "report.html"].contains(&name) && !name.starts_with('.')
    });
    found
}

fn summary(folder: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(folder.join("summary.json")).unwrap()).unwrap()
}
