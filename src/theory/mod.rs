//! Assumption 3, Theorem 4's rates, and verdicts on them.

pub mod assumption3;
mod asymptotic;
pub mod certificate;
pub mod discrete;
pub mod euclidean;
mod joint_rate;
mod kernel;
mod linear_noise;
mod smallest;
mod supremum;
pub mod theorem4;
pub mod threshold;
mod verdict;

pub use asymptotic::{AsymptoticError, AsymptoticRate, DENSE_FIXED, asymptotic_rate};
pub use joint_rate::{DENSE, JointRate};
pub use linear_noise::{Deviations, LinearNoise, gradient_covariance};
pub use supremum::supremum;
pub use verdict::Verdict;
