//! Rows: what they say, and that they stay.

use super::*;

#[test]
fn a_sweep_leaves_a_row_per_point_the_same_for_any_number_of_jobs() {
    let place = place(SMALL);
    sweep(&place, &["--jobs", "1"])
        .assert()
        .success()
        .stdout(predicate::str::contains("42 of 42 points").and(predicate::str::contains("derived")))
        .stderr("");
    assert_eq!(
        names(&place.path().join("plots/s")),
        [
            "aggregate.csv",
            "cells.csv",
            "columns.json",
            "figures",
            "figures.json",
            "report.html",
            "resolved.toml",
            "scatter.svg",
            "scenario.toml",
            "seconds.csv",
            "sweep.json",
            "tightness.svg",
            "verdicts.svg"
        ]
    );
    sweep(&place, &["--jobs", "2", "--quiet", "--out", "two"]).assert().success().stdout("");
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
        .args(["run", "one.toml", "--set", "student.theta0=0.01", "--set", "teacher.epsilon=0.0001"])
        .assert()
        .success();
    let summary = std::fs::read_to_string(place.path().join("plots/one/summary.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
    let row = rows
        .iter()
        .find(|row| &row[column("student.theta0")] == "0.01" && &row[column("teacher.epsilon")] == "0.0001")
        .unwrap();
    let number = |name: &str| row[column(name)].parse::<f64>().unwrap();
    assert_eq!(summary["rates"]["derived"]["value"], number("derived"));
    assert_eq!(summary["simulated"]["worst"]["theta"], number("worst"));
    assert_eq!(summary["simulated"]["slowest_mode"]["rate"], number("fitted"));
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
    let advice = "if that is as it should be, raise RESULT_VERSION, so that no old row is used again";
    assert_eq!(field("id"), "a447322c885b4b0bbabb5096", "{advice}");
    for (name, frozen, allowed) in [
        ("printed", 0.890_948_472_899_531, 1e-9),
        ("derived", 0.005_618_709_151_591, 1e-9),
        ("sharp", 0.007_678_622_278_969, 1e-9),
        ("exact", 0.009_189_663_315_967, 1e-9),
        ("worst", 0.009_469_952_158_028, 1e-8),
        ("fitted", 0.009_189_648_986_462, 1e-6),
    ] {
        let found: f64 = field(name).parse().unwrap();
        assert!((found / frozen - 1.0).abs() < allowed, "{name} is {found}, not {frozen}; {advice}");
    }
}

#[test]
fn seeds_are_aggregated_by_median_least_and_greatest() {
    let place = place(SMALL);
    sweep(&place, &["--quiet", "--out", "o", "--set", "sweep.seeds=3"]).assert().success();
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
        let mut worst: Vec<f64> = (0..3).map(|seed| cells(3 * cell + seed, "worst").parse().unwrap()).collect();
        worst.sort_by(f64::total_cmp);
        for (value, of) in worst.iter().zip(["min", "median", "max"]) {
            assert_eq!(aggregate(cell, &format!("worst_{of}")).parse::<f64>().unwrap(), *value);
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
        predicate::str::starts_with("0  student.theta0 = 0.001  teacher.epsilon = 0.0001  seed = 3\n")
            .and(predicate::str::ends_with("42 points\n")),
    );
    let mut listed: Vec<usize> = Vec::new();
    for shard in 1..=5 {
        let output = sweep(&place, &["--dry-run", "--shard", &format!("{shard}/5")]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let points = text.lines().filter(|line| line.contains("seed = "));
        listed.extend(points.map(|line| line.split_once(' ').unwrap().0.parse::<usize>().unwrap()));
    }
    listed.sort_unstable();
    assert!(listed.into_iter().eq(0..42));
    assert!(!place.path().join("plots").exists());
}

#[test]
fn twenty_kills_at_random_times_change_no_byte() {
    let place = place(SMALL);
    let longer = ["--set", "sweep.seeds=12"];
    sweep(&place, &longer).args(["--quiet", "--out", "whole"]).assert().success();
    let whole = cells(&place, "whole");

    // Times from a generator of few bits, each run again with the other number of jobs.
    let mut state = 12345_u64;
    let mut kills = 0;
    for round in 0..200 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let patience = Duration::from_millis(10 + (state >> 33) % 90);
        let jobs = if round % 2 == 0 { "2" } else { "1" };
        let arguments = [&longer[..], &["--out", "killed", "--resume", "--jobs", jobs]].concat();
        if kill_after(&place, &arguments, patience) {
            kills += 1;
            let table = place.path().join("killed/cells.csv");
            let so_far = std::fs::read_to_string(table).unwrap_or_default();
            assert!(whole.starts_with(&so_far), "what is there is a beginning of the whole");
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
    sweep(&place, &longer).args(["--quiet", "--out", "killed", "--resume"]).assert().success();
    assert!(cells(&place, "killed") == whole);
    assert_eq!(names(&place.path().join("killed")), names(&place.path().join("whole")));
}
