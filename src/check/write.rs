//! From what a search found to a certificate file.

use super::entry::Entry;
use super::{FORMAT, VERSION};
use crate::theory::certificate::{self, Problem};
use crate::theory::euclidean::{self, Claim, Form, joint};
use ndarray::{Array2, ArrayView2};
use serde_json::{Value, json};

/// A certificate of Theorem 4, for students whose angles are at most `angle` at the start, in radians, as JSON.
///
/// `teacher` has a node per column, k × m. `None` if it is none of this teacher's.
pub fn theorem4(
    teacher: ArrayView2<f64>,
    threshold: f64,
    angle: f64,
    certificate: &euclidean::Certificate,
) -> Option<Value> {
    let inputs = json!({ "threshold": threshold, "teacher": nodes(teacher), "angle": angle });
    let rate = distance(teacher, threshold, certificate)?;
    Some(file(4, inputs, vec![rate]))
}

/// The same of a start, k × m, that enters a certified region.
pub fn entered(teacher: ArrayView2<f64>, threshold: f64, start: ArrayView2<f64>, entry: &Entry) -> Option<Value> {
    let inputs = json!({
        "threshold": threshold,
        "teacher": nodes(teacher),
        "start": nodes(start),
    });
    let way = json!({
        "bound": "entry",
        "time": entry.time,
        "tube": entry.tube,
        "angles": entry.angles,
        "steps": entry.steps,
        "least": entry.least,
    });
    let rate = distance(teacher, threshold, &entry.certificate)?;
    Some(file(4, inputs, vec![way, rate]))
}

fn distance(teacher: ArrayView2<f64>, threshold: f64, certificate: &euclidean::Certificate) -> Option<Value> {
    let claims = euclidean::evidence(teacher, threshold, certificate)?;
    let mut entry = json!({
        "bound": "euclidean",
        "form": certificate.form,
        "rate": certificate.rate,
        "radius": certificate.radius,
        "largest_angle": certificate.largest_angle,
        "bounds": of_claims(claims),
    });
    if certificate.form == Form::Comparison {
        entry["splits"] = json!(certificate.splits);
    }
    Some(entry)
}

/// The certificates of Theorem 5 of one start, as JSON; `None` if there is none.
pub fn theorem5(
    problem: &Problem,
    comparison: Option<&certificate::Certificate>,
    euclidean: Option<&joint::Certificate>,
) -> Option<Value> {
    let found = [
        comparison.and_then(|certificate| weighted(problem, certificate)),
        euclidean.and_then(|certificate| joint_distance(problem, certificate)),
    ];
    let entries: Vec<Value> = found.into_iter().flatten().collect();
    let inputs = json!({
        "threshold": problem.threshold,
        "teacher": nodes(problem.teacher.view()),
        "extra": nodes(problem.extra.view()),
        "fan_out": rows(&problem.teacher_fan_out),
        "angles": problem.angles.to_vec(),
        "errors": problem.fan_out_errors.to_vec(),
    });
    (!entries.is_empty()).then(|| file(5, inputs, entries))
}

fn weighted(problem: &Problem, certificate: &certificate::Certificate) -> Option<Value> {
    Some(json!({
        "bound": "certified",
        "rate": certificate.rate,
        "region": certificate.region.to_vec(),
        "drift": certificate.turns.to_vec(),
        "matrix": rows(&certificate.matrix),
        "weights": certificate.weights.to_vec(),
        "products": rows(&certificate.products(&problem.start())?),
    }))
}

fn joint_distance(problem: &Problem, certificate: &joint::Certificate) -> Option<Value> {
    let evidence = certificate.evidence(problem)?;
    Some(json!({
        "bound": "euclidean",
        "rate": certificate.rate,
        "share": evidence.share,
        "split": evidence.split,
        "radius": certificate.radius,
        "largest_angle": certificate.largest_angle,
        "largest_error": certificate.largest_error,
        "largest_extra": certificate.largest_extra,
        "drift": certificate.drift,
        "single_drift": certificate.single_drift,
        "region": if evidence.closes { "itself" } else { "certified" },
        "bounds": of_claims(evidence.bounds),
    }))
}

fn of_claims(claims: Vec<(&'static str, Claim)>) -> Value {
    let pairs = claims.into_iter();
    Value::Object(pairs.map(|(name, claim)| (name.into(), of_claim(&claim))).collect())
}

fn file(theorem: u64, inputs: Value, certificates: Vec<Value>) -> Value {
    json!({
        "format": FORMAT,
        "version": VERSION,
        "theorem": theorem,
        "inputs": inputs,
        "certificates": certificates,
    })
}

fn of_claim(claim: &Claim) -> Value {
    match claim {
        Claim::Number(number) => json!(number),
        Claim::Row(row) => json!(row),
        Claim::Table(table) => rows(table),
    }
}

fn rows(table: &Array2<f64>) -> Value {
    json!(table.rows().into_iter().map(|row| row.to_vec()).collect::<Vec<_>>())
}

/// A node per row.
fn nodes(columns: ArrayView2<f64>) -> Value {
    rows(&columns.t().to_owned())
}
