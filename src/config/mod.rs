//! Scenario files: what was written, where it stands, and every mistake named with its key and line.
//!
//! A [`Document`] is TOML that keeps where each value stands. Each [`Key`] is declared once: [`section`] reads by the
//! declaration, and documentation, `luckflow explain` and `luckflow new` show it.

pub mod describe;
pub mod document;
mod error;
mod files;
mod input_file;
mod key;
mod npy;
mod overrides;
mod parse;
mod range;
mod read;
pub mod section;
mod shipped;
mod source;
mod value;
pub(crate) mod words;

pub use document::Document;
pub use error::ScenarioError;
pub use files::{NamedFile, files};
pub use input_file::{InputFile, contents};
pub(crate) use key::keys;
pub use key::{Fallback, Key, ValueKind};
pub(crate) use npy::check_npy_header;
pub use overrides::Override;
pub(crate) use overrides::{loose, split, split_key, wrong as wrong_option};
pub use range::Range;
pub use shipped::{shipped, shipped_scenarios};
pub(crate) use value::shorten;
pub use words::Words;

/// Two names that differ by so many letters may be one.
const MISSPELT: usize = 2;

/// The one that may be meant by a name that is none of them.
pub fn near<'a>(name: &str, all: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // Names of other lengths are not looked into: a key may be as long as the file.
    all.filter(|other| other.len().abs_diff(name.len()) <= 4 * MISSPELT)
        .map(|other| (strsim::damerau_levenshtein(other, name), other))
        .filter(|(distance, other)| *distance <= MISSPELT && 2 * distance <= other.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, other)| other)
}
