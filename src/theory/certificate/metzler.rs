//! Systems dz/dt = M z whose M has non-negative entries off its diagonal (Metzler): stability, rates, envelopes.

use crate::linalg;
use ndarray::{Array1, Array2, ArrayView1, Axis};

/// Step of the envelope in units of the fastest time, and how many there may be.
const STEP: f64 = 0.01;
const MOST_STEPS: usize = 200_000;

/// X = ∫₀^∞ e^{Mt} z zᵀ e^{Mᵀt} dt, the solution of M X + X Mᵀ = −z zᵀ, for α(M) < 0.
///
/// Cayley's transform A = (γ + M)(γ − M)⁻¹ turns it into X = A X Aᵀ + 2γ y yᵀ, y = (γ − M)⁻¹ z, whose series is
/// summed by doubling (Smith 1968). O(N³) per doubling.
pub(super) fn integral_of_products(matrix: &Array2<f64>, z: &Array1<f64>) -> Option<Array2<f64>> {
    let size = z.len();
    let fastest = matrix.diag().iter().fold(0.0_f64, |a, x| a.max(-x));
    let gamma = (fastest * slowest_rate(matrix)?.0).sqrt();
    let shifted = linalg::inverse(&(Array2::<f64>::eye(size) * gamma - matrix)).ok()?;
    let y = shifted.dot(z).insert_axis(Axis(1));
    let mut power = (Array2::<f64>::eye(size) * gamma + matrix).dot(&shifted);
    let mut sum = y.dot(&y.t()) * (2.0 * gamma);
    for _ in 0..60 {
        let more = power.dot(&sum).dot(&power.t());
        let grown = more.iter().zip(&sum).any(|(more, sum)| more.abs() > 1e-14 * sum.abs());
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
pub(super) fn envelope(matrix: &Array2<f64>, start: &Array1<f64>) -> Option<Array1<f64>> {
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
        largest.zip_mut_with(&next, |largest, next| *largest = largest.max(inflation * next));
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
pub(super) fn least_majorant(matrix: &Array2<f64>, start: &Array1<f64>) -> Option<Array1<f64>> {
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
pub(super) fn is_stable(matrix: &Array2<f64>) -> bool {
    if matrix.iter().any(|x| !x.is_finite()) || matrix.diag().iter().any(|&x| x >= 0.0) {
        return false;
    }
    let ones = Array1::ones(matrix.nrows());
    match linalg::factorize(-matrix).and_then(|factor| linalg::solve(&factor, &ones)) {
        Ok(x) => x.iter().all(|&x| x > 0.0 && x.is_finite()),
        Err(_) => false,
    }
}

/// −α(M) from below, with the weights that show it: for any p > 0, α(M) ≤ max_i (M p)_i/p_i (Collatz,
/// Wielandt); p by inverse iteration, which tends to the Perron vector. `None` if nothing positive is found.
pub(super) fn slowest_rate(matrix: &Array2<f64>) -> Option<(f64, Array1<f64>)> {
    let factor = linalg::factorize(-matrix).ok()?;
    let mut p = Array1::ones(matrix.nrows());
    let mut best = (f64::NEG_INFINITY, p.clone());
    for _ in 0..200 {
        p = linalg::solve(&factor, &p).ok()?;
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
pub(super) fn metzler_exponential(matrix: &Array2<f64>, time: f64) -> Array2<f64> {
    let shift = matrix.diag().iter().fold(0.0_f64, |a, x| a.max(-x));
    let positive = (matrix + &(Array2::<f64>::eye(matrix.nrows()) * shift)) * time;
    let norm = positive.rows().into_iter().map(|row| row.sum()).fold(0.0, f64::max);
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
        assert!((q[0] - 0.5).abs() < 1e-8 && (q[1] - 1.0).abs() < 1e-8, "{q}");
    }
}
