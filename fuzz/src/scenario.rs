//! A scenario's text, with changes in comments: `#--set student.theta0=0.1`.

use crate::{scratch, sentence, small};
use luckflow::config::{Document, Override, ScenarioError, shipped, shipped_scenarios};
use luckflow::experiment::{Scenario, resolved};
use luckflow::sweep::Plan;
use luckflow::sweep::axes::Sweep;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use tempfile::TempDir;

/// Before a change, at the beginning of a line.
const CHANGE: &str = "#--set ";

static FOLDER: LazyLock<TempDir> = LazyLock::new(scratch);

/// Reads it as `run` and as `sweep` do. What it means is said by `resolved`, and that means the same.
pub fn read(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        let path = FOLDER.path().join("s.toml");
        std::fs::write(&path, data).expect("a folder that can be written to");
        return drop(Document::load(&path, &[]).map_err(sentence));
    };
    let changes = text.lines().filter_map(|line| line.strip_prefix(CHANGE));
    let changes: Vec<Override> = changes.filter_map(|change| Override::parse(change).map_err(sentence).ok()).collect();
    let Ok(document) = Document::parse(Path::new("s.toml"), text, &changes).map_err(sentence) else {
        return;
    };
    if let Err(error) = sweep(document.clone()) {
        sentence(error);
    }
    match Scenario::interpret(document) {
        Err(error) => sentence(error),
        Ok(scenario) => means_the_same(&scenario),
    }
}

fn sweep(document: Document) -> Result<(), ScenarioError> {
    let plan = Plan::new(Sweep::read(document)?)?;
    for index in [0, plan.points() / 2, plan.points() - 1] {
        let scenario = plan.scenario(&plan.point(index))?;
        assert!(scenario.memory().total() >= 0.0);
    }
    Ok(())
}

fn means_the_same(scenario: &Scenario) {
    assert!(scenario.memory().total() >= 0.0);
    let text = resolved(scenario);
    let document = Document::parse(&PathBuf::from("s.toml"), &text, &[]);
    let again = document.and_then(Scenario::interpret);
    let again = again.unwrap_or_else(|error| panic!("resolved.toml is refused: {error}\n{text}"));
    assert_eq!(resolved(&again), text, "resolved.toml means something else");
}

/// All scenarios that are shipped, and those of the tests, with and without a change.
pub fn seeds() -> Vec<Vec<u8>> {
    let shipped = shipped_scenarios().filter_map(|(name, _)| shipped(name));
    let all = shipped.chain(small::RUNS.iter().copied()).chain(small::SWEEPS.iter().copied());
    all.flat_map(|text| [text.to_owned(), format!("{CHANGE}seed = 7\n{CHANGE}integrate=\n{text}")])
        .map(String::into_bytes)
        .collect()
}
