//! Bounds on the extreme eigenvalues of symmetric matrices of intervals.
//!
//! Where Cholesky's method goes through for a matrix A of doubles, A + ΔA = RᵀR with ‖ΔA‖ ≤ γ tr A/(1 − γ), γ = (n + 1)u/(1 − (n + 1)u), u =
//! 2⁻⁵³ (Demmel 1989; Rump 2006): the smallest eigenvalue is at least minus that. Guesses come from LAPACK, and nothing depends on them.

use super::interval::Interval;
use crate::linalg;
use ndarray::Array2;

/// A lower bound on the smallest eigenvalue of every symmetric matrix within; −∞ if none is found. Infinite for an empty one.
///
/// A matrix that falls into parts, with exact zeros between them, has the eigenvalues of its parts.
pub fn least_eigenvalue(matrix: &Array2<Interval>) -> f64 {
    let apart = |x: Interval| x.low == 0.0 && x.high == 0.0;
    let joined = |i: usize, j: usize| !apart(matrix[[i.max(j), i.min(j)]]);
    let parts = parts(matrix.nrows(), joined).into_iter();
    let least = parts.map(|part| {
        let size = part.len();
        of_part(&Array2::from_shape_fn((size, size), |(a, b)| matrix[[part[a], part[b]]]))
    });
    least.fold(f64::INFINITY, f64::min)
}

/// The unknowns of each part, those that are joined together. O(n²). Found anew, and not as the search finds them: a part
/// that is missed must not be missed twice.
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

fn of_part(matrix: &Array2<Interval>) -> f64 {
    let n = matrix.nrows();
    if !matrix.iter().all(|x| x.is_finite()) {
        return f64::NEG_INFINITY;
    }
    // Both entries of a pair stand for one number.
    let entry = |(i, j): (usize, usize)| matrix[[i.max(j), i.min(j)]];
    let middle = Array2::from_shape_fn((n, n), |at| entry(at).middle());
    let size = middle.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
    let Ok(guesses) = linalg::eigenvalues(&middle) else {
        return f64::NEG_INFINITY;
    };
    let mut room = 4.0 * n as f64 * f64::EPSILON * size;
    for _ in 0..20 {
        let found = shown(&middle, guesses[0] - room);
        if let Some(bound) = found {
            let spread: Interval =
                (0..n * n).map(|at| Interval::from(entry((at / n, at % n)).radius()).squared()).sum();
            return (Interval::from(bound) - spread.sqrt()).low;
        }
        room *= 4.0;
    }
    f64::NEG_INFINITY
}

/// An upper bound on the largest eigenvalue; −∞ for an empty matrix.
pub fn largest_eigenvalue(matrix: &Array2<Interval>) -> f64 {
    -least_eigenvalue(&matrix.mapv(|x| -x))
}

/// A lower bound on the smallest eigenvalue that is near `shift`, if Cholesky's method goes through for A − `shift`.
fn shown(matrix: &Array2<f64>, shift: f64) -> Option<f64> {
    let n = matrix.nrows();
    // What the subtraction is off by, and so the shift, entry by entry of a diagonal.
    let mut lost = 0.0_f64;
    let mut factor = Array2::<f64>::zeros((n, n));
    let mut trace = Interval::ZERO;
    for i in 0..n {
        for j in 0..=i {
            let mut sum = matrix[[i, j]];
            if i == j {
                let exact = Interval::from(sum) - shift;
                sum -= shift;
                lost = lost.max((exact - sum).abs().high);
                trace = trace + sum;
            }
            let (a, b) = (factor.row(i), factor.row(j));
            for k in 0..j {
                sum -= a[k] * b[k];
            }
            factor[[i, j]] = if i == j { sum.sqrt() } else { sum / factor[[j, j]] };
        }
        // Not `<= 0`: a NaN is no root either.
        if !(factor[[i, i]] > 0.0) {
            return None;
        }
    }
    let unit = Interval::from((n + 1) as f64) * (0.5 * f64::EPSILON);
    let gamma = unit / (Interval::ONE - unit);
    let error = gamma / (Interval::ONE - gamma) * trace;
    Some((Interval::from(shift) - error - lost - f64::MIN_POSITIVE.sqrt()).low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_is_below_the_smallest_eigenvalue_and_close_to_it() {
        // The path graph's Laplacian plus a shift: eigenvalues s + 4 sin²(πj/2n).
        for shift in [-0.5, 1e-3, 0.7] {
            let n = 30;
            let matrix = Array2::from_shape_fn((n, n), |(i, j)| match i.abs_diff(j) {
                0 => Interval::from(if i == 0 || i == n - 1 { 1.0 } else { 2.0 }) + shift,
                1 => Interval::from(-1.0),
                _ => Interval::ZERO,
            });
            let found = least_eigenvalue(&matrix);
            assert!(found <= shift && found > shift - 1e-12, "{shift}: {found}");
        }
    }

    #[test]
    fn a_matrix_of_parts_has_the_smallest_of_their_eigenvalues() {
        // 2 × 2 blocks [[a, 1], [1, a]] on unknowns (0, 3), (1, 2): a − 1.
        let own = [5.0, 3.0, 3.0, 5.0];
        let matrix = Array2::from_shape_fn((4, 4), |(i, j)| match (i == j, i + j == 3) {
            (true, _) => Interval::from(own[i]),
            (_, true) => Interval::ONE,
            _ => Interval::ZERO,
        });
        assert_eq!(parts(4, |i, j| i + j == 3), [vec![0, 3], vec![1, 2]]);
        let found = least_eigenvalue(&matrix);
        assert!(found <= 2.0 && found > 2.0 - 1e-12, "{found}");
    }

    #[test]
    fn what_is_not_known_is_not_shown() {
        let unknown = Array2::from_elem((2, 2), Interval::from(f64::NAN));
        assert_eq!(least_eigenvalue(&unknown), f64::NEG_INFINITY);
        // All of [[1, x], [x, 1]], |x| ≤ 0.3.
        let mut wide = Array2::from_elem((2, 2), Interval::new(-0.3, 0.3));
        wide.diag_mut().fill(Interval::ONE);
        assert!(least_eigenvalue(&wide) <= 0.7);
    }
}
