//! `luckflow status`: how far sweeps are, over all their shards.

use super::Failure;
use clap::Args;
use comfy_table::Table;
use luckflow::output::terminal;
use luckflow::sweep::Status;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

/// Which sweeps to look at.
#[derive(Args)]
#[command(after_help = "Examples:\n  luckflow status plots/sweep-theorem4\n  luckflow status out/*")]
pub struct Arguments {
    /// Folders of sweeps or of their shards
    #[arg(required = true)]
    folders: Vec<PathBuf>,
}

/// Prints a row for each.
pub fn execute(arguments: &Arguments) -> Result<(), Failure> {
    let of = |folder: &PathBuf| {
        Status::of(folder).map_err(|error| {
            let place = folder.display();
            Failure::usage(format!("{place}: found {error}; allowed: the folder of a sweep"))
        })
    };
    let found = arguments.folders.iter().map(of).collect::<Result<Vec<_>, _>>()?;
    super::say(table(&found))?;
    whole(&found).into_iter().try_for_each(super::say)
}

fn table(found: &[Status]) -> Table {
    let mut table =
        terminal::table(["folder", "shard", "done", "of", "failed", "violated", "is", "left, one core"], 2..6);
    for status in found {
        let tally = &status.tally;
        table.add_row([
            status.path.display().to_string(),
            status.shard.to_string(),
            tally.done.to_string(),
            status.points.to_string(),
            tally.failed.to_string(),
            tally.violated.to_string(),
            status.state().to_owned(),
            left(status.left()),
        ]);
    }
    table
}

/// All shards of one sweep together, and which are not among the folders.
fn whole(found: &[Status]) -> Vec<String> {
    let plans: BTreeSet<&str> = found.iter().map(|status| &*status.manifest.plan).collect();
    let of_plan = |plan: &&str| {
        let shards = found.iter().filter(|status| status.manifest.plan == **plan);
        let shards: Vec<&Status> = shards.collect();
        let first = &shards[0].manifest;
        let here: BTreeSet<u64> = shards.iter().map(|status| status.shard.number()).collect();
        let missing = (1..=first.shards).filter(|number| !here.contains(number));
        let missing: Vec<String> = missing.map(|number| number.to_string()).collect();
        let done: u64 = shards.iter().map(|status| status.tally.done).sum();
        let time: f64 = shards.iter().map(|status| status.left()).sum();
        let mut line = format!("{}: {done} of {} points", first.name, first.points);
        if done < first.points {
            line += &format!("; {} left on one core", left(time));
        }
        if !missing.is_empty() {
            line += &format!("; not here: shard {} of {}", missing.join(", "), first.shards);
        }
        line
    };
    plans.iter().map(of_plan).collect()
}

/// Seconds, as people say them.
fn left(seconds: f64) -> String {
    if !seconds.is_finite() {
        return "unknown".into();
    }
    humantime::format_duration(Duration::from_secs(seconds.ceil() as u64)).to_string()
}
