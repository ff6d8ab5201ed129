//! What the input x is drawn from.

use crate::linalg;
use crate::real::Real;
use crate::rng;
use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayViewMut2};
use rand::RngExt;
use thiserror::Error;

/// Asymmetry, and negative eigenvalues, up to this part of the largest are rounding of single precision.
const ROUNDING: f64 = 1e-6;

/// The distribution of the input x.
#[derive(Clone, Debug)]
pub struct Input(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Standard,
    Covariance {
        covariance: Array2<f64>,
        factor: Array2<f64>,
        /// How far it was from its transpose, relative, where it was.
        symmetrised: Option<f64>,
    },
    Rows(Array2<f64>),
}

/// Why an input distribution cannot be had.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum InputError {
    /// A covariance of the wrong shape.
    #[error("a covariance must be square, this one is {rows} × {columns}")]
    NotSquare {
        /// its rows
        rows: usize,
        /// its columns
        columns: usize,
    },
    /// An entry of a covariance that is no number.
    #[error("a covariance must have finite entries, this one has {entry} at [{row}, {column}]")]
    NotFinite {
        /// what stands there
        entry: f64,
        /// from 0
        row: usize,
        /// from 0
        column: usize,
    },
    /// A covariance that differs from its transpose by more than rounding.
    #[error(
        "a covariance must be symmetric, this one differs from its transpose by {relative:.1e} of its largest entry (1e-6 is taken for rounding)"
    )]
    NotSymmetric {
        /// the largest difference, of the largest entry
        relative: f64,
    },
    /// A covariance that gives some direction a negative variance.
    #[error(
        "a covariance must have no negative eigenvalue, this one has {smallest:.3e} beside a largest of {largest:.3e} (-1e-6 of it is taken for rounding)"
    )]
    Indefinite {
        /// the smallest eigenvalue
        smallest: f64,
        /// the largest one
        largest: f64,
    },
    /// Data without rows, without columns or with a NaN or an infinity.
    #[error("data must have rows and columns and finite entries only ({0})")]
    BadRows(String),
}

impl Input {
    /// x ~ N(0, I), in any dimension.
    pub fn standard_gaussian() -> Self {
        Self(Kind::Standard)
    }

    /// x ~ N(0, Σ), Σ symmetric and positive semi-definite. What single precision leaves of either is rounding: an asymmetry of up to 1e-6
    /// of the largest entry is averaged out, and eigenvalues down to −1e-6 of the largest count as zero. O(d³).
    ///
    /// # Errors
    /// Another shape, entries that are not finite, an asymmetry or a negative eigenvalue beyond that.
    pub fn gaussian(mut covariance: Array2<f64>) -> Result<Self, InputError> {
        let (rows, columns) = covariance.dim();
        if rows != columns {
            return Err(InputError::NotSquare { rows, columns });
        }
        if let Some(((row, column), &entry)) = covariance.indexed_iter().find(|(_, x)| !x.is_finite()) {
            return Err(InputError::NotFinite { entry, row, column });
        }
        let scale = covariance.iter().fold(f64::MIN_POSITIVE, |a, x| a.max(x.abs()));
        let asymmetry = (&covariance - &covariance.t()).iter().fold(0.0_f64, |a, x| a.max(x.abs()));
        let relative = asymmetry / scale;
        if relative > ROUNDING {
            return Err(InputError::NotSymmetric { relative });
        }
        if relative > 0.0 {
            covariance = (&covariance + &covariance.t()) * 0.5;
        }
        let factor = match linalg::cholesky(&covariance) {
            Ok(factor) => factor,
            Err(_) => root(&covariance)?,
        };
        let symmetrised = (relative > 0.0).then_some(relative);
        Ok(Self(Kind::Covariance {
            covariance,
            factor,
            symmetrised,
        }))
    }

    /// What was made of the input that one should know.
    pub fn remark(&self) -> Option<String> {
        match self.0 {
            Kind::Covariance {
                symmetrised: Some(relative),
                ..
            } => Some(format!(
                "the covariance differed from its transpose by {relative:.1e} of its largest entry; their mean was taken"
            )),
            _ => None,
        }
    }

    /// x uniformly one of the rows of `data` (samples × d).
    ///
    /// # Errors
    /// No rows, no columns, entries that are not finite.
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
    pub(super) fn draw<T: Real>(&self, [seed, epoch, block]: [u64; 3], first: Option<usize>, mut x: ArrayViewMut2<T>) {
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

/// F with F Fᵀ = Σ, for a Σ of deficient rank: U √λ.
fn root(covariance: &Array2<f64>) -> Result<Array2<f64>, InputError> {
    let none = InputError::Indefinite {
        smallest: f64::NAN,
        largest: f64::NAN,
    };
    let (values, vectors) = linalg::eigenvectors(covariance).map_err(|_| none)?;
    let (smallest, largest) = (values[0], values[values.len() - 1]);
    if smallest < -ROUNDING * largest.max(0.0) || !(largest >= 0.0) {
        return Err(InputError::Indefinite { smallest, largest });
    }
    Ok(vectors * values.mapv(|value| value.max(0.0).sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::arr2;

    #[test]
    fn a_covariance_of_few_samples_is_one() {
        // np.cov of two samples in three dimensions: of rank one.
        let direction = arr2(&[[1.0], [-2.0], [0.5]]);
        let covariance = direction.dot(&direction.t());
        let input = Input::gaussian(covariance.clone()).unwrap();
        let mut x = Array2::<f64>::zeros((100_000, 3));
        input.sample(1, 0, x.view_mut());
        let sampled = x.t().dot(&x) / 100_000.0;
        assert!((&sampled - &covariance).iter().all(|d| d.abs() < 0.05), "{sampled}");
    }

    #[test]
    fn each_fault_of_a_covariance_has_a_word_of_its_own() {
        let error = |rows| Input::gaussian(arr2::<f64, 2>(rows)).unwrap_err().to_string();
        assert!(error(&[[1.0, 0.0], [f64::NAN, 1.0]]).contains("NaN at [1, 0]"));
        assert!(error(&[[1.0, 0.5], [0.4, 1.0]]).contains("symmetric"));
        assert!(error(&[[1.0, 2.0], [2.0, 1.0]]).contains("-1.000e0"));
        let rounded = Input::gaussian(arr2(&[[1.0, 0.5 + 5e-8], [0.5, 1.0]])).unwrap();
        assert!(rounded.remark().unwrap().contains("5.0e-8"), "{:?}", rounded.remark());
        assert!(Input::gaussian(arr2(&[[1.0, 0.5], [0.5, 1.0]])).unwrap().remark().is_none());
    }
}
