//! Why files are no images.

use super::Format;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why files are no images: which file, what was found there, what is allowed, and where such a file is had.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ImageError {
    /// It could not be read.
    #[error("{path}: {error}", path = path.display())]
    Unreadable {
        /// the file
        path: PathBuf,
        /// why
        error: io::Error,
    },
    /// It holds something else.
    #[error("{path}: found {found}; allowed: {allowed} ({origin})", path = path.display(), origin = format.origin())]
    Malformed {
        /// the file
        path: PathBuf,
        /// what stands there
        found: String,
        /// what should
        allowed: String,
        /// as which it was read
        format: Format,
    },
    /// The archive of the same images for Python.
    #[error(
        "{path}: found Python's pickled archive; allowed: the binary one, {archive} ({origin})",
        path = path.display(), archive = format.archive(), origin = format.origin()
    )]
    Pickled {
        /// the file that gives it away
        path: PathBuf,
        /// what the binary archive is
        format: Format,
    },
    /// A folder without any file of a known name.
    #[error("{path}: found {found}; allowed: a folder with {allowed}", path = path.display())]
    Unknown {
        /// the folder
        path: PathBuf,
        /// some names
        found: String,
        /// all formats
        allowed: String,
    },
}

impl ImageError {
    pub(super) fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::Unreadable { path, error }
    }

    /// A file that cannot be read, where one of `format` should be.
    pub(super) fn missing(path: &Path, format: Format) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::malformed(&path, format, error.to_string(), "a file that can be read")
    }

    pub(super) fn malformed(path: &Path, format: Format, found: impl Into<String>, allowed: impl Into<String>) -> Self {
        Self::Malformed {
            path: path.to_owned(),
            found: found.into(),
            allowed: allowed.into(),
            format,
        }
    }
}
