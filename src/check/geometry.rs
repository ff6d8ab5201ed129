//! Nodes, their cosines and their angles, in intervals.

use super::definite::largest_eigenvalue;
use super::interval::Interval;
use ndarray::Array2;

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
        let length = |j: usize| {
            exact
                .row(j)
                .iter()
                .map(|x| x.squared())
                .sum::<Interval>()
                .sqrt()
        };
        let lengths: Vec<Interval> = (0..n).map(length).collect();
        let weights = Array2::from_shape_fn((k, n), |(i, j)| exact[[j, i]] / lengths[j]);
        let dot = |a: usize, b: usize| -> Interval {
            let pairs = weights.column(a).into_iter().zip(weights.column(b));
            pairs.map(|(x, y)| *x * *y).sum()
        };
        let cosines = Array2::from_shape_fn((n, n), |(a, b)| match a == b {
            true => Interval::ONE,
            false => dot(a, b),
        });
        let chord = |a: usize, b: usize, sign: f64| {
            let pairs = weights.column(a).into_iter().zip(weights.column(b));
            let squares = pairs.map(|(x, y)| (*x - *y * sign).squared());
            (squares.sum::<Interval>().sqrt() / 2.0).asin() * 2.0
        };
        let angles = Array2::from_shape_fn((n, n), |(a, b)| match cosines[[a, b]] {
            _ if a == b => Interval::ZERO,
            cosine if cosine.low > 0.98 => chord(a, b, 1.0),
            cosine if cosine.high < -0.98 => Interval::PI - chord(a, b, -1.0),
            cosine => cosine.acos(),
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

/// max_j (Σ_{k≠j} f(j, k)²)^½ over `count` nodes.
pub fn largest_row(count: usize, entry: impl Fn(usize, usize) -> Interval) -> Interval {
    let row = |j: usize| -> Interval {
        let others = (0..count).filter(|&k| k != j);
        others.map(|k| entry(j, k).squared()).sum()
    };
    (0..count)
        .map(row)
        .fold(Interval::ZERO, Interval::max)
        .sqrt()
}

/// 2 sin(θ/2).
pub fn chord(angle: Interval) -> Interval {
    (angle / 2.0).sin() * 2.0
}

/// 2 asin(c/2).
pub fn arc(chord: Interval) -> Interval {
    (chord / 2.0).asin() * 2.0
}
