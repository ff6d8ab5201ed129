//! Rates of the Euclidean distance ‖W − W*‖_F for Theorem 4's flow (derived; docs/theory.md, section 5).
//!
//! Where a bound on the largest angle has to take all other nodes at their worst, the sum of squares sees that what one node loses another
//! gains: at zero thresholds these certificates hold where those of [`super::theorem4`] claim nothing.

mod comparison;
mod eigen;
mod evidence;
pub mod joint;
mod orthonormal;
mod profile;
mod region;
mod split;
mod steps;
mod tangents;
mod teacher;

pub use evidence::{Claim, evidence};

use crate::measure::distance;
use comparison::Comparison;
use ndarray::ArrayView2;
use orthonormal::Orthonormal;
use region::Region;
use serde::Serialize;
use split::Split;
use teacher::Teacher;

/// A start W(0), as far as the certificates look at it.
#[derive(Clone, Copy, Debug)]
pub enum Start<'a> {
    /// All angles between student nodes and their teacher nodes are at most this, in radians.
    Within(f64),
    /// The angles θ_j(0), in radians.
    Angles(&'a [f64]),
}

/// Which theorem a rate is by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// Theorem A, for orthonormal teachers.
    Orthonormal,
    /// Theorem B, with D split into a linear part, a constant part and a rest.
    Split,
    /// Theorem B, with a quadratic form in the tangents.
    Comparison,
}

/// A rate of ‖W − W*‖_F, and the region in which it holds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Certificate {
    /// λ > 0: ‖W(t) − W\*‖_F ≤ ‖W(0) − W\*‖_F e^{−λt}. At every moment −d/dt log ‖W − W\*‖_F ≥ λ.
    pub rate: f64,
    /// R ≥ ‖W(0) − W*‖_F, the ball in which the run stays.
    pub radius: f64,
    /// θ̂ in radians: no angle ever exceeds it.
    pub largest_angle: f64,
    /// The theorem that gave the rate.
    pub form: Form,
    /// ω, ω', ω'' of Theorem B's comparison; zeros in the other forms.
    pub splits: [f64; 3],
}

/// Off a rate, in units of Q(b): what rounding may have added. Each term is of the order of Q(b) and known to 1e-11 of itself.
const SLACK: f64 = 1e-10;

impl Certificate {
    /// The best certificate for a teacher of unit columns (k × m) and a common threshold, input x ~ N(0, I).
    ///
    /// `None` if no rate is certified: then nothing is claimed.
    ///
    /// ```
    /// use luckflow::ndarray::Array2;
    /// use luckflow::theory::euclidean::{Certificate, Start};
    ///
    /// // Five orthonormal teacher nodes at zero threshold, students within 0.1 of them.
    /// let certificate = Certificate::of(Array2::eye(5).view(), 0.0, Start::Within(0.1)).unwrap();
    /// // Near the teacher the slowest mode has the rate 1/4 − 1/2π = 0.0908.
    /// assert!(certificate.rate > 0.7 * 0.0908 && certificate.rate < 0.0908);
    /// ```
    ///
    /// # Cost
    /// Orthonormal teachers O(1), some 0.1 ms. Others O(m⁴), and O((m p)³) with p = min(k, m) where m(p − 1) ≤ 1024.
    pub fn of(teacher: ArrayView2<f64>, threshold: f64, start: Start) -> Option<Self> {
        certify(&Teacher::of(teacher, threshold)?, start, None, None)
    }

    /// The same by one theorem alone: `None` also where it does not apply, or where another one is always the better.
    pub fn by(form: Form, teacher: ArrayView2<f64>, threshold: f64, start: Start) -> Option<Self> {
        certify(&Teacher::of(teacher, threshold)?, start, None, Some(form))
    }

    /// The same for projected gradient descent with step η, w_j ← (w_j + η P⊥_j g_j)/‖…‖: ‖W − W*‖_F falls by the factor 1 − ηλ per step at
    /// least, λ = [`Certificate::rate`], and after k steps ‖W − W\*‖_F ≤ ‖W(0) − W\*‖_F (1 − ηλ)^k.
    ///
    /// `None` if nothing is certified, or η is too large for the proof: η Q(b) ≤ 1 and a bound on the curvature times η ≤ 1.
    pub fn in_steps(teacher: ArrayView2<f64>, threshold: f64, start: Start, step: f64) -> Option<Self> {
        if !(step > 0.0) {
            return None;
        }
        certify(&Teacher::of(teacher, threshold)?, start, Some(step), None)
    }
}

/// The best certificate, of the flow or of steps of some size, by all theorems or by one alone.
fn certify(teacher: &Teacher, start: Start, step: Option<f64>, only: Option<Form>) -> Option<Certificate> {
    let (theta0, distance) = match start {
        Start::Within(theta0) => {
            let square = (2.0 * (0.5 * theta0).sin()).powi(2);
            (theta0, (teacher.nodes as f64 * square).sqrt())
        }
        Start::Angles(angles) => (angles.iter().copied().fold(0.0, f64::max), distance(angles)),
    };
    // W* itself: any small ball will do.
    let radius = (distance * (1.0 + 1e-12)).max(f64::MIN_POSITIVE.sqrt());
    let ball = Region::ball(radius)?;
    let slack = SLACK * teacher.kernel.tail;
    let close = |form: Form, wanted: f64, flow: &mut dyn FnMut(&Region) -> f64| {
        let rate = |region: &Region| {
            let flow = flow(region) - slack;
            step.map_or(flow, |step| steps::rate(teacher, region, flow, step))
        };
        let reach = |region: &Region, rate: f64| {
            let coupling = teacher.coupling(region);
            match step {
                Some(step) => steps::reach(&coupling, region.theta, theta0, [radius, rate, step]),
                None => coupling.reach(theta0, radius, rate),
            }
        };
        let (rate, region) = region::closed(radius, theta0, wanted, rate, reach)?;
        Some(Certificate {
            rate,
            radius,
            largest_angle: region.theta,
            form,
            splits: [0.0; 3],
        })
    };
    let mut best: Option<Certificate> = None;
    let mut keep = |found: Option<Certificate>| {
        let rate = best.map_or(0.0, |best| best.rate);
        best = found.filter(|found| found.rate > rate).or(best);
        best.map_or(0.0, |best| best.rate)
    };
    let mut rate = 0.0;
    let wanted = |form| only.is_none_or(|only| only == form);
    if teacher.orthonormal && wanted(Form::Orthonormal) {
        let bound = Orthonormal::new(teacher, &ball);
        rate = keep(close(Form::Orthonormal, rate, &mut |region| bound.rate(region)));
        if teacher.nodes != 2 {
            return best;
        }
    }
    if wanted(Form::Comparison)
        && let Some(mut bound) = Comparison::new(teacher, &ball)
    {
        let found = close(Form::Comparison, rate, &mut |region| bound.rate(region));
        let splits = bound.splits();
        rate = keep(found.map(|found| Certificate { splits, ..found }));
    }
    if !teacher.orthonormal
        && wanted(Form::Split)
        && let Some(bound) = Split::new(teacher, &ball, rate)
    {
        keep(close(Form::Split, rate, &mut |region| bound.rate(region)));
    }
    best
}

#[cfg(test)]
mod tests;
