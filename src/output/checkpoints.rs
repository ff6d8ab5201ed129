//! Checkpoints of long runs in the folder of their results.

use super::{Folder, FolderError};
use crate::runs::Store;
use std::io::{self, Write};

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
}

fn place(name: &str) -> String {
    format!("{PLACE}/{name}")
}

fn plain(error: FolderError) -> io::Error {
    match error {
        FolderError::Io { source, .. } => source,
        other => io::Error::other(other),
    }
}

impl Store for Checkpoints {
    fn save(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let written = self.folder.write(&place(name), |out| out.write_all(bytes));
        written.map(drop).map_err(plain)
    }

    fn append(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut file = self.folder.append(&place(name)).map_err(plain)?;
        let whole = file.metadata()?.len();
        file.write_all(bytes).inspect_err(|_| {
            // What does not fit leaves no part of itself.
            let _ = file.set_len(whole);
        })?;
        file.sync_data()
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let from = place(from);
        match self.folder.owns(&from) {
            true => self.folder.rename(&from, &place(to)).map_err(plain),
            false => Ok(()),
        }
    }

    fn load(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        match self.resume {
            true => self.folder.read(&place(name)),
            false => Ok(None),
        }
    }
}
