//! What a key is, from its declaration.

use super::axes;

use crate::config::{Key, describe, near};
use crate::experiment::keys::declarations;
use crate::experiment::{ExperimentKind, KINDS};
use std::collections::HashSet;

/// About a key, as in `student.theta0`, about all keys of a section or of an experiment.
///
/// # Errors
/// A topic that is none of these, with the one that may be meant.
pub fn explain(topic: &str) -> Result<String, String> {
    let Some(experiment) = ExperimentKind::named(topic) else {
        return answers(topic).ok_or_else(|| unknown(topic));
    };
    let keys = experiment.keys().into_iter();
    let answers: Vec<String> = keys.map(|key| describe::answer(key, &[topic])).collect();
    Ok(format!("{}\n\n{}", experiment.about, answers.join("\n")))
}

/// Paths of all keys, each once.
fn paths() -> Vec<&'static str> {
    let keys = KINDS.iter().flat_map(|kind| kind.keys());
    let paths = keys.chain(axes::KEYS.iter().copied()).map(|key| key.path);
    let mut seen = HashSet::new();
    paths.filter(|path| seen.insert(*path)).collect()
}

/// About a key, or about all keys of a section.
fn answers(topic: &str) -> Option<String> {
    let inside = |path: &str| {
        let rest = path.strip_prefix(topic);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    let paths = paths().into_iter().filter(|path| inside(path));
    let sweeps = |path: &str| axes::KEYS.iter().copied().find(|key: &&Key| key.path == path);
    let answers: Vec<String> = paths
        .flat_map(|path| match sweeps(path) {
            Some(key) => vec![describe::answer(key, &["luckflow sweep, all experiments"])],
            None => declarations(path).iter().map(|(key, experiments)| describe::answer(key, experiments)).collect(),
        })
        .collect();
    (!answers.is_empty()).then(|| answers.join("\n"))
}

fn unknown(topic: &str) -> String {
    let all = paths();
    // The name within the section will do, if there is no other.
    let last = |path: &&&str| path.rsplit('.').next() == Some(topic);
    let meant: Vec<&str> = match near(topic, all.iter().copied()) {
        Some(path) => vec![path],
        None => all.iter().filter(last).copied().collect(),
    };
    let guess = match meant.is_empty() {
        true => String::new(),
        false => format!(" (did you mean {}?)", meant.join(" or ")),
    };
    format!(
        "explain: found {topic:?}{guess}; allowed: a key, a section or an experiment; luckflow list names the experiments"
    )
}
