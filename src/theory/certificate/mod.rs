//! Theorem 5: a certificate of convergence for the joint flow of W and V (derived; docs/theory.md, section 6).
//!
//! Errors z = (θ_j for j ∈ u; e_i = ‖v_i − v*_i‖ for i ∈ u, ‖v_i‖ for i ∈ r) obey dz/dt ≤ M z, entry by
//! entry, as long as they stay in a box and W_r near its start. M has non-negative entries off its
//! diagonal, so z(t) ≤ e^{Mt} z(0).

mod bounds;
mod metzler;
#[cfg(test)]
mod tests;

use crate::network::TwoLayer;
use crate::overlap::HalfAngle;
use bounds::Geometry;
use metzler::{envelope, least_majorant, metzler_exponential, slowest_rate};
use ndarray::{Array1, Array2, Axis, concatenate, s};
use serde::Serialize;

/// The box is taken so much larger than it must be, so that no error is ever on its border.
const ROOM: f64 = 1e-6;

/// What keeps to the box keeps away from its border by so much, which rounding cannot take.
const MARGIN: f64 = 1e-8;

/// Rounds of enlarging the box before it is given up.
const ROUNDS: usize = 200;

/// Factor to which the largest scale of a start is looked for.
pub(super) const PRECISION: f64 = 1.01;

/// What the comparison needs to know: limits, starts, and the errors at time 0.
#[derive(Clone, Debug)]
pub struct Problem {
    /// W*, k × m, unit columns.
    pub teacher: Array2<f64>,
    /// V*, m × C.
    pub teacher_fan_out: Array2<f64>,
    /// W_r at the start, k × r, unit columns.
    pub extra: Array2<f64>,
    /// The common threshold b.
    pub threshold: f64,
    /// θ_j(0), j ∈ u.
    pub angles: Array1<f64>,
    /// e_i(0), i ∈ u, then ‖v_i(0)‖, i ∈ r.
    pub fan_out_errors: Array1<f64>,
}

/// A comparison system that is valid along the whole run.
#[derive(Clone, Debug, Serialize)]
pub struct Certificate {
    /// λ̄γ = −α(M): z falls at least at this rate. A rigorous lower bound, by Collatz and Wielandt.
    pub rate: f64,
    /// p > 0 with M p ≤ −rate·p: max_i z_i/p_i falls at least at the rate.
    #[serde(skip)]
    pub weights: Array1<f64>,
    /// M, (m + n) × (m + n).
    #[serde(skip)]
    pub matrix: Array2<f64>,
    /// Bounds that z(t) keeps below at all times: what M was computed for.
    #[serde(skip)]
    pub region: Array1<f64>,
    /// In place of "Eqn. 41": min over the rows of W of −(M q)_i/q_i, with q the smallest box around z(0) that
    /// shrinks at half the certified rate. At least half that rate.
    pub w_margin: f64,
    /// In place of "Eqn. 42": the same for the rows of V.
    pub v_margin: f64,
    /// The largest angle by which a node of W_r can turn.
    pub drift: f64,
    /// The same of each node, r.
    #[serde(skip)]
    pub turns: Array1<f64>,
}

impl Problem {
    /// The limit, and how far from it a network of unit nodes is, W and W* in common coordinates.
    pub fn of(network: &TwoLayer, threshold: f64) -> Self {
        let (teacher, student) = (&network.teacher.weights, &network.student.weights);
        let m = teacher.ncols();
        let pairs = student.columns().into_iter().zip(teacher.columns());
        let angles = pairs.map(|(w, target)| HalfAngle::between_units(w, target).radians());
        let mut errors = network.fan_out.clone();
        let mut of_u = errors.slice_mut(s![..m, ..]);
        of_u -= &network.teacher_fan_out;
        Self {
            teacher: teacher.clone(),
            teacher_fan_out: network.teacher_fan_out.clone(),
            extra: student.slice(s![.., m..]).to_owned(),
            threshold,
            angles: angles.collect(),
            fan_out_errors: errors.rows().into_iter().map(|e| e.dot(&e).sqrt()).collect(),
        }
    }

    /// Number of teacher nodes m.
    pub fn teacher_nodes(&self) -> usize {
        self.teacher.ncols()
    }

    /// [W*, W_r], k × n.
    pub(in crate::theory) fn nodes(&self) -> Array2<f64> {
        concatenate![Axis(1), self.teacher, self.extra]
    }

    /// z(0).
    pub fn start(&self) -> Array1<f64> {
        self.angles.iter().chain(&self.fan_out_errors).copied().collect()
    }

    /// The same with all errors set to `scale`.
    pub(super) fn with_errors(&self, scale: f64) -> Self {
        let mut other = self.clone();
        other.angles.fill(scale);
        other.fan_out_errors.fill(scale);
        other
    }

    /// Looks for a box that the errors cannot leave; `None` if there is none: the certificate is vacuous.
    ///
    /// Begins with the box of z(0) and W_r at rest, and enlarges both to what the comparison system
    /// allows, until nothing grows any more. O(N³) per round, N = m + n.
    pub fn certify(&self) -> Option<Certificate> {
        self.certify_in(&Geometry::of(self))
    }

    /// [`Problem::certify`] with the nominal angles and kernels at hand, which do not depend on the errors.
    fn certify_in(&self, geometry: &Geometry) -> Option<Certificate> {
        let start = self.start();
        let extra = self.extra.ncols();
        let mut region = &start * (1.0 + ROOM);
        let mut drift = Array1::<f64>::zeros(extra);
        for _ in 0..ROUNDS {
            let bounds = geometry.bounds(self, &region, &drift)?;
            let matrix = bounds.matrix(self, &region);
            let needed = envelope(&matrix, &start)?;
            let turned = bounds.drift(self, &matrix, &start)?;
            // Strictly: at a first exit some error or node would be on its border, and nothing gets there. What is 0 stays 0.
            let inside = |needed: &f64, held: &f64| needed * (1.0 + MARGIN) < *held || *needed == 0.0;
            if needed.iter().zip(&region).all(|(a, b)| inside(a, b))
                && turned.iter().zip(&drift).all(|(a, b)| inside(a, b))
            {
                return Certificate::of(self, matrix, region, &drift);
            }
            let grow = |old: &mut f64, new: &f64| *old = old.max(new * (1.0 + 10.0 * ROOM));
            region.zip_mut_with(&needed, grow);
            drift.zip_mut_with(&turned, grow);
        }
        None
    }

    /// The largest scale s for which the start θ = e = ‖v_r‖ = s is certified, to 1 %; 0 if none is.
    pub fn largest_certified_scale(&self) -> f64 {
        let geometry = Geometry::of(self);
        let certified = |scale| self.with_errors(scale).certify_in(&geometry).is_some();
        largest_scale([1e-6, 1.0], certified).unwrap_or(0.0)
    }
}

/// The largest scale in a range that is certified, to [`PRECISION`]; `None` if its lower end is not.
pub(super) fn largest_scale([mut low, mut high]: [f64; 2], certified: impl Fn(f64) -> bool) -> Option<f64> {
    if !certified(low) {
        return None;
    }
    while high / low > PRECISION {
        let middle = (low * high).sqrt();
        if certified(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(low)
}

impl Certificate {
    fn of(problem: &Problem, matrix: Array2<f64>, region: Array1<f64>, drift: &Array1<f64>) -> Option<Self> {
        let (rate, weights) = slowest_rate(&matrix)?;
        let shrinking = &matrix + &(Array2::<f64>::eye(matrix.nrows()) * (0.5 * rate));
        let corner = least_majorant(&shrinking, &problem.start())?;
        let pull = matrix.dot(&corner);
        let margin = |rows: std::ops::Range<usize>| {
            let margins = rows.map(|i| -pull[i] / corner[i]);
            margins.fold(f64::INFINITY, f64::min)
        };
        let m = problem.teacher_nodes();
        Some(Self {
            rate,
            w_margin: margin(0..m),
            v_margin: margin(m..corner.len()),
            drift: drift.iter().copied().fold(0.0, f64::max),
            turns: drift.clone(),
            matrix,
            region,
            weights,
        })
    }

    /// X with M X + X Mᵀ < −z zᵀ in every entry, z = `start`, and so no less than ∫₀^∞ e^{Mt} z zᵀ e^{Mᵀt} dt; hardly more.
    ///
    /// `None` where the integral is not found.
    pub fn products(&self, start: &Array1<f64>) -> Option<Array2<f64>> {
        let products = metzler::integral_of_products(&self.matrix, start)?;
        let largest = |all: &mut dyn Iterator<Item = f64>| all.fold(0.0, f64::max);
        let size = largest(&mut products.iter().copied());
        // M ppᵀ + ppᵀ Mᵀ ≤ −2λ ppᵀ.
        let weights = &self.weights / largest(&mut self.weights.iter().copied());
        let column = weights.insert_axis(Axis(1));
        Some(products + column.dot(&column.t()) * (1e-3 * MARGIN * size))
    }

    /// e^{Mt} for one time step: multiplies bounds on z. Non-negative.
    pub fn propagator(&self, time: f64) -> Array2<f64> {
        metzler_exponential(&self.matrix, time)
    }
}
