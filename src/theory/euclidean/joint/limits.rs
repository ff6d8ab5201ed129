//! Suprema over a region, and what they cost: the remainders of Theorem C.

use super::geometry::Geometry;
use crate::linalg::with_diagonal;
use crate::overlap::gaussian::normal;
use crate::theory::euclidean::eigen::largest_eigenvalue;
use crate::theory::euclidean::region::whole_ball;
use crate::theory::kernel::ROUNDING;
use ndarray::{Array1, Array2, s};
use std::f64::consts::{PI, SQRT_2};

/// Nodes of the student's that come closer than this in angle make D̂ meaningless.
const CLOSEST: f64 = 1e-6;

/// The largest radius and single drift that are considered.
const LARGEST_RADIUS: f64 = 1.2;
const LARGEST_DRIFT: f64 = 0.5;

/// Where the claim is made. Chords throughout, but for the angle.
#[derive(Clone, Copy, Debug)]
pub(super) struct Region {
    /// ϱ: R² + a² ≤ ϱ²
    pub radius: f64,
    /// θ̂: θ_j ≤ θ̂, j ∈ u
    pub theta: f64,
    /// ê and v̂: |ε_i| on u and on r
    pub error: f64,
    pub extra: f64,
    /// ψ: ‖W_r − W_r(0)‖_F, and the largest of a single node.
    pub drift: f64,
    pub single_drift: f64,
}

impl Region {
    /// Whether what is needed lies strictly within: at a first exit something would be on the border, and nothing gets there. What
    /// the ball holds needs no more.
    pub fn holds(&self, needed: &Self) -> bool {
        let fits = |needed: f64, held: f64, cap: f64| needed < held || held >= cap || needed == 0.0;
        fits(needed.theta, self.theta, whole_ball(self.radius))
            && fits(needed.error, self.error, self.radius)
            && fits(needed.extra, self.extra, self.radius)
            && fits(needed.drift, self.drift, f64::INFINITY)
            && fits(needed.single_drift, self.single_drift, f64::INFINITY)
    }
}

/// All that follows from a region, with its share ω of the linear part (0: none is taken apart).
pub(super) struct Limits {
    pub share: f64,
    /// d: the largest δ_j
    pub chord: f64,
    /// R̄ and a_u: the largest R and (Σ_u |ε_j|²)^½
    pub radius_u: f64,
    pub error_u: f64,
    /// W̄ and W_u: ‖W‖_op of all and of the student's first m nodes
    pub norm: f64,
    pub norm_u: f64,
    /// D̂ at the nearest angle, D̂₁ of |D − Q₂|, φ̂ and |D'| there, L̂: n × n, zeros on the diagonal.
    pub gate: Array2<f64>,
    pub rest: Array2<f64>,
    pub density: Array2<f64>,
    pub slope: Array2<f64>,
    pub l: Array2<f64>,
    /// ℓ_ε, r₁₂, ℓ_W
    pub of_errors: f64,
    pub mixed: f64,
    pub of_weights: f64,
    /// o_j
    pub own: Array1<f64>,
    /// cos²(θ̂/2)
    pub tangential: f64,
}

impl Limits {
    /// `None` where the region is too large to mean anything.
    pub fn of(geometry: &Geometry, region: &Region, share: f64) -> Option<Self> {
        let (m, n) = (geometry.teacher_nodes, geometry.nodes);
        if !(region.radius < LARGEST_RADIUS) || !(region.single_drift < LARGEST_DRIFT) {
            return None;
        }
        let theta = region.theta.min(whole_ball(region.radius));
        let margins = Margins::new(m, region, theta);
        let kernel = &geometry.kernel;
        let linear = if share > 0.0 { kernel.tail.powi(2) } else { 0.0 };
        let nearest = |j: usize, k: usize| (geometry.angles[[j, k]] - margins.of(j, k)).max(0.0);
        let widest = |j: usize, k: usize| {
            let angle = geometry.angles[[j, k]];
            (angle.min(PI - angle) - margins.of(j, k)).max(0.0)
        };
        let entries = |entry: &dyn Fn(usize, usize) -> f64| with_diagonal(n, 0.0, entry);
        let apart = |j: usize, k: usize| j == k || nearest(j, k) > CLOSEST;
        if !(0..n).all(|j| (0..n).all(|k| apart(j, k))) {
            return None;
        }
        let gate = entries(&|j, k| kernel.gate_above(nearest(j, k)));
        let rest = match share > 0.0 {
            true => entries(&|j, k| (kernel.gate_above(widest(j, k)) - linear).max(0.0) + ROUNDING * linear),
            false => gate.clone(),
        };
        let chord = (2.0 * (0.5 * theta).sin()).min(region.radius);
        let root = (m as f64).sqrt();
        let radius_u = region.radius.min(root * chord);
        let moved = radius_u.hypot(region.drift);
        let mut limits = Self {
            share,
            chord,
            radius_u,
            error_u: region.radius.min(root * region.error),
            norm: geometry.all_norm + moved,
            norm_u: geometry.teacher_norm + radius_u,
            density: entries(&|j, k| kernel.density_above(widest(j, k))),
            slope: entries(&|j, k| kernel.slope(nearest(j, k)) * (1.0 + ROUNDING)),
            l: entries(&|j, k| kernel.at(nearest(j, k)).l * (1.0 + ROUNDING)),
            gate,
            rest,
            of_errors: 0.0,
            mixed: 0.0,
            of_weights: 0.0,
            own: Array1::zeros(m),
            tangential: (0.5 * theta).cos().powi(2),
        };
        limits.remainders(geometry, region, &margins, [linear, moved])?;
        limits.own = limits.own_parts(geometry, region, theta, linear)?;
        Some(limits)
    }

    /// The largest of the entries in the teacher's columns.
    pub fn largest(&self, matrix: &Array2<f64>, rows: std::ops::Range<usize>) -> f64 {
        let part = matrix.slice(s![rows, ..self.own.len()]);
        part.iter().copied().fold(0.0, f64::max)
    }

    fn remainders(
        &mut self,
        geometry: &Geometry,
        region: &Region,
        margins: &Margins,
        [linear, moved]: [f64; 2],
    ) -> Option<()> {
        let n = geometry.nodes;
        let steepest = self.rest.iter().copied().fold(0.0, f64::max);
        let whole = 2.0 * steepest * (geometry.all_norm + 0.5 * moved) * moved;
        let entry = |(i, k)| self.rest[[i, k]] * (margins.chord(i) + margins.chord(k));
        let single = largest_eigenvalue(&Array2::from_shape_fn((n, n), entry))?;
        self.of_errors = whole.min(single);
        self.mixed = 0.5
            * self
                .mixed_whole(geometry, margins, linear, moved)
                .min(self.mixed_single(geometry, region, margins, linear)?);
        self.of_weights = self.of_products(geometry, margins)?;
        if self.share > 0.0 {
            let largest = geometry.norms.iter().copied().fold(0.0, f64::max);
            let fourth = self.radius_u.min(self.chord);
            let of_student = ((geometry.fan_out_norm + self.error_u) * self.norm_u * fourth)
                .min((largest + region.error) * self.radius_u);
            let of_teacher =
                0.5 * (geometry.fan_out_norm * geometry.teacher_norm * fourth).min(largest * self.radius_u);
            let defect = self.error_u + 0.5 * of_student;
            let shifted = of_teacher + 0.5 * defect;
            let price = 1.0 / self.share - 1.0;
            self.of_errors += linear * price * 2.0 * moved * moved;
            self.of_weights += linear * (price * 2.0 * shifted * shifted + 0.25 * defect * defect);
        }
        Some(())
    }

    /// 2 r₁₂ by norms of whole matrices.
    fn mixed_whole(&self, geometry: &Geometry, margins: &Margins, linear: f64, moved: f64) -> f64 {
        let (m, n) = (geometry.teacher_nodes, geometry.nodes);
        let d0 = |i: usize, j: usize| (geometry.d[[i, j]] - linear).abs();
        let fourth = self.radius_u.min(self.chord);
        let curved = self.largest(&self.density, 0..n);
        let largest_d0 =
            (0..n).flat_map(|i| (0..m).filter(move |&j| j != i).map(move |j| d0(i, j))).fold(0.0, f64::max);
        let farthest = self.chord.max(margins.single);
        let z = curved * (2.0 * farthest + 1.5 * self.chord) * self.norm
            + geometry.largest_column(|i, j| d0(i, j) * geometry.cosines[[i, j]]) * fourth
            + 2.0 * largest_d0 * moved
            + 0.5 * geometry.largest_column(|i, j| self.rest[[i, j]] * margins.widest_cosine(geometry, i, j)) * fourth;
        let among = self.largest(&self.rest, 0..m) * self.radius_u
            + self.largest(&self.density, 0..m) * self.chord * self.norm_u;
        let products = self.largest(&self.rest, 0..n) * self.norm * self.error_u;
        geometry.fan_out_norm * (z + among) + products
    }

    /// 2 r₁₂ entry by entry: ‖Z‖_op.
    fn mixed_single(&self, geometry: &Geometry, region: &Region, margins: &Margins, linear: f64) -> Option<f64> {
        let (m, n, d) = (geometry.teacher_nodes, geometry.nodes, self.chord);
        let entry = |(i, j): (usize, usize)| {
            if i == j {
                return 0.0;
            }
            let own = margins.chord(i);
            let d0 = (geometry.d[[i, j]] - linear).abs();
            let (rest, density) = (self.rest[[i, j]], self.density[[i, j]]);
            let mut sum = density * (2.0 * own + 1.5 * d)
                + d0 * (d * geometry.cosines[[i, j]].abs() + 2.0 * own)
                + 0.5 * rest * margins.widest_cosine(geometry, i, j) * d;
            if i < m {
                sum += (rest + density) * d;
            }
            geometry.norms[j] * sum + region.error * rest
        };
        let z = Array2::from_shape_fn((n, m), entry);
        Some(largest_eigenvalue(&z.t().dot(&z))?.sqrt())
    }

    /// r₂₂: 0 where the rows of V* are orthogonal.
    fn of_products(&self, geometry: &Geometry, margins: &Margins) -> Option<f64> {
        let (m, d) = (geometry.teacher_nodes, self.chord);
        if geometry.products.iter().all(|b| *b == 0.0) {
            return Some(0.0);
        }
        let y = with_diagonal(m, 0.0, |j, k| {
            let angle = geometry.angles[[j, k]];
            let (rest, density) = (self.rest[[j, k]], self.density[[j, k]]);
            let nominal = geometry.kernel.density_above(angle);
            let [least, most] = geometry.kernel.densities_within(angle, margins.of(j, k));
            let change = (most - nominal / (1.0 + ROUNDING)).max(nominal - least);
            let cosine = geometry.cosines[[j, k]].abs();
            let sum = 2.0 * d * density
                + rest * (1.5 * d + 0.5 * d * d)
                + change
                + nominal * (d + 0.5 * d * cosine)
                + 0.5 * density * d * (2.0 * cosine + d);
            geometry.products[[j, k]].abs() * sum
        });
        largest_eigenvalue(&(0.5 * (&y + &y.t())))
    }

    /// o_j; `None` if a node's own part is not positive.
    fn own_parts(&self, geometry: &Geometry, region: &Region, theta: f64, linear: f64) -> Option<Array1<f64>> {
        let kernel = &geometry.kernel;
        let gate = kernel.gate_below(theta) - linear;
        let kept = (1.0 - self.share) * linear;
        let own = |norm: &f64| {
            let lost = norm * region.error * (kernel.tail - linear) / (2.0 * self.tangential);
            (norm * norm - norm * region.error) * gate - lost + kept * norm * norm
        };
        let fits = gate > 0.0 && geometry.norms.iter().all(|norm| *norm > region.error);
        fits.then(|| geometry.norms.iter().map(own).collect())
    }

    /// c_p: ‖Y − Z‖ in L² over R.
    pub fn bent(&self, geometry: &Geometry) -> f64 {
        let (tail, b) = (geometry.kernel.tail, geometry.kernel.threshold);
        let gates = (2.0 * self.chord / (3.0 * PI * self.tangential.sqrt())).sqrt();
        let moment = tail + b * normal::density(b);
        geometry.fan_out_norm * (gates + 0.5 * self.chord * moment.sqrt()) + tail.sqrt() * self.error_u
    }
}

/// How far two nodes' angle may be from where it was.
struct Margins {
    teacher_nodes: usize,
    theta: f64,
    pair: f64,
    drift: f64,
    chord: f64,
    single: f64,
}

impl Margins {
    fn new(teacher_nodes: usize, region: &Region, theta: f64) -> Self {
        Self {
            teacher_nodes,
            theta,
            pair: (2.0 * theta).min(4.0 * (0.5 * region.radius / SQRT_2).asin()),
            drift: 2.0 * (0.5 * region.single_drift).asin(),
            chord: (2.0 * (0.5 * theta).sin()).min(region.radius),
            single: region.single_drift,
        }
    }

    fn of(&self, j: usize, k: usize) -> f64 {
        if j < self.teacher_nodes && k < self.teacher_nodes {
            return self.pair;
        }
        let own = |node: usize| {
            if node < self.teacher_nodes {
                self.theta
            } else {
                self.drift
            }
        };
        own(j) + own(k)
    }

    /// d_i
    fn chord(&self, node: usize) -> f64 {
        if node < self.teacher_nodes {
            self.chord
        } else {
            self.single
        }
    }

    /// The largest |ρ|.
    fn widest_cosine(&self, geometry: &Geometry, j: usize, k: usize) -> f64 {
        let angle = geometry.angles[[j, k]];
        (angle.min(PI - angle) - self.of(j, k)).max(0.0).cos()
    }
}
