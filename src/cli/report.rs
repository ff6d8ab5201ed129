//! `luckflow report`: one page about one or several result folders.

use super::Failure;
use super::quiet::Quiet;
use clap::Args;
use luckflow::output::{Claim, Folder};
use luckflow::report::{Live, REPORT, ResultFolder, Sweep, keep, page};
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What to show and where to write.
#[derive(Args)]
pub struct Arguments {
    /// Folders of runs or of sweeps; several stand side by side
    #[arg(required = true)]
    folders: Vec<PathBuf>,
    /// The page [default: report.html in the folder; of several folders, here]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Replace a file of that name
    #[arg(long)]
    force: bool,
    /// Serve the page to browsers of this machine while the folders change, and write nothing: at http://127.0.0.1:8017,
    /// or at another port (0: any)
    #[arg(long, value_name = "PORT", num_args = 0..=1, require_equals = true, default_missing_value = "8017",
          conflicts_with_all = ["out", "force"])]
    serve: Option<u16>,
    #[command(flatten)]
    quiet: Quiet,
}

/// Reads the folders and writes the page.
pub fn execute(arguments: &Arguments) -> Result<(), Failure> {
    if let Some(port) = arguments.serve {
        return super::serve::serve(Live::new(arguments.folders.clone()), port);
    }
    let written = match (&arguments.folders[..], &arguments.out) {
        ([folder], None) => {
            let found = ResultFolder::read(folder).map_err(Failure::usage)?;
            let folder = Folder::claim(folder, Claim::Beside).map_err(Failure::usage)?;
            keep(&folder, &found).map_err(Failure::runtime)?
        }
        (folders, out) => {
            let folders = folders.iter().map(|folder| ResultFolder::read(folder));
            let folders: Vec<ResultFolder> = folders.collect::<Result<_, _>>().map_err(Failure::usage)?;
            let path = out.clone().unwrap_or_else(|| REPORT.into());
            write(&path, &page(&folders), arguments.force)?;
            path
        }
    };
    arguments.quiet.say(format_args!("open {}", written.display()))
}

/// Writes a file that is not there yet, or with `force` in place of another.
fn write(path: &Path, page: &str, force: bool) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true);
    match force {
        true => options.create(true).truncate(true),
        false => options.create_new(true),
    };
    let written = options.open(path).and_then(|mut file| file.write_all(page.as_bytes()));
    written.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::usage(format!(
            "--out: {}: found a file; allowed: another name, or --force to replace it",
            path.display()
        )),
        _ => Failure::runtime(format!("{}: {error}", path.display())),
    })
}

/// The page of a folder whose results have just been written, beside them; says where to look. `sweep` is its table, if it
/// is the folder of a sweep.
pub fn beside(folder: &Folder, sweep: Option<Sweep>, quiet: Quiet) -> Result<(), Failure> {
    let found = ResultFolder::with(folder.path(), sweep).map_err(Failure::runtime)?;
    let path = keep(folder, &found).map_err(Failure::runtime)?;
    quiet.say(format_args!("open {}", path.display()))
}
