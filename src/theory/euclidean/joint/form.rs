//! The quadratic form of Theorem C in (ε, t), and the rate it gives in a region.

use super::geometry::Geometry;
use super::limits::Limits;
use crate::linalg;
use crate::theory::euclidean::eigen::{smallest_eigenvalue, smallest_eigenvalue_of_parts};
use crate::theory::euclidean::tangents::{outer, tangents};
use crate::theory::kernel::ROUNDING;
use ndarray::{Array2, s};

/// Times that the split of the mixed remainder is adapted.
const ADAPTATIONS: usize = 3;

/// A better rate than this part more is not looked for.
const TOLERANCE: f64 = 2e-3;

/// Unknowns beyond which the form is not tried: in one part that hangs together, and in all.
const LARGEST_PART: usize = 600;
const LARGEST: usize = 2000;

/// The form at one share of the linear part, but for what a region adds to its diagonal.
pub(super) struct Form {
    /// ω
    pub share: f64,
    /// (n p + m(k − 1))²: ε by nodes, then t by nodes.
    matrix: Array2<f64>,
    /// B_jk (D⁰_jk − ωQ₂): for t at right angles to all nodes.
    outside: Array2<f64>,
    /// λ_min(L⁰ − ωQ₂ρ⁰): for ε at right angles to the rows of V*.
    least: f64,
    errors: usize,
    tangents: usize,
}

impl Form {
    /// `None` if there are too many unknowns, or LAPACK fails.
    pub fn new(geometry: &Geometry, share: f64) -> Option<Self> {
        let (m, n) = (geometry.teacher_nodes, geometry.nodes);
        let (k, p) = (geometry.weights.nrows(), geometry.fan_out.ncols());
        let (errors, tangent) = (n * p, k - 1);
        if !fits(geometry) {
            return None;
        }
        let linear = share * geometry.kernel.tail.powi(2);
        let l = &geometry.l - &(&geometry.cosines * linear);
        let mut d = &geometry.d - linear;
        d.diag_mut().fill(0.0);
        let bases: Vec<Array2<f64>> = geometry.weights.columns().into_iter().take(m).map(tangents).collect();
        let seen: Vec<Array2<f64>> = bases.iter().map(|basis| basis.dot(&geometry.weights)).collect();
        let mut matrix = Array2::zeros((errors + m * tangent, errors + m * tangent));
        for i in 0..n {
            for j in 0..n {
                for c in 0..p {
                    matrix[[i * p + c, j * p + c]] = l[[i, j]];
                }
            }
        }
        let place = |j: usize| errors + j * tangent..errors + (j + 1) * tangent;
        for j in 0..m {
            for i in (0..n).filter(|&i| i != j) {
                // Once above and once below the diagonal: twice in the form.
                let block = outer(geometry.fan_out.row(j), seen[j].column(i)) * d[[i, j]];
                matrix.slice_mut(s![i * p..(i + 1) * p, place(j)]).assign(&block);
                matrix.slice_mut(s![place(j), i * p..(i + 1) * p]).assign(&block.t());
            }
            for l in (0..m).filter(|&l| geometry.products[[j, l]] != 0.0) {
                let density = geometry.kernel.density(geometry.angles[[j, l]]);
                let mut block = bases[j].dot(&bases[l].t()) * d[[j, l]];
                block += &(outer(seen[j].column(l), seen[l].column(j)) * density);
                block *= geometry.products[[j, l]];
                matrix.slice_mut(s![place(j), place(l)]).assign(&block);
            }
        }
        let room = ROUNDING * geometry.l0 * n as f64;
        Some(Self {
            share,
            outside: &geometry.products * &d.slice(s![..m, ..m]),
            least: linalg::eigenvalues(&l).ok()?[0] - room,
            matrix,
            errors,
            tangents: tangent,
        })
    }

    /// λ_C in a region, with the split μ that gave it; `None` if it is not positive.
    pub fn rate(&self, limits: &Limits) -> Option<(f64, f64)> {
        let mut best: Option<(f64, f64)> = None;
        let mut split = (limits.of_weights.max(1e-3 * limits.mixed) / limits.mixed.max(1e-300)).clamp(0.3, 3.0);
        for _ in 0..=ADAPTATIONS {
            let Some((rate, adapted)) = self.with_split(limits, split) else {
                // Nothing known of a better split: try the middle once.
                if best.is_some() || split == 1.0 {
                    break;
                }
                split = 1.0;
                continue;
            };
            let before = best.map_or(0.0, |(rate, _)| rate);
            let gained = rate > before * (1.0 + TOLERANCE);
            best = best.filter(|_| rate <= before).or(Some((rate, split)));
            if !gained {
                break;
            }
            split = (split * adapted).sqrt();
        }
        best.filter(|(rate, _)| *rate > 0.0)
    }

    /// The rate with 2aR ≤ μa² + R²/μ, μ = `split`, and what split would be best for the worst direction.
    fn with_split(&self, limits: &Limits, split: f64) -> Option<(f64, f64)> {
        let tangential = limits.tangential;
        let of_errors = limits.of_errors + limits.mixed * split;
        let of_weights = (limits.of_weights + limits.mixed / split) / tangential;
        let across = self.least - of_errors;
        if !(across > 0.0) {
            return None;
        }
        let own = limits.own.mapv(|own| own - of_weights);
        let mut outside = self.outside.clone();
        outside.diag_mut().zip_mut_with(&own, |x, own| *x += own);
        let away = tangential * smallest_eigenvalue(&outside)?.0;
        if !(away > 0.0) {
            return None;
        }
        let mut matrix = self.matrix.clone();
        let errors = self.errors;
        for i in 0..errors {
            matrix[[i, i]] -= of_errors;
        }
        for i in errors..matrix.nrows() {
            matrix[[i, i]] += own[(i - errors) / self.tangents];
        }
        let scale = tangential.sqrt();
        // Both ways: what ties tangents to each other is scaled twice.
        matrix.slice_mut(s![errors.., ..]).mapv_inplace(|x| x * scale);
        matrix.slice_mut(s![.., errors..]).mapv_inplace(|x| x * scale);
        let (least, worst) = smallest_eigenvalue_of_parts(&matrix)?;
        let [of_error, of_tangent] = [worst.slice(s![..errors]), worst.slice(s![errors..])].map(|part| part.dot(&part));
        let adapted = (of_tangent / of_error.max(1e-12)).sqrt().clamp(0.02, 50.0);
        let rate = least.min(across).min(away);
        (rate > 0.0).then_some((rate, adapted))
    }
}

/// Whether the form is small enough to be tried: where the rows of V\* are orthogonal it falls into m parts.
fn fits(geometry: &Geometry) -> bool {
    let (m, n) = (geometry.teacher_nodes, geometry.nodes);
    let (k, p) = (geometry.weights.nrows(), geometry.fan_out.ncols());
    let all = n * p + m * (k - 1);
    let orthogonal = geometry.products.iter().all(|b| *b == 0.0);
    let part = if orthogonal { n + k - 1 } else { all };
    part <= LARGEST_PART && all <= LARGEST
}
