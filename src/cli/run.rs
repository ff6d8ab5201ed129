//! `luckflow run`: a scenario from file to plots.

use super::quiet::Quiet;
use super::source::{Given, Source};
use super::watch::Watch;
use super::{Failure, INTERRUPTED, memory, pool};
use clap::Args;
use luckflow::experiment::{self, ExperimentError, Scenario};
use luckflow::integrate::RunEnd;
use luckflow::output::{Checkpoints, Claim, Folder, Provenance};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

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
    /// Replace earlier results in the folder, those that this program wrote and no other files
    #[arg(long, conflicts_with = "resume")]
    force: bool,
    /// Say what the run would take of memory, and run nothing
    #[arg(long)]
    dry_run: bool,
    /// Run also what would take more memory than is free
    #[arg(long)]
    over_memory: bool,
    #[command(flatten)]
    quiet: Quiet,
}

/// Runs it.
pub fn execute(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let document = arguments.source.load()?;
    let given = Given::of(&document);
    let scenario = Scenario::interpret(document).map_err(Failure::usage)?;
    if arguments.resume && !scenario.kind().resumable {
        return Err(Failure::usage(format!(
            "{}: --resume: found an experiment without checkpoints; allowed: one that trains deep networks by epochs",
            arguments.source.file.display()
        )));
    }
    let default = Path::new("plots").join(scenario.name());
    let folder = arguments.out.as_ref().unwrap_or(&default);
    pool::build(arguments.threads)?;
    if arguments.dry_run {
        memory::list(scenario.name(), &scenario.memory())?;
        return Ok(ExitCode::SUCCESS);
    }
    if !arguments.over_memory {
        memory::refuse(&arguments.source.file.display().to_string(), &scenario.memory())?;
    }
    // What the scenario asked for turned out to be impossible.
    let at_file = |error: ExperimentError| Failure::usage(format!("{}: {error}", arguments.source.file.display()));
    let prepared = scenario.prepare().map_err(at_file)?;
    // Before the work, so that none is lost to a folder that cannot be written to.
    let claim = match (arguments.resume, arguments.force) {
        (true, _) => Claim::Resume,
        (_, true) => Claim::Force,
        _ => Claim::New,
    };
    if claim == Claim::Force {
        refuse_inputs_within(folder, &scenario)?;
    }
    let folder = Folder::claim(folder, claim).map_err(Failure::usage)?;
    let given = given.keep(&folder).map_err(Failure::runtime)?;
    let store = Checkpoints::of(&folder, arguments.resume);
    let watch = Watch::start(arguments.quiet);
    // On one of the threads that compute: who comes from outside waits for one at each parallel step.
    let outcome = rayon::scope(|_| prepared.run(&store, &watch));
    watch.finish();
    let outcome = outcome.map_err(at_file)?;
    let provenance = Provenance::now();
    let kept = || watch.draw();
    let written =
        experiment::write(&scenario, outcome.as_ref(), &folder, &provenance, kept).map_err(Failure::runtime)?;
    arguments.quiet.say(outcome.table().trim_end())?;
    arguments.quiet.wrote([given].into_iter().chain(written))?;
    #[cfg(feature = "plot")]
    {
        // Where a run goes on in the folder of a sweep there is its table, too.
        let sweep = luckflow::report::Sweep::read(folder.path()).map_err(Failure::runtime)?;
        super::report::beside(&folder, sweep, arguments.quiet)?;
    }
    match outcome.end() {
        RunEnd::Interrupted { .. } => Ok(ExitCode::from(INTERRUPTED)),
        end if end.is_regular() => Ok(ExitCode::SUCCESS),
        end => Err(Failure::runtime(format!("the run ended early: {end}; {}", end.advice().unwrap_or_default()))),
    }
}

/// What is cleared must not be what is read.
fn refuse_inputs_within(folder: &Path, scenario: &Scenario) -> Result<(), Failure> {
    let Ok(folder) = folder.canonicalize() else {
        return Ok(());
    };
    let is_within = |input: &PathBuf| input.canonicalize().is_ok_and(|input| input.starts_with(&folder));
    match scenario.inputs().iter().find(|input| is_within(input)) {
        None => Ok(()),
        Some(input) => Err(Failure::usage(format!(
            "--force: found {}, which the scenario reads, in the folder that is to be cleared; allowed: another --out",
            input.display()
        ))),
    }
}
