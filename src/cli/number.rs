//! Numbers on the command line.

use luckflow::overlap::GaussianPair;
use std::f64::consts::PI;

/// A finite number.
pub fn finite(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(number),
        _ => Err("allowed: a finite number".into()),
    }
}

/// A threshold for which overlaps are known.
pub fn threshold(text: &str) -> Result<f64, String> {
    let number = finite(text)?;
    let checked = GaussianPair::check(number).map_err(|error| error.to_string());
    checked.map(|()| number)
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
