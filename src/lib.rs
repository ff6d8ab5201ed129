//! Simulate the training dynamics of over-parameterized ReLU networks, and put the theory's bounds to the test.
//!
//! The theory is that of "Luck Matters: Understanding the Dynamics of Training Deep ReLU Neural
//! Networks" (Tian, Jiang, Gong, Morcos). The modules are its parts, and data goes through them in
//! one line:
//!
//! [`config`] → [`network`] + [`overlap`] → [`flow`] → [`integrate`] → [`measure`] → [`theory`] → [`plot`] and [`output`]
//!
//! with [`sgd`], training by samples, beside the flow, [`experiment`] where they meet, and [`sweep`] that runs many of them. The mathematics, with proofs, is in `docs/theory.md`.
//!
//! ```
//! use luckflow::overlap::{GaussianPair, HalfAngle};
//!
//! // Two unit nodes with threshold 1, at an angle of 0.7: how often are both active?
//! let pair = GaussianPair::new(1.0, 1.0);
//! let overlap = pair.at(HalfAngle::from_radians(0.7));
//! assert!((overlap.d - 0.092_505_205_264_147).abs() < 1e-14);
//! ```

#![warn(clippy::too_many_lines)]

pub mod blas;
pub mod bound;
pub mod check;
pub mod compare;
pub mod config;
pub mod experiment;
pub mod falsify;
pub mod find;
pub mod flow;
pub mod images;
pub mod integrate;
mod lately;
mod linalg;
pub mod measure;
pub mod network;
pub mod output;
pub mod overlap;
pub mod plot;
mod processor;
pub mod real;
#[cfg(feature = "plot")]
pub mod report;
pub mod rng;
pub mod runs;
pub mod sgd;
pub mod sweep;
pub mod theory;
pub mod verify;

/// Arrays of the version that the interfaces here are written in.
pub use ndarray;

/// The worked examples there are compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../CONTRIBUTING.md")]
struct Contributing;
