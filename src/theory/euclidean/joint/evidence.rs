//! What a joint certificate was made of, for those who check it.

use super::closing;
use super::limits::Region;
use super::{Certificate, Solver, start};
use crate::theory::certificate::Problem;
use crate::theory::euclidean::evidence::Claim;
use crate::theory::kernel::ROUNDING;
use ndarray::Array2;

/// A rate that differs from the certified one by this part more is by another share.
const SAME: f64 = 1e-9;

/// The bounds behind a certificate (docs/certificates.md).
#[derive(Clone, Debug)]
pub struct Evidence {
    /// ω, the share of the linear part that is taken apart.
    pub share: f64,
    /// μ in 2aR ≤ μa² + R²/μ.
    pub split: f64,
    /// Whether the region holds by itself, and not because another certificate shows it.
    pub closes: bool,
    /// All others by name; tables are n × n.
    pub bounds: Vec<(&'static str, Claim)>,
}

impl Certificate {
    /// The bounds behind it; `None` where it is none of this problem's.
    pub fn evidence(&self, problem: &Problem) -> Option<Evidence> {
        let solver = Solver::of(problem)?;
        let region = Region {
            radius: self.radius,
            theta: self.largest_angle,
            error: self.largest_error,
            extra: self.largest_extra,
            drift: self.drift,
            single_drift: self.single_drift,
        };
        let found = solver.forms.iter().filter_map(|form| solver.rate(&region, form));
        let found = found.filter(|(rate, ..)| *rate >= self.rate * (1.0 - SAME));
        let (_, split, limits) = found.min_by(|a, b| a.0.total_cmp(&b.0))?;
        let needed = closing::needed(&solver.geometry, &limits, &region, &start(problem), self.rate);
        let above = |table: &Array2<f64>| Claim::Table(table * (1.0 + ROUNDING));
        Some(Evidence {
            share: limits.share,
            split,
            closes: region.holds(&needed),
            bounds: vec![
                ("of_errors", Claim::Number(limits.of_errors * (1.0 + ROUNDING))),
                ("mixed", Claim::Number(limits.mixed * (1.0 + ROUNDING))),
                ("of_weights", Claim::Number(limits.of_weights * (1.0 + ROUNDING))),
                ("own", Claim::Row(limits.own.mapv(|own| own - ROUNDING * own.abs()).to_vec())),
                ("gate", above(&limits.gate)),
                ("rest", above(&limits.rest)),
                ("density", above(&limits.density)),
                ("slope", above(&limits.slope)),
                // Intervals know a digit less of L.
                ("activation", Claim::Table(&limits.l * (1.0 + 10.0 * ROUNDING))),
            ],
        })
    }
}
