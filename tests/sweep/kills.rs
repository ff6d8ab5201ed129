//! Killed, resumed, divided, merged.

use super::*;

#[test]
fn half_a_line_and_rows_that_are_early_are_sorted_out() {
    let place = place(SMALL);
    sweep(&place, &["--quiet", "--out", "whole"]).assert().success();
    let whole = cells(&place, "whole");
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    // As if killed while row 12 was written, with rows 14 and 15 done, and 16 half written.
    let folder = place.path().join("broken");
    std::fs::create_dir(&folder).unwrap();
    std::fs::copy(place.path().join("whole/sweep.json"), folder.join("sweep.json")).unwrap();
    std::fs::write(folder.join("cells.csv"), format!("{}{}", lines[..13].concat(), &lines[13][..50])).unwrap();
    let pending = format!("{}{}{}{}", lines[0], lines[16], lines[15], &lines[17][..20]);
    std::fs::write(folder.join("pending.csv"), pending).unwrap();
    let own = r#"{"files": ["cells.csv", "pending.csv", "sweep.json"]}"#;
    std::fs::write(folder.join(".luckflow.json"), own).unwrap();
    sweep(&place, &["--quiet", "--out", "broken", "--resume"]).assert().success();
    assert!(cells(&place, "broken") == whole);
    // Only what was missing was run: 42 points, 12 in place, 2 early.
    let seconds = std::fs::read_to_string(folder.join("seconds.csv")).unwrap();
    assert_eq!(seconds.lines().count(), 1 + 42 - 12 - 2);
}

#[test]
fn a_changed_sweep_keeps_the_rows_that_are_still_valid() {
    let place = place(SMALL);
    sweep(&place, &["--quiet", "--out", "o", "--set", "sweep.thin=2"]).assert().success();
    // 4 · 2 · 2 points; the whole has 42.
    assert_eq!(cells(&place, "o").lines().count(), 1 + 16);
    sweep(&place, &["--out", "o"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("--out: o: found earlier results").and(predicate::str::contains("--resume")));
    sweep(&place, &["--quiet", "--out", "o", "--resume"]).assert().success();
    let seconds = std::fs::read_to_string(place.path().join("o/seconds.csv")).unwrap();
    assert_eq!(seconds.lines().count(), 1 + 42, "each point was run once");
    sweep(&place, &["--quiet", "--out", "whole"]).assert().success();
    assert!(cells(&place, "o") == cells(&place, "whole"));
    assert_eq!(names(&place.path().join("o")), names(&place.path().join("whole")));
    // A change that touches every point reuses none.
    sweep(&place, &["--quiet", "--out", "o", "--resume", "--force", "--set", "integrate.rtol=1e-8"])
        .assert()
        .success()
        .stderr(predicate::str::contains("42 rows of points that are not in this sweep are kept in earlier-0.csv"));
    assert!(cells(&place, "o") != cells(&place, "whole"));
}

#[test]
fn shards_merge_into_the_same_bytes() {
    let place = place(SMALL);
    sweep(&place, &["--quiet", "--out", "whole"]).assert().success();
    for shard in ["1/3", "2/3", "3/3"] {
        sweep(&place, &["--quiet", "--shard", shard]).assert().success();
    }
    let shard = |number: u64| format!("plots/s/shard-{number}-of-3");
    // Drawn are all of them together.
    let left = ["cells.csv", "columns.json", "resolved.toml", "scenario.toml", "seconds.csv", "sweep.json"];
    assert_eq!(names(&place.path().join(shard(1))), left);
    let status = |folders: &[&str]| {
        let mut command = luckflow();
        command.current_dir(place.path()).arg("status").args(folders);
        let assert = command.assert().success();
        String::from_utf8(assert.get_output().stdout.clone()).unwrap()
    };
    let said = status(&[&shard(1), &shard(3)]);
    assert!(said.contains("complete") && said.contains("28 of 42 points"), "{said}");
    assert!(said.contains("not here: shard 2 of 3"), "{said}");
    // A row that a kill left in both files is one row.
    let rows = cells(&place, &shard(1));
    let first: Vec<&str> = rows.lines().take(3).collect();
    let pending = place.path().join(shard(1)).join("pending.csv");
    std::fs::write(&pending, first.join("\n") + "\n").unwrap();
    let said = status(&[&shard(1)]);
    assert!(said.contains("14 of 42 points"), "{said}");
    std::fs::remove_file(&pending).unwrap();
    let merge = |arguments: &[&str]| {
        let mut command = luckflow();
        command.current_dir(place.path()).arg("merge").args(arguments);
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
    refuses(&[&shard(1), &shard(1), &shard(2), "--out", "x"], "found shards 1, 1, 2");
    refuses(&[&shard(1), "none", "--out", "x"], "none: found no sweep.json");
    let mut command = luckflow();
    command.current_dir(place.path()).args(["status", "none"]);
    let allowed = predicate::str::contains("none: found no sweep.json; allowed");
    command.assert().code(2).stderr(allowed);
    refuses(&[&shard(1), &shard(2), &shard(3), "--out", "merged"], "earlier results");
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
    refuses(&[&shard(1), "other", &shard(3), "--out", "x"], "a shard of another sweep");
    let table = place.path().join(shard(2)).join("cells.csv");
    let text = std::fs::read_to_string(&table).unwrap();
    // Its first row, as that of another point.
    let first = text.lines().nth(1).unwrap();
    std::fs::write(&table, text.replacen(first, &format!("1{first}"), 1)).unwrap();
    let index = first.split_once(',').unwrap().0;
    refuses(
        &[&shard(1), &shard(2), &shard(3), "--out", "x"],
        &format!("shard-2-of-3/cells.csv: found \"1{index},"),
    );
    std::fs::write(&table, text.lines().take(5).collect::<Vec<_>>().join("\n")).unwrap();
    refuses(&[&shard(1), &shard(2), &shard(3), "--out", "x"], "of 14 points of shard 2/3");
}

#[test]
fn a_failed_point_is_a_row_and_not_an_end() {
    // Too few steps for any point.
    let text = SMALL.replace("rtol = 1e-9", "rtol = 1e-9\nmax_steps = 8");
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
        .stderr(predicate::str::contains("point 0 failed: 8 steps"));

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
            .args(["sweep", "s.toml", "--quiet", "--out", "o", "--set", "sweep.seeds=100000"]),
    );
    let table = place.path().join("o/cells.csv");
    first.wait_until("three rows", |_| std::fs::read_to_string(&table).is_ok_and(|text| text.lines().count() > 3));
    sweep(&place, &["--out", "o", "--resume"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("--out: o: found a run that is still going on"));
    // Ctrl-C ends the first, which says how to go on.
    first.signal("INT");
    assert_eq!(first.wait().unwrap().code(), Some(130));
    // A table that is not whole is drawn as far as it goes.
    luckflow()
        .current_dir(place.path())
        .args(["plot", "o"])
        .assert()
        .success()
        .stdout(predicate::str::contains("aggregate.csv"));
}
