//! What is written: a folder of results, tables, where they come from, and checkpoints.

mod checkpoints;
mod folder;
mod provenance;
pub mod table;

pub use checkpoints::Checkpoints;
pub use folder::{Folder, FolderError};
pub use provenance::Provenance;
pub use table::{Cell, Column, Table};
