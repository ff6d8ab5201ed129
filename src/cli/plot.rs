//! `luckflow plot`: figures of a sweep, from its table alone.

use super::Failure;
use clap::Args;
use luckflow::output::{Claim, Folder};
use luckflow::sweep::report::show;
use std::path::PathBuf;
use std::process::ExitCode;

/// Which sweep to draw.
#[derive(Args)]
pub struct Arguments {
    /// Folder with the cells.csv of a sweep, whole or not
    folder: PathBuf,
    /// Print nothing but errors
    #[arg(long)]
    quiet: bool,
}

/// Draws what the table has.
pub fn execute(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let table = arguments.folder.join(luckflow::sweep::CELLS);
    if !table.exists() {
        return Err(Failure::usage(format!(
            "{}: found no such file; allowed: the folder of a sweep",
            table.display()
        )));
    }
    let folder = Folder::claim(&arguments.folder, Claim::Resume).map_err(Failure::usage)?;
    draw(&folder, arguments.quiet)
}

/// Writes `aggregate.csv` and figures into a sweep's folder.
pub fn draw(folder: &Folder, quiet: bool) -> Result<ExitCode, Failure> {
    let shown = show(folder).map_err(Failure::runtime)?;
    if !quiet {
        super::say(shown.table)?;
        for path in &shown.written {
            super::say(format_args!("wrote {}", path.display()))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
