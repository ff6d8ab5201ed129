//! Scenario files: what was written, what it means, and every mistake named with its key and line.
//!
//! [`document`] reads TOML and keeps where each value stands, [`section`] takes typed values out of
//! it, and one file per experiment says what its keys mean.

pub mod document;
mod error;
pub mod panels;
mod section;
pub mod settings;
pub mod sweep;
pub mod theorem4;
pub mod theorem5;

pub use document::{Document, Override};
pub use error::ScenarioError;
pub use panels::Panels;
pub use sweep::Sweep;
pub use theorem4::Theorem4;
pub use theorem5::Theorem5;

use document::{Node, Value};
use section::Section;
use serde::Serialize;

/// A scenario that makes sense.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Scenario {
    /// `experiment = "theorem4"`
    Theorem4(Box<Theorem4>),
    /// `experiment = "fan-out-panels"`
    Panels(Box<Panels>),
    /// `experiment = "theorem5"`
    Theorem5(Box<Theorem5>),
}

impl Scenario {
    /// Gives a document its meaning.
    pub fn interpret(document: Document) -> Result<Self, ScenarioError> {
        let mut root = Section::root(document);
        if root.has("sweep")
            && let Some(sweep) = root.take("sweep")
        {
            let found = Node {
                value: Value::Text("[sweep]".into()),
                ..sweep
            };
            return Err(root.wrong(
                "sweep",
                &found,
                "no sweep here; luckflow sweep takes this file",
            ));
        }
        let experiment =
            root.required_text("experiment", &["theorem4", "theorem5", "fan-out-panels"])?;
        match experiment {
            "theorem4" => Ok(Self::Theorem4(Box::new(Theorem4::read(root)?))),
            "theorem5" => Ok(Self::Theorem5(Box::new(Theorem5::read(root)?))),
            "fan-out-panels" => Ok(Self::Panels(Box::new(Panels::read(root)?))),
            _ => unreachable!("only listed names are let through"),
        }
    }

    /// From which all its random numbers come.
    pub fn seed(&self) -> u64 {
        match self {
            Self::Panels(scenario) => scenario.base.seed,
            Self::Theorem4(scenario) => scenario.seed,
            Self::Theorem5(scenario) => scenario.seed,
        }
    }

    /// What it is called: the name of its file.
    pub fn name(&self) -> &str {
        match self {
            Self::Panels(scenario) => &scenario.base.name,
            Self::Theorem4(scenario) => &scenario.name,
            Self::Theorem5(scenario) => &scenario.name,
        }
    }
}
