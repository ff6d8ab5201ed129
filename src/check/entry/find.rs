//! Steps that lead into a region in which a rate is certified. Nothing depends on how they are chosen.

use super::point::Field;
use super::tube::Tube;
use crate::check::gaussian::Gaussian;
use crate::check::geometry::units;
use crate::theory::euclidean::{Certificate, Start};
use ndarray::{Array2, ArrayView2};
use serde::Serialize;
use thiserror::Error;

/// What a step may add to the tube's radius per unit of time, in units of Q(b): the second is tried where the first does not get there.
const TOLERANCES: [f64; 2] = [6e-5, 4e-6];

/// Off an eigenvalue that is claimed, in units of Q(b).
const ROOM: f64 = 1e-9;

/// Added to a radius that is claimed, of itself.
const SPARE: f64 = 0.01;

/// Unknowns mk beyond which no tube is tried.
pub const LARGEST: usize = 400;

/// The widest tube, and the shortest step, in units of 1/Q(b).
const WIDEST: f64 = 0.05;
const SHORTEST: f64 = 1e-6;

/// A certificate is looked for each time that ‖W − W*‖_F has fallen by this factor.
const NEARER: f64 = 0.98;

/// A start's way into a certified region, proved (Theorem D).
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// t₁: from then on ‖W − W\*‖_F falls at the certified rate.
    pub time: f64,
    /// W(t₁) is within this of the last point, as an arc.
    pub tube: f64,
    /// θ_j(t₁) at most, in radians.
    pub angles: Vec<f64>,
    /// Lengths of the steps.
    #[serde(skip)]
    pub steps: Vec<f64>,
    /// Lower bounds on the Hessian's eigenvalues where they begin.
    #[serde(skip)]
    pub least: Vec<f64>,
    /// What holds from t₁ on.
    pub certificate: Certificate,
}

/// Why there is no entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Missed {
    /// More than [`LARGEST`] unknowns.
    #[error("more than {} unknowns", LARGEST)]
    TooLarge,
    /// Nothing is certified up to the last time.
    #[error("no region that is certified is reached by the horizon")]
    NotYet,
    /// The tube became too wide.
    #[error("the tube about the solution becomes too wide")]
    TooWide,
    /// Interrupted.
    #[error("interrupted")]
    Interrupted,
}

/// Follows the flow of Theorem 4 from a start until a rate is certified, for a time of `horizon` at most.
///
/// `teacher` and `start` have a node per column, k × m; what counts are their directions. `interrupted` is asked before each step.
///
/// # Errors
/// What stood in the way.
///
/// # Cost
/// Some hundred to some thousand steps of O((mk)³): a second for m = 5, k = 10.
pub fn enter(
    teacher: ArrayView2<f64>,
    threshold: f64,
    start: ArrayView2<f64>,
    horizon: f64,
    interrupted: impl Fn() -> bool,
) -> Result<Entry, Missed> {
    if start.len() > LARGEST {
        return Err(Missed::TooLarge);
    }
    let search = Search {
        field: Field::new(Gaussian::new(threshold), units(&teacher.t().to_owned())),
        teacher,
        start: start.t().to_owned(),
        horizon,
    };
    let mut found = Err(Missed::NotYet);
    for tolerance in TOLERANCES {
        found = search.follow(tolerance, &interrupted);
        if !matches!(found, Err(Missed::TooWide)) {
            break;
        }
    }
    found
}

struct Search<'a> {
    field: Field,
    teacher: ArrayView2<'a, f64>,
    /// m × k
    start: Array2<f64>,
    horizon: f64,
}

impl Search<'_> {
    fn follow(&self, tolerance: f64, interrupted: &impl Fn() -> bool) -> Result<Entry, Missed> {
        let unit = self.field.kernel.tail.middle();
        let mut tube = Tube::from(&self.field, &self.start);
        let (mut steps, mut lowest) = (Vec::new(), Vec::new());
        let (mut step, mut nearest) = (1e-2 / unit, f64::INFINITY);
        loop {
            let angles = tube.angles();
            let distance = crate::measure::distance(&angles);
            if distance < 1.0 && distance < NEARER * nearest {
                nearest = distance;
                if let Some((angles, certificate)) = self.certified(&angles, tube.radius.high) {
                    return Ok(Entry {
                        time: tube.time.high,
                        tube: tube.radius.high * (1.0 + SPARE),
                        angles,
                        steps,
                        least: lowest,
                        certificate,
                    });
                }
            }
            if tube.time.high >= self.horizon {
                return Err(Missed::NotYet);
            }
            if interrupted() {
                return Err(Missed::Interrupted);
            }
            let least = tube.least() - ROOM * unit;
            while !tube.advance(step, least, tolerance * unit * step) {
                step *= 0.75;
                if step * unit < SHORTEST {
                    return Err(Missed::TooWide);
                }
            }
            if tube.radius.high > WIDEST {
                return Err(Missed::TooWide);
            }
            steps.push(step);
            lowest.push(least);
            step *= 1.25;
        }
    }

    /// With room for the tube that is claimed.
    fn certified(&self, angles: &[f64], radius: f64) -> Option<(Vec<f64>, Certificate)> {
        let room = SPARE * radius + 1e-12;
        let angles: Vec<f64> = angles.iter().map(|angle| angle + room).collect();
        let b = self.field.kernel.threshold;
        let found = Certificate::of(self.teacher, b, Start::Angles(&angles))?;
        Some((angles, found))
    }
}
