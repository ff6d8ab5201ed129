//! Nodes, their cosines and their angles, in intervals.

use super::definite::largest_eigenvalue;
use super::interval::Interval;
use crate::linalg::with_diagonal;
use ndarray::{Array1, Array2, ArrayView1};

/// Unit nodes: the directions of what the file says.
pub struct Nodes {
    /// k × n
    pub weights: Array2<Interval>,
    /// n × n, ones on the diagonal.
    pub cosines: Array2<Interval>,
    /// n × n, zeros on the diagonal.
    pub angles: Array2<Interval>,
}

impl Nodes {
    /// Of rows in a file, a node each.
    pub fn of(rows: &Array2<f64>) -> Self {
        let (n, units) = (rows.nrows(), units(rows));
        let cosines = with_diagonal(n, Interval::ONE, |a, b| dot(units.row(a), units.row(b)));
        Self {
            angles: with_diagonal(n, Interval::ZERO, |a, b| angle(units.row(a), units.row(b), cosines[[a, b]])),
            weights: units.reversed_axes(),
            cosines,
        }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.angles.nrows()
    }

    /// ‖[w_1 … w_count]‖_op from above.
    pub fn norm(&self, count: usize) -> Interval {
        let gram = Array2::from_shape_fn((count, count), |at| self.cosines[at]);
        let largest = Interval::from(largest_eigenvalue(&gram));
        Interval::from(largest.sqrt().high)
    }

    /// min(θ_jk, π − θ_jk) − margin, not below 0: the angle of the largest |ρ|.
    pub fn widest(&self, j: usize, k: usize, margin: Interval) -> Interval {
        let angle = self.angles[[j, k]];
        (angle.min(Interval::PI - angle) - margin).positive_part()
    }

    /// P_j w_l.
    pub fn beside(&self, j: usize, l: usize) -> Array1<Interval> {
        beside(self.weights.column(j), self.weights.column(l), self.cosines[[j, l]])
    }

    /// The entry (a, b) of P_j P_l.
    pub fn across_both(&self, [j, l]: [usize; 2], [a, b]: [usize; 2]) -> Interval {
        let weight = |i: usize, node: usize| self.weights[[i, node]];
        let unit = if a == b { Interval::ONE } else { Interval::ZERO };
        unit - weight(a, j) * weight(b, j) - weight(a, l) * weight(b, l)
            + self.cosines[[j, l]] * weight(a, j) * weight(b, l)
    }

    /// All pairs j ≠ k of the first `count`, each in both orders.
    pub fn pairs(count: usize) -> impl Iterator<Item = (usize, usize)> {
        (0..count).flat_map(move |j| (0..count).filter(move |&k| k != j).map(move |k| (j, k)))
    }
}

/// u·v.
pub fn dot(u: ArrayView1<Interval>, v: ArrayView1<Interval>) -> Interval {
    u.into_iter().zip(v).map(|(x, y)| *x * *y).sum()
}

/// |u|.
pub fn norm(u: ArrayView1<Interval>) -> Interval {
    u.iter().map(|x| x.squared()).sum::<Interval>().sqrt()
}

/// Rows by their directions, u/|u|.
pub fn units(rows: &Array2<f64>) -> Array2<Interval> {
    let mut units = rows.mapv(Interval::from);
    for mut row in units.rows_mut() {
        let length = norm(row.view());
        row.mapv_inplace(|x| x / length);
    }
    units
}

/// P_u v = v − (u·v) u, for unit vectors of a known cosine.
pub fn beside(u: ArrayView1<Interval>, v: ArrayView1<Interval>, cosine: Interval) -> Array1<Interval> {
    let entries = u.into_iter().zip(v);
    entries.map(|(x, y)| *y - cosine * *x).collect()
}

/// Between unit vectors of a known cosine; where that says little, by the half chord.
pub fn angle(u: ArrayView1<Interval>, v: ArrayView1<Interval>, cosine: Interval) -> Interval {
    let arc_of = |sign: f64| {
        let pairs = u.into_iter().zip(v);
        let squares = pairs.map(|(x, y)| (*x - *y * sign).squared());
        arc(squares.sum::<Interval>().sqrt())
    };
    if cosine.low > 0.98 {
        arc_of(1.0)
    } else if cosine.high < -0.98 {
        Interval::PI - arc_of(-1.0)
    } else {
        cosine.acos()
    }
}

/// max_j (Σ_{k≠j} f(j, k)²)^½ over `count` nodes.
pub fn largest_row(count: usize, entry: impl Fn(usize, usize) -> Interval) -> Interval {
    let row = |j: usize| -> Interval {
        let others = (0..count).filter(|&k| k != j);
        others.map(|k| entry(j, k).squared()).sum()
    };
    (0..count).map(row).fold(Interval::ZERO, Interval::max).sqrt()
}

/// 2 sin(θ/2).
pub fn chord(angle: Interval) -> Interval {
    (angle / 2.0).sin() * 2.0
}

/// 2 asin(c/2).
pub fn arc(chord: Interval) -> Interval {
    (chord / 2.0).asin() * 2.0
}

/// sin θ/θ.
pub fn sinc(angle: Interval) -> Interval {
    if angle.high > 0.0 {
        angle.sin() / angle
    } else {
        Interval::ONE
    }
}

/// The angle that a file claims to hold in a ball of ‖W − W*‖, and whether the ball alone holds it: then it needs no more.
pub fn in_ball(radius: Interval, theta: f64) -> (Interval, bool) {
    let ball = arc(radius);
    let whole = theta >= ball.low * (1.0 - 1e-12);
    (if whole { ball } else { theta.into() }, whole)
}

/// The largest of numbers that are not negative; 0 of none.
pub fn largest(numbers: &[f64]) -> f64 {
    numbers.iter().copied().fold(0.0, f64::max)
}
