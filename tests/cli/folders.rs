//! What is promised of a folder: nothing foreign is touched, nothing computed is lost, nothing damaged is used.

use crate::common::{RUN as SMALL, SWEEP, TRAINING};
use crate::util::Place;
use predicates::prelude::*;
use std::path::Path;

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

fn flip(path: &Path, byte: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[byte] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn a_folder_with_files_of_other_origin_is_refused_and_they_are_left_as_they_are() {
    for (verb, text) in [("run", SMALL), ("sweep", SWEEP)] {
        let place = Place::with("s.toml", text);
        let names = ["earlier-results.csv", "pending.csv", "seconds.csv", "aggregate.csv"];
        std::fs::create_dir(place.path("o")).unwrap();
        for name in names {
            place.write(&format!("o/{name}"), "theirs");
        }
        for further in [&[][..], &["--resume"]] {
            let mut arguments = vec![verb, "s.toml", "--out", "o"];
            arguments.extend(further);
            if verb == "sweep" || further.is_empty() {
                place
                    .luckflow(&arguments)
                    .assert()
                    .code(2)
                    .stderr(predicate::str::contains("this program did not write"));
            }
        }
        // Beside them, but not in their place.
        let assert = place.luckflow(&[verb, "s.toml", "--out", "o", "--force", "--quiet"]).assert();
        match verb {
            "run" => assert.success(),
            _ => assert.failure(),
        };
        for name in names {
            assert_eq!(read(&place.path(&format!("o/{name}"))), "theirs", "{name}");
        }
    }
}

#[test]
fn after_a_run_every_file_in_its_folder_belongs_to_it() {
    let place = Place::with("s.toml", SMALL);
    let states = ["run", "s.toml", "--out", "o", "--quiet", "--set", "output.states=true"];
    place.luckflow(&states).assert().success();
    assert!(place.path("o/weights.npy").exists());
    let again = ["run", "s.toml", "--out", "o", "--quiet"];
    place
        .luckflow(&again)
        .assert()
        .code(2)
        .stderr(predicate::str::contains("found earlier results").and(predicate::str::contains("--force")));
    let mut forced = again.to_vec();
    forced.push("--force");
    place.luckflow(&forced).assert().success();
    assert!(!place.path("o/weights.npy").exists());
}

#[test]
fn what_is_cleared_is_not_what_is_read() {
    let place = Place::with("s.toml", TRAINING);
    place.luckflow(&["run", "s.toml", "--quiet", "--out", "o"]).assert().success();
    let teacher = "o/students/width2-sd1-seed1.safetensors";
    let weights = format!("teacher.weights={{file=\"{teacher}\"}}");
    place
        .luckflow(&["run", "s.toml", "--out", "o", "--force", "--set", &weights])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("--force").and(predicate::str::contains(teacher)));
    assert!(place.path(teacher).exists());
}

#[test]
fn rows_that_were_changed_are_computed_again() {
    let place = Place::with("s.toml", SWEEP);
    let sweep = |further: &[&str]| {
        let mut arguments = vec!["sweep", "s.toml", "--quiet", "--out", "o"];
        arguments.extend(further);
        place.luckflow(&arguments).assert()
    };
    sweep(&[]).success();
    let table = place.path("o/cells.csv");
    let whole = read(&table);
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    let changed = [
        whole.replacen("holds", "violated", 1),
        whole.replace('\n', "\r\n"),
        whole.replacen("0.03", "0.\0", 1),
        format!("{whole}{}", lines[3]),
        format!("{}{}", lines[..3].concat(), lines[4..].concat()),
        whole.replacen("index", "indec", 1),
    ];
    for (number, text) in changed.iter().enumerate() {
        std::fs::write(&table, text).unwrap();
        sweep(&["--resume"]).success().stderr(predicate::str::contains("computed again"));
        assert!(read(&table) == whole, "change {number}");
    }
}

#[test]
fn a_sweep_without_a_common_point_and_another_shard_are_refused() {
    let place = Place::with("s.toml", SWEEP);
    let sweep = |further: &[&str]| {
        let mut arguments = vec!["sweep", "s.toml", "--quiet", "--out", "o"];
        arguments.extend(further);
        place.luckflow(&arguments).assert()
    };
    sweep(&["--shard", "1/2"]).success();
    let table = read(&place.path("o/cells.csv"));
    for (further, said) in [
        (&["--resume", "--shard", "1/3"][..], "--shard"),
        (&["--resume", "--shard", "1/2", "--set", "teacher.nodes=2"], "--force"),
    ] {
        sweep(further).code(2).stderr(predicate::str::contains(said));
        assert_eq!(read(&place.path("o/cells.csv")), table);
    }
}

#[test]
fn an_exchanged_teacher_is_another_training() {
    let place = Place::with("s.toml", TRAINING);
    let run = |further: &[&str]| {
        let mut arguments = vec!["run", "s.toml", "--quiet"];
        arguments.extend(further);
        place.luckflow(&arguments).assert()
    };
    for (seed, folder) in [("seed=1", "a"), ("seed=2", "b")] {
        run(&["--out", folder, "--set", seed]).success();
    }
    let student = "students/width2-sd1-seed1.safetensors";
    std::fs::copy(place.path("a").join(student), place.path("t.safetensors")).unwrap();
    let taught = ["--set", "teacher.weights={file=\"t.safetensors\"}", "--out", "o"];
    run(&taught).success();
    let other = "students/width2-sd1-seed2.safetensors";
    std::fs::copy(place.path("b").join(other), place.path("t.safetensors")).unwrap();
    let mut resumed = taught.to_vec();
    resumed.extend(["--resume", "--set", "training.epochs=5"]);
    run(&resumed).code(2).stderr(predicate::str::contains("a checkpoint of another scenario"));
}

#[test]
fn any_flipped_bit_in_a_checkpoint_is_seen() {
    let place = Place::with("s.toml", TRAINING);
    let run = |further: &[&str]| {
        let mut arguments = vec!["run", "s.toml", "--quiet"];
        arguments.extend(further);
        place.luckflow(&arguments).assert()
    };
    run(&["--out", "whole", "--set", "training.epochs=5"]).success();
    let whole = read(&place.path("whole/epochs.csv"));
    run(&["--out", "o"]).success();
    let (state, records) = ("state.safetensors", "epochs.records");
    let folder = place.path("o/checkpoints/width2-sd1-seed1");
    let kept: Vec<Vec<u8>> = [state, records].map(|name| std::fs::read(folder.join(name)).unwrap()).into();
    for (which, name) in [state, records].into_iter().enumerate() {
        let size = kept[which].len();
        for place_of_flip in [0, size / 7, size / 3, size / 2, size - 1] {
            for (name, bytes) in [state, records].into_iter().zip(&kept) {
                std::fs::write(folder.join(name), bytes).unwrap();
            }
            flip(&folder.join(name), place_of_flip);
            run(&["--out", "o", "--resume", "--set", "training.epochs=5"])
                .success()
                .stderr(predicate::str::contains("is damaged and not used"));
            assert!(read(&place.path("o/epochs.csv")) == whole, "{name}, byte {place_of_flip}");
        }
    }
}

#[test]
fn who_cannot_be_told_is_told_otherwise() {
    let place = Place::with("s.toml", SMALL);
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let status = |arguments: &[&str], out: bool| {
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("luckflow"));
        command.current_dir(place.path(".")).args(arguments);
        match out {
            true => command.stdout(full()).stderr(std::process::Stdio::null()),
            false => command.stderr(full()).stdout(std::process::Stdio::null()),
        };
        command.status().unwrap().code()
    };
    assert_eq!(status(&["overlap", "--theta", "1", "--b", "0"], true), Some(1));
    assert_eq!(status(&["run", "s.toml", "--out", "a"], true), Some(1));
    assert!(place.path("a/summary.json").exists(), "results come before words");
    assert_eq!(status(&["run", "s.toml", "--out", "b"], false), Some(0));
    assert_eq!(status(&["run", "none.toml"], false), Some(2));
}

#[test]
fn threads_have_a_ceiling() {
    let place = Place::with("s.toml", SMALL);
    place
        .luckflow(&["run", "s.toml", "--threads", "4000"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("--threads: found 4000; allowed: a whole number from 1 to"));
    place
        .luckflow(&["overlap", "--theta", "1", "--b", "0"])
        .env("RAYON_NUM_THREADS", "100000")
        .assert()
        .code(2)
        .stderr(predicate::str::contains("RAYON_NUM_THREADS: found 100000"));
}

#[test]
fn a_start_below_the_floor_is_no_success() {
    let place = Place::with("s.toml", SMALL);
    place
        .luckflow(&["run", "s.toml", "--set", "student.theta0=1e-15"])
        .assert()
        .code(1)
        .stderr(predicate::str::contains("below the noise floor").and(predicate::str::contains("start farther away")));
}

#[test]
fn a_wide_student_does_not_overflow_the_stack() {
    let text = r#"
        experiment = "theorem5"
        teacher = { input_dim = 100, nodes = 5, threshold = 2.5, outputs = 5 }
        student = { extra = 100, theta0 = 0.1, e0 = 0.05 }
        integrate = { horizon = 1.0, outputs = 10 }
    "#;
    let place = Place::with("s.toml", text);
    place.luckflow(&["run", "s.toml", "--quiet"]).env("OPENBLAS_NUM_THREADS", "2").assert().success();
}
