//! A folder of results, whose files are written whole or not at all.

use serde::Serialize;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;
use thiserror::Error;

/// A folder that exists and can be written to.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
}

/// Why results cannot be written.
#[derive(Debug, Error)]
#[error("--out: {path}: found {source}; allowed: a folder that can be written to", path = path.display())]
pub struct FolderError {
    path: PathBuf,
    source: io::Error,
}

impl Folder {
    /// Makes the folder if need be, and sees to it that it can be written to, before anything is computed.
    pub fn open(path: &Path) -> Result<Self, FolderError> {
        let failed = |source| FolderError {
            path: path.into(),
            source,
        };
        std::fs::create_dir_all(path).map_err(failed)?;
        NamedTempFile::new_in(path).map_err(failed)?;
        Ok(Self { path: path.into() })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file beside its place and then moves it there. `name` may lie in folders below; they are made.
    pub fn write(
        &self,
        name: &str,
        fill: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>,
    ) -> Result<PathBuf, FolderError> {
        let path = self.path.join(name);
        let failed = |source| FolderError {
            path: path.clone(),
            source,
        };
        let parent = path.parent().unwrap_or(&self.path);
        std::fs::create_dir_all(parent).map_err(failed)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(".luckflow-");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(std::fs::Permissions::from_mode(0o644));
        }
        let mut file = builder.tempfile_in(parent).map_err(failed)?;
        let mut buffer = BufWriter::new(&mut file);
        fill(&mut buffer)
            .and_then(|()| buffer.flush())
            .map_err(failed)?;
        drop(buffer);
        file.persist(&path).map_err(|error| failed(error.error))?;
        Ok(path)
    }

    /// Writes a value as JSON.
    pub fn write_json(&self, name: &str, value: &impl Serialize) -> Result<PathBuf, FolderError> {
        self.write(name, |out| {
            serde_json::to_writer_pretty(&mut *out, value).map_err(io::Error::from)?;
            writeln!(out)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_fails_half_way_leaves_the_old_one_and_no_rubbish() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::open(place.path()).unwrap();
        folder.write("a.txt", |out| out.write_all(b"old")).unwrap();
        let failed = folder.write("a.txt", |out| {
            out.write_all(b"new")?;
            Err(io::Error::other("the disk is full"))
        });
        assert!(failed.unwrap_err().to_string().contains("the disk is full"));
        assert_eq!(std::fs::read(place.path().join("a.txt")).unwrap(), b"old");
        assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1);
    }
}
