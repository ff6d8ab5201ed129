//! `luckflow falsify`: looks for the start at which a bound comes closest to failing.

use super::source::{Given, Source};
use super::watch::Watch;
use super::{Failure, pool, say};
use clap::Args;
use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{CellAlignment, Table};
use luckflow::bound::Standing;
use luckflow::config::Document;
use luckflow::experiment::theorem4::Theorem4;
use luckflow::experiment::{Experiment, Scenario};
use luckflow::falsify::Search;
use luckflow::ndarray::Array2;
use luckflow::output::{Claim, Folder, Provenance};
use luckflow::plot::number::short;
use luckflow::theory::Verdict;
use luckflow::verify::{Attack, Attacks, attack, can_attack};
use ndarray_npy::WriteNpyExt;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Rounding in a rate that was found, relative.
const ROUNDING: f64 = 1e-8;

/// Against which bounds, how hard, and where to write.
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    source: Source,
    /// Random starts of the search, for each bound and node
    #[arg(long, value_name = "N", default_value_t = 40, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    starts: u32,
    /// Steps of the search from each
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    iterations: u32,
    /// Folder of the results [default: plots/<scenario name>-falsify]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Replace earlier results in the folder, those that this program wrote and no other files
    #[arg(long)]
    force: bool,
    /// Print nothing but errors
    #[arg(long)]
    quiet: bool,
}

/// What is kept of an attack.
#[derive(Serialize)]
struct AttackRecord {
    bound: &'static str,
    standing: &'static str,
    claimed: f64,
    /// The smallest instantaneous rate over the claimed one.
    smallest_ratio: f64,
    /// The smallest ratio along the run from there.
    along_run: Option<f64>,
    evaluations: usize,
    /// The start, W as d × n.
    start: Option<String>,
}

#[derive(Serialize)]
struct Report<'a> {
    scenario: &'a Scenario,
    provenance: Provenance,
    starts: u32,
    iterations: u32,
    attacks: &'a [AttackRecord],
    without_search: &'a [&'static str],
}

/// Searches, runs from what was found, prints a table; fails if a bound that is proved does not hold.
pub fn execute(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let document = arguments.source.load()?;
    let file = document.path.clone();
    let given = Given::of(&document);
    let scenario = Scenario::interpret(document).map_err(Failure::usage)?;
    if !can_attack(&scenario) {
        return Err(Failure::usage(format!(
            "{}: experiment: found \"{}\"; allowed: one with bounds that can be attacked, \"theorem4\" or \"theorem5\"",
            file.display(),
            scenario.kind().name
        )));
    }
    pool::build(None)?;
    let folder = claim(arguments, &scenario)?;
    given.keep(&folder).map_err(Failure::runtime)?;
    let search = Search {
        starts: arguments.starts as usize,
        iterations: arguments.iterations as usize,
        seed: scenario.seed(),
    };
    let at_file =
        |error: &dyn std::fmt::Display| Failure::usage(format!("{}: {error}", file.display()));
    let found = attack(&scenario, &search).map_err(|error| at_file(&error))?;
    let attacks = found.expect("there is something to attack");
    let watch = Watch::start(arguments.quiet);
    let kept = attacks
        .attacks
        .iter()
        .map(|attack| keep(attack, &attacks, &folder, &watch))
        .collect::<Result<Vec<_>, _>>()?;
    watch.finish();
    let summary = Report {
        scenario: &scenario,
        provenance: Provenance::now(),
        starts: arguments.starts,
        iterations: arguments.iterations,
        attacks: &kept,
        without_search: &attacks.without_search,
    };
    folder
        .write_json("falsify.json", &summary)
        .map_err(Failure::runtime)?;
    if !arguments.quiet {
        say(table(&kept))?;
        for bound in &attacks.without_search {
            say(format_args!(
                "{bound}: no search is known against this bound."
            ))?;
        }
        say(format_args!("wrote {}", folder.path().display()))?;
    }
    let refuted = kept
        .iter()
        .filter(|kept| kept.standing == PROVEN && kept.verdict() == Verdict::Violated);
    match refuted.count() {
        0 => Ok(ExitCode::SUCCESS),
        count => Err(Failure::runtime(format!(
            "{count} bounds that are proved do not hold"
        ))),
    }
}

/// The folder that results go to.
fn claim(arguments: &Arguments, scenario: &Scenario) -> Result<Folder, Failure> {
    let default = Path::new("plots").join(format!("{}-falsify", scenario.name()));
    let folder = arguments.out.as_ref().unwrap_or(&default);
    let claim = match arguments.force {
        true => Claim::Force,
        false => Claim::New,
    };
    Folder::claim(folder, claim).map_err(Failure::usage)
}

const PROVEN: &str = "proven";

impl AttackRecord {
    fn verdict(&self) -> Verdict {
        let least = self
            .along_run
            .unwrap_or(f64::INFINITY)
            .min(self.smallest_ratio);
        match least >= 1.0 - ROUNDING {
            true => Verdict::Holds,
            false => Verdict::Violated,
        }
    }
}

/// Writes the start as arrays and as a scenario that runs from it, and runs it.
fn keep(
    attack: &Attack,
    all: &Attacks,
    folder: &Folder,
    watch: &Watch,
) -> Result<AttackRecord, Failure> {
    let name = attack.bound.name;
    let mut kept = AttackRecord {
        bound: name,
        standing: match attack.bound.standing {
            Standing::Proven => PROVEN,
            _ => "stated",
        },
        claimed: attack.claimed,
        smallest_ratio: attack.found.ratio,
        along_run: None,
        evaluations: attack.found.evaluations,
        start: None,
    };
    if attack.found.weights.ncols() == 0 {
        return Ok(kept);
    }
    let array = |file: &str, array: &Array2<f64>| {
        let mut bytes = Vec::new();
        array.write_npy(&mut bytes).map_err(Failure::runtime)?;
        let written = folder.write(file, |out| out.write_all(&bytes));
        written.map_err(Failure::runtime)
    };
    array("teacher.npy", &all.teacher)?;
    array(&format!("{name}.npy"), &attack.found.weights)?;
    let text = format!(
        "# The start at which \"{name}\" comes closest to failing.\nexperiment = \"theorem4\"\n\n[teacher]\nweights = {{ file = \"teacher.npy\" }}\nthreshold = {:?}\n\n\
         [student]\nweights = {{ file = \"{name}.npy\" }}\n",
        all.threshold
    );
    let path = folder
        .write(&format!("{name}.toml"), |out| {
            out.write_all(text.as_bytes())
        })
        .map_err(Failure::runtime)?;
    kept.start = Some(format!("{name}.npy"));
    let document = Document::load(&path, &[]).map_err(Failure::runtime)?;
    let scenario = Scenario::interpret(document).map_err(Failure::runtime)?;
    let run: &Theorem4 = scenario.get().expect("as written above");
    let outcome = run.simulate(watch).map_err(Failure::runtime)?;
    let claim = outcome.claims.iter().find(|claim| claim.bound.name == name);
    kept.along_run = claim.and_then(|claim| Some(claim.simulated? / attack.claimed));
    Ok(kept)
}

fn table(kept: &[AttackRecord]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY);
    table.set_header([
        "bound",
        "standing",
        "claimed",
        "smallest found/claimed",
        "along the run from there",
        "verdict",
    ]);
    for kept in kept {
        table.add_row([
            kept.bound.to_owned(),
            kept.standing.to_owned(),
            short(kept.claimed),
            format!("{:.6}", kept.smallest_ratio),
            kept.along_run
                .map_or("–".into(), |ratio| format!("{ratio:.6}")),
            kept.verdict().to_string(),
        ]);
    }
    for column in table.column_iter_mut().skip(2).take(3) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
