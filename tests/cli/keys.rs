//! Scenarios from anywhere, and what is said of their keys.

use crate::util::Place;
use predicates::prelude::*;
use std::time::{Duration, Instant};

const SMALL: &str = r#"experiment = "theorem4"
[teacher]
input_dim = 6
nodes = 3
threshold = 2.0
[student]
theta0 = 0.05
"#;

const FLOW: &str = r#"experiment = "deep-flow"
[teacher]
input_dim = 8
hidden = [4]
outputs = 6
[training]
step = 0.05
"#;

/// What stderr says, in one line, of a run that is refused.
fn refused(place: &Place, arguments: &[&str]) -> String {
    let assert = place.luckflow(arguments).assert().code(2).stdout("");
    let error = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    assert!(error.lines().count() == 1, "{error}");
    error
}

fn refused_with(text: &str, set: &str) -> String {
    let place = Place::with("s.toml", text);
    refused(&place, &["run", "s.toml", "--set", set])
}

/// Scenario, what is set, what is said.
const MISTAKES: &[(&str, &str, &str)] = &[
    (
        FLOW,
        "training.momentum=0.5",
        "s.toml: --set: training.momentum: found 0.5; allowed: nothing here with experiment = \"deep-flow\"",
    ),
    (FLOW, "seeds=2", "--set: seeds: found 2; allowed: nothing here"),
    (FLOW, "training.epochs=5", "--set: training.epochs: found 5; allowed: nothing here"),
    (FLOW, "data.samples=50", "--set: data.samples: found 50; allowed: nothing here"),
    (
        FLOW,
        "data.deviation=[1,2]",
        "--set: data.deviation: found [1,2], 2 values; allowed: one value: a positive number",
    ),
    (
        SMALL,
        "teacher.nodes=5.0",
        "--set: teacher.nodes: found 5.0; allowed: a whole number from 1 to 16384",
    ),
    (
        SMALL,
        "seed=18446744073709551615",
        "--set: seed: found 18446744073709551615; allowed: a whole number from 0 to 2⁶³ − 1",
    ),
    (SMALL, "student.theta0=1e1", "--set: student.theta0: found 1e1; allowed: an angle"),
    (SMALL, "student.tehta0=", "--set: student.tehta0: found nothing to take away"),
    (
        SMALL,
        "overlap.replicas=3",
        "--set: overlap.replicas: found 3; allowed: nothing here with overlap.method",
    ),
    (
        SMALL,
        "integrate.outputs=[2, 1]",
        "--set: integrate.outputs: found [2, 1]; allowed: a whole number from 10 to 1000000, a list of ascending",
    ),
    (SMALL, "teacher.outputs=3", "--set: teacher.outputs: found an unknown key, with value 3"),
];

#[test]
fn a_mistake_is_placed_where_it_was_written_and_shown_as_it_was_written() {
    for (text, set, said) in MISTAKES {
        let error = refused_with(text, set);
        assert!(error.contains(said), "{error}");
    }
    let long = format!("student.theta0=\"{}\"", "x".repeat(3000));
    let error = refused_with(SMALL, &long);
    assert!(error.contains("… (3002 characters)") && error.len() < 400, "{error}");
}

#[test]
fn what_is_no_text_or_has_no_end_is_refused_at_once() {
    let place = Place::with("s.toml", SMALL);
    let utf16: Vec<u8> = SMALL.encode_utf16().flat_map(u16::to_le_bytes).collect();
    std::fs::write(place.path("unmarked.toml"), &utf16).unwrap();
    std::fs::write(place.path("marked.toml"), [&[0xff, 0xfe][..], &utf16].concat()).unwrap();
    std::fs::write(place.path("latin.toml"), b"# a\n# caf\xe9\n").unwrap();
    place.write("large.toml", &"# large\n".repeat(200_000));
    for (name, said) in [
        ("unmarked.toml", "found text in UTF-16; allowed: text in UTF-8"),
        ("marked.toml", "found text in UTF-16"),
        ("latin.toml", "latin.toml:2: the file: found a byte 0xe9 that is not UTF-8"),
        ("large.toml", "found more than 1000000 bytes"),
        (".", "found a folder"),
        ("theorm5", "did you mean theorem5?"),
    ] {
        let error = refused(&place, &["run", name]);
        assert!(error.contains(said), "{error}");
    }
    if cfg!(unix) {
        let error = refused(&place, &["run", "/dev/zero"]);
        assert!(error.contains("no regular file"), "{error}");
        let pipe = place.path("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let error = refused(&place, &["run", "pipe"]);
        assert!(error.contains("no regular file"), "{error}");
    }
    // A mark that says UTF-8 is none of the text.
    place.write("bom.toml", &format!("\u{feff}{SMALL}"));
    place.luckflow(&["run", "bom.toml"]).assert().success();
}

#[test]
fn a_hundred_thousand_keys_are_no_trouble() {
    let keys: String = (0..80_000).map(|i| format!("k{i} = 1\n")).collect();
    let place = Place::with("s.toml", &format!("{keys}{SMALL}"));
    let started = Instant::now();
    let error = refused(&place, &["run", "s.toml"]);
    assert!(error.contains("an unknown key"), "{error}");
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}

#[test]
fn a_scenario_comes_from_the_program_or_from_standard_input() {
    let place = Place::with("w", "");
    let short = ["--set", "integrate.horizon=1"];
    place.luckflow(&["run", "theorem5", short[0], short[1]]).assert().success();
    assert!(place.path("plots/theorem5/summary.json").exists());
    place.luckflow(&["run", "-", "--out", "piped"]).write_stdin(SMALL).assert().success();
    assert!(place.path("piped/summary.json").exists());
    place
        .luckflow(&["run", "-"])
        .write_stdin(SMALL.replace("nodes", "nods"))
        .assert()
        .code(2)
        .stderr(predicate::str::contains("<standard input>:4: teacher.nods"));
    // A file of that name goes before.
    let place = Place::with("theorem5", SMALL);
    place.luckflow(&["run", "theorem5"]).assert().success().stdout(predicate::str::contains("m = 3"));
    // Without its sweep a scenario runs.
    place.luckflow(&["run", "sweep-theorem5", "--set", "sweep=", short[0], short[1]]).assert().success();
}

#[test]
fn explain_says_what_a_key_is() {
    let place = Place::with("w", "");
    let says = |topic: &str, said: &[&str]| {
        let mut assert = place.luckflow(&["explain", topic]).assert().success();
        for said in said {
            assert = assert.stdout(predicate::str::contains(*said));
        }
    };
    says("student.theta0", &["(0, π/2)", "in       theorem4\n", "sgd-vs-flow", "start angle θ₀"]);
    says("training", &["training.momentum", "training.step", "deep-flow"]);
    says("flat-minima", &["hessian.near_zero", "1e-4"]);
    says("sweep.axis", &["sweep.axis[].log.from"]);
    for (topic, said) in [
        ("theta0", "did you mean student.theta0?"),
        ("student.tehta0", "did you mean student.theta0?"),
        ("luck", "allowed: a key"),
    ] {
        let error = refused(&place, &["explain", topic]);
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn new_scenarios_run() {
    for (name, short) in [
        ("theorem4", &["integrate.horizon=1"][..]),
        ("theorem5", &["integrate.horizon=1"]),
        ("fan-out-panels", &["integrate.horizon=1"]),
        ("sgd-vs-flow", &["sgd.seeds=2", "integrate.horizon=1"]),
        ("deep-training", &["training.epochs=1", "data.samples=128"]),
        ("deep-flow", &["flow.steps=4", "flow.samples=16"]),
        ("implicit-regularization", &["training.epochs=1", "data.samples=128", "student.widths=2"]),
        ("lottery-tickets", &["training.epochs=1", "data.samples=128"]),
        (
            "flat-minima",
            &[
                "training.epochs=1",
                "data.samples=128",
                "student.widths=1",
                "hessian.steps=4",
                "hessian.probes=1",
                "hessian.dense=0",
            ],
        ),
    ] {
        let place = Place::with("w", "");
        place.luckflow(&["new", name, "--out", "s.toml"]).assert().success().stdout("wrote s.toml\n");
        let mut arguments = vec!["run", "s.toml"];
        arguments.extend(short.iter().flat_map(|set| ["--set", set]));
        place.luckflow(&arguments).assert().success();
        // What is there is not overwritten.
        let error = refused(&place, &["new", name, "--out", "s.toml"]);
        assert!(error.contains("a file that is not there yet"), "{error}");
        place
            .luckflow(&["new", name])
            .assert()
            .success()
            .stdout(predicate::eq(place.read("s.toml").as_str()));
    }
}

#[test]
fn experiments_and_scenarios_are_listed_and_shells_are_served() {
    let place = Place::with("w", "");
    place
        .luckflow(&["list"])
        .assert()
        .success()
        .stdout(predicate::str::contains("fan-out-panels").and(predicate::str::contains("sweep-random-theorem5")));
    for (reader, said) in [
        ("bash", "_luckflow()"),
        ("zsh", "#compdef luckflow"),
        ("fish", "complete -c luckflow"),
        ("man", ".TH luckflow"),
    ] {
        place
            .luckflow(&["completions", reader])
            .assert()
            .success()
            .stdout(predicate::str::contains(said).and(predicate::str::contains("explain")));
    }
}

#[test]
fn a_start_from_files_is_the_start_that_they_hold() {
    use ndarray::{Array2, arr2};
    let place = Place::with(
        "s.toml",
        &SMALL
            .replace("theta0 = 0.05", "weights = { file = \"w.npy\" }")
            .replace("nodes = 3", "nodes = 3\nweights = { file = \"t.npy\" }"),
    );
    let teacher = Array2::from_shape_fn((6, 3), |(i, j)| f64::from(u8::from(i == j)));
    let (sine, cosine) = 0.1_f64.sin_cos();
    let mut student = &teacher * (2.0 * cosine);
    student[[3, 0]] = 2.0 * sine;
    student[[4, 1]] = 2.0 * sine;
    student[[0, 2]] = 2.0 * sine;
    ndarray_npy::write_npy(place.path("t.npy"), &teacher).unwrap();
    ndarray_npy::write_npy(place.path("w.npy"), &student).unwrap();
    place.luckflow(&["run", "s.toml", "--set", "integrate.horizon=1"]).assert().success();
    let summary: serde_json::Value = serde_json::from_str(&place.read("plots/s/summary.json")).unwrap();
    let theta0 = summary["assumption"]["theta0"].as_f64().unwrap();
    assert!((theta0 - 0.1).abs() < 1e-14, "{theta0}");
    ndarray_npy::write_npy(place.path("w.npy"), &arr2(&[[1.0, 0.0]])).unwrap();
    // What the folder keeps of it names the files from wherever it stands.
    let resolved = place.read("plots/s/resolved.toml");
    assert!(!resolved.contains("\"w.npy\"") && resolved.contains("/w.npy\""), "{resolved}");
    let error = refused(&place, &["run", "s.toml", "--out", "o"]);
    assert!(error.contains("student.weights") && error.contains("6 × 3"), "{error}");
}

#[test]
fn an_axis_on_the_command_line_is_swept() {
    let place = Place::with("s.toml", SMALL);
    place
        .luckflow(&["sweep", "s.toml", "--axis", "student.theta0=log:1e-2:1e-1:3", "--set", "integrate.horizon=1"])
        .assert()
        .success();
    let cells = place.read("plots/s/cells.csv");
    assert_eq!(cells.lines().count(), 4, "{cells}");
    assert!(cells.lines().next().unwrap().starts_with("index,id,student.theta0,seed"));
    let error = refused(&place, &["sweep", "s.toml", "--axis", "student.theta0=1:2"]);
    assert!(error.contains("--axis") && error.contains("log:"), "{error}");
}
