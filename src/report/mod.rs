//! One page about one or several result folders: scenario, provenance, verdicts, figures, tables, and a sweep's cells.
//!
//! The page is one file that opens from the disk. It loads nothing, its policy forbids it to, and it reads without scripts:
//! figures are SVG, verdicts are sentences. With scripts figures answer the pointer and the keys, and tables sort and
//! filter. All that comes from scenarios and files is text there, whatever it looks like.

mod compare;
mod encode;
mod figures;
mod folder;
mod html;
mod live;
mod pack;
mod page;
mod pictures;
mod run;
mod settings;
mod sweep;
mod violations;

pub use folder::{ReadError, ResultFolder};
pub use live::Live;
pub use page::page;
pub use sweep::Sweep;

use crate::output::{Folder, FolderError};
use std::path::PathBuf;

/// The page of a folder, beside its results.
pub const REPORT: &str = "report.html";

/// Writes the page of a folder into it, and gives its path.
///
/// # Errors
/// A folder that cannot be written to, or a file of that name of other origin.
pub fn keep(folder: &Folder, found: &ResultFolder) -> Result<PathBuf, FolderError> {
    let text = page(std::slice::from_ref(found));
    folder.write(REPORT, |out| out.write_all(text.as_bytes()))
}
