//! All that is certified is confirmed.

use super::{distance, joint, problem, refuted, teacher};
use luckflow::ndarray::Array2;

#[test]
fn certificates_of_theorem_4_are_confirmed() {
    let mut forms = std::collections::BTreeMap::new();
    for kind in ["orthonormal", "random", "equiangular"] {
        for m in [1, 2, 3, 6] {
            for b in [-0.5, 0.0, 0.2, 1.0, 2.0, 3.0] {
                for theta0 in [1e-3, 0.02, 0.1, 0.25] {
                    let Some(file) = distance(&teacher(kind, 3, m), b, theta0) else {
                        continue;
                    };
                    let form = file["certificates"][0]["form"].as_str().unwrap().to_owned();
                    *forms.entry(form).or_insert(0) += 1;
                    let refuted = refuted(&file);
                    assert!(
                        refuted.is_empty(),
                        "{kind}, m = {m}, b = {b}, {theta0}: {refuted:#?}"
                    );
                }
            }
        }
    }
    assert!(
        forms["orthonormal"] > 40 && forms["comparison"] > 20 && forms["split"] > 3,
        "{forms:?}"
    );
}

#[test]
fn certificates_at_large_thresholds_are_confirmed() {
    let mut found = [0; 2];
    // At 7 the claims' own rounding shows: a loss of 10⁻²⁰ is known to 10⁻¹⁰ of itself.
    for b in [3.5, 4.5, 5.5] {
        for theta0 in [1e-3, 0.02] {
            let of_theorem_4 = distance(&teacher("random", 3, 4), b, theta0);
            let of_theorem_5 = joint(&problem(Array2::eye(3) + 0.15, 5, 2, b, 0.3 * theta0));
            for (count, file) in found.iter_mut().zip([of_theorem_4, of_theorem_5]) {
                let Some(file) = file else { continue };
                *count += 1;
                let refuted = refuted(&file);
                assert!(refuted.is_empty(), "b = {b}, {theta0}: {refuted:#?}");
            }
        }
    }
    assert_eq!(found, [6, 6]);
}

#[test]
fn certificates_of_theorem_5_are_confirmed() {
    let mut found = std::collections::BTreeMap::new();
    for fan_out in [Array2::eye(1), Array2::eye(3), Array2::eye(3) + 0.15] {
        for r in [0, 2] {
            for b in [0.0, 1.0, 2.0, 3.0] {
                for scale in [1e-3, 0.01, 0.05] {
                    let problem = problem(fan_out.clone(), 5, r, b, scale);
                    let Some(file) = joint(&problem) else {
                        continue;
                    };
                    let refuted = refuted(&file);
                    assert!(
                        refuted.is_empty(),
                        "r = {r}, b = {b}, {scale}: {refuted:#?}"
                    );
                    for certificate in file["certificates"].as_array().unwrap() {
                        let name = format!("{} {}", certificate["bound"], certificate["region"]);
                        *found
                            .entry(if certificate["bound"] == "certified" {
                                "certified".into()
                            } else {
                                name
                            })
                            .or_insert(0) += 1;
                    }
                }
            }
        }
    }
    println!("{found:?}");
    assert!(found["certified"] > 10 && found.len() > 2, "{found:?}");
}
