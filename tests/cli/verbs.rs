//! `luckflow verify` and `--help`.

use crate::small::luckflow;
use predicates::prelude::*;

#[test]
fn verify_says_of_each_line_what_stands_behind_it() {
    let output = luckflow().arg("verify").assert().success();
    let text = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    for (words, standing) in [
        ("Price", "proven"),
        ("Theorem 5: simulated over certified rate", "proven"),
        ("tables of kernels", "measured"),
        ("Jacobian's spectrum", "measured"),
        ("Monte Carlo", "statistical"),
        ("`printed_d0`", "stated"),
    ] {
        let line = text.lines().find(|line| line.contains(words)).unwrap();
        let verdict = if standing == "stated" { "violated" } else { "holds" };
        assert!(line.contains(standing) && line.trim_end().ends_with(verdict), "{line}");
    }
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
