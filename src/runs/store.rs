//! Where a long run keeps what it needs to go on after it was stopped.

use std::io;

/// Keeps bytes under names.
pub trait Store: Sync {
    /// Keeps them, whole or not at all, in place of what was kept under the same name.
    fn save(&self, name: &str, bytes: &[u8]) -> io::Result<()>;

    /// Puts them behind what was kept under the name. A stop in between may leave a part of them.
    fn append(&self, name: &str, bytes: &[u8]) -> io::Result<()>;

    /// What was kept; `None` if there is nothing, or if the run is to begin anew.
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

    fn load(&self, _name: &str) -> io::Result<Option<Vec<u8>>> {
        Ok(None)
    }
}
