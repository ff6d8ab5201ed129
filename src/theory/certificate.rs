//! Theorem 5: a certificate of convergence for the joint flow of W and V (derived; docs/theory.md, section 6).
//!
//! Errors z = (θ_j for j ∈ u; e_i = ‖v_i − v*_i‖ for i ∈ u, ‖v_i‖ for i ∈ r) obey dz/dt ≤ M z, entry by
//! entry, as long as they stay in a box and W_r near its start. M has non-negative entries off its
//! diagonal, so z(t) ≤ e^{Mt} z(0).

use super::supremum::supremum;
use crate::overlap::{HalfAngle, gaussian::GaussianPair, gaussian::KernelTable};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};
use ndarray_linalg::{FactorizeInto, Inverse, Solve};
use serde::Serialize;
use std::f64::consts::{FRAC_PI_2, PI};
use std::sync::Arc;

/// Room for rounding in suprema, relative.
const ROUNDING: f64 = 1e-11;

/// The box is taken so much larger than it must be, so that no error is ever on its border.
const ROOM: f64 = 1e-6;

/// Step of the envelope in units of the fastest time, and how many there may be.
const STEP: f64 = 0.01;
const MOST_STEPS: usize = 200_000;

/// Rounds of enlarging the box before it is given up.
const ROUNDS: usize = 200;

/// How close the one supremum that needs subdivision is brought to values that are attained, relative.
const TOLERANCE: f64 = 1e-3;

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
}

impl Problem {
    /// Number of teacher nodes m.
    pub fn teacher_nodes(&self) -> usize {
        self.teacher.ncols()
    }

    /// z(0).
    pub fn start(&self) -> Array1<f64> {
        self.angles
            .iter()
            .chain(&self.fan_out_errors)
            .copied()
            .collect()
    }

    /// The same with all errors set to `scale`.
    fn with_errors(&self, scale: f64) -> Self {
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
            let inside = |needed: &f64, held: &f64| needed < held || *needed == 0.0;
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
        let certified = |scale: f64| self.with_errors(scale).certify_in(&geometry).is_some();
        let (mut low, mut high) = (1e-6_f64, 1.0_f64);
        if !certified(low) {
            return 0.0;
        }
        while high / low > 1.01 {
            let middle = (low * high).sqrt();
            if certified(middle) {
                low = middle;
            } else {
                high = middle;
            }
        }
        low
    }
}

impl Certificate {
    fn of(
        problem: &Problem,
        matrix: Array2<f64>,
        region: Array1<f64>,
        drift: &Array1<f64>,
    ) -> Option<Self> {
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
            matrix,
            region,
            weights,
        })
    }

    /// e^{Mt} for one time step: multiplies bounds on z. Non-negative.
    pub fn propagator(&self, time: f64) -> Array2<f64> {
        metzler_exponential(&self.matrix, time)
    }
}

/// Nominal angles among the nodes: u at the teacher, r at its start.
struct Geometry {
    table: Arc<KernelTable>,
    pair: GaussianPair,
    /// n × n; the teacher's nodes are the first m.
    angles: Array2<f64>,
    d0: f64,
    l0: f64,
}

/// Suprema over the region. The first m columns are those of the teacher, wherever on the way the student is.
struct Bounds {
    /// D̂, Ĝ, L̂: n × n
    d: Array2<f64>,
    gain: Array2<f64>,
    l: Array2<f64>,
    /// κ: n × m
    slope: Array2<f64>,
    /// D(θ̂_j) sin θ̂_j/θ̂_j: m
    own: Array1<f64>,
    l0: f64,
}

impl Geometry {
    fn of(problem: &Problem) -> Self {
        let nodes: Vec<ArrayView1<f64>> = problem
            .teacher
            .columns()
            .into_iter()
            .chain(problem.extra.columns())
            .collect();
        let n = nodes.len();
        let table = KernelTable::shared(problem.threshold);
        let same = table.at(HalfAngle::ZERO);
        Self {
            pair: GaussianPair::new(problem.threshold, problem.threshold),
            angles: Array2::from_shape_fn((n, n), |(j, k)| {
                if j == k {
                    0.0
                } else {
                    HalfAngle::between_units(nodes[j], nodes[k]).radians()
                }
            }),
            table,
            d0: same.d,
            l0: same.l,
        }
    }

    /// All suprema for angles within the nodes' margins; `None` where a margin is too wide to mean anything.
    fn bounds(
        &self,
        problem: &Problem,
        region: &Array1<f64>,
        drift: &Array1<f64>,
    ) -> Option<Bounds> {
        let m = problem.teacher_nodes();
        let n = self.angles.nrows();
        let margin = |node: usize| {
            if node < m {
                region[node]
            } else {
                drift[node - m]
            }
        };
        if (0..n).any(|node| !(margin(node) < FRAC_PI_2)) {
            return None;
        }
        let mut bounds = Bounds {
            d: Array2::zeros((n, n)),
            gain: Array2::zeros((n, n)),
            l: Array2::zeros((n, n)),
            slope: Array2::zeros((n, m)),
            own: Array1::zeros(m),
            l0: self.l0,
        };
        for j in 0..n {
            for k in 0..n {
                let both = margin(j) + margin(k);
                // A node and its teacher: one moves, from 0 to the margin.
                let (low, high) = if j == k {
                    (0.0, margin(j))
                } else {
                    (
                        (self.angles[[j, k]] - both).max(0.0),
                        (self.angles[[j, k]] + both).min(PI),
                    )
                };
                // D, L and |D'| fall with the angle for a common threshold.
                let nearest = HalfAngle::from_radians(low);
                let value = self.table.at(nearest);
                bounds.d[[j, k]] = value.d * (1.0 + ROUNDING);
                bounds.l[[j, k]] = value.l * (1.0 + ROUNDING);
                bounds.gain[[j, k]] = value.d.hypot(self.pair.d_slope(nearest)) * (1.0 + ROUNDING);
                if k < m {
                    bounds.slope[[j, k]] = self.steepest(low, high) * (1.0 + ROUNDING);
                }
            }
        }
        for j in 0..m {
            let theta = region[j];
            let sinc = if theta > 0.0 {
                theta.sin() / theta
            } else {
                1.0
            };
            bounds.own[j] = self.gate(theta) * sinc * (1.0 - ROUNDING);
        }
        Some(bounds)
    }

    fn gate(&self, theta: f64) -> f64 {
        self.table.at(HalfAngle::from_radians(theta)).d
    }

    /// sup |dL/dφ| = sup sin φ D(φ) over [low, high].
    fn steepest(&self, low: f64, high: f64) -> f64 {
        let largest_sine = |a: f64, b: f64| {
            if (a..=b).contains(&FRAC_PI_2) {
                1.0
            } else {
                a.sin().max(b.sin())
            }
        };
        supremum(
            [low, high],
            TOLERANCE,
            |phi| phi.sin() * self.gate(phi),
            |a, b| largest_sine(a, b) * if a == 0.0 { self.d0 } else { self.gate(a) },
        )
        .bound
    }
}

impl Bounds {
    /// M.
    fn matrix(&self, problem: &Problem, region: &Array1<f64>) -> Array2<f64> {
        let m = problem.teacher_nodes();
        let n = self.d.nrows();
        let v = &problem.teacher_fan_out;
        let products = v.dot(&v.t());
        let norms = products.diag().mapv(f64::sqrt);
        let error = |node: usize| region[m + node];
        let mut matrix = Array2::zeros((m + n, m + n));
        for j in 0..m {
            let own = products[[j, j]] - norms[j] * error(j);
            matrix[[j, j]] = -self.own[j] * own;
            for k in (0..n).filter(|&k| k != j) {
                if k < m {
                    let modulation = products[[j, k]].abs() + norms[k] * error(j);
                    matrix[[j, k]] = self.gain[[j, k]] * modulation;
                }
                matrix[[j, m + k]] = self.d[[j, k]] * (norms[j] + error(j));
            }
        }
        for i in 0..n {
            for k in 0..n {
                matrix[[m + i, m + k]] = if i == k { -self.l0 } else { self.l[[i, k]] };
                if k < m {
                    matrix[[m + i, k]] = self.slope[[i, k]] * norms[k];
                }
            }
        }
        matrix
    }

    /// How far nodes of W_r can turn: ψ_k ≤ ∫ e_k (Σ_j Ĝ_kj ‖v*_j‖ θ_j + Σ_j D̂_kj e_j) dt, and the integrals of
    /// products of errors are at most those of the comparison system, ∫ e^{Mt} z(0) z(0)ᵀ e^{Mᵀt} dt.
    fn drift(
        &self,
        problem: &Problem,
        matrix: &Array2<f64>,
        start: &Array1<f64>,
    ) -> Option<Array1<f64>> {
        let m = problem.teacher_nodes();
        let n = self.d.nrows();
        let products = integral_of_products(matrix, start)?;
        let fan_out = problem.teacher_fan_out.rows().into_iter();
        let norms: Vec<f64> = fan_out.map(|v| v.dot(&v).sqrt()).collect();
        let turn = |k: usize| {
            let products = products.row(m + k);
            let angles = (0..m).map(|j| self.gain[[k, j]] * norms[j] * products[j]);
            let others = (0..n).filter(|&j| j != k);
            let errors = others.map(|j| self.d[[k, j]] * products[m + j]);
            angles.sum::<f64>() + errors.sum::<f64>()
        };
        Some((m..n).map(turn).collect())
    }
}

/// X = ∫₀^∞ e^{Mt} z zᵀ e^{Mᵀt} dt, the solution of M X + X Mᵀ = −z zᵀ, for α(M) < 0.
///
/// Cayley's transform A = (γ + M)(γ − M)⁻¹ turns it into X = A X Aᵀ + 2γ y yᵀ, y = (γ − M)⁻¹ z, whose series is
/// summed by doubling (Smith 1968). O(N³) per doubling.
fn integral_of_products(matrix: &Array2<f64>, z: &Array1<f64>) -> Option<Array2<f64>> {
    let size = z.len();
    let fastest = matrix.diag().iter().fold(0.0_f64, |a, x| a.max(-x));
    let gamma = (fastest * slowest_rate(matrix)?.0).sqrt();
    let shifted = (Array2::<f64>::eye(size) * gamma - matrix).inv().ok()?;
    let y = shifted.dot(z).insert_axis(Axis(1));
    let mut power = (Array2::<f64>::eye(size) * gamma + matrix).dot(&shifted);
    let mut sum = y.dot(&y.t()) * (2.0 * gamma);
    for _ in 0..60 {
        let more = power.dot(&sum).dot(&power.t());
        let grown = more
            .iter()
            .zip(&sum)
            .any(|(more, sum)| more.abs() > 1e-14 * sum.abs());
        sum += &more;
        if !grown {
            // Upwards, for what rounding took.
            return Some(sum * (1.0 + 1e-9));
        }
        power = power.dot(&power);
    }
    None
}

/// An upper bound on sup_t e^{Mt} z, entry by entry. `None` if α(M) ≥ 0, or the bound is of no use.
///
/// In steps of h: e^{Ms} y ≤ e^{(M+σ)h} y for 0 ≤ s ≤ h, σ = max |M_ii|, since M + σ is non-negative. Once
/// M y ≤ 0 nothing grows any more: e^{Ms} M y ≤ 0 for all s ≥ 0. O(N²) per step.
fn envelope(matrix: &Array2<f64>, start: &Array1<f64>) -> Option<Array1<f64>> {
    if !is_stable(matrix) {
        return None;
    }
    let fastest = matrix.diag().iter().fold(0.0_f64, |a, x| a.max(-x));
    let step = STEP / fastest;
    let propagator = metzler_exponential(matrix, step);
    let inflation = STEP.exp();
    let mut z = start.clone();
    let mut largest = start.clone();
    for _ in 0..MOST_STEPS {
        let next = propagator.dot(&z);
        // e^{(M+σ)h} z = e^{σh} e^{Mh} z.
        largest.zip_mut_with(&next, |largest, next| {
            *largest = largest.max(inflation * next)
        });
        if matrix.dot(&z).iter().all(|x| *x <= 0.0) {
            return Some(largest);
        }
        if next.iter().any(|x| *x > 1e3) {
            return None;
        }
        z = next;
    }
    None
}

/// The smallest q ≥ `start` with M q ≤ 0, for α(M) < 0.
///
/// q_i = max(start_i, Σ_{k≠i} M_ik q_k/|M_ii|), iterated upwards from `start`.
fn least_majorant(matrix: &Array2<f64>, start: &Array1<f64>) -> Option<Array1<f64>> {
    let mut q = start.clone();
    for _ in 0..100_000 {
        let mut change = 0.0_f64;
        for i in 0..q.len() {
            let row = matrix.row(i);
            let needed = (row.dot(&q) - row[i] * q[i]) / -row[i];
            if needed > q[i] {
                change = change.max(needed / q[i] - 1.0);
                q[i] = needed;
            }
        }
        if change < 1e-12 {
            return Some(q);
        }
    }
    None
}

/// Whether α(M) < 0 for a matrix with non-negative entries off the diagonal: −M is then a
/// non-singular M-matrix, which it is exactly if −M x = 1 has a positive solution.
fn is_stable(matrix: &Array2<f64>) -> bool {
    if matrix.iter().any(|x| !x.is_finite()) || matrix.diag().iter().any(|&x| x >= 0.0) {
        return false;
    }
    let ones = Array1::ones(matrix.nrows());
    match (-matrix).solve_into(ones) {
        Ok(x) => x.iter().all(|&x| x > 0.0 && x.is_finite()),
        Err(_) => false,
    }
}

/// −α(M) from below, with the weights that show it: for any p > 0, α(M) ≤ max_i (M p)_i/p_i (Collatz,
/// Wielandt); p by inverse iteration, which tends to the Perron vector. `None` if nothing positive is found.
fn slowest_rate(matrix: &Array2<f64>) -> Option<(f64, Array1<f64>)> {
    let factor = (-matrix).factorize_into().ok()?;
    let mut p = Array1::ones(matrix.nrows());
    let mut best = (f64::NEG_INFINITY, p.clone());
    for _ in 0..200 {
        p = factor.solve(&p).ok()?;
        p /= p.sum();
        let fastest = largest_quotient(matrix, &p);
        let gained = -fastest - best.0;
        if gained > 0.0 {
            best = (-fastest, p.clone());
        }
        if gained.abs() < 1e-9 * best.0.abs() {
            break;
        }
    }
    (best.0 > 0.0).then_some(best)
}

/// max_i (M p)_i/p_i for p > 0, from above: a sum of N products is off by at most (N + 2) ε Σ |M_ik| p_k (N ε ≪ 1).
fn largest_quotient(matrix: &Array2<f64>, p: &Array1<f64>) -> f64 {
    let rounding = (p.len() + 2) as f64 * f64::EPSILON;
    let quotient = |row: ArrayView1<f64>, own: f64| {
        let size = row.iter().zip(p).map(|(a, b)| a.abs() * b).sum::<f64>();
        (row.dot(p) + rounding * size) / own
    };
    let rows = matrix.rows().into_iter().zip(p);
    let quotients = rows.map(|(row, &own)| quotient(row, own));
    quotients.fold(f64::NEG_INFINITY, f64::max)
}

/// e^{Mt} of a matrix with non-negative entries off the diagonal, without cancellation: with σ = max |M_ii|,
/// e^{−σt} e^{(M + σ)t}, the second factor by its series of non-negative terms and repeated squaring.
fn metzler_exponential(matrix: &Array2<f64>, time: f64) -> Array2<f64> {
    let shift = matrix.diag().iter().fold(0.0_f64, |a, x| a.max(-x));
    let positive = (matrix + &(Array2::<f64>::eye(matrix.nrows()) * shift)) * time;
    let norm = largest_row_sum(positive.view());
    let squarings = norm.max(1.0).log2().ceil() as i32 + 1;
    let scale = 2f64.powi(-squarings);
    let step = positive * scale;
    let mut sum = Array2::eye(matrix.nrows());
    let mut term = sum.clone();
    for k in 1..=20 {
        term = term.dot(&step) / f64::from(k);
        sum += &term;
    }
    sum *= (-shift * time * scale).exp();
    for _ in 0..squarings {
        sum = sum.dot(&sum);
    }
    sum
}

fn largest_row_sum(matrix: ArrayView2<f64>) -> f64 {
    matrix
        .rows()
        .into_iter()
        .map(|row| row.sum())
        .fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::arr2;

    #[test]
    fn the_exponential_is_that_of_the_matrix() {
        // [[−2, 1], [1, −2]] has eigenvalues −1 and −3.
        let matrix = arr2(&[[-2.0, 1.0], [1.0, -2.0]]);
        for t in [0.01, 1.0, 7.0, 40.0_f64] {
            let found = metzler_exponential(&matrix, t);
            let (slow, fast) = ((-t).exp(), (-3.0 * t).exp());
            let expected = arr2(&[[slow + fast, slow - fast], [slow - fast, slow + fast]]) * 0.5;
            for (a, b) in found.iter().zip(&expected) {
                assert!((a / b - 1.0).abs() < 1e-12, "t = {t}: {a} {b}");
            }
        }
    }

    #[test]
    fn the_integral_of_products_solves_its_equation() {
        let matrix = arr2(&[[-2.0, 1.0, 0.1], [0.5, -1.5, 0.2], [0.0, 0.3, -0.4]]);
        let z = Array1::from(vec![0.1, 0.7, 0.3]);
        let x = integral_of_products(&matrix, &z).unwrap();
        let column = z.clone().insert_axis(Axis(1));
        let residual = matrix.dot(&x) + x.dot(&matrix.t()) + column.dot(&column.t());
        assert!(residual.iter().all(|r| r.abs() < 1e-8), "{residual}");
    }

    #[test]
    fn the_rate_is_the_perron_root() {
        let matrix = arr2(&[[-2.0, 1.0], [1.0, -2.0]]);
        assert!((slowest_rate(&matrix).unwrap().0 - 1.0).abs() < 1e-8);
        assert!(is_stable(&matrix));
        assert!(!is_stable(&arr2(&[[-1.0, 2.0], [2.0, -1.0]])));
        assert!(!is_stable(&arr2(&[[0.0, 0.0], [0.0, -1.0]])));
    }

    #[test]
    fn the_majorant_is_least_and_does_not_grow() {
        let matrix = arr2(&[[-1.0, 0.5], [0.25, -1.0]]);
        let q = least_majorant(&matrix, &Array1::from(vec![0.1, 1.0])).unwrap();
        assert!(
            (q[0] - 0.5).abs() < 1e-8 && (q[1] - 1.0).abs() < 1e-8,
            "{q}"
        );
    }

    /// Orthonormal W*, orthonormal rows of V*, random unit W_r in `dim` dimensions.
    fn orthonormal(
        seed: u64,
        dim: usize,
        m: usize,
        r: usize,
        b: f64,
        theta0: f64,
        e0: f64,
    ) -> Problem {
        let mut stream = crate::rng::stream(seed, "extra", &[]);
        let drawn = crate::network::draw::gaussian_in_span(&mut stream, dim, m, r);
        let mut extra = drawn;
        for mut column in extra.columns_mut() {
            crate::network::unit::normalize(&mut column);
        }
        let mut teacher = Array2::zeros((extra.nrows(), m));
        teacher
            .slice_mut(ndarray::s![..m, ..])
            .assign(&Array2::eye(m));
        Problem {
            teacher,
            teacher_fan_out: Array2::eye(m),
            extra,
            threshold: b,
            angles: Array1::from_elem(m, theta0),
            fan_out_errors: Array1::from_elem(m + r, e0),
        }
    }

    #[test]
    fn rates_are_of_the_order_that_the_prototype_found() {
        // Other draws of W_r: orders, not values. Rates over L(0).
        for (b, theta0, e0, figure) in [
            (2.0, 0.02, 0.02, 0.667),
            (2.5, 0.1, 0.05, 0.696),
            (3.0, 0.1, 0.05, 0.901),
        ] {
            let l0 = KernelTable::new(b).at(HalfAngle::ZERO).l;
            for seed in 1..=20 {
                let problem = orthonormal(seed, 100, 5, 5, b, theta0, e0);
                let found = problem.certify().map_or(0.0, |c| c.rate) / l0;
                assert!(
                    (found / figure - 1.0).abs() < 0.2,
                    "{b}, {seed}: {found} beside {figure}"
                );
            }
        }
        assert!(
            orthonormal(1, 100, 3, 3, 1.0, 0.02, 0.02)
                .certify()
                .is_none()
        );
    }
}
