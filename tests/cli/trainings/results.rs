//! What experiments leave.

use super::{TICKETS, TRAINING, place, run, summary};
use predicates::prelude::*;

#[test]
fn a_students_file_teaches_another_student() {
    let place = place(TRAINING);
    run(&place, &["--quiet", "--set", "training.epochs=1"]).assert().success();
    let file = "plots/deep/students/width2-sd1-bn-after-seed1.safetensors";
    let weights = format!("teacher.weights={{file = \"{file}\"}}");
    run(&place, &["--quiet", "--out", "again", "--set", "training.epochs=1", "--set", &weights])
        .assert()
        .success();
    // The same teacher, and so the same lesson.
    let losses = |folder: &str| summary(&place.path().join(folder))["findings"][0]["held_out"]["loss"].clone();
    assert_eq!(losses("plots/deep"), losses("again"));

    let hidden = "teacher.hidden=[4, 6]";
    run(&place, &["--out", "other", "--set", &weights, "--set", hidden]).assert().code(2).stderr(
        predicate::str::contains("teacher.weights").and(predicate::str::contains("teacher.layers.1.bias: found [5]")),
    );
    run(&place, &["--out", "another", "--set", "teacher.weights={file = \"deep.toml\"}"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("teacher.weights").and(predicate::str::contains("safetensors")));
}

#[test]
fn every_experiment_leaves_its_figures() {
    let deep = |experiment: &str, further: &str| {
        let base = TRAINING.replace("deep-training", experiment).replace("widths = [2, 4]", "widths = 3");
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
            deep("flat-minima", "[hessian]\nsamples = 100\ndense = 100\nsteps = 20\nprobes = 2\n"),
            vec!["spectrum.svg", "near-zero.svg", "spectra.csv"],
        ),
        (
            deep("deep-flow", "[flow]\nsteps = 10\nsamples = 64\n")
                .replace("epochs = 2\n", "")
                .replace("samples = 4000\n", ""),
            vec!["loss.svg", "correlation-flow.svg", "correlation-sgd.svg", "separation.svg", "steps.csv"],
        ),
        (TICKETS.into(), vec!["held-out.svg", "correlation.svg", "tickets.csv"]),
    ];
    for (text, names) in cases {
        let place = place(&text);
        run(&place, &[]).assert().success().stdout(predicate::str::contains("deep"));
        for name in names {
            let file = place.path().join("plots/deep").join(name);
            assert!(std::fs::metadata(&file).is_ok_and(|file| file.len() > 100), "{name}");
        }
        assert_eq!(summary(&place.path().join("plots/deep"))["end"]["kind"], "finished");
    }
}

const BESIDE: &str = r#"experiment = "sgd-vs-flow"
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

#[test]
fn beside_a_flow_that_broke_off_there_is_no_sgd() {
    let place = place(BESIDE);
    run(&place, &["--set=integrate.max_steps=1"])
        .assert()
        .code(1)
        .stderr(predicate::str::contains("the run ended early: 1 steps were taken"));
    let found = summary(&place.path().join("plots/deep"));
    assert_eq!(found["end"]["kind"], "step-budget");
    assert_eq!(found["gaps"], serde_json::json!([]));
}

#[test]
fn sgd_beside_the_flow_leaves_gaps_and_a_law() {
    let place = place(BESIDE);
    run(&place, &[]).assert().success().stdout(predicate::str::contains("gap ∝ η^a"));
    let folder = place.path().join("plots/deep");
    for name in ["gap.svg", "angle.svg", "fan-out.svg", "loss.svg", "gaps.csv", "paths.csv"] {
        assert!(folder.join(name).exists(), "{name}");
    }
    assert!(summary(&folder)["law"]["step"]["standard_error"].as_f64().unwrap() > 0.0);
    run(&place, &["--resume"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("--resume: found an experiment without checkpoints"));
    run(&place, &["--force", "--set", "sgd.projection=false"])
        .assert()
        .success()
        .stdout(predicate::str::contains("SGD is not projected"));
    // A sampled flow has a step of its own.
    run(&place, &["--force", "--set", "overlap.method=monte-carlo", "--set", "overlap.samples=2000"])
        .assert()
        .success()
        .stdout(predicate::str::contains("the flow's own overlaps are sampled"));
    run(&place, &["--force", "--set", "integrate.horizon=auto"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("integrate.horizon").and(predicate::str::contains("a fixed horizon")));
    run(&place, &["--set", "sgd.batches=[0]"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("sgd.batches").and(predicate::str::contains("found [0]")));
}
