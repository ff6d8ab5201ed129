//! The program as its user meets it: what it prints and writes, and how it says no.

use crate::running::Running;
use assert_cmd::Command;
use predicates::prelude::*;
use serde_json::Value;
use std::path::Path;
use tempfile::TempDir;

const SMALL: &str = r#"# a small run
experiment = "theorem4"

[teacher]
input_dim = 6
nodes = 3
threshold = 2.0

[student]
theta0 = 0.05
"#;

fn luckflow() -> Command {
    Command::cargo_bin("luckflow").unwrap()
}

/// A folder with `small.toml` in it.
fn place(text: &str) -> TempDir {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("small.toml"), text).unwrap();
    place
}

/// Runs `small.toml` with overrides.
fn run(place: &TempDir, arguments: &[&str]) -> Command {
    let mut command = luckflow();
    command
        .current_dir(place.path())
        .args(["run", "small.toml"])
        .args(arguments);
    command
}

fn json(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn run_prints_a_table_and_writes_figures_and_plots() {
    let place = place(SMALL);
    run(&place, &[])
        .assert()
        .success()
        .stdout(predicate::str::contains("derived").and(predicate::str::contains("verdict")))
        .stderr("");
    let folder = place.path().join("plots/small");
    let mut names: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "columns.json",
            "convergence.svg",
            "figures",
            "figures.json",
            "rates.svg",
            "report.html",
            "resolved.toml",
            "scenario.toml",
            "summary.json",
            "trajectory.csv",
            "verdicts.csv"
        ]
    );

    let summary = json(&folder.join("summary.json"));
    assert_eq!(summary["scenario"]["teacher"]["nodes"], 3);
    assert!(
        summary["scenario"]["integrate"]["horizon"]
            .as_f64()
            .unwrap()
            > 0.0,
        "resolved"
    );
    for key in ["program", "commit", "rustc", "openblas", "host", "time"] {
        assert!(summary["provenance"][key].is_string());
    }
    for key in ["epsilon", "K_d", "theta0", "d0"] {
        assert!(summary["assumption"][key].is_f64());
    }
    for rate in ["printed", "printed_d0", "derived", "sharp", "exact"] {
        assert!(summary["rates"][rate]["value"].is_f64());
        let verdict = summary["rates"][rate]["verdict"].as_str().unwrap();
        assert!(["holds", "violated", "vacuous"].contains(&verdict));
    }
    for key in ["theta", "tan_half", "sin", "time"] {
        assert!(summary["simulated"]["worst"][key].is_f64(), "{key}");
    }
    for fit in ["slowest_mode", "largest_angle"] {
        assert!(summary["simulated"][fit]["rate"].is_f64(), "{fit}");
    }
    assert!(summary["end"]["reason"].is_string());
    for key in ["steps", "evaluations"] {
        assert!(summary["run"][key].as_u64().unwrap() > 0);
    }
    assert!(summary["seconds"].as_f64().unwrap() > 0.0);

    let mut csv = csv::Reader::from_path(folder.join("trajectory.csv")).unwrap();
    let header: Vec<String> = csv.headers().unwrap().iter().map(String::from).collect();
    assert_eq!(
        header,
        [
            "time",
            "loss",
            "dissipated",
            "largest_angle",
            "rate",
            "theta_1",
            "theta_2",
            "theta_3"
        ]
    );
    let rows: Vec<Vec<f64>> = csv
        .records()
        .map(|row| row.unwrap().iter().map(|x| x.parse().unwrap()).collect())
        .collect();
    assert!((rows[0][3] - 0.05).abs() < 1e-14);
    // What the flow has lost of its loss it has dissipated.
    for row in &rows {
        assert!((row[1] + row[2] - rows[0][1]).abs() < 1e-10 * rows[0][1]);
    }
}

#[test]
fn quiet_prints_nothing_and_out_says_where() {
    let place = place(SMALL);
    run(&place, &["--quiet", "--out", "elsewhere/deep"])
        .assert()
        .success()
        .stdout("")
        .stderr("");
    assert!(place.path().join("elsewhere/deep/summary.json").exists());
    assert!(!place.path().join("plots").exists());
}

#[test]
fn results_are_the_same_bytes_for_one_and_two_threads() {
    let exact = [
        "teacher.nodes=90",
        "teacher.input_dim=400",
        "integrate.outputs=10",
        "integrate.rtol=1e-6",
    ];
    let sampled = [
        "overlap.method=monte-carlo",
        "overlap.samples=5000",
        "overlap.replicas=3",
        "integrate.outputs=10",
        "teacher.threshold=0.5",
    ];
    for overrides in [&exact[..], &sampled[..]] {
        let place = place(SMALL);
        for threads in ["1", "2"] {
            let mut command = run(&place, &["--threads", threads, "--out", threads, "--quiet"]);
            for change in overrides {
                command.args(["--set", change]);
            }
            command.assert().success();
        }
        let read = |threads: &str, name: &str| {
            std::fs::read(place.path().join(threads).join(name)).unwrap()
        };
        for name in ["trajectory.csv", "convergence.svg", "rates.svg"] {
            assert!(read("1", name) == read("2", name), "{name}");
        }
        let figures = |threads: &str| {
            let mut summary = json(&place.path().join(threads).join("summary.json"));
            summary["seconds"] = Value::Null;
            summary["provenance"] = Value::Null;
            summary
        };
        assert_eq!(figures("1"), figures("2"));
    }
}

#[test]
fn states_are_written_in_full_coordinates_when_asked_for() {
    let place = place(SMALL);
    run(
        &place,
        &[
            "--set",
            "output.states=true",
            "--set",
            "teacher.input_dim=12",
            "--set",
            "integrate.outputs=20",
        ],
    )
    .assert()
    .success();
    let folder = place.path().join("plots/small");
    let weights: ndarray::Array3<f64> = ndarray_npy::read_npy(folder.join("weights.npy")).unwrap();
    let teacher: ndarray::Array2<f64> = ndarray_npy::read_npy(folder.join("teacher.npy")).unwrap();
    let times: ndarray::Array1<f64> = ndarray_npy::read_npy(folder.join("times.npy")).unwrap();
    assert_eq!(weights.dim(), (times.len(), 12, 3));
    let first = weights.index_axis(ndarray::Axis(0), 0);
    for node in 0..3 {
        let cosine = first.column(node).dot(&teacher.column(node));
        assert!((cosine - 0.05_f64.cos()).abs() < 1e-12);
    }
    // The angles of the table, from the weights: sine from what is at right angles to the teacher, cosine along it.
    let mut table = csv::Reader::from_path(folder.join("trajectory.csv")).unwrap();
    let header = table.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|known| known == name).unwrap();
    for (row, weights) in table
        .records()
        .map(Result::unwrap)
        .zip(weights.outer_iter())
    {
        let number = |name: &str| row[column(name)].parse::<f64>().unwrap();
        let angle = |node: usize| {
            let (student, teacher) = (weights.column(node), teacher.column(node));
            let along = student.dot(&teacher);
            let across = &student - &(&teacher * along);
            across.dot(&across).sqrt().atan2(along)
        };
        let angles = [0, 1, 2].map(angle);
        for (node, angle) in (1..).zip(angles) {
            assert!((number(&format!("theta_{node}")) - angle).abs() < 1e-14 + 1e-9 * angle);
        }
        let largest = angles.into_iter().fold(0.0, f64::max);
        assert!((number("largest_angle") - largest).abs() < 1e-14 + 1e-9 * largest);
    }
    let last = weights.index_axis(ndarray::Axis(0), times.len() - 1);
    assert!((&last - &teacher).iter().all(|x| x.abs() < 1e-10));
}

#[test]
fn a_teacher_and_an_input_can_come_from_files() {
    let place = place(SMALL);
    let teacher = ndarray::arr2(&[[2.0, 1.0], [0.0, 1.0], [0.0, 0.0], [0.0, 0.0]]);
    ndarray_npy::write_npy(place.path().join("w.npy"), &teacher).unwrap();
    let covariance = ndarray::Array2::from_diag(&ndarray::arr1(&[1.0_f32, 2.0, 1.0, 0.5]));
    ndarray_npy::write_npy(place.path().join("sigma.npy"), &covariance).unwrap();
    let text = SMALL
        .replace("input_dim = 6\nnodes = 3", "weights = { file = \"w.npy\" }")
        .replace("threshold = 2.0", "threshold = 0.5");
    std::fs::write(place.path().join("small.toml"), text).unwrap();
    run(&place, &[]).assert().success();
    let summary = json(&place.path().join("plots/small/summary.json"));
    assert_eq!(summary["scenario"]["teacher"]["input_dim"], 4);
    assert_eq!(summary["scenario"]["teacher"]["nodes"], 2);

    run(
        &place,
        &[
            "--set",
            "overlap.method=monte-carlo",
            "--set",
            "overlap.samples=4000",
            "--set",
            "overlap.input={covariance=\"sigma.npy\"}",
            "--set",
            "integrate.horizon=10",
            "--force",
        ],
    )
    .assert()
    .success()
    .stdout(predicate::str::contains("the input is not N(0, I)"));
}

/// Breaks `small.toml` and expects the error to name file and line, key, what was found and what is allowed.
fn refuses(find: &str, replace: &str, said: &[&str]) {
    assert!(SMALL.contains(find));
    let place = place(&SMALL.replace(find, replace));
    let assert = run(&place, &[]).assert().code(2).stdout("");
    let error = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    for word in said {
        assert!(error.contains(word), "{error:?} does not say {word:?}");
    }
    assert!(
        !error.contains("panicked") && error.lines().count() == 1,
        "{error}"
    );
    assert!(
        !place.path().join("plots").exists(),
        "nothing is written for a mistake"
    );
}

#[test]
fn mistakes_in_a_scenario_are_named_with_file_line_key_found_and_allowed() {
    refuses(
        "nodes = 3",
        "nods = 3",
        &[
            "small.toml:6",
            "teacher.nods",
            "3",
            "did you mean nodes?",
            "allowed",
        ],
    );
    refuses(
        "threshold = 2.0",
        "treshold = 2.0",
        &[
            "small.toml:7",
            "teacher.treshold",
            "2",
            "did you mean threshold?",
        ],
    );
    refuses(
        "nodes = 3",
        "nodes = \"three\"",
        &["small.toml:6", "teacher.nodes", "\"three\"", "whole number"],
    );
    refuses(
        "nodes = 3",
        "nodes = 3.5",
        &["small.toml:6", "teacher.nodes", "3.5", "whole number"],
    );
    refuses(
        "nodes = 3",
        "nodes = 7",
        &[
            "small.toml:6",
            "teacher.nodes",
            "7 orthonormal nodes",
            "random",
        ],
    );
    refuses(
        "theta0 = 0.05",
        "theta0 = 1.6",
        &["small.toml:10", "student.theta0", "1.6", "(0, π/2)"],
    );
    refuses(
        "theta0 = 0.05",
        "theta0 = nan",
        &["small.toml:10", "student.theta0", "nan", "(0, π/2)"],
    );
    refuses(
        "theta0 = 0.05",
        "",
        &["small.toml:9", "student.theta0", "nothing", "(0, π/2)"],
    );
    refuses(
        "threshold = 2.0",
        "threshold = 2.0\nepsilon = 0.1",
        &[
            "small.toml:8",
            "teacher.epsilon",
            "both threshold and epsilon",
        ],
    );
    refuses(
        "threshold = 2.0",
        "epsilon = 1e-300",
        &["small.toml", "teacher.epsilon", "allowed"],
    );
    refuses(
        "\"theorem4\"",
        "\"theorem9\"",
        &["small.toml:2", "experiment", "\"theorem9\"", "\"theorem4\""],
    );
    refuses(
        "[student]",
        "[studnet]",
        &["small.toml:9", "studnet", "did you mean student?"],
    );
    refuses("[student]", "[student", &["small.toml:9", "syntax", "TOML"]);
    refuses(
        "[student]",
        "[overlap]\nsamples = 10\n[student]",
        &["small.toml:10", "overlap.samples", "10", "monte-carlo"],
    );
    refuses(
        "[student]",
        "[overlap]\nmethod = \"monte-carlo\"\nresample = \"every-evaluation\"\n[integrate]\nmethod = \"dop853\"\n[student]",
        &[
            "small.toml:13",
            "integrate.method",
            "dop853",
            "fresh samples",
            "rk4",
        ],
    );
    refuses(
        "[student]",
        "[overlap]\nmethod = \"monte-carlo\"\nsamples = 100\n[integrate]\nmethod = \"dopri5\"\nrtol = 1e-6\n[student]",
        &["small.toml:13", "integrate", "1e-6", "sample"],
    );
    refuses(
        "[student]",
        "[integrate]\nmethod = \"euler\"\n[student]",
        &[
            "small.toml:10",
            "integrate.method",
            "\"euler\"",
            "\"gradient-descent\"",
        ],
    );
    refuses(
        "[student]",
        "[integrate]\nstep = 0.1\n[student]",
        &["small.toml:10", "integrate.step", "0.1", "dop853"],
    );
    refuses(
        "threshold = 2.0",
        "weights = { file = \"none.npy\" }",
        &["small.toml", "teacher.weights", "none.npy", "allowed"],
    );
}

#[test]
fn mistakes_on_the_command_line_are_named_too() {
    let place = place(SMALL);
    let refuses = |arguments: &[&str], said: &[&str]| {
        let assert = run(&place, arguments).assert().code(2);
        let error = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
        for word in said {
            assert!(error.contains(word), "{error:?} does not say {word:?}");
        }
    };
    refuses(
        &["--set", "student.theta0=9"],
        &["--set", "student.theta0", "9", "(0, π/2)"],
    );
    refuses(
        &["--set", "student.theta0"],
        &["--set", "student.theta0", "key=value"],
    );
    refuses(
        &["--set", "student.tehta0=0.1"],
        &["--set", "student.tehta0", "did you mean theta0?"],
    );
    refuses(&["--set", "seed.deep=1"], &["seed"]);
    refuses(&["--threads", "0"], &["--threads"]);
    refuses(
        &["--out", "small.toml"],
        &["--out", "small.toml", "a folder"],
    );
    luckflow()
        .args(["run", "no/such.toml"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("no/such.toml"));
    luckflow().args(["frobnicate"]).assert().code(2);
}

#[test]
fn a_run_that_ends_early_says_what_to_change_and_keeps_what_it_has() {
    let place = place(SMALL);
    run(&place, &["--set", "integrate.max_steps=20"])
        .assert()
        .code(1)
        .stderr(
            predicate::str::contains("20 steps")
                .and(predicate::str::contains("integrate.max_steps")),
        );
    let summary = json(&place.path().join("plots/small/summary.json"));
    assert_eq!(summary["end"]["kind"], "step-budget");
    assert!(
        summary["end"]["advice"]
            .as_str()
            .unwrap()
            .contains("max_steps")
    );
}

/// Whether a process has a handler for Ctrl-C, and has computed for a while: its state, as Linux tells it.
#[cfg(target_os = "linux")]
fn is_at_work(id: u32) -> bool {
    let read = |name: &str| std::fs::read_to_string(format!("/proc/{id}/{name}")).unwrap();
    let status = read("status");
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    // Signal 2 is the second bit.
    let has_handler = u64::from_str_radix(caught.unwrap().trim(), 16).unwrap() & 2 != 0;
    // After the name, which is in parentheses: state is the first field, time in user mode the twelfth, in hundredths of a second.
    let stat = read("stat");
    let fields = stat.rsplit_once(')').unwrap().1.split_whitespace();
    let time: u64 = fields
        .skip(11)
        .take(1)
        .map(|x| x.parse::<u64>().unwrap())
        .sum();
    has_handler && time >= 30
}

#[cfg(target_os = "linux")]
#[test]
fn ctrl_c_keeps_what_was_computed() {
    use std::process::{Command, Stdio};
    let place = place(SMALL);
    // Long enough to be interrupted: gradient descent with a tiny step.
    let mut child = Running::start(
        Command::new(assert_cmd::cargo::cargo_bin("luckflow"))
            .current_dir(place.path())
            .args([
                "run",
                "small.toml",
                "--set",
                "integrate.method=gradient-descent",
            ])
            .args([
                "--set",
                "integrate.step=1e-5",
                "--set",
                "integrate.outputs=100000",
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::null()),
    );
    child.wait_until("some hundred steps", |child| is_at_work(child.id()));
    child.interrupt();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let summary = json(&place.path().join("plots/small/summary.json"));
    assert_eq!(summary["end"]["kind"], "interrupted");
    assert!(summary["run"]["steps"].as_u64().unwrap() > 100);
}

#[test]
fn overlap_prints_both_kernels_and_their_slopes() {
    let assert = luckflow()
        .args(["overlap", "--theta", "0.7", "--b", "1"])
        .assert()
        .success();
    let answer: Value = serde_json::from_slice(&assert.get_output().stdout).unwrap();
    assert_eq!(answer["theta"], 0.7);
    assert_eq!(answer["b"], 1.0);
    assert_eq!(answer["b2"], 1.0);
    // By quadrature at 15 digits.
    for (key, value) in [
        ("D", 0.092_505_205_264_147),
        ("L", 0.048_405_923_810_527),
        ("dD_dtheta", -0.090_310_642_584_216),
        ("dL_dtheta", -0.059_593_489_392_717),
    ] {
        let found = answer[key].as_f64().unwrap();
        assert!((found - value).abs() < 1e-14, "{key}: {found}");
    }
    assert!(answer.get("monte_carlo").is_none());

    let assert = luckflow()
        .args([
            "overlap",
            "--theta",
            "2",
            "--b=-0.5",
            "--b2",
            "0.5",
            "--samples",
            "100000",
            "--seed",
            "3",
        ])
        .assert()
        .success();
    let answer: Value = serde_json::from_slice(&assert.get_output().stdout).unwrap();
    let sampled = &answer["monte_carlo"];
    for key in ["D", "L"] {
        let error = (sampled[key].as_f64().unwrap() - answer[key].as_f64().unwrap()).abs();
        assert!(error < 4.0 * sampled[format!("{key}_standard_error")].as_f64().unwrap());
    }
}

#[test]
fn overlap_refuses_what_is_no_angle_and_no_threshold() {
    for arguments in [
        &["--theta", "nan", "--b", "1"][..],
        &["--theta", "-0.1", "--b", "1"],
        &["--theta", "3.15", "--b", "1"],
        &["--theta", "1", "--b", "inf"],
        &["--theta", "1", "--b", "NaN"],
        &["--theta", "1"],
        &["--b", "1"],
        &["--theta", "1", "--b", "1", "--samples", "0"],
        &["--theta", "1", "--b", "1", "--seed", "3"],
        &["--theta", "one", "--b", "1"],
    ] {
        let assert = luckflow()
            .arg("overlap")
            .args(arguments)
            .assert()
            .code(2)
            .stdout("");
        let error = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
        assert!(error.contains("--"), "{arguments:?}: {error}");
    }
}

const OVER: &str = r#"experiment = "theorem5"

[teacher]
input_dim = 20
nodes = 3
threshold = 2.5
outputs = 3

[student]
extra = 2
theta0 = 0.1
"#;

#[test]
fn theorem5_prints_a_certificate_and_writes_its_figures() {
    let place = place(OVER);
    run(&place, &[])
        .assert()
        .success()
        .stdout(predicate::str::contains("Certified").and(predicate::str::contains("V_r → 0")));
    let folder = place.path().join("plots/small");
    for name in [
        "convergence.svg",
        "fan_out.svg",
        "spectrum.svg",
        "trajectory.csv",
    ] {
        assert!(folder.join(name).exists(), "{name}");
    }
    let summary = json(&folder.join("summary.json"));
    for key in ["rate", "w_margin", "v_margin", "drift"] {
        assert!(summary["certificate"][key].as_f64().unwrap() > 0.0, "{key}");
    }
    assert!(summary["theta0_max"].as_f64().unwrap() > 0.0);
    assert_eq!(summary["envelope"]["verdict"], "holds");
    for bound in ["certified", "euclidean"] {
        assert_eq!(summary["rates"][bound]["verdict"], "holds", "{bound}");
    }
    for part in ["w_u", "v_u", "v_r"] {
        assert!(summary["limits"][part]["final"].as_f64().unwrap() < 1e-9);
        assert!(summary["limits"][part]["fitted"]["rate"].as_f64().unwrap() > 0.0);
        assert!(summary["limits"][part]["fitted"]["standard_error"].is_f64());
        assert_eq!(summary["limits"][part]["verdict"], "holds");
    }
    assert!(summary["lambda_min_L"].as_f64().unwrap() > 0.0);
    assert!(summary["joint"]["slowest"].as_f64().unwrap() > 0.0);
}

#[test]
fn mistakes_in_a_theorem5_scenario_are_named_too() {
    for (find, replace, said) in [
        (
            "extra = 2",
            "",
            &["small.toml:9", "student.extra", "nothing"][..],
        ),
        (
            "outputs = 3",
            "outputs = 2",
            &["small.toml:7", "teacher.outputs", "2 outputs for 3 nodes"],
        ),
        (
            "theta0 = 0.1",
            "theta0 = [0.1, 0.2]",
            &["small.toml:11", "student.theta0", "[0.1, 0.2]", "(0, π/2)"],
        ),
        (
            "theta0 = 0.1",
            "signal = [1.0]",
            &["small.toml:11", "student.signal", "[1.0]", "two numbers"],
        ),
        (
            "theta0 = 0.1",
            "signal = [1, 1]\ne0 = 0.1",
            &["small.toml:12", "student.e0", "signal"],
        ),
        (
            "theta0 = 0.1",
            "theta0 = 0.1\ne0 = -1",
            &["small.toml:12", "student.e0", "-1", "from 0 to 100"],
        ),
    ] {
        let place = place(&OVER.replace(find, replace));
        let assert = run(&place, &[]).assert().code(2).stdout("");
        let error = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
        for word in said {
            assert!(error.contains(word), "{error:?} does not say {word:?}");
        }
    }
}

#[test]
fn panels_are_drawn_for_every_width_and_perturbation() {
    let text = r#"experiment = "fan-out-panels"
[teacher]
input_dim = 5
nodes = 4
weights = "grid"
outputs = 6
fan_out = "grid"
[panels]
students = [4, 8]
signals = [[1.0, 0.0], [1.0, 1.0]]
seeds = 2
[integrate]
method = "rk4"
horizon = 20
outputs = 10
"#;
    let place = place(text);
    run(&place, &["--threads", "1", "--out", "1"])
        .assert()
        .success();
    run(&place, &["--threads", "2", "--out", "2"])
        .assert()
        .success();
    for name in ["nodes.csv", "panels.svg"] {
        let read = |folder: &str| std::fs::read(place.path().join(folder).join(name)).unwrap();
        assert!(read("1") == read("2"), "{name}");
    }
    let summary = json(&place.path().join("1/summary.json"));
    let panels = summary["panels"].as_array().unwrap();
    assert_eq!(panels.len(), 4);
    // Students as many as the teacher have no r.
    assert!(panels[0]["r"].is_null() && panels[2]["r"]["mean"].as_f64().unwrap() > 0.0);
    for panel in panels {
        assert!(panel["loss_end"].as_f64().unwrap() < panel["loss_start"].as_f64().unwrap());
    }
    run(&place, &["--set", "panels.students=[3]"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("panels.students").and(predicate::str::contains("[3]")));
}

#[test]
fn verify_finds_every_proven_claim_to_hold() {
    luckflow()
        .arg("verify")
        .assert()
        .success()
        .stdout(predicate::str::contains("Price").and(predicate::str::contains("Theorem 5")));
}

#[test]
fn help_names_the_verbs() {
    luckflow()
        .arg("--help")
        .assert()
        .success()
        .stdout(predicate::str::contains("run").and(predicate::str::contains("overlap")));
    luckflow().assert().code(2);
}
