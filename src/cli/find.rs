//! `luckflow find`: runs and cells by what was set and what was found.

use super::{Failure, say};
use clap::Args;
use luckflow::find::{Condition, Conditions, FindError, Found, find};
use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

/// Where to look, and for what.
#[derive(Args)]
#[command(after_help = "\
Examples:
  luckflow find plots/sweep-theorem4 --where 'sharp_verdict = violated'
  luckflow find plots --where 'experiment = theorem4 and rates.sharp.verdict = holds and teacher.nodes > 5'")]
pub struct Arguments {
    /// Folders of runs or of sweeps, or folders above such; sweeps are looked through row by row
    #[arg(required = true)]
    folders: Vec<PathBuf>,
    /// What is to hold: NAME = VALUE, also with !=, <, <=, >, >=, several joined by \"and\". A name is a key of the scenario, a
    /// column of a sweep (columns.json), or a place in summary.json, as in rates.sharp.verdict
    #[arg(long = "where", value_name = "CONDITION", required = true)]
    conditions: Vec<Conditions>,
    /// Print the folders of runs, and for rows of sweeps the commands that run them alone, and nothing else
    #[arg(long)]
    quiet: bool,
}

/// Prints what is found, and how many there are; status 1 if there is none, as grep has it.
pub fn execute(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let all = arguments.conditions.iter().flat_map(|all| all.0.clone());
    let conditions: Vec<Condition> = all.collect();
    let mut count = 0_u64;
    // A full disk behind standard output is no fault of the folder that is looked through.
    let mut unsaid = None;
    let searched = find(&arguments.folders, &conditions, |found| {
        count += 1;
        show(&found, arguments.quiet).map_err(|failure| {
            unsaid = Some(failure);
            io::ErrorKind::WriteZero.into()
        })
    });
    if let Some(failure) = unsaid {
        return Err(failure);
    }
    searched.map_err(|error| match error {
        FindError::File { .. } => Failure::runtime(error),
        unknown => Failure::usage(unknown),
    })?;
    if !arguments.quiet {
        say(format_args!("{count} found"))?;
    }
    Ok(match count {
        0 => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    })
}

fn show(found: &Found, quiet: bool) -> Result<(), Failure> {
    let command = found.alone.as_ref().map(|alone| {
        let words = alone.command();
        let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
        words.join(" ")
    });
    let folder = found.folder.display();
    if quiet {
        return match command {
            Some(command) => say(command),
            None => say(folder),
        };
    }
    let values: Vec<String> = found.values.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    let row = found.index.map_or(String::new(), |index| format!(" row {index}"));
    say(format_args!("{folder}{row}: {}", values.join(", ")))?;
    match command {
        Some(command) => say(format_args!("  {command}")),
        None => Ok(()),
    }
}

/// A word as a shell reads it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=+:,".contains(c);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.into(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}
