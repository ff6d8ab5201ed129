//! What is said of work that is done, for all verbs that may be silent.

use super::{Failure, say};
use clap::Args;
use std::fmt::Display;
use std::path::Path;

/// Whether anything is said.
#[derive(Args, Clone, Copy)]
pub struct Quiet {
    /// Print nothing but errors
    #[arg(long)]
    pub quiet: bool,
}

impl Quiet {
    /// Prints a line.
    pub fn say(self, line: impl Display) -> Result<(), Failure> {
        match self.quiet {
            true => Ok(()),
            false => say(line),
        }
    }

    /// Names files that were written.
    pub fn wrote(self, files: impl IntoIterator<Item = impl AsRef<Path>>) -> Result<(), Failure> {
        files.into_iter().try_for_each(|file| self.say(format_args!("wrote {}", file.as_ref().display())))
    }
}
