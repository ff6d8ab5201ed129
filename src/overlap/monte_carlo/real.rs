//! The two precisions that sampling is offered in.

use ndarray::{LinalgScalar, ScalarOperand};
use rand_distr::{Distribution, StandardNormal};
use std::ops::AddAssign;

/// `f64` or `f32`: the type of samples and pre-activations. Sums over blocks are in `f64` for both.
pub trait Real: LinalgScalar + ScalarOperand + PartialOrd + AddAssign + Send + Sync {
    /// Rounds from `f64`.
    fn from_f64(x: f64) -> Self;
    /// Widens to `f64`.
    fn to_f64(self) -> f64;
    /// A standard normal number.
    fn normal(rng: &mut crate::rng::Stream) -> Self;
}

macro_rules! real {
    ($float:ty) => {
        impl Real for $float {
            #[allow(clippy::cast_possible_truncation)]
            fn from_f64(x: f64) -> Self {
                x as $float
            }
            fn to_f64(self) -> f64 {
                self.into()
            }
            fn normal(rng: &mut crate::rng::Stream) -> Self {
                StandardNormal.sample(rng)
            }
        }
    };
}

real!(f32);
real!(f64);
