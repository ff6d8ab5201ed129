//! `luckflow run`: a scenario from file to plots.

use super::source::Source;
use super::watch::Watch;
use super::{Failure, USAGE, say};
use clap::Args;
use luckflow::experiment::Scenario;
use luckflow::experiment::deep::{self, End};
use luckflow::experiment::panels::Panels;
use luckflow::experiment::sgd_vs_flow::SgdVsFlow;
use luckflow::experiment::theorem4::Theorem4;
use luckflow::experiment::theorem5::Theorem5;
use luckflow::experiment::{ExperimentError, panels, sgd_vs_flow, theorem4, theorem5};
use luckflow::integrate::RunEnd;
use luckflow::output::{Checkpoints, Folder, FolderError, Provenance};
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
    /// Go on from the checkpoints that a stopped training left in the folder; it ends with the same bytes
    #[arg(long)]
    resume: bool,
    /// Print nothing but errors
    #[arg(long)]
    quiet: bool,
}

/// Runs it.
pub fn execute(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let document = arguments.source.load()?;
    let scenario = Scenario::interpret(document).map_err(Failure::usage)?;
    if arguments.resume && !scenario.keeps_checkpoints() {
        return Err(Failure::usage(format!(
            "{}: --resume: found an experiment without checkpoints; allowed: one that trains deep networks by epochs",
            arguments.source.file.display()
        )));
    }
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
        Scenario::SgdVsFlow(scenario) => run_sgd_vs_flow(&scenario, folder, arguments),
        Scenario::DeepFlow(scenario) => run_deep(
            folder,
            arguments,
            |_, watch| deep::flow::run(&scenario, watch),
            deep::flow::report::write,
            deep::flow::report::table,
            |outcome| &outcome.end,
        ),
        Scenario::DeepTraining(scenario) => run_deep(
            folder,
            arguments,
            |store, watch| deep::training::run(&scenario, store, watch),
            deep::training::report::write,
            deep::training::report::table,
            |outcome| &outcome.end,
        ),
        Scenario::ImplicitRegularization(scenario) => run_deep(
            folder,
            arguments,
            |store, watch| deep::labels::run(&scenario, store, watch),
            deep::labels::report::write,
            deep::labels::report::table,
            |outcome| &outcome.end,
        ),
        Scenario::LotteryTickets(scenario) => run_deep(
            folder,
            arguments,
            |store, watch| deep::tickets::run(&scenario, store, watch),
            deep::tickets::report::write,
            deep::tickets::report::table,
            |outcome| &outcome.end,
        ),
        Scenario::FlatMinima(scenario) => run_deep(
            folder,
            arguments,
            |store, watch| deep::hessian::run(&scenario, store, watch),
            deep::hessian::report::write,
            deep::hessian::report::table,
            |outcome| &outcome.end,
        ),
    }
}

fn run_theorem4(
    scenario: &Theorem4,
    folder: &Path,
    arguments: &Arguments,
) -> Result<ExitCode, Failure> {
    let setup = theorem4::Setup::prepare(scenario).map_err(|error| at_file(arguments, &error))?;
    let (folder, outcome) = simulate(folder, arguments, |_, watch| {
        theorem4::simulate(scenario, setup, watch)
    })?;
    let written =
        theorem4::report::write(&outcome, &folder, &Provenance::now()).map_err(Failure::runtime)?;
    let table = theorem4::report::table(&outcome);
    conclude(arguments, &table, &written, &(&outcome.primary.end).into())
}

fn run_theorem5(
    scenario: &Theorem5,
    folder: &Path,
    arguments: &Arguments,
) -> Result<ExitCode, Failure> {
    let setup = theorem5::Setup::prepare(scenario).map_err(|error| at_file(arguments, &error))?;
    let (folder, outcome) = simulate(folder, arguments, |_, watch| {
        theorem5::simulate(scenario, setup, watch)
    })?;
    let written =
        theorem5::report::write(&outcome, &folder, &Provenance::now()).map_err(Failure::runtime)?;
    let table = theorem5::report::table(&outcome);
    conclude(arguments, &table, &written, &(&outcome.end).into())
}

fn run_panels(
    scenario: &Panels,
    folder: &Path,
    arguments: &Arguments,
) -> Result<ExitCode, Failure> {
    let nodes = panels::prepare(scenario).map_err(|error| at_file(arguments, &error))?;
    let (folder, outcome) = simulate(folder, arguments, |_, watch| {
        panels::simulate(scenario, nodes, watch)
    })?;
    let written =
        panels::report::write(&outcome, &folder, &Provenance::now()).map_err(Failure::runtime)?;
    let end = outcome.early_end.clone().unwrap_or(RunEnd::Horizon);
    conclude(
        arguments,
        &panels::report::table(&outcome),
        &written,
        &(&end).into(),
    )
}

fn run_sgd_vs_flow(
    scenario: &SgdVsFlow,
    folder: &Path,
    arguments: &Arguments,
) -> Result<ExitCode, Failure> {
    let setup = sgd_vs_flow::prepare(scenario).map_err(|error| at_file(arguments, &error))?;
    let (folder, outcome) = simulate(folder, arguments, |_, watch| {
        sgd_vs_flow::simulate(scenario, setup, watch)
    })?;
    let written = sgd_vs_flow::report::write(&outcome, &folder, &Provenance::now())
        .map_err(Failure::runtime)?;
    let end = match outcome.interrupted {
        true => Ending::Interrupted,
        false => Ending::Regular,
    };
    conclude(
        arguments,
        &sgd_vs_flow::report::table(&outcome),
        &written,
        &end,
    )
}

/// Trainings of deep networks, with checkpoints: run, write, print.
fn run_deep<T: Send>(
    folder: &Path,
    arguments: &Arguments,
    run: impl FnOnce(&Checkpoints, &Watch) -> Result<T, ExperimentError> + Send,
    write: impl FnOnce(&T, &Folder, &Provenance) -> Result<Vec<PathBuf>, FolderError>,
    table: impl FnOnce(&T) -> String,
    end: impl FnOnce(&T) -> &End,
) -> Result<ExitCode, Failure> {
    let (folder, outcome) = simulate(folder, arguments, |folder, watch| {
        let store = Checkpoints::of(folder, arguments.resume);
        run(&store, watch)
    })?;
    let written = write(&outcome, &folder, &Provenance::now()).map_err(Failure::runtime)?;
    let ending = match end(&outcome) {
        End::Finished => Ending::Regular,
        End::Interrupted => Ending::Interrupted,
        End::Diverged(why) => Ending::Early(why.clone()),
    };
    conclude(arguments, &table(&outcome), &written, &ending)
}

/// Opens the folder, before the work, so that none is lost to one that cannot be written to; then works, watched.
fn simulate<T: Send>(
    folder: &Path,
    arguments: &Arguments,
    work: impl FnOnce(&Folder, &Watch) -> Result<T, ExperimentError> + Send,
) -> Result<(Folder, T), Failure> {
    let folder = Folder::open(folder).map_err(Failure::usage)?;
    let watch = Watch::start(arguments.quiet);
    // On one of the threads that compute: who comes from outside waits for one at each parallel step.
    let outcome = rayon::scope(|_| work(&folder, &watch));
    watch.finish();
    let outcome = outcome.map_err(|error| at_file(arguments, &error))?;
    Ok((folder, outcome))
}

/// Prints what there is to print; the exit status says how the run ended.
fn conclude(
    arguments: &Arguments,
    table: &str,
    written: &[PathBuf],
    end: &Ending,
) -> Result<ExitCode, Failure> {
    if !arguments.quiet {
        say(table.trim_end());
        for path in written {
            say(format_args!("wrote {}", path.display()));
        }
    }
    match end {
        Ending::Regular => Ok(ExitCode::SUCCESS),
        Ending::Interrupted => Ok(ExitCode::from(INTERRUPTED)),
        Ending::Early(why) => Err(Failure::runtime(format!("the run ended early: {why}"))),
    }
}

/// How a run ended, as the exit status says it.
enum Ending {
    Regular,
    Interrupted,
    /// Why.
    Early(String),
}

impl From<&RunEnd> for Ending {
    fn from(end: &RunEnd) -> Self {
        match end {
            RunEnd::Interrupted { .. } => Self::Interrupted,
            end if end.is_regular() => Self::Regular,
            end => Self::Early(format!("{end}; {}", end.advice().unwrap_or(""))),
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
