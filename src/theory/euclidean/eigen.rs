//! Eigenvalues of symmetric matrices, and bounds on the smallest and on the largest.

use super::kernel::ROUNDING;
use ndarray::{Array1, Array2};
use ndarray_linalg::{Cholesky, EigValsh, Eigh, FactorizeC, SolveC, UPLO};

/// All eigenvalues, ascending. `None` if LAPACK fails.
pub(super) fn eigenvalues(matrix: &Array2<f64>) -> Option<Array1<f64>> {
    match matrix.nrows() {
        // Strides of a matrix with one entry may be 0, which is refused.
        0 | 1 => Some(matrix.diag().to_owned()),
        _ => matrix.eigvalsh(UPLO::Lower).ok(),
    }
}

/// The largest eigenvalue, from above; 0 if there is none. `None` if LAPACK fails.
pub(super) fn largest_eigenvalue(matrix: &Array2<f64>) -> Option<f64> {
    let size = matrix.iter().map(|x| x * x).sum::<f64>().sqrt();
    let values = eigenvalues(matrix)?;
    Some(
        values
            .last()
            .map_or(0.0, |largest| largest + ROUNDING * size),
    )
}

/// A lower bound on the smallest eigenvalue, at most [`GAP`] of it too small where it is positive, and a vector that nearly has it.
///
/// Where Cholesky's method goes through for A − c in floating point, all eigenvalues of A are above c less a few units of rounding of its
/// trace (Rump 2006), so that inverse iteration need only guess. LAPACK's solver is kept for what is not positive.
pub(super) fn smallest_eigenvalue(matrix: &Array2<f64>) -> Option<(f64, Array1<f64>)> {
    let room = ROUNDING * matrix.iter().map(|x| x * x).sum::<f64>().sqrt();
    if matrix.nrows() == 1 {
        return Some((matrix[[0, 0]] - room, Array1::ones(1)));
    }
    if let Ok(factor) = matrix.factorizec(UPLO::Lower) {
        // Not symmetric under any exchange of nodes.
        let mut vector = Array1::from_shape_fn(matrix.nrows(), |i| ((i * i + 1) as f64).sin());
        let mut quotient = f64::INFINITY;
        for _ in 0..ITERATIONS {
            let next = factor.solvec(&vector).ok()?;
            // Of the vector before: 1/(vᵀ A⁻¹ v) is between the smallest eigenvalue and vᵀ A v.
            let estimate = vector.dot(&vector) / vector.dot(&next);
            vector = &next / next.dot(&next).sqrt();
            if (estimate - quotient).abs() <= 0.1 * GAP * estimate {
                break;
            }
            quotient = estimate;
        }
        let quotient = vector.dot(&matrix.dot(&vector));
        let below = quotient * (1.0 - GAP);
        let mut shifted = matrix.clone();
        shifted.diag_mut().mapv_inplace(|d| d - below);
        if shifted.cholesky(UPLO::Lower).is_ok() {
            return Some((below - room, vector));
        }
    }
    let (values, vectors) = matrix.eigh(UPLO::Lower).ok()?;
    Some((values[0] - room, vectors.column(0).to_owned()))
}

/// Of a smallest eigenvalue that is only bounded, relative.
const GAP: f64 = 1e-3;
const ITERATIONS: usize = 25;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_is_below_the_smallest_eigenvalue_and_close_to_it() {
        // The path graph's Laplacian plus a shift: eigenvalues s + 4 sin²(πj/2n).
        for shift in [-0.5, 1e-3, 0.7] {
            let n = 40;
            let matrix = Array2::from_shape_fn((n, n), |(i, j)| match i.abs_diff(j) {
                0 => shift + if i == 0 || i == n - 1 { 1.0 } else { 2.0 },
                1 => -1.0,
                _ => 0.0,
            });
            let (found, vector) = smallest_eigenvalue(&matrix).unwrap();
            assert!(
                found <= shift + 1e-12 && found >= shift - 2.0 * GAP * shift.abs(),
                "{shift}: {found}"
            );
            assert!((vector.sum().abs() / (n as f64).sqrt() - 1.0).abs() < 0.1);
        }
    }
}
