//! Results as tables, CSV, JSON, NumPy arrays and SVG. Computes nothing.

mod checkpoints;
pub mod deep;
mod folder;
pub mod panels;
mod provenance;
pub mod sgd_vs_flow;
mod states;
pub mod svg;
pub mod sweep;
pub mod theorem4;
pub mod theorem5;

pub use checkpoints::Checkpoints;
pub use folder::{Folder, FolderError};
pub use provenance::Provenance;
