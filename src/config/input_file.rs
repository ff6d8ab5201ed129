//! Files that a scenario names.

use serde::{Serialize, Serializer};
use std::fs::File;
use std::io::{self, Read};
use std::ops::Deref;
use std::path::{Path, PathBuf};

/// No file that a scenario names is read beyond this.
const LARGEST: u64 = 1 << 33;

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

/// All bytes of a regular file.
///
/// # Errors
/// One that cannot be read, is no regular file (a device, a pipe: reading might never end) or is longer than 8 GiB.
pub fn contents(path: &Path) -> io::Result<Vec<u8>> {
    let metadata = path.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    let length = metadata.len();
    if length > LARGEST {
        let found = format!("it has {length} bytes; at most {LARGEST} are read");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, found));
    }
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(length as usize)?;
    File::open(path)?.take(LARGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
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
