//! From a scenario to its results: the one place where all parts meet.
//!
//! Knows of files only what a scenario names as input; writes nothing and prints nothing.

mod array_file;
pub mod deep;
pub mod keys;
pub mod panels;
mod scenario;
pub mod sgd_vs_flow;
pub mod theorem4;
pub mod theorem5;
pub mod two_layer;

pub use crate::runs::{Nowhere, Store};
pub use array_file::{ArrayFileError, read_matrix};
pub use scenario::Scenario;

use crate::network::NetworkError;
use crate::overlap::monte_carlo::InputError;
use crate::theory::AsymptoticError;
use std::path::PathBuf;
use thiserror::Error;

/// What a long run asks and tells while it goes on.
pub trait Hooks: Sync {
    /// Whether it should stop and keep what it has.
    fn interrupted(&self) -> bool {
        false
    }

    /// How much is done, from 0 to 1, and of what.
    fn progress(&self, _fraction: f64, _of: &str) {}
}

/// Never interrupts, shows nothing.
pub struct Silent;

impl Hooks for Silent {}

/// Why an experiment could not be run, with the scenario's key.
#[derive(Debug, Error)]
pub enum ExperimentError {
    /// A file of numbers could not be read.
    #[error("{key}: {source}")]
    File {
        /// key of the scenario
        key: &'static str,
        /// what went wrong
        source: ArrayFileError,
    },
    /// Numbers in a file make no sense here.
    #[error("{key}: {path}: found {found}; allowed: {allowed}", path = path.display())]
    Content {
        /// key of the scenario
        key: &'static str,
        /// the file
        path: PathBuf,
        /// what stands there
        found: String,
        /// what may stand there
        allowed: String,
    },
    /// Values that are possible each, but not together.
    #[error("{key}: found {found}; allowed: {allowed}")]
    Impossible {
        /// key of the scenario
        key: &'static str,
        /// what stands there
        found: String,
        /// what may stand there
        allowed: String,
    },
    /// A checkpoint that cannot be written, or does not fit.
    #[error(
        "checkpoint {name}: found {found}; allowed: a folder that can be written to, and checkpoints of the same scenario"
    )]
    Checkpoint {
        /// its name in the folder of checkpoints
        name: String,
        /// what went wrong
        found: String,
    },
    /// A spectrum that cannot be had.
    #[error("the spectrum of the Hessian cannot be computed: {0}")]
    Spectrum(#[from] ndarray_linalg::error::LinalgError),
    /// No network.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// No input distribution.
    #[error("overlap.input: {0}")]
    Input(#[from] InputError),
    /// No spectrum.
    #[error(transparent)]
    Asymptotic(#[from] AsymptoticError),
    /// A method that does not fit.
    #[error("integrate.method: {0}")]
    Integrate(#[from] crate::integrate::IntegrateError),
}
