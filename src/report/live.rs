//! Pages that are served while a run or a sweep goes on.

use super::encode::source;
use super::folder::{ReadError, ResultFolder};
use super::html::{Html, document, tag};
use super::page;
use std::collections::hash_map::DefaultHasher;
use std::fs;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

/// Looks whether the page's results have changed.
pub(super) const SCRIPT: &str = concat!("(() => {\"use strict\";\n", include_str!("assets/live.js"), "})();");

/// Folders of results that may change, and the page about them.
pub struct Live {
    folders: Vec<PathBuf>,
}

impl Live {
    /// Of these folders, at least one; they need not be there yet.
    pub fn new(folders: Vec<PathBuf>) -> Self {
        Self { folders }
    }

    /// What changes with the folders' files: with names, sizes and times.
    pub fn version(&self) -> String {
        let mut hasher = DefaultHasher::new();
        for folder in &self.folders {
            hash(folder, &mut hasher);
        }
        format!("{:016x}", hasher.finish())
    }

    /// The page as of now, which loads itself again when the version is another; words where there are no results yet.
    pub fn page(&self) -> String {
        // First, so that what changes meanwhile is seen next time.
        let version = self.version();
        let read = self.folders.iter().map(|folder| ResultFolder::read(folder));
        match read.collect::<Result<Vec<_>, _>>() {
            Ok(folders) => page::written(&folders, Some(&version)),
            Err(error) => waiting(&error, &version),
        }
    }
}

/// Files of a folder and of those in it: what a page shows lies no deeper than that.
fn hash(folder: &Path, hasher: &mut DefaultHasher) {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    for file in files {
        if let Ok(known) = file.metadata()
            && known.is_file()
        {
            (&file, known.len(), known.modified().ok()).hash(hasher);
        }
    }
}

/// What is said until there are results.
fn waiting(error: &ReadError, version: &str) -> String {
    let policy = format!("default-src 'none'; connect-src 'self'; script-src {}", source(SCRIPT));
    let said = match error {
        ReadError::Empty { path } => format!("{}: no results yet.", path.display()),
        other => other.to_string(),
    };
    let body = tag("body").child(tag("p").text(said)).child(tag("script").raw(SCRIPT));
    document(&policy, [mark(version), tag("title").text("luckflow")], body)
}

/// By which a page knows what it shows.
pub(super) fn mark(version: &str) -> Html {
    tag("meta").with("name", "version").with("content", version)
}
