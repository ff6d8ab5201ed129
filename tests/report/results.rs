//! Runs and sweeps with their pages, which the tests share.

use assert_cmd::Command;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use tempfile::TempDir;

/// A name that a browser would run if it were markup.
pub const HOSTILE: &str = "<script>alert(1)<img src=x onerror=alert(2)>'\"&.npy";

const RUN: &str = r#"
    experiment = "theorem4"
    [teacher]
    threshold = 3.0
    [student]
    theta0 = 0.02
    [integrate]
    outputs = 60
"#;

const SWEEP: &str = r#"
    experiment = "theorem4"
    [teacher]
    input_dim = 8
    nodes = 3
    [student]
    theta0 = 0.1
    [sweep]
    seeds = 2
    [[sweep.axis]]
    key = "student.theta0"
    log = { from = 1e-3, to = 0.3, points = 4 }
    [[sweep.axis]]
    key = "teacher.epsilon"
    values = [0.0001, 0.001, 0.01]
"#;

/// A teacher of two layers of convolutions, and students of two seeds.
const TRAINING: &str = r#"
    experiment = "deep-training"
    seeds = 2
    [teacher]
    layers = "convolution"
    image = [1, 28, 28]
    hidden = [4, 4]
    outputs = 10
    weights = "trained"
    [teacher.training]
    epochs = 3
    batch = 20
    [student]
    widths = 2
    [data]
    images = { folder = "fashion-mnist" }
    samples = 100
    held_out = 60
    [training]
    epochs = 3
    batch = 16
    step = 0.01
"#;

/// The boundary of a condition, and blanks around it.
const REFINED: &str = r#"
    experiment = "theorem4"
    teacher = { input_dim = 8, nodes = 3 }
    student = { theta0 = 0.1 }
    [[sweep.axis]]
    key = "student.theta0"
    log = { from = 1e-3, to = 1.0, points = 17 }
    [[sweep.axis]]
    key = "teacher.epsilon"
    log = { from = 1e-4, to = 0.5, points = 17 }
"#;

/// A folder with `run`, `sweep`, `training` and `refined` in it.
pub static PLACE: LazyLock<TempDir> = LazyLock::new(|| {
    let place = tempfile::tempdir().unwrap();
    let teacher = ndarray::Array2::<f64>::eye(5);
    ndarray_npy::write_npy(place.path().join(HOSTILE), &teacher).unwrap();
    let weights = format!("[teacher]\n    weights = {{ file = {HOSTILE:?} }}");
    let write = |name: &str, text: &str| std::fs::write(place.path().join(name), text).unwrap();
    write("run.toml", &RUN.replace("[teacher]", &weights));
    write("sweep.toml", SWEEP);
    luckflow(place.path(), &["run", "run.toml", "--out", "run"]);
    luckflow(place.path(), &["sweep", "sweep.toml", "--out", "sweep"]);
    let images = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/fashion-mnist");
    write("training.toml", &TRAINING.replace("fashion-mnist", images));
    luckflow(place.path(), &["run", "training.toml", "--out", "training"]);
    write("refined.toml", REFINED);
    let refine = ["--refine", "sharp_verdict = holds", "--coarse", "4"];
    let sweep = ["sweep", "refined.toml", "--out", "refined"];
    luckflow(place.path(), &[&sweep[..], &refine].concat());
    place
});

/// The program in a folder; what it prints.
pub fn luckflow(place: &Path, arguments: &[&str]) -> String {
    let mut command = Command::cargo_bin("luckflow").unwrap();
    let assert = command.current_dir(place).args(arguments).assert().success();
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

/// A file of the results.
pub fn path(name: &str) -> PathBuf {
    PLACE.path().join(name)
}

/// The same as text.
pub fn read(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A row of a CSV file, by the names of its columns.
pub type Row = HashMap<String, String>;

/// Rows of a CSV file.
pub fn rows(name: &str) -> Vec<Row> {
    let mut csv = csv::Reader::from_path(path(name)).unwrap();
    csv.deserialize().map(Result::unwrap).collect()
}
