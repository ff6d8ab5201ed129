//! The flow of Theorem 4 at a point, its acceleration, and the Hessian of its loss, in intervals (docs/theory.md, Theorem D).

use crate::check::gaussian::Gaussian;
use crate::check::geometry::{angle, beside, dot, norm};
use crate::check::interval::Interval;
use ndarray::{Array1, Array2, ArrayView1, ArrayViewMut2, s};
use std::f64::consts::PI;

/// Pieces on which sup sin φ D(φ) is bounded.
const PIECES: u32 = 1000;

/// What moves students: teacher and kernel.
pub struct Field {
    pub kernel: Gaussian,
    /// W*, m × k, a unit node per row.
    pub teacher: Array2<Interval>,
    /// c: how fast the Hessian of a pair's overlap changes (Lemma 5).
    pub bend: Interval,
}

/// A state, and what the field is there.
pub struct Point {
    /// m × k, a unit node per row.
    pub weights: Array2<Interval>,
    /// F = −grad ℓ, m × k.
    pub velocity: Array2<Interval>,
    /// −Hess ℓ F, m × k.
    pub acceleration: Array2<Interval>,
    /// Hess ℓ on tangents, mk × mk; Q(b) along the nodes themselves.
    pub hessian: Array2<Interval>,
}

impl Field {
    /// Of unit nodes, m × k.
    pub fn new(kernel: Gaussian, teacher: Array2<Interval>) -> Self {
        let bend = bend(&kernel);
        Self { kernel, teacher, bend }
    }

    /// At unit nodes, m × k. O(m²k²).
    pub fn at(&self, weights: Array2<Interval>) -> Point {
        let (m, k) = weights.dim();
        let mut velocity = Array2::from_elem((m, k), Interval::ZERO);
        let mut hessian = Array2::from_elem((m * k, m * k), Interval::ZERO);
        let node = |j: usize| j * k..(j + 1) * k;
        for j in 0..m {
            let own = weights.row(j);
            let mut block = Array2::from_elem((k, k), Interval::ZERO);
            let mut curved = Interval::ZERO;
            let students = (0..m).filter(|&l| l != j).map(|l| (weights.row(l), 1.0));
            let teachers = self.teacher.rows().into_iter().map(|row| (row, -1.0));
            for (other, sign) in students.chain(teachers) {
                let pair = Pair::of(&self.kernel, own, other);
                velocity.row_mut(j).zip_mut_with(&pair.at_first, |sum, x| {
                    *sum = *sum - pair.gate * *x * sign;
                });
                pair.add_product(&pair.at_first, sign, block.view_mut());
                curved = curved + pair.gate * pair.cosine * sign;
            }
            let along = curved + self.kernel.tail;
            for ((a, b), entry) in block.indexed_iter_mut() {
                let diagonal = if a == b { curved } else { Interval::ZERO };
                *entry = *entry + along * own[a] * own[b] - diagonal;
            }
            hessian.slice_mut(s![node(j), node(j)]).assign(&block);
            for l in 0..j {
                let cross = Pair::of(&self.kernel, own, weights.row(l)).cross(own, weights.row(l));
                hessian.slice_mut(s![node(l), node(j)]).assign(&cross.t());
                hessian.slice_mut(s![node(j), node(l)]).assign(&cross);
            }
        }
        let flat = Array1::from_iter(velocity.iter().copied());
        let rows = hessian.rows().into_iter();
        let pushed: Vec<Interval> = rows.map(|row| -dot(row, flat.view())).collect();
        let acceleration = Array2::from_shape_vec((m, k), pushed).expect("a number per entry");
        Point {
            weights,
            velocity,
            acceleration,
            hessian,
        }
    }
}

/// c = (4e^{−b²/2} + 2 sup x e^{−x})/2π + sup sin φ D(φ), the supremum over x ≥ b²/2, and 0 for b = 0.
fn bend(kernel: &Gaussian) -> Interval {
    let half = Interval::from(kernel.threshold).squared() / 2.0;
    let flat = (-half).exp();
    let steep = match kernel.threshold == 0.0 {
        true => Interval::ZERO,
        false if half.low >= 1.0 => half * flat,
        false => Interval::ONE / Interval::E,
    };
    let end = |i: u32| PI.next_up() * f64::from(i) / f64::from(PIECES);
    let largest = (0..PIECES).map(|i| {
        let piece = Interval::new(end(i), end(i + 1));
        piece.sin() * kernel.gate(piece)
    });
    let largest = largest.fold(Interval::ZERO, Interval::max);
    (flat * 4.0 + steep * 2.0) / (Interval::PI * 2.0) + largest
}

/// Two unit nodes u, v.
struct Pair {
    cosine: Interval,
    gate: Interval,
    /// |dD/dφ| = φ₂ sin φ
    slope: Interval,
    /// P_u v, of length sin φ.
    at_first: Array1<Interval>,
}

impl Pair {
    fn of(kernel: &Gaussian, u: ArrayView1<Interval>, v: ArrayView1<Interval>) -> Self {
        let cosine = dot(u, v);
        let angle = angle(u, v, cosine);
        Self {
            cosine,
            gate: kernel.gate(angle),
            slope: kernel.slope(angle),
            at_first: beside(u, v, cosine),
        }
    }

    /// sign · φ₂ (P_u v) other ᵀ is added, |other| = sin φ. Where that is not known to be above 0 the product is small.
    fn add_product(&self, other: &Array1<Interval>, sign: f64, mut to: ArrayViewMut2<Interval>) {
        let sine = norm(self.at_first.view());
        let known = sine.low > 0.0;
        let scale = if known { self.slope / sine } else { self.slope } * sign;
        let largest = (Interval::from(sine.high) * scale).abs().high;
        for ((a, b), entry) in to.indexed_iter_mut() {
            let product = match known {
                true => scale * self.at_first[a] * other[b],
                false => Interval::new(-largest, largest),
            };
            *entry = *entry + product;
        }
    }

    /// What ties a tangent at u to one at v: P_u (D + φ₂ v uᵀ) P_v.
    fn cross(&self, u: ArrayView1<Interval>, v: ArrayView1<Interval>) -> Array2<Interval> {
        let size = u.len();
        let mut block = Array2::from_shape_fn((size, size), |(a, b)| {
            let same = if a == b { 1.0 } else { 0.0 };
            let turned = self.cosine * u[a] * v[b] - u[a] * u[b] - v[a] * v[b] + same;
            self.gate * turned
        });
        self.add_product(&beside(v, u, self.cosine), 1.0, block.view_mut());
        block
    }
}
