//! Files that a scenario names.

use serde::{Serialize, Serializer};
use std::ops::Deref;
use std::path::{Path, PathBuf};

/// A file that a scenario names: what a result depends on is its contents. [`files`](super::files()) finds all of them in whatever
/// serialises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputFile {
    /// Relative to where the program runs, or absolute.
    pub path: PathBuf,
}

/// By which [`files`](super::files()) tells a file from any other text.
pub(super) const MARK: &str = "luckflow::InputFile";

impl InputFile {
    /// A file named in a scenario in this folder.
    pub fn within(folder: &Path, name: &str) -> Self {
        Self {
            path: folder.join(name),
        }
    }
}

impl AsRef<Path> for InputFile {
    fn as_ref(&self) -> &Path {
        &self.path
    }
}

impl Deref for InputFile {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.path
    }
}

/// The path, as text.
impl Serialize for InputFile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(MARK, &self.path.to_string_lossy())
    }
}
