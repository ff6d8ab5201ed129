//! `luckflow verify` and `--help`.

use crate::small::luckflow;
use predicates::prelude::*;

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
