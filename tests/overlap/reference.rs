//! Exact overlaps against reference values of 17 digits (computed at 50 digits by two independent integrals).

use luckflow::overlap::{GaussianPair, HalfAngle};
use serde::Deserialize;
use std::f64::consts::PI;

#[derive(Deserialize)]
struct Reference {
    points: Vec<Point>,
}

#[derive(Deserialize)]
struct Point {
    theta_label: String,
    theta: f64,
    b: f64,
    b_prime: f64,
    #[serde(rename = "D")]
    d: String,
    #[serde(rename = "L")]
    l: String,
}

#[test]
fn every_reference_value_is_met_to_the_promised_digits() {
    check(include_str!("../data/overlaps.json"), 55);
}

#[test]
fn random_angles_and_thresholds_are_met_to_the_promised_digits() {
    check(include_str!("../data/overlaps-random.json"), 80);
}

/// 1e-13 where D > 1e-20, 1e-12 where D > 1e-100, and no nonsense beyond.
fn check(text: &str, count: usize) {
    let reference: Reference = serde_json::from_str(text).unwrap();
    assert_eq!(reference.points.len(), count);
    for point in &reference.points {
        let theta = if point.theta_label == "pi" { PI } else { point.theta };
        let angle = HalfAngle::from_radians(theta);
        let (d, l): (f64, f64) = (point.d.parse().unwrap(), point.l.parse().unwrap());
        for (b, b_prime) in [(point.b, point.b_prime), (point.b_prime, point.b)] {
            let value = GaussianPair::new(b, b_prime).at(angle);
            let allowed = if d > 1e-20 { 1e-13 } else { 1e-12 };
            for (name, value, exact) in [("D", value.d, d), ("L", value.l, l)] {
                let at = format!("{name} at θ = {theta}, b = {b}, b' = {b_prime}");
                if d < 1e-100 {
                    assert!((0.0..1e-100).contains(&value), "{at}: {value:e}");
                } else {
                    let error = (value / exact - 1.0).abs();
                    assert!(error <= allowed, "{at}: {value:e}, not {exact:e}: {error:e}");
                }
            }
        }
    }
}
