//! A run as its user meets it: what it prints and writes, and how it ends.

use crate::running::Running;
use crate::small::{SMALL, json, place, run};
use predicates::prelude::*;
use serde_json::Value;

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
            "certificate.json",
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
    assert!(summary["scenario"]["integrate"]["horizon"].as_f64().unwrap() > 0.0, "resolved");
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
    assert_eq!(header, ["time", "loss", "dissipated", "largest_angle", "rate", "theta_1", "theta_2", "theta_3"]);
    let rows: Vec<Vec<f64>> =
        csv.records().map(|row| row.unwrap().iter().map(|x| x.parse().unwrap()).collect()).collect();
    assert!((rows[0][3] - 0.05).abs() < 1e-14);
    // What the flow has lost of its loss it has dissipated.
    for row in &rows {
        assert!((row[1] + row[2] - rows[0][1]).abs() < 1e-10 * rows[0][1]);
    }
}

#[test]
fn quiet_prints_nothing_and_out_says_where() {
    let place = place(SMALL);
    run(&place, &["--quiet", "--out", "elsewhere/deep"]).assert().success().stdout("").stderr("");
    assert!(place.path().join("elsewhere/deep/summary.json").exists());
    assert!(!place.path().join("plots").exists());
}

#[test]
fn results_are_the_same_bytes_for_one_and_two_threads() {
    let exact = ["teacher.nodes=90", "teacher.input_dim=400", "integrate.outputs=10", "integrate.rtol=1e-6"];
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
        let read = |threads: &str, name: &str| std::fs::read(place.path().join(threads).join(name)).unwrap();
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
        &["--set", "output.states=true", "--set", "teacher.input_dim=12", "--set", "integrate.outputs=20"],
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
    for (row, weights) in table.records().map(Result::unwrap).zip(weights.outer_iter()) {
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

#[test]
fn a_run_that_ends_early_says_what_to_change_and_keeps_what_it_has() {
    let place = place(SMALL);
    run(&place, &["--set", "integrate.max_steps=20"])
        .assert()
        .code(1)
        .stderr(predicate::str::contains("20 steps").and(predicate::str::contains("integrate.max_steps")));
    let summary = json(&place.path().join("plots/small/summary.json"));
    assert_eq!(summary["end"]["kind"], "step-budget");
    assert!(summary["end"]["advice"].as_str().unwrap().contains("max_steps"));
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
    let time: u64 = fields.skip(11).take(1).map(|x| x.parse::<u64>().unwrap()).sum();
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
            .args(["run", "small.toml", "--set", "integrate.method=gradient-descent"])
            .args(["--set", "integrate.step=1e-5", "--set", "integrate.outputs=100000"])
            .stdout(Stdio::null())
            .stderr(Stdio::null()),
    );
    child.wait_until("some hundred steps", |child| is_at_work(child.id()));
    child.signal("INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    let summary = json(&place.path().join("plots/small/summary.json"));
    assert_eq!(summary["end"]["kind"], "interrupted");
    assert!(summary["run"]["steps"].as_u64().unwrap() > 100);
}
