//! Results as tables, CSV, JSON, NumPy arrays and SVG. Computes nothing.

mod folder;
mod provenance;
pub mod svg;
pub mod theorem4;

pub use folder::{Folder, FolderError};
pub use provenance::Provenance;
