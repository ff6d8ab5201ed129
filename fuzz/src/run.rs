//! Runs with any values: a byte chooses the scenario, then line by line a byte chooses a key, and the rest is its value.

use crate::{sentence, small};
use cpu_time::ProcessTime;
use luckflow::config::{Document, Override};
use luckflow::experiment::{ExperimentKind, Hooks, Nowhere, Outcome, Scenario, Summary};
use luckflow::output::Provenance;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

/// What takes more is refused by memory elsewhere; here it would only be slow.
const LARGEST: f64 = 2e6;

/// When Ctrl-C is pressed.
const PATIENCE: Duration = Duration::from_millis(100);

/// How much a run may compute after that, on all its threads: half a second, on a machine that is ten times as slow.
const OBEDIENCE: Duration = Duration::from_secs(5);

/// Presses Ctrl-C when the time has come.
struct Impatient(Instant);

impl Hooks for Impatient {
    fn interrupted(&self) -> bool {
        Instant::now() > self.0
    }
}

/// Runs it, stops it, and makes everything that would be written.
pub fn read(data: &[u8]) {
    let Some((&pick, lines)) = data.split_first() else {
        return;
    };
    let text = small::RUNS[usize::from(pick) % small::RUNS.len()];
    let Some(scenario) = changed(text, lines) else {
        return;
    };
    if scenario.memory().total() > LARGEST {
        return;
    }
    let started = ProcessTime::now();
    let prepared = scenario.prepare().map_err(sentence);
    let took = started.elapsed();
    assert!(took < OBEDIENCE, "preparing took {took:?}");
    let Ok(prepared) = prepared else {
        return;
    };
    let started = ProcessTime::now();
    let outcome = prepared.run(&Nowhere, &Impatient(Instant::now() + PATIENCE));
    let took = started.elapsed();
    assert!(took < OBEDIENCE, "Ctrl-C was obeyed after {took:?}");
    if let Ok(outcome) = outcome.map_err(sentence) {
        write(&scenario, outcome.as_ref()).expect("nothing is written to a disk");
    }
}

fn changed(text: &str, lines: &[u8]) -> Option<Scenario> {
    let keys = small::interpret(text).kind().keys();
    let change = |line: &[u8]| -> Option<Override> {
        let (&key, value) = line.split_first()?;
        let value = std::str::from_utf8(value).ok()?;
        let key = keys[usize::from(key) % keys.len()].path;
        Override::parse(&format!("{key}={value}")).ok()
    };
    let changes: Vec<Override> = lines.split(|&byte| byte == b'\n').filter_map(change).collect();
    let document = Document::parse(Path::new("small.toml"), text, &changes);
    let scenario = document.and_then(Scenario::interpret);
    scenario.map_err(sentence).ok()
}

fn write(scenario: &Scenario, outcome: &dyn Outcome) -> io::Result<()> {
    assert!(!outcome.table().is_empty());
    for table in outcome.tables() {
        table.write(&mut io::sink())?;
    }
    for file in outcome.files() {
        (file.fill)(&mut io::sink())?;
    }
    for (_, figure) in outcome.figures() {
        figure.table().write(&mut io::sink())?;
        assert!(figure.to_svg().contains("</svg>"));
    }
    let provenance = Provenance::now();
    let summary = Summary::new(scenario, outcome, &provenance);
    summary_is_json(&summary);
    Ok(())
}

fn summary_is_json(summary: &Summary) {
    serde_json::to_writer(io::sink(), summary).expect("a summary is JSON");
}

/// Each scenario as it is, and with each of its keys at values that are odd in some way.
pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (pick, text) in small::RUNS.iter().enumerate() {
        let pick = pick as u8;
        seeds.push(vec![pick]);
        let kind: &ExperimentKind = small::interpret(text).kind();
        for key in 0..kind.keys().len() {
            for value in ["0", "1", "1e-300", "1e300"] {
                seeds.push([&[pick, key as u8][..], value.as_bytes()].concat());
            }
        }
    }
    seeds
}
