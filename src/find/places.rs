//! The folders with results below a folder.

use super::SUMMARY;
use crate::sweep::CELLS;
use std::io;
use std::path::{Path, PathBuf};

/// Folders within folders that are looked into.
const DEPTH: usize = 8;

/// The folder itself if it has results, and all below it that have, in the order of their names. Links are not followed.
pub(super) fn places(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    walk(folder, DEPTH, &mut found)?;
    if found.is_empty() {
        let nothing = format!("no {SUMMARY} and no {CELLS} there or below");
        return Err(io::Error::new(io::ErrorKind::NotFound, nothing));
    }
    Ok(found)
}

fn walk(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> io::Result<()> {
    if folder.join(SUMMARY).is_file() || folder.join(CELLS).is_file() {
        found.push(folder.into());
    }
    if depth == 0 {
        return Ok(());
    }
    let mut below = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            below.push(entry.path());
        }
    }
    below.sort();
    below.iter().try_for_each(|inner| walk(inner, depth - 1, found))
}
