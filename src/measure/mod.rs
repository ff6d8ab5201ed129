//! What is read off a run: trajectories, worst and fitted rates, correlations of nodes, confusion of classes, spectra.

mod angles;
mod confusion;
mod correlation;
mod correlation_sums;
mod lanczos;
mod rates;
mod readings;
mod span;
mod spread;
mod trajectory;

pub use angles::distance;
pub use confusion::Confusion;
pub use correlation::{Correlations, Standardized, Winner};
pub use correlation_sums::CorrelationSums;
pub use lanczos::{Density, lanczos};
pub use rates::{Fit, WorstRate, fit_decay};
pub use readings::Readings;
pub use span::Span;
pub use spread::{Spread, spread};
pub use trajectory::{Row, Trajectory};
