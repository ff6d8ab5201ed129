//! Certificate files: true ones are confirmed, false ones are caught.

use luckflow::check::{self, Checked};
use luckflow::ndarray::{Array1, Array2};
use luckflow::network::draw;
use luckflow::rng;
use luckflow::theory::certificate::Problem;
use luckflow::theory::euclidean::{Certificate, Start, joint};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

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

/// A file with one number changed by a factor, at a path such as "certificates/0/rate".
fn changed(file: &Value, path: &str, factor: f64) -> Value {
    let mut file = file.clone();
    let number = file.pointer_mut(&format!("/{path}")).unwrap();
    *number = (number.as_f64().unwrap() * factor).into();
    file
}

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
fn mistakes_in_a_file_are_named_with_their_key() {
    let file = distance(&teacher("orthonormal", 1, 2), 1.0, 0.05).unwrap();
    let text = file.to_string();
    let said = |text: &str| check::check(text).unwrap_err().to_string();
    let mut without = file.clone();
    without["inputs"]
        .as_object_mut()
        .unwrap()
        .remove("threshold");
    assert_eq!(
        said(&without.to_string()),
        "inputs.threshold: found nothing; allowed: this key is needed"
    );
    let mut other = file.clone();
    other["version"] = 2.into();
    assert_eq!(said(&other.to_string()), "version: found 2; allowed: 1");
    let mut ragged = file.clone();
    ragged["inputs"]["teacher"][1].as_array_mut().unwrap().pop();
    assert_eq!(
        said(&ragged.to_string()),
        "inputs.teacher[1]: found a list of 1; allowed: a list of 2"
    );
    let rate = file["certificates"][0]["rate"].to_string();
    let infinite = text.replace(&rate, "NaN");
    assert_eq!(
        said(&infinite),
        "certificates[0].rate: found null, or a number that is not finite; allowed: a finite number"
    );
    assert!(said("{").starts_with("file: found EOF"));
    assert!(said("{}").starts_with("format: found nothing"));
}

/// Where certificates lie that are checked in Python too; `LUCKFLOW_RENEW=1 cargo test --test certificates` writes them anew.
const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/certificates");

/// Each theorem and form once, and Theorem C both in a region of its own and in the comparison matrix's.
fn fixtures() -> Vec<(PathBuf, Value)> {
    let a_part = |file: Option<Value>, form: &str| {
        let file = file.unwrap();
        assert_eq!(file["certificates"][0]["form"], form);
        file
    };
    let skewed = |b, scale, region: &str| {
        let file = joint(&problem(Array2::eye(2) + 0.15, 5, 1, b, scale)).unwrap();
        let found = file["certificates"].as_array().unwrap();
        assert_eq!(found.last().unwrap()["region"], region);
        file
    };
    let equiangular = distance(&teacher("equiangular", 3, 3), 0.2, 0.1);
    let random = distance(&teacher("random", 3, 3), 1.0, 0.02);
    let files = [
        (
            "theorem4.json",
            a_part(
                distance(&teacher("orthonormal", 1, 5), 0.0, 0.1),
                "orthonormal",
            ),
        ),
        ("theorem4-split.json", a_part(equiangular, "split")),
        ("theorem4-comparison.json", a_part(random, "comparison")),
        (
            "theorem5.json",
            weighted(&problem(Array2::eye(2), 5, 1, 2.5, 0.02)).unwrap(),
        ),
        ("theorem5-joint.json", skewed(0.0, 0.001, "itself")),
        ("theorem5-both.json", skewed(2.5, 0.02, "certified")),
    ];
    let files = files.into_iter();
    files
        .map(|(name, file)| (Path::new(FIXTURES).join(name), file))
        .collect()
}

fn weighted(problem: &Problem) -> Option<Value> {
    check::theorem5(problem, problem.certify().as_ref(), None)
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn the_fixtures_are_confirmed() {
    for (path, file) in fixtures() {
        if std::env::var_os("LUCKFLOW_RENEW").is_some() {
            std::fs::create_dir_all(FIXTURES).unwrap();
            std::fs::write(&path, file.to_string() + "\n").unwrap();
        }
        let found = read(&path);
        assert!(refuted(&found).is_empty(), "{}", path.display());
        // What is found today is the same, up to the last digits.
        let rate = |file: &Value| file["certificates"][0]["rate"].as_f64().unwrap();
        assert!((rate(&found) / rate(&file) - 1.0).abs() < 1e-6);
    }
}

/// A Python that has mpmath: the one that .ci/run makes, or the system's.
fn python() -> Option<&'static str> {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/target/mpmath/bin/python3");
    let usable = |python: &&str| {
        let import = Command::new(python).args(["-c", "import mpmath"]).output();
        import.is_ok_and(|output| output.status.success())
    };
    [own, "python3"].into_iter().find(usable)
}

/// What is false of a fixture: the path, by what it is multiplied, and what is named.
const FALSE: &[(&str, &str, f64, &str)] = &[
    ("theorem4", "rate", 1.01, "rate"),
    ("theorem4", "bounds/slope", 1.01, "bounds.slope"),
    ("theorem4-split", "rate", 1.02, "rate"),
    ("theorem4-split", "bounds/linear", 1.01, "bounds.linear"),
    ("theorem4-split", "bounds/least", 1.01, "bounds.least"),
    ("theorem4-split", "bounds/losses", 0.99, "bounds.losses"),
    ("theorem4-split", "largest_angle", 0.9, "largest_angle"),
    ("theorem4-comparison", "rate", 1.01, "rate"),
    ("theorem4-comparison", "bounds/own", 1.01, "bounds.own"),
    (
        "theorem4-comparison",
        "bounds/against/0/1",
        0.99,
        "bounds.against[0][1]",
    ),
    (
        "theorem4-comparison",
        "bounds/towards/2/1",
        1.01,
        "bounds.towards[2][1]",
    ),
    (
        "theorem4-comparison",
        "bounds/prices/1",
        0.99,
        "bounds.prices",
    ),
    ("theorem5", "matrix/0/1", 0.99, "matrix[0][1]"),
    ("theorem5", "weights/0", 0.99, "rate"),
    ("theorem5-joint", "rate", 1.01, "rate"),
    ("theorem5-joint", "radius", 0.99, "radius"),
    ("theorem5-joint", "drift", 0.9, "drift"),
    ("theorem5-joint", "largest_extra", 0.9, "largest_extra"),
    (
        "theorem5-joint",
        "bounds/of_errors",
        0.99,
        "bounds.of_errors",
    ),
    ("theorem5-joint", "bounds/mixed", 0.99, "bounds.mixed"),
    (
        "theorem5-joint",
        "bounds/of_weights",
        0.99,
        "bounds.of_weights",
    ),
    ("theorem5-joint", "bounds/own/1", 1.01, "bounds.own[1]"),
    (
        "theorem5-joint",
        "bounds/density/2/0",
        0.99,
        "bounds.density[2][0]",
    ),
    ("theorem5-both", "region/1", 1.5, "largest_angle"),
];

#[test]
fn python_confirms_the_fixtures_and_refutes_false_ones() {
    let Some(python) = python() else {
        println!("skipped: no python3 with mpmath");
        return;
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/check_certificate.py");
    let says = |paths: &[PathBuf]| {
        let output = Command::new(python).arg(script).args(paths).output();
        let output = output.unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        (output.status.code(), text)
    };
    let paths: Vec<PathBuf> = fixtures().into_iter().map(|(path, _)| path).collect();
    let (code, text) = says(&paths);
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(text.matches(": confirmed").count(), 7, "{text}");
    let place = tempfile::tempdir().unwrap();
    let falsified = |(number, (name, change, factor, _)): (usize, &(&str, &str, f64, &str))| {
        let file = read(&Path::new(FIXTURES).join(format!("{name}.json")));
        let path = place.path().join(format!("{number}.json"));
        let change = format!("certificates/0/{change}");
        std::fs::write(&path, changed(&file, &change, *factor).to_string()).unwrap();
        path
    };
    let paths: Vec<PathBuf> = FALSE.iter().enumerate().map(falsified).collect();
    let (code, text) = says(&paths);
    assert_eq!(code, Some(1), "{text}");
    for (number, (name, change, _, item)) in FALSE.iter().enumerate() {
        let of_file = format!("{number}.json: ");
        let line = text.lines().filter(|line| line.contains(&of_file));
        let named = line.filter_map(|line| line.split_once("not confirmed: "));
        let named: Vec<&str> = named.flat_map(|(_, items)| items.split(", ")).collect();
        assert!(named.contains(item), "{name}, {change}: {named:?}");
    }
}
