//! Eigenvalues of symmetric matrices, and bounds on the smallest and on the largest.

use crate::linalg;
use crate::theory::kernel::ROUNDING;
use ndarray::{Array1, Array2};

/// The largest eigenvalue, from above; 0 if there is none. `None` if LAPACK fails.
pub(super) fn largest_eigenvalue(matrix: &Array2<f64>) -> Option<f64> {
    let size = matrix.iter().map(|x| x * x).sum::<f64>().sqrt();
    let values = linalg::eigenvalues(matrix).ok()?;
    Some(values.last().map_or(0.0, |largest| largest + ROUNDING * size))
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
    if let Ok(factor) = linalg::factorize_cholesky(matrix) {
        // Not symmetric under any exchange of nodes.
        let mut vector = Array1::from_shape_fn(matrix.nrows(), |i| ((i * i + 1) as f64).sin());
        let mut quotient = f64::INFINITY;
        for _ in 0..ITERATIONS {
            let next = linalg::solve_cholesky(&factor, &vector).ok()?;
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
        if linalg::cholesky(&shifted).is_ok() {
            return Some((below - room, vector));
        }
    }
    let (values, vectors) = linalg::eigenvectors(matrix).ok()?;
    Some((values[0] - room, vectors.column(0).to_owned()))
}

/// [`smallest_eigenvalue`] of a matrix that may fall into parts which nothing joins: of each of them.
///
/// O(Σ s³) for parts of s unknowns, and O(N²) to find them.
pub(super) fn smallest_eigenvalue_of_parts(matrix: &Array2<f64>) -> Option<(f64, Array1<f64>)> {
    let joined = |i: usize, j: usize| matrix[[i, j]] != 0.0 || matrix[[j, i]] != 0.0;
    let mut least: Option<(f64, Array1<f64>)> = None;
    for part in parts(matrix.nrows(), joined) {
        let of_part = Array2::from_shape_fn((part.len(), part.len()), |(a, b)| matrix[[part[a], part[b]]]);
        let (value, vector) = smallest_eigenvalue(&of_part)?;
        if least.as_ref().is_none_or(|least| value < least.0) {
            let mut whole = Array1::zeros(matrix.nrows());
            part.iter().zip(&vector).for_each(|(i, x)| whole[*i] = *x);
            least = Some((value, whole));
        }
    }
    least
}

/// The unknowns of each part, those that are joined together. O(n²).
fn parts(unknowns: usize, joined: impl Fn(usize, usize) -> bool) -> Vec<Vec<usize>> {
    let mut left: Vec<usize> = (0..unknowns).rev().collect();
    let mut parts = Vec::new();
    while let Some(first) = left.pop() {
        let mut part = vec![first];
        let mut seen = 0;
        while let Some(at) = part.get(seen).copied() {
            seen += 1;
            left.retain(|&other| {
                let with = joined(at, other);
                if with {
                    part.push(other);
                }
                !with
            });
        }
        part.sort_unstable();
        parts.push(part);
    }
    parts
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
            assert!(found <= shift + 1e-12 && found >= shift - 2.0 * GAP * shift.abs(), "{shift}: {found}");
            assert!((vector.sum().abs() / (n as f64).sqrt() - 1.0).abs() < 0.1);
        }
    }

    #[test]
    fn what_falls_into_parts_has_the_smallest_eigenvalue_of_the_whole() {
        // Two full blocks, their unknowns shuffled.
        let n = 12;
        let entry = |i: usize, j: usize| match i.is_multiple_of(3) == j.is_multiple_of(3) {
            true => f64::from(u8::from(i == j)) * 2.0 + ((i * j) as f64).cos() * 0.1,
            false => 0.0,
        };
        let matrix = Array2::from_shape_fn((n, n), |(i, j)| entry(i, j));
        assert_eq!(parts(n, |i, j| entry(i, j) != 0.0).len(), 2);
        let (found, vector) = smallest_eigenvalue_of_parts(&matrix).unwrap();
        let least = linalg::eigenvalues(&matrix).unwrap()[0];
        assert!(found <= least && found > least * (1.0 - 2.0 * GAP), "{found} {least}");
        let quotient = vector.dot(&matrix.dot(&vector)) / vector.dot(&vector);
        assert!(quotient < least * (1.0 + GAP), "{quotient} {least}");
    }
}
