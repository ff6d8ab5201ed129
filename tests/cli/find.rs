//! Runs and rows by what was set and what was found.

use crate::compare::luck;
use crate::small::luckflow;
use predicates::prelude::*;
use std::process::Command;

#[test]
fn a_row_is_found_and_its_command_runs_it_alone() {
    let place = tempfile::tempdir().unwrap();
    let few = ["--set", "sweep.thin=20", "--set", "sweep.seeds=2"];
    let more = ["--set", "teacher.nodes=3", "--quiet", "--out", "a b"];
    luck(&place, &[&["sweep", "sweep-theorem4"][..], &few, &more].concat());
    let far = "printed_verdict = violated and student.theta0 > 0.01";
    let all = luck(&place, &["find", "a b", "--where", far]);
    let rows = all.lines().filter(|line| line.starts_with("a b row "));
    assert_eq!(rows.count(), 4, "{all}");
    assert!(all.ends_with("4 found\n"), "{all}");

    let second = "printed_verdict = violated and seed = 2";
    let quiet = luck(&place, &["find", "a b", "--where", second, "--quiet"]);
    let command = quiet.lines().next().unwrap();
    assert!(command.contains("'a b/resolved.toml' --set student.theta0="));
    // As a shell runs it.
    let program = assert_cmd::cargo::cargo_bin("luckflow");
    let run = command.replacen("luckflow", program.to_str().unwrap(), 1);
    let status = Command::new("sh").current_dir(place.path()).args(["-c", &format!("{run} --quiet")]).status();
    assert!(status.unwrap().success());
    let out = command.rsplit(' ').next().unwrap();
    let summary = std::fs::read(place.path().join(out).join("summary.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_slice(&summary).unwrap();
    let printed = &summary["rates"]["printed"];
    assert_eq!(printed["verdict"], "violated");
    assert_eq!((&summary["scenario"]["seed"], &summary["scenario"]["teacher"]["nodes"]), (&2.into(), &3.into()));
    // The same numbers as in the row.
    let value = format!("printed = {} and worst = {}", printed["value"], { &summary["simulated"]["worst"]["theta"] });
    let row = luck(&place, &["find", "a b", "--where", &value]);
    assert!(row.ends_with("1 found\n"), "{row}");
    // And the run is found by its summary, below the folder where it is.
    let of_run = "experiment = theorem4 and rates.printed.verdict = violated";
    let found = luck(&place, &["find", ".", "--where", of_run, "--where", "teacher.nodes < 4"]);
    assert!(found.contains(out) && found.ends_with("1 found\n"), "{found}");
}

#[test]
fn what_nothing_has_is_told_from_what_nothing_is() {
    let place = tempfile::tempdir().unwrap();
    luck(&place, &["run", "theorem4", "--quiet", "--out", "one"]);
    let find = |condition: &str| {
        let mut command = luckflow();
        command.current_dir(place.path()).args(["find", "one", "--where", condition]);
        command.assert()
    };
    find("teacher.nodes > 1000").code(1).stdout("0 found\n");
    let said = |text: &str| predicate::str::contains(text.to_owned());
    find("teacher.node > 1")
        .code(2)
        .stderr(said("teacher.node: found no run").and(said("did you mean teacher.nodes?")));
    find("teacher.nodes 5").code(2).stderr(said("NAME = VALUE"));
    std::fs::create_dir(place.path().join("empty")).unwrap();
    let mut command = luckflow();
    command.current_dir(place.path()).args(["find", "empty", "--where", "seed = 1"]);
    let assert = command.assert().code(1);
    assert.stderr(said("empty: found no summary.json").and(said("allowed")));
    std::fs::write(place.path().join("empty/summary.json"), "{").unwrap();
    let mut command = luckflow();
    command.current_dir(place.path()).args(["find", "empty", "--where", "seed = 1"]);
    command.assert().code(1).stderr(said("empty/summary.json: found EOF"));
    if let Ok(full) = std::fs::File::create("/dev/full") {
        let output = Command::new(assert_cmd::cargo::cargo_bin("luckflow"))
            .current_dir(place.path())
            .args(["find", "one", "--where", "seed = 1"])
            .stdout(full)
            .output()
            .unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains("error: standard output: "), "{error}");
        assert_eq!(output.status.code(), Some(1));
    }
}
