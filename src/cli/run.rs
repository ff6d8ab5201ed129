//! `luckflow run`: a scenario from file to plots.

use super::source::Source;
use super::watch::Watch;
use super::{Failure, USAGE};
use clap::Args;
use luckflow::experiment::{ExperimentError, panels, theorem4, theorem5};
use luckflow::integrate::RunEnd;
use luckflow::report::{self, Folder, Provenance};
use luckflow::scenario::{Panels, Scenario, Theorem4, Theorem5};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Exit status after Ctrl-C, as shells have it.
pub const INTERRUPTED: u8 = 130;

/// What to run and where to write.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    source: Source,
    /// Folder of the results [default: plots/<scenario name>]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Threads to compute with [default: all cores]; results do not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: Option<u16>,
    /// Print nothing but errors
    #[arg(long)]
    quiet: bool,
}

/// Runs it.
pub fn execute(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let document = arguments.source.load()?;
    let scenario = Scenario::interpret(document).map_err(Failure::usage)?;
    let default = Path::new("plots").join(scenario.name());
    let folder = arguments.out.as_ref().unwrap_or(&default);
    if let Some(threads) = arguments.threads {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads.into())
            .build_global()
            .map_err(Failure::runtime)?;
    }
    match scenario {
        Scenario::Panels(scenario) => run_panels(&scenario, folder, arguments),
        Scenario::Theorem4(scenario) => run_theorem4(&scenario, folder, arguments),
        Scenario::Theorem5(scenario) => run_theorem5(&scenario, folder, arguments),
    }
}

fn run_theorem4(
    scenario: &Theorem4,
    folder: &Path,
    arguments: &Arguments,
) -> Result<ExitCode, Failure> {
    let setup = theorem4::Setup::prepare(scenario).map_err(|error| at_file(arguments, &error))?;
    let (folder, outcome) = simulate(folder, arguments, |watch| {
        theorem4::simulate(scenario, setup, watch)
    })?;
    let written =
        report::theorem4::write(&outcome, &folder, &Provenance::now()).map_err(Failure::runtime)?;
    let table = report::theorem4::table(&outcome);
    conclude(arguments, &table, &written, &outcome.primary.end)
}

fn run_theorem5(
    scenario: &Theorem5,
    folder: &Path,
    arguments: &Arguments,
) -> Result<ExitCode, Failure> {
    let setup = theorem5::Setup::prepare(scenario).map_err(|error| at_file(arguments, &error))?;
    let (folder, outcome) = simulate(folder, arguments, |watch| {
        theorem5::simulate(scenario, setup, watch)
    })?;
    let written =
        report::theorem5::write(&outcome, &folder, &Provenance::now()).map_err(Failure::runtime)?;
    let table = report::theorem5::table(&outcome);
    conclude(arguments, &table, &written, &outcome.end)
}

fn run_panels(
    scenario: &Panels,
    folder: &Path,
    arguments: &Arguments,
) -> Result<ExitCode, Failure> {
    let nodes = panels::prepare(scenario).map_err(|error| at_file(arguments, &error))?;
    let (folder, outcome) = simulate(folder, arguments, |watch| {
        panels::simulate(scenario, nodes, watch)
    })?;
    let written =
        report::panels::write(&outcome, &folder, &Provenance::now()).map_err(Failure::runtime)?;
    let end = outcome.early_end.clone().unwrap_or(RunEnd::Horizon);
    conclude(arguments, &report::panels::table(&outcome), &written, &end)
}

/// Opens the folder, before the work, so that none is lost to one that cannot be written to; then works, watched.
fn simulate<T>(
    folder: &Path,
    arguments: &Arguments,
    work: impl FnOnce(&Watch) -> Result<T, ExperimentError>,
) -> Result<(Folder, T), Failure> {
    let folder = Folder::open(folder).map_err(Failure::usage)?;
    let watch = Watch::start(arguments.quiet);
    let outcome = work(&watch);
    watch.finish();
    let outcome = outcome.map_err(|error| at_file(arguments, &error))?;
    Ok((folder, outcome))
}

/// Prints what there is to print; the exit status says how the run ended.
fn conclude(
    arguments: &Arguments,
    table: &str,
    written: &[PathBuf],
    end: &RunEnd,
) -> Result<ExitCode, Failure> {
    if !arguments.quiet {
        print!("{table}");
        for path in written {
            println!("wrote {}", path.display());
        }
    }
    match end {
        RunEnd::Interrupted { .. } => Ok(ExitCode::from(INTERRUPTED)),
        end if end.is_regular() => Ok(ExitCode::SUCCESS),
        end => {
            let advice = end.advice().unwrap_or("");
            Err(Failure::runtime(format!(
                "the run ended early: {end}; {advice}"
            )))
        }
    }
}

/// What the scenario asked for turned out to be impossible.
fn at_file(arguments: &Arguments, error: &ExperimentError) -> Failure {
    Failure {
        message: format!("{}: {error}", arguments.source.file.display()),
        status: USAGE,
    }
}
