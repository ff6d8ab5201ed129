//! What the user types: a file per verb.

mod aggregate;
mod check;
mod compare;
mod completions;
mod data;
mod explain;
mod falsify;
mod find;
mod list;
mod memory;
mod merge;
mod new;
mod number;
mod overlap;
mod plot;
pub mod pool;
mod quiet;
#[cfg(feature = "plot")]
mod report;
mod run;
#[cfg(feature = "plot")]
mod serve;
mod source;
mod status;
mod sweep;
mod verify;
mod watch;

use clap::{Parser, Subcommand};
use std::io::Write;
use std::process::ExitCode;

/// Simulate the training dynamics of over-parameterized ReLU networks and put the theory's bounds to the test.
#[derive(Parser)]
#[command(name = "luckflow", version, about, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Run a scenario: print a table, write figures and plots.
    Run(run::Arguments),
    /// Run a scenario at many points: all combinations of the values of its axes, or random draws from them.
    Sweep(sweep::Arguments),
    /// Join the shards of a sweep.
    Merge(merge::Arguments),
    /// Say how far sweeps are, over all their shards.
    Status(status::Arguments),
    /// Draw the figures of a run or a sweep again, from their data alone; also for print.
    Plot(plot::Arguments),
    /// Write one page about one or several result folders: verdicts, figures, tables, a sweep's cells.
    #[cfg(feature = "plot")]
    Report(report::Arguments),
    /// Say what differs between runs, or between sweeps: in their scenarios, and in their results.
    Compare(compare::Arguments),
    /// Find runs, and rows of sweeps, by their keys and results; says how to run such a row alone.
    Find(find::Arguments),
    /// Print the overlaps D and L of two unit nodes, and their derivatives in θ, as JSON.
    Overlap(overlap::Arguments),
    /// Say what a key of a scenario is: its meaning, what is allowed, its default.
    Explain(explain::Arguments),
    /// Print a scenario to begin with: every key with its meaning, commented out where there is a default.
    New(new::Arguments),
    /// List the experiments, and the scenarios inside the program.
    List,
    /// Say what a folder of images holds: classes, counts, means and deviations; draw a sheet of samples.
    Data(data::Arguments),
    /// Print completions for a shell, or the manual page.
    Completions(completions::Arguments),
    /// Verify a certificate file by itself, in interval arithmetic; fails if an ingredient is not confirmed.
    Check(check::Arguments),
    /// Look for the start at which each bound of a scenario comes closest to failing, and run from there.
    Falsify(falsify::Arguments),
    /// Check every claim of the project in a short form; fails if one that is proved does not hold.
    Verify,
}

/// Exit status of a command line that makes no sense: what clap uses too.
const USAGE: u8 = 2;

/// Exit status after Ctrl-C, as shells have it.
const INTERRUPTED: u8 = 130;

/// Prints a line. A reader who has gone, as `head` does, is no reason to fail; a full disk is one.
fn say(line: impl std::fmt::Display) -> Result<(), Failure> {
    match writeln!(std::io::stdout(), "{line}") {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::runtime(format!("standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes a line to stderr; one that nobody can read is no reason to fail.
pub fn tell(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// What went wrong, and the exit status that says so.
pub struct Failure {
    /// Printed on stderr.
    pub message: String,
    /// 1 if the program failed, 2 if it was asked for something impossible.
    pub status: u8,
}

impl Failure {
    fn usage(error: impl std::fmt::Display) -> Self {
        Self {
            message: error.to_string(),
            status: USAGE,
        }
    }

    fn runtime(error: impl std::fmt::Display) -> Self {
        Self {
            message: error.to_string(),
            status: 1,
        }
    }
}

impl Cli {
    /// Carries out the verb.
    pub fn execute(self) -> Result<ExitCode, Failure> {
        watch::listen();
        if !matches!(self.verb, Verb::Run(_) | Verb::Sweep(_) | Verb::Falsify(_)) {
            pool::build(None)?;
        }
        let done = match self.verb {
            // These end in other ways than well or badly.
            Verb::Run(arguments) => return run::execute(&arguments),
            Verb::Sweep(arguments) => return sweep::execute(&arguments),
            Verb::Find(arguments) => return find::execute(&arguments),
            Verb::Falsify(arguments) => return falsify::execute(&arguments),
            Verb::Merge(arguments) => merge::execute(&arguments),
            Verb::Status(arguments) => status::execute(&arguments),
            Verb::Plot(arguments) => plot::execute(&arguments),
            #[cfg(feature = "plot")]
            Verb::Report(arguments) => report::execute(&arguments),
            Verb::Overlap(arguments) => overlap::execute(&arguments),
            Verb::Explain(arguments) => explain::execute(&arguments),
            Verb::New(arguments) => new::execute(&arguments),
            Verb::List => list::execute(),
            Verb::Compare(arguments) => compare::execute(&arguments),
            Verb::Data(arguments) => data::execute(&arguments),
            Verb::Completions(arguments) => completions::execute(&arguments),
            Verb::Check(arguments) => check::execute(&arguments),
            Verb::Verify => verify::execute(),
        };
        done.map(|()| ExitCode::SUCCESS)
    }
}
