//! Which scenario is meant: a file, with changes.

use super::Failure;
use clap::Args;
use luckflow::config::{Document, Override};
use luckflow::experiment::SCENARIO;
use luckflow::output::{Folder, FolderError};
use std::path::{Path, PathBuf};

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
        let overrides: Vec<Override> = self.overrides.iter().map(parse).collect::<Result<_, _>>()?;
        Document::load(&self.file, &overrides).map_err(Failure::usage)
    }
}

/// A scenario as it was given: the command line in a comment, then the file's text.
pub struct Given(String);

impl Given {
    /// Of a document that is not yet taken apart.
    pub fn of(document: &Document) -> Self {
        // A path that is no text is named as well as text can.
        let words = std::env::args_os().skip(1);
        let words: Vec<String> = words.map(|word| quoted(&word.to_string_lossy())).collect();
        let beside = document.path.parent().unwrap_or(Path::new(""));
        let beside = std::path::absolute(beside.join(".")).unwrap_or(beside.into());
        let beside = plain(&beside.to_string_lossy());
        Self(format!("# luckflow {}\n# Files are named as in {beside}\n\n{}", words.join(" "), document.text))
    }

    /// Keeps it in the folder of its results.
    pub fn keep(&self, folder: &Folder) -> Result<PathBuf, FolderError> {
        folder.write(SCENARIO, |out| out.write_all(self.0.as_bytes()))
    }
}

/// As a shell takes it, in one line.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_./=:,+@%".contains(c);
    match word {
        word if !word.is_empty() && word.chars().all(is_plain) => word.to_owned(),
        word => format!("'{}'", plain(word).replace('\'', r"'\''")),
    }
}

/// Without characters that end a comment or have no place in one.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
