//! Which entries are too large, or no numbers: looked for after each evaluation.

use multiversion::multiversion;

/// The first entry that is not within ±bound. O(length), by vectors.
pub(super) fn first_beyond(values: &[f64], bound: f64) -> Option<usize> {
    match all_within(values, bound) {
        true => None,
        false => values.iter().position(|x| !(x.abs() <= bound)),
    }
}

/// All of them are looked at: that goes by vectors.
#[multiversion(targets("x86_64+avx512f", "x86_64+avx2"))]
fn all_within(values: &[f64], bound: f64) -> bool {
    values.iter().fold(true, |all, x| all & (x.abs() <= bound))
}
