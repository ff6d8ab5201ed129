//! A folder of results: it knows its own files, touches no others, and writes each whole or not at all.

use super::manifest::{self, Manifest};
use serde::Serialize;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use thiserror::Error;

/// Held while a process works in the folder; the system lets it go when the process ends, however it ends.
const LOCK: &str = ".luckflow.lock";

/// A folder that is locked and can be written to. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
    manifest: Arc<Mutex<Manifest>>,
    _lock: Arc<File>,
}

/// What to do about results that are in the folder already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Leave them alone and work elsewhere.
    New,
    /// Go on with them.
    Resume,
    /// Clear them: the files in the manifest, and no others.
    Force,
    /// Keep them, and work beside files of other origin too.
    Beside,
}

/// Why a folder cannot be had, or a file in it not be written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FolderError {
    /// The system refuses.
    #[error("--out: {path}: found {source}; allowed: a folder that can be written to", path = path.display())]
    Io {
        /// which file or folder
        path: PathBuf,
        /// what the system said
        source: io::Error,
    },
    /// Earlier results are there.
    #[error(
        "--out: {path}: found earlier results; allowed: another folder, --resume to go on with them where that can be \
         done, or --force to replace them",
        path = path.display()
    )]
    Occupied {
        /// the folder
        path: PathBuf,
    },
    /// Files are there that this program did not write.
    #[error(
        "--out: {path}: found {file}, which this program did not write; allowed: an empty or a new folder, or --force to \
         work beside files of other origin",
        path = path.display()
    )]
    Foreign {
        /// the folder
        path: PathBuf,
        /// one of them
        file: String,
    },
    /// A file of the same name is there that this program did not write.
    #[error("--out: {path}: found a file that this program did not write; allowed: another folder", path = path.display())]
    Taken {
        /// the file
        path: PathBuf,
    },
    /// Another process works there.
    #[error("--out: {path}: found a run that is still going on; allowed: a folder of its own", path = path.display())]
    Locked {
        /// the folder
        path: PathBuf,
    },
}

impl FolderError {
    /// Of a file or folder that the system refuses.
    pub(crate) fn at(path: &Path) -> impl Fn(io::Error) -> Self + Copy {
        move |source| Self::Io {
            path: path.into(),
            source,
        }
    }
}

impl Folder {
    /// Makes the folder if need be, locks it, and sees to it that it can be written to, before anything is computed.
    ///
    /// # Errors
    /// A folder that cannot be written to, that another process works in, or that holds what `claim` does not allow.
    pub fn claim(path: &Path, claim: Claim) -> Result<Self, FolderError> {
        let failed = FolderError::at(path);
        std::fs::create_dir_all(path).map_err(failed)?;
        let lock = take_lock(path)?;
        let mut manifest = Manifest::read(path).map_err(failed)?;
        manifest.remove_partial(path).map_err(failed)?;
        if !matches!(claim, Claim::Force | Claim::Beside)
            && let Some(file) = manifest.foreign(path, LOCK).map_err(failed)?
        {
            let path = path.into();
            return Err(FolderError::Foreign { path, file });
        }
        match claim {
            Claim::New if !manifest.files.is_empty() => {
                return Err(FolderError::Occupied { path: path.into() });
            }
            Claim::Force => manifest.clear(path).map_err(failed)?,
            Claim::New | Claim::Resume | Claim::Beside => {}
        }
        manifest.write(path).map_err(failed)?;
        Ok(Self {
            path: path.into(),
            manifest: Arc::new(Mutex::new(manifest)),
            _lock: Arc::new(lock),
        })
    }

    /// Whether another process works in a folder.
    pub fn is_busy(path: &Path) -> bool {
        let lock = File::open(path.join(LOCK));
        lock.is_ok_and(|lock| matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a file is recorded as its own.
    pub fn owns(&self, name: &str) -> bool {
        self.manifest().files.contains(name)
    }

    /// Names of its own files, in order.
    pub fn files(&self) -> Vec<String> {
        self.manifest().files.iter().cloned().collect()
    }

    /// Records a file as its own before it is made, so that a kill in between leaves none that nobody knows.
    ///
    /// # Errors
    /// A file of other origin with that name.
    pub fn own(&self, name: &str) -> Result<PathBuf, FolderError> {
        let path = manifest::place(&self.path, name).map_err(FolderError::at(&self.path))?;
        let mut manifest = self.manifest();
        if manifest.files.contains(name) {
            return Ok(path);
        }
        if path.symlink_metadata().is_ok() {
            return Err(FolderError::Taken { path });
        }
        manifest.files.insert(name.into());
        manifest.write(&self.path).map_err(FolderError::at(&path))?;
        Ok(path)
    }

    /// Writes a file beside its place and then moves it there, in place of an earlier one of its own. `name` may lie in
    /// folders below; they are made.
    ///
    /// # Errors
    /// No room, no right, or a file of other origin with that name.
    pub fn write(
        &self,
        name: &str,
        fill: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>,
    ) -> Result<PathBuf, FolderError> {
        let path = self.own(name)?;
        write_whole(&path, fill).map_err(FolderError::at(&path))?;
        Ok(path)
    }

    /// Writes a value as JSON.
    ///
    /// # Errors
    /// As [`Folder::write`].
    pub fn write_json(&self, name: &str, value: &impl Serialize) -> Result<PathBuf, FolderError> {
        self.write(name, |out| {
            serde_json::to_writer_pretty(&mut *out, value).map_err(io::Error::from)?;
            writeln!(out)
        })
    }

    /// Opens a file of its own for reading and for adding at its end; makes it if need be, follows no link.
    ///
    /// # Errors
    /// As [`Folder::write`].
    pub fn append(&self, name: &str) -> Result<File, FolderError> {
        let path = self.own(name)?;
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        no_follow(&mut options).open(&path).map_err(FolderError::at(&path))
    }

    /// What a file of its own holds; `None` if there is none.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        match self.owns(name) {
            true => if_there(std::fs::read(self.path.join(name))),
            false => Ok(None),
        }
    }

    /// Removes a file of its own; nothing happens where there is none.
    ///
    /// # Errors
    /// A file that cannot be removed.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        let mut manifest = self.manifest();
        manifest.remove_file(&self.path, name)?;
        manifest.write(&self.path)
    }

    /// Gives a file of its own another name, in place of whatever of its own has that name.
    ///
    /// # Errors
    /// A file of other origin with that name, or one that cannot be moved.
    pub fn rename(&self, from: &str, to: &str) -> Result<(), FolderError> {
        let target = self.own(to)?;
        // It may be recorded, but not made before a kill.
        let moved = if_there(std::fs::rename(self.path.join(from), &target));
        moved.and_then(|_| self.remove(from)).map_err(FolderError::at(&target))
    }

    fn manifest(&self) -> MutexGuard<'_, Manifest> {
        self.manifest.lock().expect("nothing panics with it")
    }
}

/// What was done with a file; `None` where there is none.
pub(crate) fn if_there<T>(done: io::Result<T>) -> io::Result<Option<T>> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        done => done.map(Some),
    }
}

/// A file that is complete before it has its name, and on the disk before it takes another's place.
pub(super) fn write_whole(path: &Path, fill: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>) -> io::Result<()> {
    let parent = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(manifest::PARTIAL);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // What other programs ask for: the umask takes away what it takes away.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(parent)?;
    let mut buffer = BufWriter::new(&mut file);
    fill(&mut buffer)?;
    buffer.flush()?;
    drop(buffer);
    file.as_file().sync_data()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn take_lock(folder: &Path) -> Result<File, FolderError> {
    let path = folder.join(LOCK);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    let failed = FolderError::at(&path);
    let file = no_follow(&mut options).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(FolderError::Locked { path: folder.into() }),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// A link to a file elsewhere is refused: what is written here belongs here.
fn no_follow(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(libc::O_NOFOLLOW);
    }
    options
}

#[cfg(test)]
mod tests;
