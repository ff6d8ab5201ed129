//! All that is certified is confirmed.

use super::{distance, entered, joint, problem, refuted, teacher};
use luckflow::ndarray::Array2;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A certificate file, and what it is of.
type Named = (String, Value);

/// Of Theorem 4, wherever there is one.
fn of_theorem_4() -> Vec<Named> {
    let mut found = Vec::new();
    for kind in ["orthonormal", "random", "equiangular"] {
        for m in [1, 2, 3, 6] {
            for b in [-0.5, 0.0, 0.2, 1.0, 2.0, 3.0] {
                for theta0 in [1e-3, 0.02, 0.1, 0.25] {
                    let file = distance(&teacher(kind, 3, m), b, theta0);
                    let name = format!("theorem4-{kind}-m{m}-b{b}-{theta0}");
                    found.extend(file.map(|file| (name, file)));
                }
            }
        }
    }
    found
}

/// Of Theorem 5, wherever there is one.
fn of_theorem_5() -> Vec<Named> {
    let mut found = Vec::new();
    for (kind, fan_out) in [Array2::eye(1), Array2::eye(3), Array2::eye(3) + 0.15].into_iter().enumerate() {
        for r in [0, 2] {
            for b in [0.0, 1.0, 2.0, 3.0] {
                for scale in [1e-3, 0.01, 0.05] {
                    let file = joint(&problem(fan_out.clone(), 5, r, b, scale));
                    let name = format!("theorem5-{kind}-r{r}-b{b}-{scale}");
                    found.extend(file.map(|file| (name, file)));
                }
            }
        }
    }
    found
}

/// At 7 the claims' own rounding shows: a loss of 10⁻²⁰ is known to 10⁻¹⁰ of itself.
fn at_large_thresholds() -> Vec<Named> {
    let mut found = Vec::new();
    for b in [3.5, 4.5, 5.5] {
        for theta0 in [1e-3, 0.02] {
            let of_theorem_4 = distance(&teacher("random", 3, 4), b, theta0);
            let of_theorem_5 = joint(&problem(Array2::eye(3) + 0.15, 5, 2, b, 0.3 * theta0));
            for (theorem, file) in [(4, of_theorem_4), (5, of_theorem_5)] {
                let name = format!("theorem{theorem}-large-b{b}-{theta0}");
                found.extend(file.map(|file| (name, file)));
            }
        }
    }
    found
}

/// How many there are of each kind, after all were confirmed.
fn confirmed(files: &[Named], kind: impl Fn(&Value) -> String) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for (name, file) in files {
        let refuted = refuted(file);
        assert!(refuted.is_empty(), "{name}: {refuted:#?}");
        for certificate in file["certificates"].as_array().unwrap() {
            *counts.entry(kind(certificate)).or_insert(0) += 1;
        }
    }
    counts
}

#[test]
fn certificates_of_theorem_4_are_confirmed() {
    let form = |certificate: &Value| certificate["form"].as_str().unwrap().to_owned();
    let forms = confirmed(&of_theorem_4(), form);
    assert!(forms["orthonormal"] > 40 && forms["comparison"] > 20 && forms["split"] > 3, "{forms:?}");
}

#[test]
fn entries_into_certified_regions_are_confirmed() {
    for (kind, b) in [("orthonormal", 0.0), ("random", 0.0), ("random", 1.0)] {
        let file = entered(kind, 5, 4, b);
        let found = refuted(&file);
        assert!(found.is_empty(), "{kind}, b = {b}: {found:#?}");
        assert!(file["certificates"][0]["time"].as_f64().unwrap() > 1.0);
    }
}

#[test]
fn certificates_at_large_thresholds_are_confirmed() {
    let files = at_large_thresholds();
    confirmed(&files, |certificate| certificate["bound"].to_string());
    let of = |theorem: u64| files.iter().filter(|file| file.1["theorem"] == theorem).count();
    assert_eq!([of(4), of(5)], [6, 6]);
}

#[test]
fn certificates_of_theorem_5_are_confirmed() {
    let kind = |certificate: &Value| match certificate["bound"].as_str() {
        Some("certified") => "certified".to_owned(),
        _ => format!("{} {}", certificate["bound"], certificate["region"]),
    };
    let found = confirmed(&of_theorem_5(), kind);
    assert!(found["certified"] > 10 && found.len() > 2, "{found:?}");
}

/// All of them as files, for `docs/check_certificate.py`: `LUCKFLOW_CERTIFICATES=FOLDER cargo test --test theory leaves_ -- --ignored`.
#[test]
#[ignore = "Python takes an hour to go through them"]
fn leaves_every_certificate_in_a_folder() {
    let folder = std::env::var_os("LUCKFLOW_CERTIFICATES").expect("a folder");
    let folder = PathBuf::from(folder);
    std::fs::create_dir_all(&folder).unwrap();
    let all = [of_theorem_4(), of_theorem_5(), at_large_thresholds()];
    for (name, file) in all.concat() {
        std::fs::write(folder.join(format!("{name}.json")), file.to_string()).unwrap();
    }
}
