//! `luckflow compare`: runs, or sweeps, side by side.

use super::{Failure, say};
use clap::{Args, ValueEnum};
use luckflow::compare::{Form, compare};
use std::path::PathBuf;

/// What to compare, and how to say it.
#[derive(Args)]
#[command(after_help = "\
Examples:
  luckflow compare plots/theorem4 plots/mine
  luckflow compare --tolerance 1e-3 --format latex plots/a plots/b plots/c > table.tex")]
pub struct Arguments {
    /// Folders of runs, or of sweeps; two or more
    #[arg(required = true, num_args = 2..)]
    folders: Vec<PathBuf>,
    /// Numbers are the same that differ by no more than this part of the larger
    #[arg(long, default_value_t = 1e-9, value_parser = super::number::part)]
    tolerance: f64,
    /// How it is written
    #[arg(long, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Text,
    Csv,
    Latex,
}

/// Prints what differs.
pub fn execute(arguments: &Arguments) -> Result<(), Failure> {
    let found = compare(&arguments.folders, arguments.tolerance).map_err(Failure::usage)?;
    say(found.written(match arguments.format {
        Format::Text => Form::Text,
        Format::Csv => Form::Csv,
        Format::Latex => Form::Latex,
    }))
}
