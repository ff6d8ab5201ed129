//! `luckflow new`: a scenario to begin with.

use super::Failure;
use clap::Args;
use clap::builder::PossibleValuesParser;
use luckflow::config::describe;
use luckflow::experiment::{ExperimentKind, KINDS};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

/// Of which experiment.
#[derive(Args)]
pub struct Arguments {
    /// The experiment
    #[arg(value_parser = PossibleValuesParser::new(KINDS.iter().map(|kind| kind.name)))]
    experiment: String,
    /// Write it into a file that is not there yet [default: print it]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Prints or writes it: every key with what it means, those that must be written with a value that runs.
pub fn execute(arguments: &Arguments) -> Result<(), Failure> {
    let kind = ExperimentKind::named(&arguments.experiment).expect("clap lets no other through");
    let text = describe::scenario(kind.name, kind.about, &kind.keys());
    let Some(path) = &arguments.out else {
        return super::say(text.trim_end());
    };
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| {
            let path = path.display();
            Failure::usage(format!("--out: {path}: found {error}; allowed: a file that is not there yet"))
        })?;
    super::say(format_args!("wrote {}", path.display()))
}
