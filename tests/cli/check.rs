//! `luckflow check`: what it confirms is what `run` printed, and what is false it names.

use crate::util::Place;
use predicates::prelude::*;

const POSTER: &str = r#"experiment = "theorem4"
teacher = { input_dim = 6, nodes = 3, threshold = 0.0 }
student = { theta0 = 0.1 }
integrate = { horizon = 1.0, outputs = 10 }
"#;

const JOINT: &str = r#"experiment = "theorem5"
teacher = { input_dim = 20, nodes = 2, threshold = 2.5, outputs = 2 }
student = { extra = 1, theta0 = 0.02, e0 = 0.02, v0 = 0.02 }
integrate = { horizon = 1.0, outputs = 10 }
"#;

/// Runs a scenario, and gives what it printed.
fn run(place: &Place) -> String {
    let ran = place.luckflow(&["run", "s.toml", "--out", "o"]).assert().success();
    String::from_utf8(ran.get_output().stdout.clone()).unwrap()
}

fn certificate(place: &Place) -> serde_json::Value {
    serde_json::from_str(&place.read("o/certificate.json")).unwrap()
}

#[test]
fn what_a_run_certifies_is_confirmed() {
    for scenario in [POSTER, JOINT] {
        let place = Place::with("s.toml", scenario);
        let printed = run(&place);
        let check = place.luckflow(&["check", "o/certificate.json"]).assert().success();
        for found in certificate(&place)["certificates"].as_array().unwrap() {
            let rate = found["rate"].as_f64().unwrap();
            let said = format!("{}: rate {rate:.6} confirmed", found["bound"].as_str().unwrap());
            assert!(check.get_output().stdout.windows(said.len()).any(|part| part == said.as_bytes()), "{said}");
            let short = luckflow::plot::number::short(rate);
            assert!(printed.contains(&short), "{short}: {printed}");
        }
    }
}

#[test]
fn what_is_false_is_named_with_both_values() {
    let place = Place::with("s.toml", POSTER);
    run(&place);
    let mut file = certificate(&place);
    let rate = &mut file["certificates"][0]["rate"];
    *rate = (rate.as_f64().unwrap() * 1.01).into();
    place.write("false.json", &file.to_string());
    place.luckflow(&["check", "false.json"]).assert().code(1).stderr(
        predicate::str::contains("false.json: certificates[0].rate")
            .and(predicate::str::contains("found"))
            .and(predicate::str::contains("allowed: at most")),
    );
    file["version"] = 7.into();
    place.write("other.json", &file.to_string());
    let other = place.luckflow(&["check", "other.json"]).assert().code(2);
    other.stderr(predicate::str::contains("other.json: version: found 7; allowed: 1"));
}
