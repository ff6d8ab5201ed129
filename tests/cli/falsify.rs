//! `luckflow falsify`: what it prints, keeps and refuses.

use crate::util::Place;
use predicates::prelude::*;

const SMALL: &str = r#"experiment = "theorem4"
teacher = { input_dim = 6, nodes = 3, threshold = 2.5 }
student = { theta0 = 0.03 }
"#;

#[test]
fn the_printed_rate_is_refuted_and_those_that_are_proved_are_not() {
    let place = Place::with("small.toml", SMALL);
    let quick = ["falsify", "small.toml", "--starts", "8", "--iterations", "60", "--out", "o"];
    place
        .luckflow(&quick)
        .assert()
        .success()
        .stdout(predicate::str::contains("printed_d0").and(predicate::str::contains("violated")));
    let text = std::fs::read_to_string(place.path("o/falsify.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&text).unwrap();
    let attacks = summary["attacks"].as_array().unwrap();
    let of = |name: &str| attacks.iter().find(|attack| attack["bound"] == name).unwrap();
    assert!(of("printed_d0")["smallest_ratio"].as_f64().unwrap() < 1.0);
    for proved in ["derived", "sharp", "euclidean"] {
        let attack = of(proved);
        let [found, along] = ["smallest_ratio", "along_run"].map(|key| attack[key].as_f64().unwrap());
        assert!(found >= 1.0 - 1e-8 && along >= found * (1.0 - 1e-6), "{attack}");
        // The start is one that a scenario takes.
        let file = format!("o/{proved}.toml");
        place.luckflow(&["run", &file, "--quiet"]).assert().success();
    }
    // The same search finds the same.
    place.luckflow(&quick).assert().code(2).stderr(predicate::str::contains("--force"));
    let again = [&quick[..quick.len() - 1], &["p"]].concat();
    place.luckflow(&again).assert().success();
    let bytes = |name: &str| std::fs::read(place.path(name)).unwrap();
    assert_eq!(bytes("o/sharp.npy"), bytes("p/sharp.npy"));
}

#[test]
fn both_bounds_of_theorem_5_are_attacked_at_more_teachers_than_one() {
    let text = r#"experiment = "theorem5"
teacher = { input_dim = 8, nodes = 2, threshold = 2.5, outputs = 2, fan_out = "orthonormal" }
student = { extra = 1, theta0 = 0.05, e0 = 0.02 }
"#;
    let place = Place::with("five.toml", text);
    let falsify = "falsify five.toml --starts 3 --iterations 30 --out";
    let command = |rest: &str| {
        let line = format!("{falsify} {rest}");
        place.luckflow(&line.split(' ').collect::<Vec<_>>()).assert().success();
    };
    let smallest = |folder: &str| {
        let text = std::fs::read_to_string(place.path(&format!("{folder}/falsify.json"))).unwrap();
        let summary: serde_json::Value = serde_json::from_str(&text).unwrap();
        ["certified", "euclidean"].map(|name| {
            let attacks = summary["attacks"].as_array().unwrap();
            let attack = attacks.iter().find(|attack| attack["bound"] == name);
            let keys = ["smallest_ratio", "in_region", "along_run"];
            let ratios = keys.map(|key| attack.unwrap()[key].as_f64().unwrap());
            assert!(ratios.iter().all(|ratio| *ratio > 1.0 - 1e-8), "{summary}");
            ratios[0].min(ratios[1])
        })
    };
    command("o");
    command("p --teachers 3");
    let (one, more) = (smallest("o"), smallest("p"));
    for (one, more) in one.iter().zip(more) {
        assert!(more <= *one, "{more} is not below {one}");
    }
    let run = ["run", "o/certified.toml", "--quiet"];
    place.luckflow(&run).assert().success();
}

#[test]
fn an_experiment_without_bounds_is_refused() {
    let place = Place::with("small.toml", SMALL);
    place
        .luckflow(&["falsify", "sgd-vs-flow", "--out", "o"])
        .assert()
        .code(2)
        .stderr(predicate::str::contains("found \"sgd-vs-flow\"; allowed"));
    assert!(!place.path("o").exists());
}
