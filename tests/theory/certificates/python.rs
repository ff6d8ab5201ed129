//! Files that are kept, which `docs/check_certificate.py` confirms too.

use super::{changed, distance, joint, problem, refuted, teacher};
use luckflow::check;
use luckflow::ndarray::Array2;
use luckflow::theory::certificate::Problem;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where certificates lie that are checked in Python too; `LUCKFLOW_RENEW=1 cargo test --test theory certificates` writes them anew.
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
        ("theorem4.json", a_part(distance(&teacher("orthonormal", 1, 5), 0.0, 0.1), "orthonormal")),
        ("theorem4-split.json", a_part(equiangular, "split")),
        ("theorem4-comparison.json", a_part(random, "comparison")),
        ("theorem5.json", weighted(&problem(Array2::eye(2), 5, 1, 2.5, 0.02)).unwrap()),
        ("theorem5-joint.json", skewed(0.0, 0.001, "itself")),
        ("theorem5-both.json", skewed(2.5, 0.02, "certified")),
    ];
    let files = files.into_iter();
    files.map(|(name, file)| (Path::new(FIXTURES).join(name), file)).collect()
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
    ("theorem4-comparison", "bounds/against/0/1", 0.99, "bounds.against[0][1]"),
    ("theorem4-comparison", "bounds/towards/2/1", 1.01, "bounds.towards[2][1]"),
    ("theorem4-comparison", "bounds/prices/1", 0.99, "bounds.prices"),
    ("theorem5", "matrix/0/1", 0.99, "matrix[0][1]"),
    ("theorem5", "weights/0", 0.99, "rate"),
    ("theorem5-joint", "rate", 1.01, "rate"),
    ("theorem5-joint", "radius", 0.99, "radius"),
    ("theorem5-joint", "drift", 0.9, "drift"),
    ("theorem5-joint", "largest_extra", 0.9, "largest_extra"),
    ("theorem5-joint", "bounds/of_errors", 0.99, "bounds.of_errors"),
    ("theorem5-joint", "bounds/mixed", 0.99, "bounds.mixed"),
    ("theorem5-joint", "bounds/of_weights", 0.99, "bounds.of_weights"),
    ("theorem5-joint", "bounds/own/1", 1.01, "bounds.own[1]"),
    ("theorem5-joint", "bounds/density/2/0", 0.99, "bounds.density[2][0]"),
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
