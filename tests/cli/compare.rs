//! Runs and sweeps side by side.

use crate::small::luckflow;
use tempfile::TempDir;

/// What a command prints.
pub fn luck(place: &TempDir, arguments: &[&str]) -> String {
    let assert = luckflow().current_dir(place.path()).args(arguments).assert().success();
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

#[test]
fn what_differs_is_said_and_what_does_not_is_counted() {
    let place = tempfile::tempdir().unwrap();
    for (out, threshold) in [("a", "2.5"), ("b", "3.0"), ("c", "2.5")] {
        let set = format!("teacher.threshold={threshold}");
        luck(&place, &["run", "theorem4", "--quiet", "--set", &set, "--out", out]);
    }
    let same = luck(&place, &["compare", "a", "c"]);
    assert!(same.contains("The scenarios are the same.") && same.contains("The results are the same."));
    let text = luck(&place, &["compare", "a", "b"]);
    for said in ["teacher.threshold", "2.5", "3.0", "rates"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    assert!(!text.contains("provenance") && !text.contains("seconds"));
    // Everything is alike within all of it.
    let coarse = luck(&place, &["compare", "a", "b", "--tolerance", "1", "--format", "csv"]);
    let results = coarse.lines().filter(|line| line.starts_with("result,"));
    let words: Vec<&str> = results.collect();
    assert!(words.len() < text.lines().count(), "{words:?}");
    let csv = luck(&place, &["compare", "a", "b", "c", "--format", "csv"]);
    assert_eq!(csv.lines().next().unwrap(), "part,what,a,b,c");
    assert!(csv.lines().any(|line| line == "scenario,teacher.threshold,2.5,3.0,2.5"), "{csv}");
    let latex = luck(&place, &["compare", "a", "b", "--format", "latex"]);
    assert!(latex.starts_with("\\begin{tabular}{lll}") && latex.ends_with("\\end{tabular}\n"));
    assert!(latex.contains("teacher.threshold & 2.5 & 3.0 \\\\"), "{latex}");
}

#[test]
fn sweeps_are_compared_cell_by_cell() {
    let place = tempfile::tempdir().unwrap();
    let sweep = |out: &str, extra: &[&str]| {
        let axis = "student.theta0=values:0.01,0.02,0.03";
        let mut arguments = vec!["sweep", "theorem4", "--quiet", "--axis", axis, "--out", out];
        arguments.extend(extra);
        luck(&place, &arguments);
    };
    sweep("a", &[]);
    sweep("b", &[]);
    sweep("c", &["--set", "teacher.threshold=2.9"]);
    let same = luck(&place, &["compare", "a", "b"]);
    assert!(same.contains("The results are the same."), "{same}");
    let text = luck(&place, &["compare", "a", "c"]);
    assert!(text.contains("3 of 3 cells") && text.contains("student.theta0 = 0.0"), "{text}");

    // Runs beside sweeps, and what is none of both.
    luck(&place, &["run", "theorem4", "--quiet", "--out", "run"]);
    std::fs::create_dir(place.path().join("empty")).unwrap();
    for (other, said) in [("a", "a sweep beside a run"), ("empty", "no results")] {
        let refused = luckflow().current_dir(place.path()).args(["compare", "run", other]).assert().code(2);
        let error = String::from_utf8(refused.get_output().stderr.clone()).unwrap();
        assert!(error.contains(said) && error.contains("allowed:"), "{error}");
    }
}
