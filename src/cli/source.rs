//! Which scenario is meant: a file, with changes.

use super::Failure;
use clap::Args;
use luckflow::config::{Document, Override};
use std::path::PathBuf;

/// A file and what is changed in it.
#[derive(Args)]
pub struct Source {
    /// A scenario, as in scenarios/theorem4.toml; for sweeps with a [sweep] section, as in scenarios/sweep-theorem4.toml
    pub file: PathBuf,
    /// Give a key another value, as in student.theta0=0.1
    #[arg(long = "set", value_name = "KEY=VALUE")]
    overrides: Vec<String>,
}

impl Source {
    /// Reads the file and changes it.
    pub fn load(&self) -> Result<Document, Failure> {
        let parse = |text: &String| Override::parse(text).map_err(Failure::usage);
        let overrides: Vec<Override> =
            self.overrides.iter().map(parse).collect::<Result<_, _>>()?;
        Document::load(&self.file, &overrides).map_err(Failure::usage)
    }
}
