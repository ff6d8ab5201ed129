//! `luckflow explain`: what a key is, from its declaration.

use super::Failure;
use clap::Args;
use luckflow::sweep::explain;

/// What to explain.
#[derive(Args)]
pub struct Arguments {
    /// A key, as in student.theta0; a section, as in student; or an experiment, for all of its keys
    topic: String,
}

/// Prints what is declared.
pub fn execute(arguments: &Arguments) -> Result<(), Failure> {
    let text = explain(arguments.topic.trim()).map_err(Failure::usage)?;
    super::say(text.trim_end())
}
