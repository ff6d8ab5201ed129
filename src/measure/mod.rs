//! What is read off a run: trajectories, worst and fitted rates.

mod rates;
mod spread;
mod trajectory;

pub use rates::{Fit, WorstRate, fit_decay, worst_rate};
pub use spread::{Spread, spread};
pub use trajectory::{Row, Trajectory};
