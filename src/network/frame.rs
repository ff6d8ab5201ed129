//! From the few coordinates of a simulation back to R^d.

use super::NetworkError;
use crate::linalg;
use crate::{blas, rng};
use ndarray::{Array2, ArrayView2, Axis, concatenate, s};
use rand_distr::{Distribution, StandardNormal};

/// Where the k coordinates of a simulation lie in R^d.
///
/// Made lazily: a frame costs d × k numbers, and only whoever asks for full weights needs it.
#[derive(Clone, Debug)]
pub struct Frame {
    dim: usize,
    seed: u64,
    /// d × k₀: the first basis vectors, where they are prescribed (a teacher from a file).
    known: Option<Array2<f64>>,
}

impl Frame {
    /// Coordinates whose orientation in R^`dim` is of no consequence: random, from the stream "frame" of `seed`.
    pub fn random(dim: usize, seed: u64) -> Self {
        Self { dim, seed, known: None }
    }

    /// The frame in which given columns (d × m) have few coordinates, and these coordinates (k₀ × m).
    ///
    /// k₀ = min(d, m): with d ≤ m the columns are their own coordinates.
    ///
    /// # Errors
    /// What LAPACK says.
    pub fn of_columns(columns: Array2<f64>, seed: u64) -> Result<(Self, Array2<f64>), NetworkError> {
        blas::single_threaded();
        let (dim, nodes) = columns.dim();
        if dim <= nodes {
            return Ok((Self::random(dim, seed), columns));
        }
        let (basis, coordinates) = linalg::qr(&columns).map_err(NetworkError::Lapack)?;
        let frame = Self {
            dim,
            seed,
            known: Some(basis),
        };
        Ok((frame, coordinates))
    }

    /// d.
    pub fn dim(&self) -> usize {
        self.dim
    }

    /// An orthonormal basis, d × k, of the first `k` coordinates. O(d k²).
    ///
    /// With k = d and nothing prescribed, the coordinates are those of R^d.
    ///
    /// # Errors
    /// What LAPACK says.
    pub fn basis(&self, k: usize) -> Result<Array2<f64>, NetworkError> {
        let known = self.known.as_ref().map_or(0, Array2::ncols);
        if known == 0 && k >= self.dim {
            return Ok(Array2::eye(self.dim));
        }
        if k <= known {
            let basis = self.known.as_ref().expect("known > 0");
            return Ok(basis.slice(s![.., ..k]).to_owned());
        }
        let mut stream = rng::stream(self.seed, "frame", &[]);
        let mut free = Array2::from_shape_simple_fn((self.dim, k - known), || StandardNormal.sample(&mut stream));
        if let Some(basis) = &self.known {
            // Twice: once leaves what rounding left.
            for _ in 0..2 {
                free -= &basis.dot(&basis.t().dot(&free));
            }
        }
        let (free, _) = linalg::qr(&free).map_err(NetworkError::Lapack)?;
        Ok(match &self.known {
            Some(basis) => concatenate![Axis(1), *basis, free],
            None => free,
        })
    }

    /// Full weights, d × n, of coordinates k × n. O(d k (k + n)).
    ///
    /// # Errors
    /// What LAPACK says.
    pub fn lift(&self, coordinates: ArrayView2<f64>) -> Result<Array2<f64>, NetworkError> {
        Ok(self.basis(coordinates.nrows())?.dot(&coordinates))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifting_keeps_all_products_and_gives_back_prescribed_columns() {
        let mut stream = rng::stream(5, "test", &[]);
        let columns = Array2::from_shape_simple_fn((30, 4), || StandardNormal.sample(&mut stream));
        let (frame, coordinates) = Frame::of_columns(columns.clone(), 1).unwrap();
        assert_eq!(coordinates.dim(), (4, 4));
        let lifted = frame.lift(coordinates.view()).unwrap();
        assert!((&lifted - &columns).iter().all(|x: &f64| x.abs() < 1e-13));

        for frame in [frame, Frame::random(30, 2)] {
            let basis = frame.basis(9).unwrap();
            let gram = basis.t().dot(&basis);
            assert!((gram - Array2::<f64>::eye(9)).iter().all(|x| x.abs() < 1e-13));
        }
    }

    #[test]
    fn with_all_dimensions_in_use_coordinates_are_the_weights() {
        let basis = Frame::random(3, 0).basis(3).unwrap();
        assert_eq!(basis, Array2::<f64>::eye(3));
    }
}
