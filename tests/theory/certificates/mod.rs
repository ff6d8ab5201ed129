//! Certificate files: true ones are confirmed, false ones are caught.

mod caught;
mod confirmed;
mod python;

use luckflow::check::entry::enter;
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
    let findings = certificates.iter().flat_map(|certificate| &certificate.findings);
    let failed = findings.filter(|finding| !finding.confirmed);
    failed
        .map(|finding| {
            format!("{}: {} {:e} against {:e}", finding.item, finding.meaning, finding.claimed, finding.recomputed)
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

/// Of a random start, each node turned by some 0.8, and its way into a certified region.
fn entered(kind: &str, seed: u64, m: usize, b: f64) -> Value {
    let teacher = teacher(kind, seed, m);
    let teacher = draw::pad_rows(teacher.view(), 2 * m);
    let mut stream = rng::stream(seed, "student", &[]);
    let turn = unit(draw::gaussian_in_span(&mut stream, 2 * m, m, m));
    let start = unit(&teacher + &turn);
    let found = enter(teacher.view(), b, start.view(), 2000.0, || false).unwrap();
    check::entered(teacher.view(), b, start.view(), &found).unwrap()
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
    let within = comparison.as_ref().and_then(|other| joint::Certificate::within(problem, other));
    let all = [joint::Certificate::of(problem), within];
    let euclidean = all.into_iter().flatten().max_by(|a, b| a.rate.total_cmp(&b.rate));
    check::theorem5(problem, comparison.as_ref(), euclidean.as_ref())
}

/// A file with one number changed by a factor, at a path such as "certificates/0/rate".
fn changed(file: &Value, path: &str, factor: f64) -> Value {
    let mut file = file.clone();
    let number = file.pointer_mut(&format!("/{path}")).unwrap();
    *number = (number.as_f64().unwrap() * factor).into();
    file
}
