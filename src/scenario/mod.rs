//! Scenario files: what was written, what it means, and every mistake named with its key and line.
//!
//! [`document`] reads TOML and keeps where each value stands, [`section`] takes typed values out of
//! it, and one file per experiment says what its keys mean.

pub mod document;
mod error;
mod section;
pub mod theorem4;

pub use document::{Document, Override};
pub use error::ScenarioError;
pub use theorem4::Theorem4;

use section::Section;
use serde::Serialize;

/// A scenario that makes sense.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Scenario {
    /// `experiment = "theorem4"`
    Theorem4(Box<Theorem4>),
}

impl Scenario {
    /// Gives a document its meaning.
    pub fn interpret(document: Document) -> Result<Self, ScenarioError> {
        let mut root = Section::root(document);
        let experiment = root.required_text("experiment", &["theorem4"])?;
        match experiment {
            "theorem4" => Ok(Self::Theorem4(Box::new(Theorem4::read(root)?))),
            _ => unreachable!("only listed names are let through"),
        }
    }

    /// What it is called: the name of its file.
    pub fn name(&self) -> &str {
        match self {
            Self::Theorem4(scenario) => &scenario.name,
        }
    }
}
