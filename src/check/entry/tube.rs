//! A tube around the true solution: one step of Taylor's method at a time, with a bound on all that it leaves out (docs/theory.md, Theorem D).

use super::point::{Field, Point};
use crate::check::definite::least_eigenvalue;
use crate::check::geometry::{angle, arc, dot, norm, units};
use crate::check::interval::Interval;
use ndarray::{Array1, Array2};

/// How often the bounds that a step supposes are enlarged before it is refused.
const TRIES: usize = 20;

/// All W(t) within a distance of a point, as a product of spheres has distances.
pub struct Tube<'a> {
    field: &'a Field,
    point: Point,
    /// t
    pub time: Interval,
    /// r
    pub radius: Interval,
}

/// What is known of the centre's solution and of the tube as long as a step lasts.
struct Step {
    /// W(t + h) within `off` of this one, as an arc: m × k.
    centre: Array2<f64>,
    radius: Interval,
    /// What the step itself adds to the radius.
    off: Interval,
}

impl<'a> Tube<'a> {
    /// From a start, m × k: its rows' directions.
    pub fn from(field: &'a Field, start: &Array2<f64>) -> Self {
        Self {
            field,
            point: field.at(units(start)),
            time: Interval::ZERO,
            radius: Interval::ZERO,
        }
    }

    /// λ_min of the Hessian at the centre, from below; Q(b) where it is more.
    pub fn least(&self) -> f64 {
        least_eigenvalue(&self.point.hessian)
    }

    /// The middle of the tube, m × k.
    #[cfg(test)]
    pub fn centre(&self) -> Array2<f64> {
        self.point.weights.mapv(Interval::middle)
    }

    /// θ_j(t) from above, in radians.
    pub fn angles(&self) -> Vec<f64> {
        let pairs = self.point.weights.rows().into_iter();
        let pairs = pairs.zip(self.field.teacher.rows());
        let all = pairs.map(|(w, v)| (angle(w, v, dot(w, v)) + self.radius).high);
        all.collect()
    }

    /// Goes on by a step, if what it adds to the radius is at most `allowed`; says whether it did. The Hessian's eigenvalues at the centre are
    /// `least` or more.
    pub fn advance(&mut self, step: f64, least: f64, allowed: f64) -> bool {
        let found = self.step(step, least);
        match found.filter(|found| found.off.high <= allowed) {
            Some(found) => {
                self.point = self.field.at(units(&found.centre));
                self.time = self.time + step;
                self.radius = found.radius;
                true
            }
            None => false,
        }
    }

    fn step(&self, step: f64, least: f64) -> Option<Step> {
        let h = Interval::from(step);
        let speeds = lengths(&self.point.velocity);
        let pushed = total(&lengths(&self.point.acceleration));
        let (m, tail) = (speeds.len() as f64, self.field.kernel.tail);
        let along = tail.squared() * m;
        let whole = self.point.hessian.iter().map(|x| x.squared());
        let norm = (whole.sum::<Interval>() - along).positive_part().sqrt();
        let widest = self.radius * 1.2 + 1e-9;
        let mut most = pushed * 1.3 + 1e-9;
        // Far below π, where two nodes have more than one shortest arc between them.
        if widest.high >= 1.0 {
            return None;
        }
        for _ in 0..TRIES {
            // As long as ‖Hess F‖ is below `most`, and the tube within `widest`.
            let fastest: Vec<Interval> = speeds.iter().map(|f| *f + h * most).collect();
            let moved: Vec<Interval> = fastest.iter().map(|f| h * *f + widest).collect();
            let change = self.change(&moved);
            let growth = change - least;
            let norm = norm + change;
            let left = Interval::ONE - h * norm;
            if !(left.low > 0.0) || !change.is_finite() {
                return None;
            }
            let jerk = (self.turned(&fastest) + norm * pushed) / left;
            let reached = pushed + h * jerk;
            let grown = (h * growth).exp();
            if (self.radius * grown.max(Interval::ONE)).high >= widest.low {
                return None;
            }
            if reached.high < most.low {
                let third = third_derivative(jerk, &fastest, reached);
                return Some(self.beyond(h, self.radius * grown, third));
            }
            most = Interval::from(reached.high) * 1.1;
        }
        None
    }

    /// The next centre, and the tube about it: y''' at most `third` along the solution from the last one.
    fn beyond(&self, h: Interval, radius: Interval, third: Interval) -> Step {
        let Point {
            weights,
            velocity,
            acceleration,
            ..
        } = &self.point;
        let series = Array2::from_shape_fn(weights.dim(), |(j, i)| {
            let curved = dot(velocity.row(j), velocity.row(j)) * weights[[j, i]];
            let second = acceleration[[j, i]] - curved;
            weights[[j, i]] + h * velocity[[j, i]] + h.squared() / 2.0 * second
        });
        let centre = series.mapv(Interval::middle);
        let missed = total(&lengths(&(units(&centre) - &series)));
        let off = arc(missed + h.squared() * h / 6.0 * third);
        Step {
            centre,
            radius: radius + off,
            off,
        }
    }

    /// How much the Hessian may change where node j moves by a_j (Lemma 5): the largest row sum.
    fn change(&self, moved: &[Interval]) -> Interval {
        let m = moved.len() as f64;
        let sum: Interval = moved.iter().copied().sum();
        // 2 Σ_{k≠j} (a_j + a_k) + m a_j
        let rows = moved.iter().map(|a| *a * (3.0 * m - 4.0) + sum * 2.0);
        self.field.bend * rows.fold(Interval::ZERO, Interval::max)
    }

    /// ‖(∇_F Hess) F‖ at these speeds.
    fn turned(&self, speeds: &[Interval]) -> Interval {
        let m = speeds.len() as f64;
        let all: Vec<Interval> = (0..speeds.len())
            .map(|j| {
                let others = speeds.iter().enumerate().filter(|(k, _)| *k != j);
                let pairs: Interval = others.map(|(_, f)| (speeds[j] + *f).squared()).sum();
                pairs + speeds[j].squared() * m
            })
            .collect();
        self.field.bend * total(&all)
    }
}

/// Of the solution in space: y_j''' = B_j − |F_j|² F_j − 3 (A_j·F_j) w_j.
fn third_derivative(jerk: Interval, speeds: &[Interval], pushed: Interval) -> Interval {
    let cubes: Vec<Interval> = speeds.iter().map(|f| f.squared() * *f).collect();
    let fastest = speeds.iter().copied().fold(Interval::ZERO, Interval::max);
    jerk + total(&cubes) + fastest * pushed * 3.0
}

fn lengths(rows: &Array2<Interval>) -> Vec<Interval> {
    rows.rows().into_iter().map(norm).collect()
}

fn total(all: &[Interval]) -> Interval {
    norm(Array1::from(all.to_vec()).view())
}
