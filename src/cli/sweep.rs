//! `luckflow sweep`: a scenario at many points.

use super::aggregate::Aggregate;
use super::quiet::Quiet;
use super::source::{Given, Source};
use super::watch::Watch;
use super::{Failure, INTERRUPTED, pool};
use clap::Args;
use luckflow::sweep::axes::{AxisOption, Sweep};
use luckflow::sweep::{
    self, Condition, Identities, Opening, Options, Plan, Refinement, Rounds, RoundsError, Shard, Store, StoreError,
    SweepEnd, Tally, Until,
};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What to sweep and where to write.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    source: Source,
    /// Sweep along this axis, in place of one of the file with the same key: KEY=log:FROM:TO:POINTS,
    /// KEY=linear:FROM:TO:POINTS or KEY=values:A,B,C
    #[arg(long = "axis", value_name = "KEY=AXIS")]
    axes: Vec<String>,
    /// Folder of the results [default: plots/<scenario name>, with the shard's number if there are several]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Points at a time [default: all cores]; results do not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Go on with the sweep in the folder; rows that are still valid are kept
    #[arg(long)]
    resume: bool,
    /// Replace earlier results in the folder, those that this program wrote and no other files; with --resume, go on
    /// even if no point is the same, and keep the rows of the others
    #[arg(long)]
    force: bool,
    /// Run part I of K (from 1), dealt so that all have like work; luckflow merge joins them. auto and auto/K take the number
    /// from the batch system: SLURM_ARRAY_TASK_ID, OMPI_COMM_WORLD_RANK, PMI_RANK or JOB_COMPLETION_INDEX
    #[arg(long, value_name = "I/K", default_value = "1/1", hide_default_value = true)]
    shard: String,
    /// Of a grid, run the cells near the boundary of a condition on a column, as in 'derived > 0' or 'sharp_verdict = holds': first
    /// every so many-th value of each range, then what lies between neighbours that differ. Without it, --resume runs all others
    #[arg(long, value_name = "CONDITION", conflicts_with = "shard")]
    refine: Option<Condition>,
    /// With --refine: every so many-th value comes first
    #[arg(long, value_name = "N", default_value_t = 8, requires = "refine", value_parser = clap::value_parser!(u64).range(1..))]
    coarse: u64,
    /// Of each cell, run as many seeds as it takes, three at least and sweep.seeds at most, for the standard error of a column's
    /// mean to be as in 'fitted < 0.001'. Without it, --resume runs all others
    #[arg(long, value_name = "CONDITION", conflicts_with_all = ["shard", "refine"])]
    until: Option<Condition>,
    #[command(flatten)]
    aggregate: Aggregate,
    /// List the points and say how many they are, but run none
    #[arg(long)]
    dry_run: bool,
    /// Record points that fail, and go on (the default)
    #[arg(long, conflicts_with = "fail_fast")]
    keep_going: bool,
    /// Stop at the first point that fails
    #[arg(long)]
    fail_fast: bool,
    #[command(flatten)]
    quiet: Quiet,
}

/// Runs all points that have no row yet.
pub fn execute(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let mut document = arguments.source.load()?;
    for axis in &arguments.axes {
        let axis = AxisOption::parse(axis).map_err(Failure::usage)?;
        axis.apply(&mut document).map_err(Failure::usage)?;
    }
    let given = Given::of(&document);
    let plan = Plan::new(Sweep::read(document).map_err(Failure::usage)?).map_err(Failure::usage)?;
    let variable = |name: &str| std::env::var(name).ok();
    let shard = Shard::named(&arguments.shard, variable).map_err(Failure::usage)?;
    shard.check(plan.points()).map_err(Failure::usage)?;
    let rounds = rounds(arguments, &plan).map_err(Failure::usage)?;
    let form = arguments.aggregate.form();
    form.check(&plan.kind().columns()).map_err(Failure::usage)?;
    if arguments.dry_run {
        return match list(&plan, shard) {
            // Whoever read the list has seen enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
            listed => listed.map(|()| ExitCode::SUCCESS).map_err(Failure::runtime),
        };
    }
    let mut default = Path::new("plots").join(plan.name());
    if shard != Shard::WHOLE {
        default.push(format!("shard-{}-of-{}", shard.number(), shard.count()));
    }
    let folder = arguments.out.as_ref().unwrap_or(&default);
    let jobs = pool::threads("--jobs", arguments.jobs)?;
    pool::build(None)?;

    let identities = Identities::default();
    let opening = Opening {
        resume: arguments.resume,
        force: arguments.force,
    };
    let store = Store::open(folder, &plan, &identities, shard, opening);
    let store = store.map_err(|error| match error {
        StoreError::Io { .. } => Failure::runtime(error),
        refused => Failure::usage(refused),
    })?;
    given.keep(store.folder()).map_err(Failure::runtime)?;
    let options = Options {
        jobs,
        shard,
        fail_fast: arguments.fail_fast,
    };
    let watch = Watch::start_of_rows(arguments.quiet);
    let ended = match rounds {
        Some(mut rounds) => sweep::run_rounds(&plan, &identities, store, options, &watch, &mut *rounds),
        None => sweep::run(&plan, &identities, store, options, &watch).map_err(RoundsError::from),
    };
    watch.finish();
    let (end, tally) = ended.map_err(Failure::runtime)?;
    let total = shard.len_of(plan.points());
    say(&tally, total, arguments.quiet)?;
    match end {
        SweepEnd::Complete(folder) if shard != Shard::WHOLE => {
            let place = folder.path().display();
            arguments
                .quiet
                .say(format_args!("shard {shard} is in {place}; luckflow merge draws all of them together"))?;
            Ok(ExitCode::SUCCESS)
        }
        SweepEnd::Complete(folder) | SweepEnd::Refined(folder) => {
            super::plot::draw(&folder, &form, arguments.quiet).map(|()| ExitCode::SUCCESS)
        }
        SweepEnd::Interrupted => {
            super::tell("interrupted; --resume goes on from here");
            Ok(ExitCode::from(INTERRUPTED))
        }
        SweepEnd::Failed { index, error } => Err(Failure::runtime(format!(
            "point {index} failed: {error}; the rows until then are in {}",
            folder.display()
        ))),
    }
}

/// The rounds that were asked for, if any were.
fn rounds(arguments: &Arguments, plan: &Plan) -> Result<Option<Box<dyn Rounds>>, RoundsError> {
    let coarse = arguments.coarse;
    let rounds = match (arguments.refine.clone(), arguments.until.clone()) {
        (Some(condition), _) => Refinement { condition, coarse }.rounds(plan)?,
        (_, Some(condition)) => Until { condition }.rounds(plan)?,
        _ => return Ok(None),
    };
    Ok(Some(rounds))
}

/// How many points are done, and how.
pub fn say(tally: &Tally, total: u64, quiet: Quiet) -> Result<(), Failure> {
    quiet.say(format_args!(
        "{} of {total} points: {} failed, {} with a violated bound",
        tally.done, tally.failed, tally.violated
    ))
}

/// A line per point, and how many there are.
fn list(plan: &Plan, shard: Shard) -> io::Result<()> {
    let keys: Vec<&str> = plan.keys().collect();
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let count = shard.len_of(plan.points());
    for position in 0..count {
        let point = plan.point(shard.index(position));
        write!(out, "{}", point.index)?;
        for (key, value) in keys.iter().zip(&point.values) {
            write!(out, "  {key} = {value}")?;
        }
        writeln!(out, "  seed = {}", point.seed)?;
    }
    writeln!(out, "{count} points")?;
    out.flush()
}
