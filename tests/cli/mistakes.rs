//! Mistakes in scenarios and on the command line: where, what was found, what is allowed.

use crate::over_parameterized::OVER;
use crate::small::{SMALL, luckflow, place, run};
use predicates::prelude::*;

fn refuses(find: &str, replace: &str, said: &[&str]) {
    assert!(SMALL.contains(find));
    let place = place(&SMALL.replace(find, replace));
    let assert = run(&place, &[]).assert().code(2).stdout("");
    let error = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    for word in said {
        assert!(error.contains(word), "{error:?} does not say {word:?}");
    }
    assert!(!error.contains("panicked") && error.lines().count() == 1, "{error}");
    assert!(!place.path().join("plots").exists(), "nothing is written for a mistake");
}

#[test]
fn mistakes_in_a_scenario_are_named_with_file_line_key_found_and_allowed() {
    refuses("nodes = 3", "nods = 3", &["small.toml:6", "teacher.nods", "3", "did you mean nodes?", "allowed"]);
    refuses(
        "threshold = 2.0",
        "treshold = 2.0",
        &["small.toml:7", "teacher.treshold", "2", "did you mean threshold?"],
    );
    refuses("nodes = 3", "nodes = \"three\"", &["small.toml:6", "teacher.nodes", "\"three\"", "whole number"]);
    refuses("nodes = 3", "nodes = 3.5", &["small.toml:6", "teacher.nodes", "3.5", "whole number"]);
    refuses("nodes = 3", "nodes = 7", &["small.toml:6", "teacher.nodes", "7 orthonormal nodes", "random"]);
    refuses("theta0 = 0.05", "theta0 = 1.6", &["small.toml:10", "student.theta0", "1.6", "(0, π/2)"]);
    refuses("theta0 = 0.05", "theta0 = nan", &["small.toml:10", "student.theta0", "nan", "(0, π/2)"]);
    refuses("theta0 = 0.05", "", &["small.toml:9", "student.theta0", "nothing", "(0, π/2)"]);
    refuses(
        "threshold = 2.0",
        "threshold = 2.0\nepsilon = 0.1",
        &["small.toml:8", "teacher.epsilon", "both threshold and epsilon"],
    );
    refuses("threshold = 2.0", "epsilon = 1e-300", &["small.toml", "teacher.epsilon", "allowed"]);
    refuses("\"theorem4\"", "\"theorem9\"", &["small.toml:2", "experiment", "\"theorem9\"", "\"theorem4\""]);
    refuses("[student]", "[studnet]", &["small.toml:9", "studnet", "did you mean student?"]);
    refuses("[student]", "[student", &["small.toml:9", "syntax", "TOML"]);
    refuses(
        "[student]",
        "[overlap]\nsamples = 10\n[student]",
        &["small.toml:10", "overlap.samples", "10", "monte-carlo"],
    );
    refuses(
        "[student]",
        "[overlap]\nmethod = \"monte-carlo\"\nresample = \"every-evaluation\"\n[integrate]\nmethod = \"dop853\"\n[student]",
        &["small.toml:13", "integrate.method", "dop853", "fresh samples", "rk4"],
    );
    refuses(
        "[student]",
        "[overlap]\nmethod = \"monte-carlo\"\nsamples = 100\n[integrate]\nmethod = \"dopri5\"\nrtol = 1e-6\n[student]",
        &["small.toml:13", "integrate", "1e-6", "sample"],
    );
    refuses(
        "[student]",
        "[integrate]\nmethod = \"euler\"\n[student]",
        &["small.toml:10", "integrate.method", "\"euler\"", "\"gradient-descent\""],
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
    refuses(&["--set", "student.theta0=9"], &["--set", "student.theta0", "9", "(0, π/2)"]);
    refuses(&["--set", "student.theta0"], &["--set", "student.theta0", "key=value"]);
    refuses(&["--set", "student.tehta0=0.1"], &["--set", "student.tehta0", "did you mean theta0?"]);
    refuses(&["--set", "seed.deep=1"], &["seed"]);
    refuses(&["--threads", "0"], &["--threads"]);
    refuses(&["--out", "small.toml"], &["--out", "small.toml", "a folder"]);
    luckflow()
        .args(["run", "no/such.toml"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("no/such.toml"));
    luckflow().args(["frobnicate"]).assert().code(2);
}

#[test]
fn mistakes_in_a_theorem5_scenario_are_named_too() {
    for (find, replace, said) in [
        ("extra = 2", "", &["small.toml:9", "student.extra", "nothing"][..]),
        ("outputs = 3", "outputs = 2", &["small.toml:7", "teacher.outputs", "2 outputs for 3 nodes"]),
        (
            "theta0 = 0.1",
            "theta0 = [0.1, 0.2]",
            &["small.toml:11", "student.theta0", "[0.1, 0.2]", "(0, π/2)"],
        ),
        ("theta0 = 0.1", "signal = [1.0]", &["small.toml:11", "student.signal", "[1.0]", "two numbers"]),
        ("theta0 = 0.1", "signal = [1, 1]\ne0 = 0.1", &["small.toml:12", "student.e0", "signal"]),
        ("theta0 = 0.1", "theta0 = 0.1\ne0 = -1", &["small.toml:12", "student.e0", "-1", "from 0 to 100"]),
    ] {
        let place = place(&OVER.replace(find, replace));
        let assert = run(&place, &[]).assert().code(2).stdout("");
        let error = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
        for word in said {
            assert!(error.contains(word), "{error:?} does not say {word:?}");
        }
    }
}
