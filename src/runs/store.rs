//! Where a long run keeps what it needs to go on after it was stopped.

use std::io;

/// Keeps bytes under names.
pub trait Store: Sync {
    /// Keeps them, whole or not at all, in place of what was kept under the same name.
    ///
    /// # Errors
    /// No room, or no right.
    fn save(&self, name: &str, bytes: &[u8]) -> io::Result<()>;

    /// Puts them behind what was kept under the name. A stop in between may leave a part of them.
    ///
    /// # Errors
    /// No room, or no right.
    fn append(&self, name: &str, bytes: &[u8]) -> io::Result<()>;

    /// Keeps what is kept under one name under another, in place of what was kept there; nothing happens where there is
    /// nothing.
    ///
    /// # Errors
    /// No right.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// What was kept; `None` if there is nothing, or if the run is to begin anew.
    ///
    /// # Errors
    /// What cannot be read.
    fn load(&self, name: &str) -> io::Result<Option<Vec<u8>>>;
}

/// Keeps nothing.
pub struct Nowhere;

impl Store for Nowhere {
    fn save(&self, _name: &str, _bytes: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn append(&self, _name: &str, _bytes: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn rename(&self, _from: &str, _to: &str) -> io::Result<()> {
        Ok(())
    }

    fn load(&self, _name: &str) -> io::Result<Option<Vec<u8>>> {
        Ok(None)
    }
}
