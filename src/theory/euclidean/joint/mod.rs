//! Theorem C: a rate of √(‖W_u − W\*‖² + ‖V − [V\*; 0]‖²) for Theorem 5's flow (derived; docs/theory.md, section 6).

mod closing;
mod evidence;
mod form;
mod geometry;
mod limits;

pub use evidence::Evidence;

use super::SLACK;
use super::region::whole_ball;
use crate::theory::certificate::{self, PRECISION, Problem};
use closing::Start;
use form::Form;
use geometry::Geometry;
use limits::{Limits, Region};
use ndarray::{ArrayView1, Axis};
use serde::Serialize;

/// Shares ω of the linear part that are tried.
const SHARES: [f64; 5] = [1.0, 0.3, 0.1, 0.03, 0.0];

/// Rounds of enlarging a region before it is given up.
const ROUNDS: usize = 60;

/// A region is first taken so much larger than the start, and then so much larger than it must be.
const ROOM: f64 = 1e-6;
const GROWTH: f64 = 1.01;

/// Between these the largest scale is looked for.
const SMALLEST_SCALE: f64 = 1e-6;
const LARGEST_SCALE: f64 = 0.5;

/// A rate of the joint Euclidean distance, and the region in which it holds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Certificate {
    /// λ > 0: √(Σ_u δ_j² + Σ_i |ε_i|²)(t) ≤ its start · e^{−λt}, δ_j = 2 sin(θ_j/2), ε = V − [V*; 0]. So at every moment.
    pub rate: f64,
    /// ϱ: that distance at the start, from above.
    pub radius: f64,
    /// No θ_j, j ∈ u, ever exceeds this, in radians.
    pub largest_angle: f64,
    /// No ‖v_i − v*_i‖, i ∈ u, ever exceeds this.
    pub largest_error: f64,
    /// No ‖v_k‖, k ∈ r, ever exceeds this.
    pub largest_extra: f64,
    /// ‖W_r − W_r(0)‖_F never exceeds this.
    pub drift: f64,
    /// Nor does ‖w_k − w_k(0)‖ of any k ∈ r exceed this.
    pub single_drift: f64,
}

impl Certificate {
    /// Of a start; `None` if nothing is certified.
    ///
    /// # Cost
    /// O(N³) per region that is tried, N = n rank V* + m(k − 1) unknowns; O(m s³), s = n + k − 1, where the rows of V* are orthogonal: the form
    /// then falls into m parts of s unknowns. Some tens of regions. None is looked for where N (or s) > 600, or N > 2000.
    pub fn of(problem: &Problem) -> Option<Self> {
        let (solver, start) = (Solver::of(problem)?, start(problem));
        let found = solver.forms.iter().filter_map(|form| solver.close(&start, form));
        found.max_by(|a, b| a.rate.total_cmp(&b.rate))
    }

    /// The same within the region that another certificate has shown to hold: no angle, error or drift ever leaves that one.
    pub fn within(problem: &Problem, other: &certificate::Certificate) -> Option<Self> {
        let solver = Solver::of(problem)?;
        let m = problem.teacher_nodes();
        let start = start(problem);
        let largest = |from: usize, to: usize| other.region.iter().take(to).skip(from).copied().fold(0.0, f64::max);
        let single = 2.0 * (0.5 * other.drift).sin();
        let n = solver.geometry.nodes;
        let region = Region {
            radius: start.radius,
            theta: largest(0, m).min(whole_ball(start.radius)),
            error: largest(m, 2 * m).min(start.radius),
            extra: largest(2 * m, m + n).min(start.radius),
            drift: single * ((n - m) as f64).sqrt(),
            single_drift: single,
        };
        let rates = solver.forms.iter().filter_map(|form| Some(solver.rate(&region, form)?.0));
        let rate = rates.max_by(f64::total_cmp)?;
        Some(Self::new(rate, &region))
    }

    /// The largest scale s for which the start θ = e = ‖v_r‖ = s is certified, to 1 %; 0 if none is.
    ///
    /// # Cost
    /// Some dozens of certificates: a second at N = 100.
    pub fn largest_scale(problem: &Problem) -> f64 {
        let Some(solver) = Solver::of(problem) else {
            return 0.0;
        };
        let certified = |scale, form| solver.close(&start(&problem.with_errors(scale)), form).is_some();
        // Each share only has to do better than those before it.
        solver.forms.iter().fold(0.0, |least, form| {
            let range = [(least * PRECISION).max(SMALLEST_SCALE), LARGEST_SCALE];
            certificate::largest_scale(range, |scale| certified(scale, form)).unwrap_or(least)
        })
    }

    fn new(rate: f64, region: &Region) -> Self {
        Self {
            rate,
            radius: region.radius,
            largest_angle: region.theta,
            largest_error: region.error,
            largest_extra: region.extra,
            drift: region.drift,
            single_drift: region.single_drift,
        }
    }
}

fn start(problem: &Problem) -> Start {
    let m = problem.teacher_nodes();
    let chord = |theta: &f64| (2.0 * (0.5 * theta).sin()).powi(2);
    let squares = problem.angles.iter().map(chord).sum::<f64>();
    let errors = problem.fan_out_errors.iter().map(|e| e * e).sum::<f64>();
    let largest = |errors: ArrayView1<f64>| errors.iter().copied().fold(0.0, f64::max);
    let (of_u, of_r) = problem.fan_out_errors.view().split_at(Axis(0), m);
    Start {
        radius: ((squares + errors).sqrt() * (1.0 + 1e-12)).max(1e-150),
        theta: largest(problem.angles.view()),
        error: largest(of_u),
        extra: of_r.to_vec(),
    }
}

struct Solver {
    geometry: Geometry,
    /// One for each share.
    forms: Vec<Form>,
    slack: f64,
}

impl Solver {
    fn of(problem: &Problem) -> Option<Self> {
        let geometry = Geometry::of(problem)?;
        let forms = SHARES.into_iter().filter_map(|share| Form::new(&geometry, share)).collect();
        let largest = geometry.norms.iter().copied().fold(0.0, f64::max);
        let slack = SLACK * (geometry.l0 + geometry.kernel.tail * largest * largest);
        Some(Self { geometry, forms, slack })
    }

    /// The rate, the split of the mixed remainder that gave it, and all that follows from the region.
    fn rate(&self, region: &Region, form: &Form) -> Option<(f64, f64, Limits)> {
        let limits = Limits::of(&self.geometry, region, form.share)?;
        let (rate, split) = form.rate(&limits)?;
        let rate = rate - self.slack;
        (rate > 0.0).then_some((rate, split, limits))
    }

    /// Enlarges a region until it holds what the errors in it can reach.
    fn close(&self, start: &Start, form: &Form) -> Option<Certificate> {
        let radius = start.radius;
        let ball = whole_ball(radius);
        let extra = start.extra.iter().copied().fold(0.0, f64::max);
        let mut region = Region {
            radius,
            theta: (start.theta * (1.0 + ROOM)).min(ball),
            error: (start.error * (1.0 + ROOM)).min(radius),
            extra: (extra * (1.0 + ROOM)).min(radius),
            drift: 0.0,
            single_drift: 0.0,
        };
        for _ in 0..ROUNDS {
            let (rate, _, limits) = self.rate(&region, form)?;
            let needed = closing::needed(&self.geometry, &limits, &region, start, rate);
            if region.holds(&needed) {
                return Some(Certificate::new(rate, &region));
            }
            let none = f64::INFINITY;
            let grown = |needed: f64, held: f64, cap: f64| {
                if needed < held || needed == 0.0 {
                    held
                } else {
                    (needed * GROWTH).min(cap)
                }
            };
            region.theta = grown(needed.theta, region.theta, ball);
            region.error = grown(needed.error, region.error, radius);
            region.extra = grown(needed.extra, region.extra, radius);
            region.drift = grown(needed.drift, region.drift, none);
            region.single_drift = grown(needed.single_drift, region.single_drift, none);
        }
        None
    }
}

#[cfg(test)]
mod tests;
