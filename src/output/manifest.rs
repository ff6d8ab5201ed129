//! Which files of a folder are its own.

use super::folder::{if_there, write_whole};
use super::json;
use crate::config::shorten;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::io;
use std::path::{Component, Path, PathBuf};

/// The file that says so.
const FILE: &str = ".luckflow.json";

/// Files that are not complete yet are called so; the next claim removes those that a kill leaves.
pub(super) const PARTIAL: &str = ".luckflow-";

/// Names of files, below the folder, with `/` between the parts.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub files: BTreeSet<String>,
}

impl Manifest {
    /// Of a folder; empty where there is none.
    ///
    /// # Errors
    /// One that cannot be read, or that names a file outside of the folder: whoever packed it, that is not ours to remove.
    pub fn read(folder: &Path) -> io::Result<Self> {
        let Some(bytes) = if_there(std::fs::read(folder.join(FILE)))? else {
            return Ok(Self::default());
        };
        let manifest: Self = serde_json::from_slice(&bytes)
            .map_err(|error| io::Error::other(format!("{FILE}, which is damaged: {}", json::mistake(error))))?;
        match manifest.files.iter().find(|name| !is_below(name)) {
            Some(name) => Err(io::Error::other(format!(
                "{FILE}, which names {}, a file outside of the folder",
                shorten(&format!("{name:?}"))
            ))),
            None => Ok(manifest),
        }
    }

    pub fn write(&self, folder: &Path) -> io::Result<()> {
        write_whole(&folder.join(FILE), |out| {
            serde_json::to_writer_pretty(&mut *out, self)?;
            out.write_all(b"\n")
        })
    }

    /// Removes what a kill left half done, in the folder and in those below that have files of its own.
    pub fn remove_partial(&self, folder: &Path) -> io::Result<()> {
        let mut folders = BTreeSet::from([folder.to_owned()]);
        for name in &self.files {
            folders.extend(place(folder, name)?.parent().map(Path::to_owned));
        }
        for at in folders.iter().filter(|at| at.is_dir()) {
            for entry in std::fs::read_dir(at)? {
                let entry = entry?;
                if entry.file_name().to_string_lossy().starts_with(PARTIAL) {
                    std::fs::remove_file(entry.path())?;
                }
            }
        }
        Ok(())
    }

    /// An entry of the folder that is neither a file of its own nor the way to one.
    pub fn foreign(&self, folder: &Path, lock: &str) -> io::Result<Option<String>> {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let below = format!("{name}/");
            let leads = self.files.iter().any(|file| file.starts_with(&below));
            if name != FILE && name != lock && !self.files.contains(&name) && !leads {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }

    /// Removes all files, and the folders that are empty then.
    pub fn clear(&mut self, folder: &Path) -> io::Result<()> {
        for name in std::mem::take(&mut self.files) {
            self.files.insert(name.clone());
            self.remove_file(folder, &name)?;
            let mut parent = Path::new(&name).parent();
            while let Some(below) = parent.filter(|below| !below.as_os_str().is_empty()) {
                // Fails, as it should, while anything is left in it.
                let _ = std::fs::remove_dir(folder.join(below));
                parent = below.parent();
            }
        }
        Ok(())
    }

    pub fn remove_file(&mut self, folder: &Path, name: &str) -> io::Result<()> {
        if self.files.remove(name) {
            if_there(std::fs::remove_file(place(folder, name)?))?;
        }
        Ok(())
    }
}

/// Whether a name leads below a folder, and nowhere else.
fn is_below(name: &str) -> bool {
    let mut parts = Path::new(name).components().peekable();
    parts.peek().is_some() && parts.all(|part| matches!(part, Component::Normal(_)))
}

/// Where a file of a folder is; an error if the way there leads through a link, behind which nothing is ours.
pub(super) fn place(folder: &Path, name: &str) -> io::Result<PathBuf> {
    let mut at = folder.to_owned();
    let mut parts = Path::new(name).components().peekable();
    while let Some(part) = parts.next() {
        at.push(part);
        if parts.peek().is_some() && at.is_symlink() {
            let found = format!("{}, a link to another folder", at.display());
            return Err(io::Error::other(found));
        }
    }
    Ok(at)
}
