//! A claimed rate, and what a run says of it.

use crate::bound::Bound;
use crate::theory::Verdict;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// A rate with its verdict.
#[derive(Clone, Debug, Serialize)]
pub struct RateClaim {
    /// Which rate.
    #[serde(skip)]
    pub bound: &'static Bound,
    /// λ; `None` if it could not be computed, or nothing is claimed.
    pub value: Option<f64>,
    /// From this run.
    pub verdict: Verdict,
    /// What it was judged by.
    pub simulated: Option<f64>,
    /// For gradient descent: 1 − ηλ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
}

/// Claims by their names.
pub(in crate::experiment) fn by_name<S: Serializer>(
    claims: &[RateClaim],
    to: S,
) -> Result<S::Ok, S::Error> {
    let mut map = to.serialize_map(Some(claims.len()))?;
    for claim in claims {
        map.serialize_entry(claim.bound.name, claim)?;
    }
    map.end()
}
