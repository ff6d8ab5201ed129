//! Failures, mistakes, and pictures from the table.

use super::*;

#[test]
fn in_random_cells_no_bound_that_is_proved_is_violated() {
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    for (name, proved) in [
        ("sweep-random-theorem4", &["derived", "sharp", "euclidean"][..]),
        ("sweep-random-theorem5", &["certified", "euclidean"]),
    ] {
        let place = tempfile::tempdir().unwrap();
        luckflow()
            .arg("sweep")
            .arg(scenarios.join(name).with_extension("toml"))
            .args(["--set", "sweep.points=150", "--set", "seed=77", "--quiet", "--out"])
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
            assert!(holds.clone().count() > 30, "{bound} claims something in many cells");
            assert!(holds.clone().all(|row| row[value].parse::<f64>().unwrap() > 0.0));
            assert!(rows.iter().all(|row| &row[verdict] != "violated"), "{bound}");
        }
    }
}

/// A limit on the size of files stands in for a full disk: writing fails half way through a row.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said_and_loses_no_row() {
    let place = place(SMALL);
    sweep(&place, &["--quiet", "--out", "whole"]).assert().success();
    let whole = cells(&place, "whole");
    let program = assert_cmd::cargo::cargo_bin("luckflow");
    let script =
        format!("trap '' XFSZ; ulimit -f 32; exec {} sweep s.toml --quiet --out o --jobs 2", program.display());
    let output = std::process::Command::new("sh").current_dir(place.path()).args(["-c", &script]).output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{error}");
    // Which of them is full first depends on which points end first.
    let is_named = |file: &str| error.contains(&format!("{file}: found"));
    assert!(is_named("cells.csv") || is_named("pending.csv"), "{error}");
    assert!(error.contains("--resume"), "{error}");
    assert!(!error.contains("panicked"), "{error}");
    let so_far = cells(&place, "o");
    assert!(!so_far.is_empty() && so_far.ends_with('\n') && whole.starts_with(&so_far));
    sweep(&place, &["--quiet", "--out", "o", "--resume"]).assert().success();
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
    for name in ["aggregate.csv", "verdicts.svg", "tightness.svg", "scatter.svg"] {
        let read = |folder: &str| std::fs::read(place.path().join(folder).join(name)).unwrap();
        assert!(read("moved") == read("o"), "{name}");
    }
    // Of a sweep that was broken off at once.
    let header = cells(&place, "o").lines().next().unwrap().to_owned();
    std::fs::write(folder.join("cells.csv"), format!("{header}\n")).unwrap();
    luckflow().current_dir(place.path()).args(["plot", "moved"]).assert().success();
    let aggregate = std::fs::read_to_string(folder.join("aggregate.csv")).unwrap();
    assert_eq!(aggregate.lines().count(), 1);
    let refuses = |folder: &str, said: &str| {
        luckflow()
            .current_dir(place.path())
            .args(["plot", folder])
            .assert()
            .failure()
            .stderr(predicate::str::contains(said).and(predicate::str::contains("allowed")))
            .stderr(predicate::str::contains("--out").not());
    };
    refuses("nowhere", "nowhere: found neither figures.json nor cells.csv");
    std::fs::write(folder.join("cells.csv"), "a,b\n1,2\n").unwrap();
    refuses("moved", "found a header that no sweep");
    // One digit of one row.
    let table = cells(&place, "o");
    let mut lines: Vec<String> = table.lines().map(String::from).collect();
    let place_of_digit = lines[5].rfind('7').unwrap();
    lines[5].replace_range(place_of_digit..=place_of_digit, "3");
    std::fs::write(folder.join("cells.csv"), lines.join("\n") + "\n").unwrap();
    refuses("moved", "moved/cells.csv:6: found a row that is not as the sweep wrote it");
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
        assert!(error.contains("allowed") && error.lines().count() == 1, "{error}");
        assert!(!place.path().join("plots").exists());
    };
    refuses(&SMALL[SMALL.find("[sweep]").unwrap()..], "", &["s.toml", "sweep", "nothing", "[[sweep.axis]]"]);
    refuses("seeds = 2", "seeds = 0", &["s.toml:17", "sweep.seeds", "0"]);
    refuses("key = \"student.theta0\"", "key = \"student.tehta0\"", &["student.tehta0", "did you mean theta0?"]);
    refuses("key = \"student.theta0\"", "key = \"seed\"", &["sweep.axis[0].key", "\"seed\"", "sweep.seeds"]);
    refuses("to = 1.0", "to = 2.0", &["s.toml:21", "student.theta0", "2"]);
    refuses("points = 7", "points = 1", &["sweep.axis[0].log.points", "1"]);
    refuses("values = [0.0001", "values = [-1.0", &["s.toml:25", "teacher.epsilon", "-1"]);
    refuses("\"theorem4\"", "\"theorem9\"", &["experiment", "\"theorem9\""]);
    let place = place(SMALL);
    sweep(&place, &["--shard", "3/2"]).assert().code(2).stderr(predicate::str::contains("1/4"));
    sweep(&place, &["--shard", "43/50"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("no more shards than points"));
    sweep(&place, &["--shard", "auto"])
        .env_remove("SLURM_ARRAY_TASK_ID")
        .assert()
        .code(2)
        .stderr(predicate::str::contains("SLURM_ARRAY_TASK_ID"));
    let file: PathBuf = place.path().join("file");
    std::fs::write(file, "").unwrap();
    sweep(&place, &["--out", "file/deep"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("file/deep"));
}
