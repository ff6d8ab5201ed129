//! Checkpoints of long runs in the folder of their results.

use super::Folder;
use crate::runs::Store;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::PathBuf;

/// Files below `checkpoints`, each written whole or not at all, but for records that are appended.
pub struct Checkpoints {
    /// Of the results.
    folder: Folder,
    resume: bool,
}

/// Below the folder of the results; made when there is something to keep.
const PLACE: &str = "checkpoints";

impl Checkpoints {
    /// Those of a folder of results; `resume` says whether what is there is used.
    pub fn of(folder: &Folder, resume: bool) -> Self {
        Self {
            folder: folder.clone(),
            resume,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(PLACE).join(name)
    }
}

impl Store for Checkpoints {
    fn save(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let name = format!("{PLACE}/{name}");
        let written = self.folder.write(&name, |out| out.write_all(bytes));
        written.map(drop).map_err(io::Error::other)
    }

    fn append(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut file = OpenOptions::new().append(true).open(self.path(name))?;
        file.write_all(bytes)
    }

    fn load(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        if !self.resume {
            return Ok(None);
        }
        match std::fs::read(self.path(name)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}
