//! The smallest eigenvalue of a large symmetric operator, by LOBPCG.

use super::AsymptoticError;
use crate::linalg::{self, LobpcgResult, TruncatedOrder};
use crate::rng;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, ArrayViewMut1, ArrayViewMut2, Axis};
use rand_distr::{Distribution, StandardNormal};

/// Vectors iterated together: degenerate eigenvalues come in groups.
const BLOCK: usize = 8;

const ITERATIONS: usize = 1000;

/// A residual of this part of the eigenvalue is small enough: the eigenvalue is then as good.
const RESIDUAL: f64 = 1e-4;

/// The smallest eigenvalue, which must not be zero, with its unit vector.
///
/// `apply` writes the image of its first argument into its second; `precondition` replaces a vector by roughly its
/// preimage, up to a factor; `scale` is of the size of the largest eigenvalue.
pub(super) fn smallest(
    size: usize,
    scale: f64,
    apply: impl Fn(ArrayView1<f64>, ArrayViewMut1<f64>),
    precondition: impl Fn(ArrayViewMut1<f64>),
) -> Result<(f64, Array1<f64>), AsymptoticError> {
    let scaled = |columns: ArrayView2<f64>| {
        let mut out = Array2::zeros(columns.dim());
        for (from, mut to) in columns.columns().into_iter().zip(out.columns_mut()) {
            apply(from, to.view_mut());
            to /= scale;
        }
        out
    };
    let preconditioned = |mut columns: ArrayViewMut2<f64>| {
        columns.columns_mut().into_iter().for_each(&precondition);
    };
    let mut stream = rng::stream(0, "lobpcg", &[]);
    let start = Array2::from_shape_simple_fn((size, BLOCK), || StandardNormal.sample(&mut stream));
    let order = TruncatedOrder::Smallest;
    let result = linalg::lobpcg(scaled, start, preconditioned, (1e-9, ITERATIONS), order);
    let (values, vectors) = match result {
        LobpcgResult::Ok(values, vectors, _) | LobpcgResult::Err(values, vectors, _, _) => (values, vectors),
        LobpcgResult::NoResult(error) => return Err(error.into()),
    };
    let vector = vectors.column(0).to_owned();
    let image = scaled(vector.view().insert_axis(Axis(1)));
    let error = &image.column(0) - &(values[0] * &vector);
    let residual = error.dot(&error).sqrt() / values[0].abs();
    // Not `residual > …`: a NaN has not converged.
    if residual <= RESIDUAL {
        Ok((scale * values[0], vector))
    } else {
        Err(AsymptoticError::NotConverged { residual })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_of_a_wide_spectrum_is_found_with_a_preconditioner() {
        // Eigenvalues from 1e-4 to 1.
        let value = |i: usize| 10f64.powf(-4.0 + 4.0 * i as f64 / 1999.0);
        let apply = |from: ArrayView1<f64>, mut to: ArrayViewMut1<f64>| {
            to.indexed_iter_mut().for_each(|(i, to)| *to = value(i) * from[i]);
        };
        let precondition = |mut vector: ArrayViewMut1<f64>| {
            vector.indexed_iter_mut().for_each(|(i, x)| *x /= value(i) * (1.0 + 0.3 * (i as f64).sin()));
        };
        let (found, vector) = smallest(2000, 1.0, apply, precondition).unwrap();
        assert!((found / 1e-4 - 1.0).abs() < 1e-4, "{found}");
        assert!(vector[0].abs() > 0.99);
    }
}
