//! Changes of one number, and mistakes in a file.

use super::{changed, distance, entered, joint, problem, refuted, teacher};
use luckflow::check;
use luckflow::ndarray::Array2;
use serde_json::Value;

/// Each change is caught, and among what is named is the item.
fn all_are_caught(file: &Value, changes: &[(&str, f64, &str)]) {
    assert!(refuted(file).is_empty(), "{:#?}", refuted(file));
    for &(path, factor, item) in changes {
        let found = refuted(&changed(file, &format!("certificates/0/{path}"), factor));
        let named = found.iter().any(|found| found.contains(item));
        assert!(named, "{path} × {factor}: {found:#?}");
    }
}

#[test]
fn a_false_rate_or_supremum_of_theorem_a_is_caught() {
    let file = distance(&teacher("orthonormal", 1, 5), 0.0, 0.1).unwrap();
    all_are_caught(
        &file,
        &[
            ("rate", 1.01, "[0].rate"),
            ("radius", 0.99, "[0].radius"),
            ("largest_angle", 0.9, "[0].largest_angle"),
            ("bounds/pull", 1.01, "bounds.pull"),
            ("bounds/push", 0.99, "bounds.push"),
            ("bounds/squares", 0.99, "bounds.squares"),
            ("bounds/pairs", 0.99, "bounds.pairs"),
            ("bounds/slope", 1.01, "bounds.slope"),
            ("bounds/cost", 0.99, "bounds.cost"),
        ],
    );
}

#[test]
fn a_false_rate_or_supremum_of_theorem_b_is_caught() {
    let file = distance(&teacher("random", 3, 4), 1.0, 0.02).unwrap();
    assert_eq!(file["certificates"][0]["form"], "comparison");
    all_are_caught(
        &file,
        &[
            ("rate", 1.01, "[0].rate"),
            ("bounds/least", 1.01, "bounds.least"),
            ("bounds/own", 1.01, "bounds.own"),
            ("bounds/against/0/1", 0.99, "bounds.against[0][1]"),
            ("bounds/towards/2/1", 1.01, "bounds.towards[2][1]"),
            ("bounds/cost", 0.99, "bounds.cost"),
            ("bounds/prices/1", 0.99, "bounds.prices[1]"),
        ],
    );
}

#[test]
fn a_false_entry_vector_or_region_of_the_comparison_matrix_is_caught() {
    let file = joint(&problem(Array2::eye(3), 5, 2, 2.5, 0.02)).unwrap();
    assert_eq!(file["certificates"][0]["bound"], "certified");
    all_are_caught(
        &file,
        &[
            ("rate", 1.01, "[0].rate"),
            ("matrix/0/1", 0.99, "matrix[0][1]"),
            ("matrix/4/4", 1.01, "matrix[4][4]"),
            ("matrix/3/0", 0.99, "matrix[3][0]"),
            ("weights/0", 0.99, "[0].rate"),
            ("region/1", 0.99, "region[1]"),
            ("drift/0", 0.99, "drift[0]"),
            ("products/6/6", 0.99, "products[6]"),
        ],
    );
}

#[test]
fn a_false_rate_supremum_or_region_of_the_joint_distance_is_caught() {
    let file = joint(&problem(Array2::eye(3), 5, 2, 0.0, 0.01)).unwrap();
    assert_eq!(file["certificates"][0]["bound"], "euclidean");
    all_are_caught(
        &file,
        &[
            ("rate", 1.01, "[0].rate"),
            ("radius", 0.99, "[0].radius"),
            ("largest_extra", 0.9, "[0].largest_extra"),
            ("drift", 0.9, "[0].drift"),
            ("bounds/of_errors", 0.99, "bounds.of_errors"),
            ("bounds/mixed", 0.99, "bounds.mixed"),
            ("bounds/of_weights", 0.99, "bounds.of_weights"),
            ("bounds/own/1", 1.01, "bounds.own[1]"),
            ("bounds/gate/0/3", 0.99, "bounds.gate[0][3]"),
            ("bounds/density/4/0", 0.99, "bounds.density[4][0]"),
            ("bounds/slope/0/1", 0.99, "bounds.slope[0][1]"),
            ("bounds/activation/2/3", 0.99, "bounds.activation[2][3]"),
        ],
    );
}

#[test]
fn a_false_step_tube_or_angle_of_an_entry_is_caught() {
    let file = entered("orthonormal", 1, 3, 0.0);
    let first = file["certificates"][0]["least"][4].as_f64().unwrap();
    assert!(first < 0.0, "{first}");
    all_are_caught(
        &file,
        &[
            ("tube", 0.98, "[0].tube"),
            ("time", 0.999, "[0].time"),
            ("angles/1", 0.999, "angles[1]"),
            ("least/4", 0.99, "least[4]"),
            // A longer step comes later, and on a very long one no bound closes.
            ("steps/4", 1.5, "[0].time"),
            ("steps/4", 1000.0, "steps[4]"),
        ],
    );
    // Backwards, or not at all, no step leads.
    for factor in [-1.0, 0.0] {
        let mistake = check::check(&changed(&file, "certificates/0/steps/4", factor).to_string());
        let said = mistake.unwrap_err().to_string();
        assert!(said.starts_with("certificates[0].steps[4]: found"), "{said}");
    }
    // What would take gigabytes is refused.
    let mut large = file.clone();
    let rows: Vec<Vec<f64>> = Array2::<f64>::eye(21).rows().into_iter().map(|row| row.to_vec()).collect();
    large["inputs"]["teacher"] = rows.clone().into();
    large["inputs"]["start"] = rows.into();
    large["certificates"][0]["angles"] = vec![0.1; 21].into();
    let said = check::check(&large.to_string()).unwrap_err().to_string();
    assert!(said.contains("inputs.start") && said.contains("at most 400 numbers"), "{said}");
    // Another start ends elsewhere.
    let other = changed(&file, "inputs/start/0/1", 1.1);
    assert!(!refuted(&other).is_empty());
    // The rate is of the angles that the entry claims.
    let larger = changed(&file, "certificates/0/angles/0", 1.5);
    let found = refuted(&larger);
    assert!(found.iter().any(|item| item.contains("[1].radius")), "{found:#?}");
}

#[test]
fn mistakes_in_a_file_are_named_with_their_key() {
    let file = distance(&teacher("orthonormal", 1, 2), 1.0, 0.05).unwrap();
    let text = file.to_string();
    let said = |text: &str| check::check(text).unwrap_err().to_string();
    let mut without = file.clone();
    without["inputs"].as_object_mut().unwrap().remove("threshold");
    assert_eq!(said(&without.to_string()), "inputs.threshold: found nothing; allowed: this key is needed");
    let mut other = file.clone();
    other["version"] = 2.into();
    assert_eq!(said(&other.to_string()), "version: found 2; allowed: 1");
    let mut ragged = file.clone();
    ragged["inputs"]["teacher"][1].as_array_mut().unwrap().pop();
    assert_eq!(said(&ragged.to_string()), "inputs.teacher[1]: found a list of 1; allowed: a list of 2");
    let rate = file["certificates"][0]["rate"].to_string();
    let infinite = text.replace(&rate, "NaN");
    assert_eq!(
        said(&infinite),
        "certificates[0].rate: found null, or a number that is not finite; allowed: a finite number"
    );
    assert!(said("{").starts_with("file: found EOF"));
    assert!(said("{}").starts_with("format: found nothing"));
}
