//! Numbers on the command line.

use std::f64::consts::PI;

/// A finite number.
pub fn finite(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ => Err("allowed: a finite number".into()),
    }
}

/// An angle from 0 to π.
pub fn angle(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if (0.0..=PI).contains(&number) => Ok(number),
        _ => Err(format!("allowed: radians from 0 to π = {PI}")),
    }
}

/// A part from 0 to 1.
pub fn part(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if (0.0..=1.0).contains(&number) => Ok(number),
        _ => Err("allowed: a number from 0 to 1".into()),
    }
}
