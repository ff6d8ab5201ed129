//! Killed, interrupted, gone on with.

use super::{TICKETS, TRAINING, files, place, run, summary};
use predicates::prelude::*;
use std::time::{Duration, Instant};

#[test]
fn a_training_killed_at_random_moments_ends_with_the_same_bytes() {
    let longer = TRAINING.replace("samples = 4000", "samples = 12000");
    let place = place(&longer);
    let started = Instant::now();
    run(&place, &["--quiet", "--out", "whole"]).assert().success();
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
    run(&place, &["--quiet", "--out", "killed", "--resume"]).assert().success();
    let resumed = files(&place.path().join("killed"));
    assert_eq!(whole.keys().collect::<Vec<_>>(), resumed.keys().collect::<Vec<_>>());
    for (name, bytes) in &whole {
        assert!(resumed[name] == *bytes, "{name}");
    }
}

#[test]
fn results_are_the_same_bytes_for_one_thread_and_two() {
    for text in [TRAINING, TICKETS] {
        let place = place(text);
        for threads in ["1", "2"] {
            run(&place, &["--quiet", "--threads", threads, "--out", threads]).assert().success();
        }
        let (one, two) = (files(&place.path().join("1")), files(&place.path().join("2")));
        assert_eq!(one.keys().collect::<Vec<_>>(), two.keys().collect::<Vec<_>>());
        for (name, bytes) in &one {
            assert!(two[name] == *bytes, "{name}");
        }
    }
}

#[test]
fn a_longer_training_goes_on_from_a_shorter_one() {
    let place = place(TRAINING);
    run(&place, &["--quiet", "--out", "whole"]).assert().success();
    run(&place, &["--quiet", "--out", "longer", "--set", "training.epochs=5"]).assert().success();
    run(&place, &["--quiet", "--out", "longer", "--resume"]).assert().success();
    let read = |folder: &str| std::fs::read(place.path().join(folder).join("epochs.csv")).unwrap();
    assert!(read("whole") == read("longer"));
}

#[test]
fn a_checkpoint_of_another_scenario_is_refused() {
    let place = place(TRAINING);
    run(&place, &["--quiet", "--set", "training.epochs=2"]).assert().success();
    run(&place, &["--resume", "--set", "training.step=0.05"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("checkpoint width").and(predicate::str::contains("another scenario")));
    run(&place, &["--resume", "--set", "training.epochs=1"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("2 epochs done; training.epochs = 1"));
    // With --force it is replaced.
    run(&place, &["--quiet", "--set", "training.step=0.05", "--set", "training.epochs=1", "--force"])
        .assert()
        .success();
}

#[test]
fn a_training_that_diverges_says_where_and_keeps_what_it_has() {
    let place = place(TRAINING);
    run(&place, &["--set", "training.step=1e6", "--set", "student.batch_norm=none"])
        .assert()
        .code(1)
        .stderr(predicate::str::contains("training diverged").and(predicate::str::contains("training.step")));
    let folder = place.path().join("plots/deep");
    assert!(folder.join("epochs.csv").exists() && folder.join("width2-sd1/correlation.svg").exists());
    assert_eq!(summary(&folder)["end"]["kind"], "loss-diverged");
}
