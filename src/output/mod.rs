//! What is written: a folder of results, tables, where they come from, and checkpoints.

mod checkpoints;
pub mod digest;
mod folder;
mod identity;
pub(crate) mod json;
mod manifest;
mod provenance;
mod reading;
pub mod table;
pub mod terminal;

pub use checkpoints::Checkpoints;
pub(crate) use folder::if_there;
pub use folder::{Claim, Folder, FolderError};
pub use identity::Identities;
pub use provenance::Provenance;
pub use reading::Reading;
pub use table::{Cell, Column, Table};
