//! Both certificates of a start, and which of them is the better.

use crate::bound::{Bound, Facts, THEOREM5};
use crate::theory::certificate::{Certificate, Problem};
use crate::theory::euclidean::joint;

/// What is proved of a start before the first step.
#[derive(Clone, Debug, Default)]
pub struct Certificates {
    /// Of the weighted norm, by the comparison matrix.
    pub comparison: Option<Certificate>,
    /// Of the joint Euclidean distance: the larger rate of Theorem C alone and of Theorem C within the region of the other.
    pub euclidean: Option<joint::Certificate>,
    /// The largest start θ₀ = e₀ = v₀ that each of the two certifies for this teacher and W_r, 0 for none; `None` if not asked for.
    pub largest_scales: Option<[f64; 2]>,
}

impl Certificates {
    /// Of a problem.
    pub fn of(problem: &Problem, largest_start: bool) -> Self {
        let comparison = problem.certify();
        let within = |comparison| joint::Certificate::within(problem, comparison);
        let found = [joint::Certificate::of(problem), comparison.as_ref().and_then(within)];
        let found = found.into_iter().flatten();
        Self {
            euclidean: found.max_by(|a, b| a.rate.total_cmp(&b.rate)),
            largest_scales: largest_start
                .then(|| [problem.largest_certified_scale(), joint::Certificate::largest_scale(problem)]),
            comparison,
        }
    }

    /// What the bounds are computed from.
    pub(super) fn facts(&self) -> Facts<'_> {
        Facts {
            certificate: self.comparison.as_ref(),
            joint: self.euclidean.as_ref(),
            ..Facts::default()
        }
    }

    /// The bound with the larger rate: *the* certificate.
    pub fn best(&self) -> Option<&'static Bound> {
        let facts = self.facts();
        let rates = THEOREM5.iter().filter_map(|bound| Some((bound, (bound.evaluate)(&facts)?)));
        let best = rates.max_by(|(_, a), (_, b)| a.total_cmp(b))?;
        Some(best.0)
    }

    /// The time by which one of the two has brought its norm down to `floor`; `None` without a certificate.
    pub fn horizon(&self, floor: f64) -> Option<f64> {
        let time = |start: f64, rate: f64| (start.max(floor) / floor).ln().max(1.0) / rate;
        let comparison = self.comparison.as_ref().map(|certificate| {
            let start = certificate.region.iter().copied().fold(floor, f64::max);
            time(start, certificate.rate)
        });
        let euclidean = self.euclidean.as_ref();
        let euclidean = euclidean.map(|certificate| time(certificate.radius, certificate.rate));
        comparison.into_iter().chain(euclidean).reduce(f64::min)
    }
}
