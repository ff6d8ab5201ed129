//! A small scenario of Theorem 4, run in a folder of its own.

use assert_cmd::Command;
use serde_json::Value;
use std::path::Path;
use tempfile::TempDir;

pub const SMALL: &str = r#"# a small run
experiment = "theorem4"

[teacher]
input_dim = 6
nodes = 3
threshold = 2.0

[student]
theta0 = 0.05
"#;

pub fn luckflow() -> Command {
    Command::cargo_bin("luckflow").unwrap()
}

/// A folder with `small.toml` in it.
pub fn place(text: &str) -> TempDir {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("small.toml"), text).unwrap();
    place
}

/// Runs `small.toml` with overrides.
pub fn run(place: &TempDir, arguments: &[&str]) -> Command {
    let mut command = luckflow();
    command.current_dir(place.path()).args(["run", "small.toml"]).args(arguments);
    command
}

pub fn json(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}
