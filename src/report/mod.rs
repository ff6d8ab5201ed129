//! Results as tables, CSV, JSON, NumPy arrays and SVG. Computes nothing.

mod folder;
pub mod panels;
mod provenance;
mod states;
pub mod svg;
pub mod sweep;
pub mod theorem4;
pub mod theorem5;

pub use folder::{Folder, FolderError};
pub use provenance::Provenance;
