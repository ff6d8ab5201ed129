//! Factorisations by LAPACK: the one way to it, on which BLAS keeps to one thread (see [`crate::blas`]).
//!
//! On several, OpenBLAS's recursive LU overflows the stack of a thread that computes, and sums in another order.
//!
//! Also a square matrix whose diagonal is known apart, which is written in many places.

use crate::blas::single_threaded;
use ndarray::{Array1, Array2, ArrayBase, Data, Ix1, Ix2, OwnedRepr};
pub use ndarray_linalg::error::LinalgError;
pub use ndarray_linalg::lobpcg::LobpcgResult;
use ndarray_linalg::{Cholesky, EigValsh, Eigh, FactorizeC, FactorizeInto, Inverse, QR, SVD, Solve, SolveC, UPLO};
pub use ndarray_linalg::{CholeskyFactorized, LUFactorized, TruncatedOrder};

type Result<T> = std::result::Result<T, LinalgError>;

/// Eigenvalues of a symmetric matrix, ascending; its lower half counts. O(n³).
///
/// # Errors
/// What LAPACK says: no convergence, as with entries that are not finite.
pub fn eigenvalues<S: Data<Elem = f64>>(matrix: &ArrayBase<S, Ix2>) -> Result<Array1<f64>> {
    if matrix.nrows() <= 1 {
        // Strides of a matrix with one entry may be 0, which is refused.
        return Ok(matrix.diag().to_owned());
    }
    single_threaded();
    matrix.eigvalsh(UPLO::Lower)
}

/// The same with orthonormal eigenvectors as columns.
///
/// # Errors
/// As [`eigenvalues`].
pub fn eigenvectors<S: Data<Elem = f64>>(matrix: &ArrayBase<S, Ix2>) -> Result<(Array1<f64>, Array2<f64>)> {
    single_threaded();
    matrix.eigh(UPLO::Lower)
}

/// The inverse of a square matrix. O(n³).
///
/// # Errors
/// A singular matrix.
pub fn inverse(matrix: &Array2<f64>) -> Result<Array2<f64>> {
    single_threaded();
    matrix.inv()
}

/// Q of orthonormal columns and R, upper triangular, with Q R the matrix.
///
/// # Errors
/// What LAPACK says.
pub fn qr<S: Data<Elem = f64>>(matrix: &ArrayBase<S, Ix2>) -> Result<(Array2<f64>, Array2<f64>)> {
    single_threaded();
    matrix.qr()
}

/// Left singular vectors as columns, and singular values, descending.
///
/// # Errors
/// No convergence.
pub fn left_singular(matrix: &Array2<f64>) -> Result<(Array2<f64>, Array1<f64>)> {
    single_threaded();
    let (u, sigma, _) = matrix.svd(true, false)?;
    Ok((u.expect("asked for"), sigma))
}

/// The lower Cholesky factor of a positive definite matrix.
///
/// # Errors
/// A matrix that is not positive definite.
pub fn cholesky<S: Data<Elem = f64>>(matrix: &ArrayBase<S, Ix2>) -> Result<Array2<f64>> {
    single_threaded();
    matrix.cholesky(UPLO::Lower)
}

/// A Cholesky factorisation to solve with, by [`solve_cholesky`].
///
/// # Errors
/// As [`cholesky`].
pub fn factorize_cholesky(matrix: &Array2<f64>) -> Result<CholeskyFactorized<OwnedRepr<f64>>> {
    single_threaded();
    matrix.factorizec(UPLO::Lower)
}

/// x with A x = b. O(n²).
///
/// # Errors
/// What LAPACK says.
pub fn solve_cholesky(factor: &CholeskyFactorized<OwnedRepr<f64>>, b: &Array1<f64>) -> Result<Array1<f64>> {
    single_threaded();
    factor.solvec(b)
}

/// An LU factorisation to solve with, by [`solve`].
///
/// # Errors
/// A singular matrix.
pub fn factorize(matrix: Array2<f64>) -> Result<LUFactorized<OwnedRepr<f64>>> {
    single_threaded();
    matrix.factorize_into()
}

/// x with A x = b. O(n²).
///
/// # Errors
/// What LAPACK says.
pub fn solve<S: Data<Elem = f64>>(factor: &LUFactorized<OwnedRepr<f64>>, b: &ArrayBase<S, Ix1>) -> Result<Array1<f64>> {
    single_threaded();
    factor.solve(b)
}

/// The smallest or largest eigenvalues of an operator, from a start with a column each, by LOBPCG.
pub fn lobpcg(
    operator: impl Fn(ndarray::ArrayView2<f64>) -> Array2<f64>,
    start: Array2<f64>,
    precondition: impl Fn(ndarray::ArrayViewMut2<f64>),
    (tolerance, iterations): (f32, usize),
    order: TruncatedOrder,
) -> LobpcgResult<f64> {
    single_threaded();
    ndarray_linalg::lobpcg::lobpcg(operator, start, precondition, None, tolerance, iterations, order)
}

/// The n × n matrix of the same number everywhere on the diagonal, and `entry`(j, k) off it.
pub fn with_diagonal<T: Copy>(n: usize, diagonal: T, entry: impl Fn(usize, usize) -> T) -> Array2<T> {
    Array2::from_shape_fn((n, n), |(j, k)| if j == k { diagonal } else { entry(j, k) })
}
