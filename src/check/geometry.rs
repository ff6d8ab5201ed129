//! Nodes, their cosines and their angles, in intervals.

use super::definite::largest_eigenvalue;
use super::interval::Interval;
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
        let (n, k) = rows.dim();
        let exact = rows.mapv(Interval::from);
        let units: Vec<Array1<Interval>> = exact.rows().into_iter().map(unit).collect();
        let weights = Array2::from_shape_fn((k, n), |(i, j)| units[j][i]);
        let cosines = Array2::from_shape_fn((n, n), |(a, b)| match a == b {
            true => Interval::ONE,
            false => dot(units[a].view(), units[b].view()),
        });
        let angles = Array2::from_shape_fn((n, n), |(a, b)| match a == b {
            true => Interval::ZERO,
            false => angle(units[a].view(), units[b].view(), cosines[[a, b]]),
        });
        Self {
            weights,
            cosines,
            angles,
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

/// u/|u|.
pub fn unit(u: ArrayView1<Interval>) -> Array1<Interval> {
    let length = norm(u);
    u.mapv(|x| x / length)
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
