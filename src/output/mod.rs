//! What is written: a folder of results, where they come from, and checkpoints.

mod checkpoints;
mod folder;
mod provenance;

pub use checkpoints::Checkpoints;
pub use folder::{Folder, FolderError};
pub use provenance::Provenance;
