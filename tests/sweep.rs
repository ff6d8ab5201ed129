//! Sweeps as their user meets them: planned, killed, resumed, divided, merged, and drawn.

// Links BLAS, which ndarray calls.
use luckflow as _;

#[path = "common/running.rs"]
mod running;

use assert_cmd::Command;
use predicates::prelude::*;
use running::Running;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;

const SMALL: &str = r#"experiment = "theorem4"
seed = 3

[teacher]
input_dim = 6
nodes = 3
epsilon = 0.01

[student]
theta0 = 0.05

[integrate]
outputs = 60
rtol = 1e-9

[sweep]
seeds = 2

[[sweep.axis]]
key = "student.theta0"
log = { from = 1e-3, to = 1.0, points = 7 }

[[sweep.axis]]
key = "teacher.epsilon"
values = [0.0001, 0.01, 0.3]
"#;

fn luckflow() -> Command {
    Command::cargo_bin("luckflow").unwrap()
}

fn place(text: &str) -> TempDir {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("s.toml"), text).unwrap();
    place
}

/// `luckflow sweep s.toml …` in its folder.
fn sweep(place: &TempDir, arguments: &[&str]) -> Command {
    let mut command = luckflow();
    command
        .current_dir(place.path())
        .args(["sweep", "s.toml"])
        .args(arguments);
    command
}

fn cells(place: &TempDir, folder: &str) -> String {
    std::fs::read_to_string(place.path().join(folder).join("cells.csv")).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    names
}

#[test]
fn a_sweep_leaves_a_row_per_point_the_same_for_any_number_of_jobs() {
    let place = place(SMALL);
    sweep(&place, &["--jobs", "1"])
        .assert()
        .success()
        .stdout(
            predicate::str::contains("42 of 42 points").and(predicate::str::contains("derived")),
        )
        .stderr("");
    assert_eq!(
        names(&place.path().join("plots/s")),
        [
            "aggregate.csv",
            "cells.csv",
            "columns.json",
            "scatter.svg",
            "scenario.toml",
            "seconds.csv",
            "sweep.json",
            "tightness.svg",
            "verdicts.svg"
        ]
    );
    sweep(&place, &["--jobs", "2", "--quiet", "--out", "two"])
        .assert()
        .success()
        .stdout("");
    assert_eq!(cells(&place, "plots/s"), cells(&place, "two"));

    let text = cells(&place, "two");
    let mut csv = csv::Reader::from_reader(text.as_bytes());
    let header = csv.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|known| known == name).unwrap();
    let rows: Vec<_> = csv.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 42);
    for (index, row) in rows.iter().enumerate() {
        assert_eq!(row[0], index.to_string());
        assert_eq!(row[column("student.theta0")], row[column("theta0")]);
        assert_eq!(row[column("seed")], (3 + index % 2).to_string());
        assert!(["converged", "horizon"].contains(&&row[column("reason")]));
        let epsilon: f64 = row[column("epsilon")].parse().unwrap();
        let asked: f64 = row[column("teacher.epsilon")].parse().unwrap();
        assert!((epsilon / asked - 1.0).abs() < 1e-12);
        for proved in ["derived_verdict", "sharp_verdict"] {
            assert!(["holds", "vacuous"].contains(&&row[column(proved)]));
        }
    }
    // One row is what the run of that scenario finds.
    luckflow()
        .current_dir(place.path())
        .args(["run", "s.toml"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("luckflow sweep"));
    let single = SMALL.split("[sweep]").next().unwrap();
    std::fs::write(place.path().join("one.toml"), single).unwrap();
    luckflow()
        .current_dir(place.path())
        .args([
            "run",
            "one.toml",
            "--set",
            "student.theta0=0.01",
            "--set",
            "teacher.epsilon=0.0001",
        ])
        .assert()
        .success();
    let summary = std::fs::read_to_string(place.path().join("plots/one/summary.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    let row = rows
        .iter()
        .find(|row| {
            &row[column("student.theta0")] == "0.01" && &row[column("teacher.epsilon")] == "0.0001"
        })
        .unwrap();
    let number = |name: &str| row[column(name)].parse::<f64>().unwrap();
    assert_eq!(summary["rates"]["derived"]["value"], number("derived"));
    assert_eq!(summary["simulated"]["worst"]["theta"], number("worst"));
    assert_eq!(
        summary["simulated"]["slowest_mode"]["rate"],
        number("fitted")
    );
    assert_eq!(summary["assumption"]["K_d"], number("K_d"));
}

#[test]
fn rows_are_frozen() {
    let place = place(SMALL);
    sweep(&place, &["--quiet", "--out", "o"]).assert().success();
    let text = cells(&place, "o");
    let mut csv = csv::Reader::from_reader(text.as_bytes());
    let header = csv.headers().unwrap().clone();
    let row = csv.records().nth(20).unwrap().unwrap();
    let field = |name: &str| &row[header.iter().position(|known| known == name).unwrap()];
    let advice =
        "if that is as it should be, raise RESULT_VERSION, so that no old row is used again";
    assert_eq!(field("id"), "a801b1c5a2d2acc5f6face59", "{advice}");
    for (name, frozen, allowed) in [
        ("printed", 0.890_948_447_634_89, 1e-9),
        ("derived", 0.005_618_708_795_719, 1e-9),
        ("sharp", 0.007_678_622_278_969, 1e-9),
        ("exact", 0.009_189_663_315_967, 1e-9),
        ("worst", 0.009_439_411_736_904, 1e-9),
        ("fitted", 0.009_189_648_986_462, 1e-6),
    ] {
        let found: f64 = field(name).parse().unwrap();
        assert!(
            (found / frozen - 1.0).abs() < allowed,
            "{name} is {found}, not {frozen}; {advice}"
        );
    }
}

#[test]
fn seeds_are_aggregated_by_median_least_and_greatest() {
    let place = place(SMALL);
    sweep(&place, &["--quiet", "--out", "o", "--set", "sweep.seeds=3"])
        .assert()
        .success();
    let read = |name: &str| {
        let mut csv = csv::Reader::from_path(place.path().join("o").join(name)).unwrap();
        let header = csv.headers().unwrap().clone();
        let rows: Vec<_> = csv.records().map(Result::unwrap).collect();
        move |row: usize, column: &str| {
            let place = header.iter().position(|known| known == column);
            rows[row][place.unwrap_or_else(|| panic!("no {column}"))].to_owned()
        }
    };
    let (cells, aggregate) = (read("cells.csv"), read("aggregate.csv"));
    for cell in 0..21 {
        let mut worst: Vec<f64> = (0..3)
            .map(|seed| cells(3 * cell + seed, "worst").parse().unwrap())
            .collect();
        worst.sort_by(f64::total_cmp);
        for (value, of) in worst.iter().zip(["min", "median", "max"]) {
            assert_eq!(
                aggregate(cell, &format!("worst_{of}"))
                    .parse::<f64>()
                    .unwrap(),
                *value
            );
        }
        assert_eq!(aggregate(cell, "count"), "3");
        let holds = (0..3).filter(|seed| cells(3 * cell + seed, "sharp_verdict") == "holds");
        assert_eq!(aggregate(cell, "sharp_holds"), holds.count().to_string());
    }
}

#[test]
fn a_dry_run_lists_points_and_runs_none() {
    let place = place(SMALL);
    sweep(&place, &["--dry-run"]).assert().success().stdout(
        predicate::str::starts_with(
            "0  student.theta0 = 0.001  teacher.epsilon = 0.0001  seed = 3\n",
        )
        .and(predicate::str::ends_with("42 points\n")),
    );
    sweep(&place, &["--dry-run", "--shard", "2/5"])
        .assert()
        .success()
        .stdout(predicate::str::starts_with("1  ").and(predicate::str::ends_with("9 points\n")));
    assert!(!place.path().join("plots").exists());
}

/// Starts a sweep and kills it after a while; whether it was still at work.
fn kill_after(place: &TempDir, arguments: &[&str], patience: Duration) -> bool {
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("luckflow"))
        .current_dir(place.path())
        .args(["sweep", "s.toml", "--quiet"])
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(patience);
    let ended = child.try_wait().unwrap().is_some();
    child.kill().unwrap();
    child.wait().unwrap();
    !ended
}

#[test]
fn twenty_kills_at_random_times_change_no_byte() {
    let place = place(SMALL);
    let longer = ["--set", "sweep.seeds=12"];
    sweep(&place, &longer)
        .args(["--quiet", "--out", "whole"])
        .assert()
        .success();
    let whole = cells(&place, "whole");

    // Times from a generator of few bits, each run again with the other number of jobs.
    let mut state = 12345_u64;
    let mut kills = 0;
    for round in 0..200 {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let patience = Duration::from_millis(10 + (state >> 33) % 90);
        let jobs = if round % 2 == 0 { "2" } else { "1" };
        let arguments = [
            &longer[..],
            &["--out", "killed", "--resume", "--jobs", jobs],
        ]
        .concat();
        if kill_after(&place, &arguments, patience) {
            kills += 1;
            let table = place.path().join("killed/cells.csv");
            let so_far = std::fs::read_to_string(table).unwrap_or_default();
            assert!(
                whole.starts_with(&so_far),
                "what is there is a beginning of the whole"
            );
        }
        if kills == 20 {
            break;
        }
        let done = std::fs::read_to_string(place.path().join("killed/cells.csv"));
        if done.is_ok_and(|text| text == whole) {
            // Too quick for so many kills: once more from the beginning.
            std::fs::remove_dir_all(place.path().join("killed")).unwrap();
        }
    }
    assert_eq!(kills, 20);
    sweep(&place, &longer)
        .args(["--quiet", "--out", "killed", "--resume"])
        .assert()
        .success();
    assert!(cells(&place, "killed") == whole);
    assert_eq!(
        names(&place.path().join("killed")),
        names(&place.path().join("whole"))
    );
}

#[test]
fn half_a_line_and_rows_that_are_early_are_sorted_out() {
    let place = place(SMALL);
    sweep(&place, &["--quiet", "--out", "whole"])
        .assert()
        .success();
    let whole = cells(&place, "whole");
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    // As if killed while row 12 was written, with rows 14 and 15 done, and 16 half written.
    let folder = place.path().join("broken");
    std::fs::create_dir(&folder).unwrap();
    std::fs::copy(
        place.path().join("whole/sweep.json"),
        folder.join("sweep.json"),
    )
    .unwrap();
    std::fs::write(
        folder.join("cells.csv"),
        format!("{}{}", lines[..13].concat(), &lines[13][..50]),
    )
    .unwrap();
    let pending = format!("{}{}{}{}", lines[0], lines[16], lines[15], &lines[17][..20]);
    std::fs::write(folder.join("pending.csv"), pending).unwrap();
    let own = r#"{"files": ["cells.csv", "pending.csv", "sweep.json"]}"#;
    std::fs::write(folder.join(".luckflow.json"), own).unwrap();
    sweep(&place, &["--quiet", "--out", "broken", "--resume"])
        .assert()
        .success();
    assert!(cells(&place, "broken") == whole);
    // Only what was missing was run: 42 points, 12 in place, 2 early.
    let seconds = std::fs::read_to_string(folder.join("seconds.csv")).unwrap();
    assert_eq!(seconds.lines().count(), 1 + 42 - 12 - 2);
}

#[test]
fn a_changed_sweep_keeps_the_rows_that_are_still_valid() {
    let place = place(SMALL);
    sweep(&place, &["--quiet", "--out", "o", "--set", "sweep.thin=2"])
        .assert()
        .success();
    // 4 · 2 · 2 points; the whole has 42.
    assert_eq!(cells(&place, "o").lines().count(), 1 + 16);
    sweep(&place, &["--out", "o"]).assert().code(2).stderr(
        predicate::str::contains("--out: o: found earlier results")
            .and(predicate::str::contains("--resume")),
    );
    sweep(&place, &["--quiet", "--out", "o", "--resume"])
        .assert()
        .success();
    let seconds = std::fs::read_to_string(place.path().join("o/seconds.csv")).unwrap();
    assert_eq!(seconds.lines().count(), 1 + 42, "each point was run once");
    sweep(&place, &["--quiet", "--out", "whole"])
        .assert()
        .success();
    assert!(cells(&place, "o") == cells(&place, "whole"));
    assert_eq!(
        names(&place.path().join("o")),
        names(&place.path().join("whole"))
    );
    // A change that touches every point reuses none.
    sweep(
        &place,
        &[
            "--quiet",
            "--out",
            "o",
            "--resume",
            "--force",
            "--set",
            "integrate.rtol=1e-8",
        ],
    )
    .assert()
    .success()
    .stderr(predicate::str::contains(
        "42 rows of points that are not in this sweep are kept in earlier-0.csv",
    ));
    assert!(cells(&place, "o") != cells(&place, "whole"));
}

#[test]
fn shards_merge_into_the_same_bytes() {
    let place = place(SMALL);
    sweep(&place, &["--quiet", "--out", "whole"])
        .assert()
        .success();
    for shard in ["1/3", "2/3", "3/3"] {
        sweep(&place, &["--quiet", "--shard", shard])
            .assert()
            .success();
    }
    let shard = |number: u64| format!("plots/s/shard-{number}-of-3");
    let merge = |arguments: &[&str]| {
        let mut command = luckflow();
        command
            .current_dir(place.path())
            .arg("merge")
            .args(arguments);
        command
    };
    merge(&[&shard(3), &shard(1), &shard(2), "--out", "merged"])
        .assert()
        .success()
        .stdout(predicate::str::contains("42 of 42 points"));
    assert!(cells(&place, "merged") == cells(&place, "whole"));
    for name in ["aggregate.csv", "verdicts.svg"] {
        let read = |folder: &str| std::fs::read(place.path().join(folder).join(name)).unwrap();
        assert!(read("merged") == read("whole"), "{name}");
    }

    let refuses = |arguments: &[&str], said: &str| {
        let assert = merge(arguments).assert().code(2);
        let error = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
        assert!(error.contains(said) && error.contains("allowed"), "{error}");
    };
    refuses(&[&shard(1), &shard(2), "--out", "x"], "found shards 1, 2");
    refuses(
        &[&shard(1), &shard(1), &shard(2), "--out", "x"],
        "found shards 1, 1, 2",
    );
    refuses(
        &[&shard(1), "none", "--out", "x"],
        "none: found no sweep.json",
    );
    refuses(
        &[&shard(1), &shard(2), &shard(3), "--out", "merged"],
        "earlier results",
    );
    sweep(
        &place,
        &[
            "--quiet",
            "--shard",
            "2/3",
            "--out",
            "other",
            "--set",
            "student.theta0=0.06",
            "--set",
            "teacher.nodes=2",
        ],
    )
    .assert()
    .success();
    refuses(
        &[&shard(1), "other", &shard(3), "--out", "x"],
        "a shard of another sweep",
    );
    let table = place.path().join(shard(2)).join("cells.csv");
    let text = std::fs::read_to_string(&table).unwrap();
    std::fs::write(&table, text.replacen("\n1,", "\n11,", 1)).unwrap();
    refuses(
        &[&shard(1), &shard(2), &shard(3), "--out", "x"],
        "shard-2-of-3/cells.csv: found \"11,",
    );
    std::fs::write(&table, text.lines().take(5).collect::<Vec<_>>().join("\n")).unwrap();
    refuses(
        &[&shard(1), &shard(2), &shard(3), "--out", "x"],
        "of 14 points of shard 2/3",
    );
}

#[test]
fn a_failed_point_is_a_row_and_not_an_end() {
    // Too few steps for any point.
    let text = SMALL.replace("rtol = 1e-9", "rtol = 1e-9\nmax_steps = 80");
    let place = place(&text);
    sweep(&place, &["--out", "o"])
        .assert()
        .success()
        .stdout(predicate::str::contains("42 of 42 points: 42 failed"));
    let table = cells(&place, "o");
    assert!(table.contains("step-budget") && table.contains("raise integrate.max_steps"));
    sweep(&place, &["--out", "fast", "--fail-fast", "--jobs", "1"])
        .assert()
        .code(1)
        .stderr(predicate::str::contains("point 0 failed: 80 steps"));

    // A combination that makes no sense, though each value does by itself.
    let text = SMALL.replace(
        "values = [0.0001, 0.01, 0.3]",
        "values = [0.0001, 0.01, 0.3]\n[[sweep.axis]]\nkey = \"teacher.nodes\"\nvalues = [2, 4]\n\
         [[sweep.axis]]\nkey = \"teacher.input_dim\"\nvalues = [8, 3]",
    );
    std::fs::write(place.path().join("s.toml"), text).unwrap();
    sweep(&place, &["--out", "odd", "--set", "sweep.seeds=1"])
        .assert()
        .success()
        .stdout(predicate::str::contains("84 of 84 points: 21 failed"));
    assert!(cells(&place, "odd").contains("4 orthonormal nodes with input_dim = 3"));
}

#[test]
fn two_sweeps_in_one_folder_are_refused() {
    let place = place(SMALL);
    let mut first = Running::start(
        std::process::Command::new(assert_cmd::cargo::cargo_bin("luckflow"))
            .current_dir(place.path())
            .args([
                "sweep",
                "s.toml",
                "--quiet",
                "--out",
                "o",
                "--set",
                "sweep.seeds=100000",
            ]),
    );
    let table = place.path().join("o/cells.csv");
    first.wait_until("three rows", |_| {
        std::fs::read_to_string(&table).is_ok_and(|text| text.lines().count() > 3)
    });
    sweep(&place, &["--out", "o", "--resume"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains(
            "--out: o: found a run that is still going on",
        ));
    // Ctrl-C ends the first, which says how to go on.
    first.interrupt();
    assert_eq!(first.wait().unwrap().code(), Some(130));
    // A table that is not whole is drawn as far as it goes.
    luckflow()
        .current_dir(place.path())
        .args(["plot", "o"])
        .assert()
        .success()
        .stdout(predicate::str::contains("aggregate.csv"));
}

#[test]
fn in_random_cells_no_bound_that_is_proved_is_violated() {
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    for (name, proved) in [
        (
            "sweep-random-theorem4",
            &["derived", "sharp", "euclidean"][..],
        ),
        ("sweep-random-theorem5", &["certified", "euclidean"]),
    ] {
        let place = tempfile::tempdir().unwrap();
        luckflow()
            .arg("sweep")
            .arg(scenarios.join(name).with_extension("toml"))
            .args([
                "--set",
                "sweep.points=150",
                "--set",
                "seed=77",
                "--quiet",
                "--out",
            ])
            .arg(place.path())
            .assert()
            .success();
        let mut csv = csv::Reader::from_path(place.path().join("cells.csv")).unwrap();
        let header = csv.headers().unwrap().clone();
        let rows: Vec<_> = csv.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 150);
        for bound in proved {
            let column = |name: &str| header.iter().position(|known| known == name).unwrap();
            let (value, verdict) = (column(bound), column(&format!("{bound}_verdict")));
            let holds = rows.iter().filter(|row| &row[verdict] == "holds");
            assert!(
                holds.clone().count() > 30,
                "{bound} claims something in many cells"
            );
            assert!(
                holds
                    .clone()
                    .all(|row| row[value].parse::<f64>().unwrap() > 0.0)
            );
            assert!(
                rows.iter().all(|row| &row[verdict] != "violated"),
                "{bound}"
            );
        }
    }
}

/// A limit on the size of files stands in for a full disk: writing fails half way through a row.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_and_loses_no_row() {
    let place = place(SMALL);
    sweep(&place, &["--quiet", "--out", "whole"])
        .assert()
        .success();
    let whole = cells(&place, "whole");
    let program = assert_cmd::cargo::cargo_bin("luckflow");
    let script = format!(
        "trap '' XFSZ; ulimit -f 32; exec {} sweep s.toml --quiet --out o --jobs 2",
        program.display()
    );
    let output = std::process::Command::new("sh")
        .current_dir(place.path())
        .args(["-c", &script])
        .output()
        .unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{error}");
    for word in ["cells.csv: found", "--resume"] {
        assert!(error.contains(word), "{error}");
    }
    assert!(!error.contains("panicked"), "{error}");
    let so_far = cells(&place, "o");
    assert!(so_far.lines().count() > 3 && so_far.ends_with('\n') && whole.starts_with(&so_far));
    sweep(&place, &["--quiet", "--out", "o", "--resume"])
        .assert()
        .success();
    assert!(cells(&place, "o") == whole);
}

#[test]
fn plots_are_drawn_again_from_the_table_alone() {
    let place = place(SMALL);
    sweep(&place, &["--quiet", "--out", "o"]).assert().success();
    let folder = place.path().join("moved");
    std::fs::create_dir(&folder).unwrap();
    std::fs::copy(place.path().join("o/cells.csv"), folder.join("cells.csv")).unwrap();
    luckflow()
        .current_dir(place.path())
        .args(["plot", "moved", "--quiet"])
        .assert()
        .success()
        .stdout("");
    for name in [
        "aggregate.csv",
        "verdicts.svg",
        "tightness.svg",
        "scatter.svg",
    ] {
        let read = |folder: &str| std::fs::read(place.path().join(folder).join(name)).unwrap();
        assert!(read("moved") == read("o"), "{name}");
    }
    // Of a sweep that was broken off at once.
    let header = cells(&place, "o").lines().next().unwrap().to_owned();
    std::fs::write(folder.join("cells.csv"), format!("{header}\n")).unwrap();
    luckflow()
        .current_dir(place.path())
        .args(["plot", "moved"])
        .assert()
        .success();
    let aggregate = std::fs::read_to_string(folder.join("aggregate.csv")).unwrap();
    assert_eq!(aggregate.lines().count(), 1);
    let refuses = |folder: &str, said: &str| {
        luckflow()
            .current_dir(place.path())
            .args(["plot", folder])
            .assert()
            .failure()
            .stderr(predicate::str::contains(said).and(predicate::str::contains("allowed")));
    };
    refuses("nowhere", "nowhere/cells.csv: found no such file");
    std::fs::write(folder.join("cells.csv"), "a,b\n1,2\n").unwrap();
    refuses("moved", "found a header that no sweep");
    // One digit of one row.
    let table = cells(&place, "o");
    let mut lines: Vec<String> = table.lines().map(String::from).collect();
    let place_of_digit = lines[5].rfind('7').unwrap();
    lines[5].replace_range(place_of_digit..=place_of_digit, "3");
    std::fs::write(folder.join("cells.csv"), lines.join("\n") + "\n").unwrap();
    refuses(
        "moved",
        "moved/cells.csv:6: found a row that is not as the sweep wrote it",
    );
}

#[test]
fn mistakes_are_named() {
    let refuses = |find: &str, replace: &str, said: &[&str]| {
        assert!(SMALL.contains(find));
        let place = place(&SMALL.replace(find, replace));
        let assert = sweep(&place, &[]).assert().code(2).stdout("");
        let error = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
        for word in said {
            assert!(error.contains(word), "{error:?} does not say {word:?}");
        }
        assert!(
            error.contains("allowed") && error.lines().count() == 1,
            "{error}"
        );
        assert!(!place.path().join("plots").exists());
    };
    refuses(
        &SMALL[SMALL.find("[sweep]").unwrap()..],
        "",
        &["s.toml", "sweep", "nothing", "[[sweep.axis]]"],
    );
    refuses("seeds = 2", "seeds = 0", &["s.toml:17", "sweep.seeds", "0"]);
    refuses(
        "key = \"student.theta0\"",
        "key = \"student.tehta0\"",
        &["student.tehta0", "did you mean theta0?"],
    );
    refuses(
        "key = \"student.theta0\"",
        "key = \"seed\"",
        &["sweep.axis[0].key", "\"seed\"", "sweep.seeds"],
    );
    refuses(
        "to = 1.0",
        "to = 2.0",
        &["s.toml:21", "student.theta0", "2"],
    );
    refuses(
        "points = 7",
        "points = 1",
        &["sweep.axis[0].log.points", "1"],
    );
    refuses(
        "values = [0.0001",
        "values = [-1.0",
        &["s.toml:25", "teacher.epsilon", "-1"],
    );
    refuses(
        "\"theorem4\"",
        "\"theorem9\"",
        &["experiment", "\"theorem9\""],
    );
    let place = place(SMALL);
    sweep(&place, &["--shard", "3/2"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("1/4"));
    sweep(&place, &["--shard", "43/50"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("no more shards than points"));
    let file: PathBuf = place.path().join("file");
    std::fs::write(file, "").unwrap();
    sweep(&place, &["--out", "file/deep"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("file/deep"));
}
