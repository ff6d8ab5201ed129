//! Numbers on the command line.

use luckflow::overlap::GaussianPair;
use std::f64::consts::PI;

/// A number that is allowed; `allowed` says which are.
pub fn number(text: &str, is_allowed: impl Fn(f64) -> bool, allowed: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|&number| is_allowed(number));
    number.ok_or_else(|| format!("allowed: {allowed}"))
}

/// A threshold for which overlaps are known.
pub fn threshold(text: &str) -> Result<f64, String> {
    let number = number(text, f64::is_finite, "a finite number")?;
    let checked = GaussianPair::check(number).map_err(|error| error.to_string());
    checked.map(|()| number)
}

/// An angle from 0 to π.
pub fn angle(text: &str) -> Result<f64, String> {
    number(text, |number| (0.0..=PI).contains(&number), &format!("radians from 0 to π = {PI}"))
}

/// A part from 0 to 1.
pub fn part(text: &str) -> Result<f64, String> {
    number(text, |number| (0.0..=1.0).contains(&number), "a number from 0 to 1")
}
