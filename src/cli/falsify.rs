//! `luckflow falsify`: looks for the start at which a bound comes closest to failing.

use super::quiet::Quiet;
use super::source::{Given, Source};
use super::watch::Watch;
use super::{Failure, INTERRUPTED, pool};
use clap::Args;
use comfy_table::Table;
use luckflow::bound::Standing;
use luckflow::config::Document;
use luckflow::experiment::theorem4::Theorem4;
use luckflow::experiment::theorem5::Theorem5;
use luckflow::experiment::two_layer::claim::RateClaim;
use luckflow::experiment::{Experiment, Hooks as _, Scenario, Silent};
use luckflow::falsify::Search;
use luckflow::ndarray::Array2;
use luckflow::output::{Claim, Folder, Provenance, terminal};
use luckflow::plot::number::short;
use luckflow::theory::Verdict;
use luckflow::verify::{Attack, attack, can_attack};
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
    /// Other teachers to attack each bound at, of as many nodes: some drawn, others near the worst one
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    teachers: u32,
    /// Folder of the results [default: plots/<scenario name>-falsify]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Replace earlier results in the folder, those that this program wrote and no other files
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    quiet: Quiet,
}

/// What is kept of an attack.
#[derive(Serialize)]
struct AttackRecord {
    bound: &'static str,
    standing: &'static str,
    claimed: f64,
    /// The smallest instantaneous rate over the claimed one, of starts within the premises.
    smallest_ratio: f64,
    /// The same in all of the region for which the rate is claimed.
    #[serde(skip_serializing_if = "Option::is_none")]
    in_region: Option<f64>,
    /// The smallest ratio along the run from there.
    along_run: Option<f64>,
    evaluations: usize,
    /// The start, W as d × n.
    start: Option<String>,
    /// W\*, d × m.
    teacher: Option<String>,
}

#[derive(Serialize)]
struct Report<'a> {
    scenario: &'a Scenario,
    provenance: Provenance,
    starts: u32,
    iterations: u32,
    teachers: u32,
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
        // Ctrl-C ends it at once: until here nothing is to be kept.
        hooks: &Silent,
    };
    let found = attack(&scenario, &search, arguments.teachers.into());
    let found = found.map_err(|error| Failure::usage(format!("{}: {error}", file.display())))?;
    let attacks = found.expect("there is something to attack");
    let watch = Watch::start(arguments.quiet);
    let kept = attacks
        .attacks
        .iter()
        .map(|attack| keep(attack, attacks.threshold, &folder, &watch))
        .collect::<Result<Vec<_>, _>>()?;
    if watch.interrupted() {
        // A run that was stopped says nothing of a bound.
        return Ok(ExitCode::from(INTERRUPTED));
    }
    watch.finish();
    let summary = Report {
        scenario: &scenario,
        provenance: Provenance::now(),
        starts: arguments.starts,
        iterations: arguments.iterations,
        teachers: arguments.teachers,
        attacks: &kept,
        without_search: &attacks.without_search,
    };
    folder.write_json("falsify.json", &summary).map_err(Failure::runtime)?;
    arguments.quiet.say(table(&kept))?;
    for bound in &attacks.without_search {
        arguments.quiet.say(format_args!("{bound}: no search is known against this bound."))?;
    }
    arguments.quiet.wrote([folder.path()])?;
    let refuted = kept.iter().filter(|kept| kept.standing == PROVEN && kept.verdict() == Verdict::Violated);
    match refuted.count() {
        0 => Ok(ExitCode::SUCCESS),
        count => Err(Failure::runtime(format!("{count} bounds that are proved do not hold"))),
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
        let others = [self.along_run, self.in_region].into_iter().flatten();
        let least = others.fold(self.smallest_ratio, f64::min);
        match least >= 1.0 - ROUNDING {
            true => Verdict::Holds,
            false => Verdict::Violated,
        }
    }
}

/// Writes the start as arrays and as a scenario that runs from it, and runs it.
fn keep(attack: &Attack, threshold: f64, folder: &Folder, watch: &Watch) -> Result<AttackRecord, Failure> {
    let name = attack.bound.name;
    let in_region = attack.in_region.as_ref();
    let mut kept = AttackRecord {
        bound: name,
        standing: match attack.bound.standing {
            Standing::Proven => PROVEN,
            _ => "stated",
        },
        claimed: attack.claimed,
        smallest_ratio: attack.found.ratio,
        in_region: in_region.map(|found| found.ratio),
        along_run: None,
        evaluations: attack.found.evaluations + in_region.map_or(0, |found| found.evaluations),
        start: None,
        teacher: None,
    };
    if attack.found.weights.ncols() == 0 {
        return Ok(kept);
    }
    let path = write_start(attack, threshold, folder)?;
    kept.start = Some(format!("{name}.npy"));
    kept.teacher = Some(format!("{name}-teacher.npy"));
    let document = Document::load(&path, &[]).map_err(Failure::runtime)?;
    let scenario = Scenario::interpret(document).map_err(Failure::runtime)?;
    let simulated = |claims: &[RateClaim]| {
        let claim = claims.iter().find(|claim| claim.bound.name == name);
        claim.and_then(|claim| claim.simulated)
    };
    let simulated = match (scenario.get::<Theorem4>(), scenario.get::<Theorem5>()) {
        (Some(run), _) => simulated(&run.simulate(watch).map_err(Failure::runtime)?.claims),
        (_, Some(run)) => simulated(&run.simulate(watch).map_err(Failure::runtime)?.claims),
        _ => None,
    };
    kept.along_run = simulated.map(|simulated| simulated / attack.claimed);
    Ok(kept)
}

/// W\*, W, V\* and V as files, and the scenario that takes them; where that one is.
fn write_start(attack: &Attack, threshold: f64, folder: &Folder) -> Result<PathBuf, Failure> {
    let name = attack.bound.name;
    let array = |file: &str, array: &Array2<f64>| {
        let mut bytes = Vec::new();
        array.write_npy(&mut bytes).map_err(Failure::runtime)?;
        let written = folder.write(file, |out| out.write_all(&bytes));
        written.map_err(Failure::runtime)
    };
    array(&format!("{name}-teacher.npy"), &attack.teacher)?;
    array(&format!("{name}.npy"), &attack.found.weights)?;
    let mut experiment = "theorem4";
    let (mut of_teacher, mut of_student) = (String::new(), String::new());
    if let (Some(teacher), Some(student)) = (&attack.teacher_fan_out, &attack.found.fan_out) {
        array(&format!("{name}-teacher-fan-out.npy"), teacher)?;
        array(&format!("{name}-fan-out.npy"), student)?;
        experiment = "theorem5";
        of_teacher = format!("fan_out = {{ file = \"{name}-teacher-fan-out.npy\" }}\n");
        let extra = student.nrows() - teacher.nrows();
        of_student = format!("fan_out = {{ file = \"{name}-fan-out.npy\" }}\nextra = {extra}\n");
    }
    let text = format!(
        "# The start at which \"{name}\" comes closest to failing.\nexperiment = \"{experiment}\"\n\n\
         [teacher]\nweights = {{ file = \"{name}-teacher.npy\" }}\nthreshold = {threshold:?}\n{of_teacher}\n\
         [student]\nweights = {{ file = \"{name}.npy\" }}\n{of_student}"
    );
    let file = format!("{name}.toml");
    let path = folder.write(&file, |out| out.write_all(text.as_bytes()));
    path.map_err(Failure::runtime)
}

fn table(kept: &[AttackRecord]) -> Table {
    let mut table = terminal::table(
        [
            "bound",
            "standing",
            "claimed",
            "smallest found/claimed",
            "in the region",
            "along the run from there",
            "verdict",
        ],
        2..6,
    );
    for kept in kept {
        table.add_row([
            kept.bound.to_owned(),
            kept.standing.to_owned(),
            short(kept.claimed),
            format!("{:.6}", kept.smallest_ratio),
            or_dash(kept.in_region),
            or_dash(kept.along_run),
            kept.verdict().to_string(),
        ]);
    }
    table
}

fn or_dash(ratio: Option<f64>) -> String {
    ratio.map_or("–".into(), |ratio| format!("{ratio:.6}"))
}
