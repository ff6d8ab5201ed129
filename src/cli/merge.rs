//! `luckflow merge`: the shards of a sweep as one.

use super::Failure;
use super::aggregate::Aggregate;
use super::quiet::Quiet;
use clap::Args;
use luckflow::output::{Claim, FolderError};
use luckflow::sweep::{self, MergeError};
use std::path::PathBuf;

/// What to join.
#[derive(Args)]
pub struct Arguments {
    /// Folders of all shards
    #[arg(required = true)]
    folders: Vec<PathBuf>,
    /// Folder of the whole
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Replace earlier results in the folder, those that this program wrote and no other files
    #[arg(long)]
    force: bool,
    /// Take what there is of shards that are running, were broken off or are lost; luckflow sweep --resume in the folder of the
    /// whole runs the points that are missing
    #[arg(long)]
    partial: bool,
    #[command(flatten)]
    aggregate: Aggregate,
    #[command(flatten)]
    quiet: Quiet,
}

/// Joins and draws.
pub fn execute(arguments: &Arguments) -> Result<(), Failure> {
    let claim = match arguments.force {
        true => Claim::Force,
        false => Claim::New,
    };
    let join = match arguments.partial {
        true => sweep::merge_partial,
        false => sweep::merge,
    };
    let merged = join(&arguments.folders, &arguments.out, claim);
    let (folder, tally) = merged.map_err(|error| match error {
        MergeError::Folder(error @ FolderError::Io { .. }) => Failure::runtime(error),
        mistake => Failure::usage(mistake),
    })?;
    super::sweep::say(&tally, tally.done, arguments.quiet)?;
    super::plot::draw(&folder, &arguments.aggregate.form(), arguments.quiet)
}
