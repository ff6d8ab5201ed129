//! Certificate files: true ones are confirmed, false ones are caught.

use luckflow::check::{self, Checked};
use luckflow::ndarray::{Array1, Array2};
use luckflow::network::draw;
use luckflow::rng;
use luckflow::theory::certificate::Problem;
use luckflow::theory::euclidean::{Certificate, Start, joint};
use serde_json::Value;

fn checked(file: &Value) -> Vec<Checked> {
    check::check(&file.to_string()).unwrap()
}

/// The items that are not confirmed.
fn refuted(file: &Value) -> Vec<String> {
    let certificates = checked(file);
    let findings = certificates
        .iter()
        .flat_map(|certificate| &certificate.findings);
    let failed = findings.filter(|finding| !finding.confirmed);
    failed
        .map(|finding| {
            format!(
                "{}: {} {:e} against {:e}",
                finding.item, finding.meaning, finding.claimed, finding.recomputed
            )
        })
        .collect()
}

fn teacher(kind: &str, seed: u64, m: usize) -> Array2<f64> {
    let mut stream = rng::stream(seed, "teacher", &[]);
    match kind {
        "orthonormal" => Array2::eye(m),
        "random" => unit(draw::gaussian_in_span(&mut stream, 20, m, m)),
        _ => unit(Array2::eye(m) + 0.15),
    }
}

fn unit(mut columns: Array2<f64>) -> Array2<f64> {
    for mut column in columns.columns_mut() {
        let length = column.dot(&column).sqrt();
        column /= length;
    }
    columns
}

fn distance(teacher: &Array2<f64>, b: f64, theta0: f64) -> Option<Value> {
    let found = Certificate::of(teacher.view(), b, Start::Within(theta0))?;
    check::theorem4(teacher.view(), b, theta0, &found)
}

fn problem(fan_out: Array2<f64>, seed: u64, r: usize, b: f64, scale: f64) -> Problem {
    let m = fan_out.nrows();
    let mut stream = rng::stream(seed, "extra", &[]);
    let extra = unit(draw::gaussian_in_span(&mut stream, 100, m, r));
    Problem {
        teacher: draw::pad_rows(Array2::eye(m).view(), extra.nrows().max(m)),
        extra: draw::pad_rows(extra.view(), extra.nrows().max(m)),
        teacher_fan_out: fan_out,
        threshold: b,
        angles: Array1::from_elem(m, scale),
        fan_out_errors: Array1::from_elem(m + r, scale),
    }
}

fn joint(problem: &Problem) -> Option<Value> {
    let comparison = problem.certify();
    let within = comparison
        .as_ref()
        .and_then(|other| joint::Certificate::within(problem, other));
    let all = [joint::Certificate::of(problem), within];
    let euclidean = all
        .into_iter()
        .flatten()
        .max_by(|a, b| a.rate.total_cmp(&b.rate));
    check::theorem5(problem, comparison.as_ref(), euclidean.as_ref())
}

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
