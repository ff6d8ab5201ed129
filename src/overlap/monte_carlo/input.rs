//! What the input x is drawn from.

use crate::linalg;
use crate::real::Real;
use crate::rng;
use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayViewMut2};
use rand::RngExt;
use thiserror::Error;

/// The distribution of the input x.
#[derive(Clone, Debug)]
pub struct Input(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Standard,
    Covariance {
        covariance: Array2<f64>,
        factor: Array2<f64>,
    },
    Rows(Array2<f64>),
}

/// Why an input distribution cannot be had.
#[derive(Debug, Error)]
pub enum InputError {
    /// A covariance of the wrong shape.
    #[error("a covariance must be square, this one is {rows} × {columns}")]
    NotSquare {
        /// its rows
        rows: usize,
        /// its columns
        columns: usize,
    },
    /// A covariance that is not one.
    #[error("a covariance must be symmetric and positive definite, this one is not")]
    NotPositiveDefinite,
    /// Data without rows, without columns or with a NaN or an infinity.
    #[error("data must have rows and columns and finite entries only ({0})")]
    BadRows(String),
}

impl Input {
    /// x ~ N(0, I), in any dimension.
    pub fn standard_gaussian() -> Self {
        Self(Kind::Standard)
    }

    /// x ~ N(0, Σ), Σ symmetric positive definite.
    pub fn gaussian(covariance: Array2<f64>) -> Result<Self, InputError> {
        let (rows, columns) = covariance.dim();
        if rows != columns {
            return Err(InputError::NotSquare { rows, columns });
        }
        let scale = covariance.iter().fold(0.0_f64, |a, x| a.max(x.abs()));
        let asymmetry = (&covariance - &covariance.t())
            .iter()
            .fold(0.0_f64, |a, x| a.max(x.abs()));
        let finite = covariance.iter().all(|x| x.is_finite());
        if !finite || asymmetry > 1e-12 * scale {
            return Err(InputError::NotPositiveDefinite);
        }
        let factor = linalg::cholesky(&covariance).map_err(|_| InputError::NotPositiveDefinite)?;
        Ok(Self(Kind::Covariance { covariance, factor }))
    }

    /// x uniformly one of the rows of `data` (samples × d).
    pub fn rows(data: Array2<f64>) -> Result<Self, InputError> {
        let (rows, columns) = data.dim();
        if rows == 0 || columns == 0 {
            return Err(InputError::BadRows(format!("{rows} × {columns}")));
        }
        if let Some(((row, column), x)) = data.indexed_iter().find(|(_, x)| !x.is_finite()) {
            return Err(InputError::BadRows(format!("{x} at [{row}, {column}]")));
        }
        Ok(Self(Kind::Rows(data)))
    }

    /// Whether x ~ N(0, I), so that only angles matter and the dimension drops out.
    pub fn is_standard(&self) -> bool {
        matches!(self.0, Kind::Standard)
    }

    /// d, where the input prescribes it.
    pub fn dim(&self) -> Option<usize> {
        match &self.0 {
            Kind::Standard => None,
            Kind::Covariance { covariance, .. } => Some(covariance.nrows()),
            Kind::Rows(data) => Some(data.ncols()),
        }
    }

    /// Number of different samples, where it is finite.
    pub fn row_count(&self) -> Option<usize> {
        match &self.0 {
            Kind::Rows(data) => Some(data.nrows()),
            _ => None,
        }
    }

    /// E[x xᵀ], d × d: what multiplies the matrix dynamics at the bottom layer. `None` stands for I.
    ///
    /// O(N d²) for data.
    pub fn second_moment(&self) -> Option<Array2<f64>> {
        match &self.0 {
            Kind::Standard => None,
            Kind::Covariance { covariance, .. } => Some(covariance.clone()),
            Kind::Rows(data) => Some(data.t().dot(data) / data.nrows() as f64),
        }
    }

    /// Fills `x` (samples × d) with the mini-batch of step `step` of a seed: fresh samples, rows of data drawn with replacement.
    pub fn sample<T: Real>(&self, seed: u64, step: u64, x: ArrayViewMut2<T>) {
        self.draw([seed, step, 0], None, x);
    }

    /// Fills `x` (samples × d) with block `block` of the sample `epoch`.
    ///
    /// Rows of data come in their order, `first` being the number of the block's first, or, where
    /// that is `None`, are drawn with replacement.
    pub(super) fn draw<T: Real>(
        &self,
        [seed, epoch, block]: [u64; 3],
        first: Option<usize>,
        mut x: ArrayViewMut2<T>,
    ) {
        let mut stream = rng::stream(seed, "samples", &[epoch, block]);
        match &self.0 {
            Kind::Standard => x.iter_mut().for_each(|x| *x = T::normal(&mut stream)),
            Kind::Covariance { factor, .. } => {
                let normal = Array2::from_shape_fn(x.dim(), |_| T::normal(&mut stream));
                let factor = factor.mapv(T::from_f64);
                general_mat_mul(T::one(), &normal, &factor.t(), T::zero(), &mut x);
            }
            Kind::Rows(data) => {
                for (i, mut row) in x.rows_mut().into_iter().enumerate() {
                    let from = match first {
                        Some(first) => first + i,
                        None => stream.random_range(0..data.nrows()),
                    };
                    row.zip_mut_with(&data.row(from), |x, &value| *x = T::from_f64(value));
                }
            }
        }
    }
}
