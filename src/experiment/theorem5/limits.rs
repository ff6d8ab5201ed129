//! The three limits, each judged by itself.

use super::recorder::Row;
use crate::bound::Premise;
use crate::integrate::RunEnd;
use crate::measure::{Fit, fit_decay};
use crate::theory::Verdict;
use serde::{Serialize, Serializer};

/// Names of the three limits.
pub const PARTS: [&str; 3] = ["w_u", "v_u", "v_r"];

/// The same as readers know them.
const LIMITS: [&str; 3] = ["W_u → W*", "V_u → V*", "V_r → 0"];

/// An error that has fallen below this, or to the noise floor where that is higher, has vanished.
const VANISHED: f64 = 1e-6;

/// What an error that has vanished has fallen to.
pub(super) fn vanished(floor: f64) -> f64 {
    VANISHED.max(floor)
}

/// One of W_u → W*, V_u → V*, V_r → 0.
#[derive(Clone, Debug, Serialize)]
pub struct PartClaim {
    /// As in `summary.json`.
    #[serde(skip)]
    pub name: &'static str,
    /// As readers know it.
    #[serde(skip)]
    pub label: &'static str,
    /// Its largest error at the end.
    #[serde(rename = "final")]
    pub last: f64,
    /// The rate of its tail.
    pub fitted: Option<Fit>,
    /// *Holds* where the error fell to 1e-6 or to the noise floor, *violated* where the run came to rest above that, *undecided*
    /// where the horizon came first, *untested* where the error was not above it at the start or nothing was integrated.
    pub verdict: Verdict,
}

/// Limits by their names.
pub(super) fn by_name<S: Serializer>(parts: &[PartClaim; 3], to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(parts.iter().map(|part| (part.name, part)))
}

/// The three limits of a run that ended so.
pub fn limits(rows: &[Row], floor: f64, end: &RunEnd, unmet: &[Premise]) -> [PartClaim; 3] {
    [0, 1, 2].map(|part| {
        let of_row = |row: &Row| (row.time, row.largest()[part]);
        let points: Vec<(f64, f64)> = rows.iter().map(of_row).collect();
        let (start, last) = (points[0].1, points[points.len() - 1].1);
        let vanished = vanished(floor);
        let verdict = match end {
            _ if !unmet.is_empty() => Verdict::NotApplicable,
            _ if points.len() < 2 || start <= vanished => Verdict::Untested,
            _ if last <= vanished => Verdict::Holds,
            RunEnd::AtRest { .. } => Verdict::Violated,
            _ => Verdict::Undecided,
        };
        PartClaim {
            name: PARTS[part],
            label: LIMITS[part],
            last,
            fitted: fit_decay(&points, floor),
            verdict,
        }
    })
}
