//! Trainings of deep networks as their user meets them: what they leave, killed and resumed, and how they say no.

// Links BLAS, which ndarray calls.
use luckflow as _;

use assert_cmd::Command;
use predicates::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};
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
    command
        .current_dir(place.path())
        .args(["run", "deep.toml"])
        .args(arguments);
    command
}

/// Every file below a folder but what tells the time or the command line.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut left = vec![folder.to_owned()];
    while let Some(at) = left.pop() {
        for entry in std::fs::read_dir(&at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                left.push(path);
            } else if !path.ends_with("summary.json")
                && !path.ends_with("scenario.toml")
                && !path.ends_with("report.html")
                && !path.file_name().unwrap().to_string_lossy().starts_with('.')
            {
                let name = path
                    .strip_prefix(folder)
                    .unwrap()
                    .to_string_lossy()
                    .into_owned();
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn summary(folder: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(folder.join("summary.json")).unwrap()).unwrap()
}

#[test]
fn a_training_killed_at_random_moments_ends_with_the_same_bytes() {
    let longer = TRAINING.replace("samples = 4000", "samples = 12000");
    let place = place(&longer);
    let started = Instant::now();
    run(&place, &["--quiet", "--out", "whole"])
        .assert()
        .success();
    let took = started.elapsed();
    let whole = files(&place.path().join("whole"));
    assert!(whole.contains_key("checkpoints/width4-sd1-bn-after-seed1/epochs.records"));

    let (mut kills, mut part) = (0, 0.31);
    for _ in 0..300 {
        let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("luckflow"))
            .current_dir(place.path())
            .args(["run", "deep.toml", "--quiet", "--out", "killed", "--resume"])
            .spawn()
            .unwrap();
        // Fractions of the whole, spread by the golden ratio.
        part = (part + 0.618) % 1.0;
        std::thread::sleep(Duration::from_millis(5) + took.mul_f64(0.3 * part));
        let was_done = child.try_wait().unwrap().is_some();
        child.kill().unwrap();
        child.wait().unwrap();
        if was_done {
            // Too quick for so many kills: once more from the beginning.
            std::fs::remove_dir_all(place.path().join("killed")).unwrap();
        } else {
            kills += 1;
        }
        if kills == 10 {
            break;
        }
    }
    assert_eq!(kills, 10);
    run(&place, &["--quiet", "--out", "killed", "--resume"])
        .assert()
        .success();
    let resumed = files(&place.path().join("killed"));
    assert_eq!(
        whole.keys().collect::<Vec<_>>(),
        resumed.keys().collect::<Vec<_>>()
    );
    for (name, bytes) in &whole {
        assert!(resumed[name] == *bytes, "{name}");
    }
}

#[test]
fn results_are_the_same_bytes_for_one_thread_and_two() {
    for text in [TRAINING, TICKETS] {
        let place = place(text);
        for threads in ["1", "2"] {
            run(&place, &["--quiet", "--threads", threads, "--out", threads])
                .assert()
                .success();
        }
        let (one, two) = (
            files(&place.path().join("1")),
            files(&place.path().join("2")),
        );
        assert_eq!(
            one.keys().collect::<Vec<_>>(),
            two.keys().collect::<Vec<_>>()
        );
        for (name, bytes) in &one {
            assert!(two[name] == *bytes, "{name}");
        }
    }
}

#[test]
fn a_longer_training_goes_on_from_a_shorter_one() {
    let place = place(TRAINING);
    run(&place, &["--quiet", "--out", "whole"])
        .assert()
        .success();
    run(
        &place,
        &["--quiet", "--out", "longer", "--set", "training.epochs=5"],
    )
    .assert()
    .success();
    run(&place, &["--quiet", "--out", "longer", "--resume"])
        .assert()
        .success();
    let read = |folder: &str| std::fs::read(place.path().join(folder).join("epochs.csv")).unwrap();
    assert!(read("whole") == read("longer"));
}

#[test]
fn a_checkpoint_of_another_scenario_is_refused() {
    let place = place(TRAINING);
    run(&place, &["--quiet", "--set", "training.epochs=2"])
        .assert()
        .success();
    run(&place, &["--resume", "--set", "training.step=0.05"])
        .assert()
        .code(2)
        .stderr(
            predicate::str::contains("checkpoint width")
                .and(predicate::str::contains("another scenario")),
        );
    run(&place, &["--resume", "--set", "training.epochs=1"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains(
            "2 epochs done; training.epochs = 1",
        ));
    // With --force it is replaced.
    run(
        &place,
        &[
            "--quiet",
            "--set",
            "training.step=0.05",
            "--set",
            "training.epochs=1",
            "--force",
        ],
    )
    .assert()
    .success();
}

#[test]
fn a_training_that_diverges_says_where_and_keeps_what_it_has() {
    let place = place(TRAINING);
    run(
        &place,
        &[
            "--set",
            "training.step=1e6",
            "--set",
            "student.batch_norm=none",
        ],
    )
    .assert()
    .code(1)
    .stderr(
        predicate::str::contains("training diverged")
            .and(predicate::str::contains("training.step")),
    );
    let folder = place.path().join("plots/deep");
    assert!(
        folder.join("epochs.csv").exists() && folder.join("width2-sd1/correlation.svg").exists()
    );
    assert_eq!(summary(&folder)["end"]["kind"], "loss-diverged");
}

#[test]
fn a_students_file_teaches_another_student() {
    let place = place(TRAINING);
    run(&place, &["--quiet", "--set", "training.epochs=1"])
        .assert()
        .success();
    let file = "plots/deep/students/width2-sd1-bn-after-seed1.safetensors";
    let weights = format!("teacher.weights={{file = \"{file}\"}}");
    run(
        &place,
        &[
            "--quiet",
            "--out",
            "again",
            "--set",
            "training.epochs=1",
            "--set",
            &weights,
        ],
    )
    .assert()
    .success();
    // The same teacher, and so the same lesson.
    let losses = |folder: &str| {
        summary(&place.path().join(folder))["findings"][0]["held_out"]["loss"].clone()
    };
    assert_eq!(losses("plots/deep"), losses("again"));

    let hidden = "teacher.hidden=[4, 6]";
    run(
        &place,
        &["--out", "other", "--set", &weights, "--set", hidden],
    )
    .assert()
    .code(2)
    .stderr(
        predicate::str::contains("teacher.weights")
            .and(predicate::str::contains("teacher.layers.1.bias: found [5]")),
    );
    run(
        &place,
        &[
            "--out",
            "another",
            "--set",
            "teacher.weights={file = \"deep.toml\"}",
        ],
    )
    .assert()
    .code(2)
    .stderr(
        predicate::str::contains("teacher.weights").and(predicate::str::contains("safetensors")),
    );
}

#[test]
fn mistakes_are_named_with_file_key_found_and_allowed() {
    let refuses = |text: &str, set: &str, said: &[&str]| {
        let place = place(text);
        let mut assert = run(&place, &["--set", set]).assert().code(2).stdout("");
        for said in said {
            assert = assert.stderr(predicate::str::contains(*said));
        }
        assert.stderr(predicate::str::contains("deep.toml"));
    };
    refuses(
        TRAINING,
        "teacher.hidden=[4, 0]",
        &["teacher.hidden", "found [4, 0]", "1 to 65536"],
    );
    refuses(
        TRAINING,
        "teacher.hidden=4",
        &["teacher.hidden", "found 4", "[10, 15]"],
    );
    refuses(
        TRAINING
            .replace("hidden = [4, 5]", "hidden = [4000, 5000]")
            .as_str(),
        "student.widths=1000",
        &["student.widths", "2.0e13 parameters", "at most 2.5e8"],
    );
    refuses(
        TRAINING,
        "student.widths=[2, 2]",
        &["student.widths", "found [2, 2]", "without repetition"],
    );
    refuses(
        TRAINING,
        "student.batch_norm=before",
        &["student.batch_norm", "found \"before\"", "\"after-relu\""],
    );
    refuses(
        TRAINING,
        "data.deviation=[1, -1]",
        &["data.deviation", "found [1, -1]", "positive"],
    );
    refuses(
        TRAINING,
        "training.step=[[1, 0.1]]",
        &[
            "training.step",
            "found [[1, 0.1]]",
            "[[0, 0.1], [20, 0.01]]",
        ],
    );
    refuses(
        TRAINING,
        "training.batch=5000",
        &[
            "training.batch",
            "mini-batches of 5000",
            "than there are samples",
        ],
    );
    refuses(
        TRAINING,
        "training.stpe=1",
        &["training.stpe", "did you mean step?"],
    );
    refuses(
        TRAINING,
        "training.loss=hinge",
        &["training.loss", "found \"hinge\"", "cross-entropy"],
    );
    refuses(
        TICKETS,
        "student.widths=[2, 4]",
        &["student.widths", "2 values", "one value"],
    );
    refuses(
        TICKETS,
        "tickets.size=4",
        &[
            "tickets.size",
            "found 4 with student.widths = 4",
            "less than",
        ],
    );
    refuses(
        TICKETS,
        "tickets.keep=luck",
        &["tickets.keep", "found \"luck\"", "\"fan-out\""],
    );
}

#[test]
fn every_experiment_leaves_its_figures() {
    let deep = |experiment: &str, further: &str| {
        let base = TRAINING
            .replace("deep-training", experiment)
            .replace("widths = [2, 4]", "widths = 3");
        base.replace("batch_norm = \"after-relu\"\n", "")
            .replace("epochs = 40", "epochs = 2")
            .replace("momentum = 0.5\n", further)
    };
    let cases = [
        (
            deep("implicit-regularization", "[labels]\nlarge = [20, 30]\n"),
            vec!["fitted.svg", "mixtures.svg", "held-out.svg", "epochs.csv"],
        ),
        (
            deep(
                "flat-minima",
                "[hessian]\nsamples = 100\ndense = 100\nsteps = 20\nprobes = 2\n",
            ),
            vec!["spectrum.svg", "near-zero.svg", "spectra.csv"],
        ),
        (
            deep("deep-flow", "[flow]\nsteps = 10\nsamples = 64\n")
                .replace("epochs = 2\n", "")
                .replace("samples = 4000\n", ""),
            vec![
                "loss.svg",
                "correlation-flow.svg",
                "correlation-sgd.svg",
                "separation.svg",
                "steps.csv",
            ],
        ),
        (
            TICKETS.into(),
            vec!["held-out.svg", "correlation.svg", "tickets.csv"],
        ),
    ];
    for (text, names) in cases {
        let place = place(&text);
        run(&place, &[])
            .assert()
            .success()
            .stdout(predicate::str::contains("deep"));
        for name in names {
            let file = place.path().join("plots/deep").join(name);
            assert!(
                std::fs::metadata(&file).is_ok_and(|file| file.len() > 100),
                "{name}"
            );
        }
        assert_eq!(
            summary(&place.path().join("plots/deep"))["end"]["kind"],
            "finished"
        );
    }
}

#[test]
fn sgd_beside_the_flow_leaves_gaps_and_a_law() {
    let text = r#"experiment = "sgd-vs-flow"
[teacher]
input_dim = 6
nodes = 2
threshold = 0.5
outputs = 3
[student]
extra = 1
theta0 = 0.3
[sgd]
steps = [0.1, 0.05]
batches = [8, 32]
seeds = 3
[integrate]
horizon = 4
outputs = 20
"#;
    let place = place(text);
    run(&place, &[])
        .assert()
        .success()
        .stdout(predicate::str::contains("gap ∝ η^a"));
    let folder = place.path().join("plots/deep");
    for name in [
        "gap.svg",
        "angle.svg",
        "fan-out.svg",
        "loss.svg",
        "gaps.csv",
        "paths.csv",
    ] {
        assert!(folder.join(name).exists(), "{name}");
    }
    assert!(
        summary(&folder)["law"]["step"]["standard_error"]
            .as_f64()
            .unwrap()
            > 0.0
    );
    run(&place, &["--resume"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains(
            "--resume: found an experiment without checkpoints",
        ));
    run(&place, &["--force", "--set", "sgd.projection=false"])
        .assert()
        .success()
        .stdout(predicate::str::contains("SGD is not projected"));
    // A sampled flow has a step of its own.
    run(
        &place,
        &[
            "--force",
            "--set",
            "overlap.method=monte-carlo",
            "--set",
            "overlap.samples=2000",
        ],
    )
    .assert()
    .success()
    .stdout(predicate::str::contains(
        "the flow's own overlaps are sampled",
    ));
    run(&place, &["--force", "--set", "integrate.horizon=auto"])
        .assert()
        .code(2)
        .stderr(
            predicate::str::contains("integrate.horizon")
                .and(predicate::str::contains("a fixed horizon")),
        );
    run(&place, &["--set", "sgd.batches=[0]"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("sgd.batches").and(predicate::str::contains("found [0]")));
}
