//! Titles of figures say what was found: another run has others, and what they say is so.

use crate::runs::{DEEP_TRAINING, Finished, Run, SGD_VS_FLOW, SWEEP_THEOREM4, THEOREM4};
use crate::util::{Place, files};
use std::collections::BTreeMap;

/// Figures and their titles.
fn titles(finished: &Finished) -> BTreeMap<String, String> {
    titles_in(finished.text("figures.json"))
}

fn titles_in(figures: &str) -> BTreeMap<String, String> {
    let all: Vec<serde_json::Value> = serde_json::from_str(figures).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let titled = |one: &serde_json::Value| (text(&one["name"]), text(&one["figure"]["title"]));
    all.iter().map(titled).collect()
}

/// What makes each run come out otherwise; figures whose titles count what may be the same for both.
fn otherwise(run: &Run) -> (&'static [&'static str], &'static [&'static str]) {
    match run.name {
        "theorem4" => (&["student.theta0=0.2"], &[]),
        "theorem4-sampled" => (&["student.theta0=0.4"], &[]),
        "theorem5" => (&["student.theta0=0.9", "student.e0=0.9"], &[]),
        "fan-out-panels" => (&["panels.students=[8, 8]", "integrate.horizon=0.1"], &[]),
        "sgd-vs-flow" => (&["sgd.seeds=1", "sgd.steps=[0.2, 0.02]"], &[]),
        "deep-training" => (&["seed=2", "training.epochs=1"], &["fan-out"]),
        "deep-flow" => (&["seed=2"], &[]),
        "implicit-regularization" => (&["training.epochs=40"], &[]),
        "lottery-tickets" => (&["seed=5", "training.epochs=1"], &[]),
        "flat-minima" => (&["seed=2", "training.epochs=1"], &[]),
        "sweep-theorem4" => (&["sweep.thin=2"], &[]),
        "sweep-theorem5" => (&["student.extra=4", "integrate.horizon=5"], &["verdicts"]),
        "sweep-one-axis" => (&["teacher.threshold=0.1"], &[]),
        other => panic!("nothing is known of {other}"),
    }
}

fn say_what_was_found(run: &Run) {
    let (overrides, may_agree) = otherwise(run);
    let place = Place::with("other.toml", run.scenario);
    let sets = overrides.iter().flat_map(|set| ["--set", set]);
    let arguments = [run.verb, "other.toml", "--out", "out"].into_iter().chain(sets);
    let arguments: Vec<&str> = arguments.collect();
    place.luckflow(&arguments).assert().success();
    let other = &files(&place.path("out"))["figures.json"];
    let other = titles_in(std::str::from_utf8(other).unwrap());
    let own = titles(run.finished());
    let mut compared = 0;
    for (name, title) in &own {
        let kind = name.rsplit('/').next().unwrap();
        let Some(beside) = other.get(name).filter(|_| !may_agree.contains(&kind)) else {
            continue;
        };
        assert_ne!(title, beside, "{name}");
        compared += 1;
    }
    assert!(compared > 0, "{own:?} {other:?}");
}

of_every_run!(say_what_was_found);

/// The rows of a table, as text by column.
fn rows(finished: &Finished, table: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(finished.text(table).as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

fn number(row: &BTreeMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap()
}

#[test]
fn theorem4s_title_has_the_verdicts_and_both_ends_of_the_angle() {
    let finished = THEOREM4.finished();
    let title = &titles(finished)["convergence"];
    let angles = rows(finished, "trajectory.csv");
    let said = title.strip_prefix("The largest angle falls from ").unwrap();
    let (first, said) = said.split_once(" to ").unwrap();
    let off = first.parse::<f64>().unwrap() / number(&angles[0], "largest_angle") - 1.0;
    assert!(off.abs() < 1e-3, "{title}");
    let (last, said) = said.split_once(": ").unwrap();
    let (digits, exponent) = last.split_once("·10⁻").unwrap();
    let exponent = exponent.chars().map(|c| "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().position(|digit| digit == c).unwrap());
    let exponent = exponent.fold(0, |number, digit| 10 * number + digit as i32);
    let last = digits.parse::<f64>().unwrap() * 10f64.powi(-exponent);
    let off = last / number(&angles[angles.len() - 1], "largest_angle") - 1.0;
    assert!(off.abs() < 1e-3, "{title}");
    for claim in rows(finished, "verdicts.csv") {
        let group = said.split("; ").find(|group| {
            let names = group.replace(" and ", ", ").replace(" hold", ", hold");
            names.replace(" are", ", ").replace(" is", ", ").split(", ").any(|name| name == claim["label"])
        });
        let group = group.unwrap_or_else(|| panic!("{} in {said}", claim["label"]));
        let verdict = claim["verdict"].trim_end_matches('s');
        assert!(group.contains(verdict), "{group}: {verdict}");
    }
}

#[test]
fn layers_that_rise_are_counted_from_the_epochs() {
    let finished = DEEP_TRAINING.finished();
    let all = rows(finished, "epochs.csv");
    let found = titles(finished);
    for width in ["2", "4"] {
        let own = || all.iter().filter(|row| row["width"] == width);
        let last = own().map(|row| number(row, "epoch")).fold(0.0, f64::max);
        // Of two seeds the median is the mean.
        let median = |epoch: f64, column: &str| {
            let at = own().filter(|row| number(row, "epoch") == epoch);
            0.5 * at.map(|row| number(row, column)).sum::<f64>()
        };
        let rising = ["rho_1", "rho_2"].iter().filter(|rho| median(last, rho) > median(0.0, rho));
        let expected = format!("ρ̄ rises in {} of 2 layers", rising.count());
        let title = &found[&format!("width{width}-sd1-bn-after/correlation")];
        assert!(title.starts_with(&expected), "{title}: {expected}");
    }
}

#[test]
fn times_in_the_predicted_band_are_counted_from_the_tables() {
    let finished = SGD_VS_FLOW.finished();
    let paths = rows(finished, "paths.csv");
    let (mut inside, mut all) = (0, 0);
    for row in rows(finished, "predicted.csv") {
        let pair = (row["step"].as_str(), row["batch"].as_str());
        if pair != ("0.1", "8") && pair != ("0.05", "32") {
            continue;
        }
        let own = paths.iter().filter(|path| {
            let same = ["step", "batch"].iter().all(|key| path[*key] == row[*key]);
            path["path"] == "SGD" && same && path["time"] == row["time"]
        });
        let mut distances: Vec<f64> = own.map(|path| number(path, "distance")).collect();
        distances.sort_by(f64::total_cmp);
        let [_, median, _] = distances[..] else {
            panic!("three seeds: {distances:?}")
        };
        all += 1;
        inside += usize::from(number(&row, "low") <= median && median <= number(&row, "high"));
    }
    let expected = format!("the predicted band at {inside} of {all} times");
    let title = &titles(finished)["distance"];
    assert!(title.ends_with(&expected) && all > 0, "{title}: {expected}");
}

#[test]
fn violated_cells_are_counted_from_the_sweeps_table() {
    let finished = SWEEP_THEOREM4.finished();
    // Cells are those of one point of the axes; one run that violates is enough.
    let mut cells: BTreeMap<String, bool> = BTreeMap::new();
    for row in rows(finished, "cells.csv") {
        let point = format!("{} {}", row["student.theta0"], row["teacher.epsilon"]);
        *cells.entry(point).or_default() |= row["printed_verdict"] == "violated";
    }
    let count = cells.values().filter(|violated| **violated).count();
    let title = &titles(finished)["verdicts"];
    let expected = format!("Violated: printed in {count}");
    assert!(title.starts_with(&expected), "{title}: {expected}");
    assert!(title.contains(&format!(" of {} cells", cells.len())), "{title}");
}
