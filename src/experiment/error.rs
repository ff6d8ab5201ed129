//! Why an experiment could not be run.

use super::ArrayFileError;
use crate::network::NetworkError;
use crate::overlap::monte_carlo::InputError;
use crate::theory::AsymptoticError;
use std::path::PathBuf;
use thiserror::Error;

/// Why an experiment could not be run, with the scenario's key.
#[derive(Debug, Error)]
#[non_exhaustive]
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
    Spectrum(#[from] crate::linalg::LinalgError),
    /// No images.
    #[error("data.images: {0}")]
    Images(#[from] crate::images::ImageError),
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
