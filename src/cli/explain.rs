//! `luckflow explain`: what a key is, from its declaration.

use super::Failure;
use clap::Args;
use luckflow::config::describe;
use luckflow::config::{Key, near};
use luckflow::experiment::keys::declarations;
use luckflow::experiment::{ExperimentKind, KINDS};
use luckflow::sweep::axes;
use std::process::ExitCode;

/// What to explain.
#[derive(Args)]
pub struct Arguments {
    /// A key, as in student.theta0; a section, as in student; or an experiment, for all of its keys
    topic: String,
}

/// Prints what is declared.
pub fn execute(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let topic = arguments.topic.trim();
    let text = match ExperimentKind::named(topic) {
        Some(experiment) => {
            let answers = experiment
                .keys()
                .into_iter()
                .map(|key| describe::answer(key, &[topic]));
            format!(
                "{}\n\n{}",
                experiment.about,
                answers.collect::<Vec<_>>().join("\n")
            )
        }
        None => answers(topic).ok_or_else(|| unknown(topic))?,
    };
    super::say(text.trim_end())?;
    Ok(ExitCode::SUCCESS)
}

/// Paths of all keys, each once.
fn paths() -> Vec<&'static str> {
    let keys = KINDS.iter().flat_map(|kind| kind.keys());
    let mut paths: Vec<&str> = Vec::new();
    for key in keys.chain(axes::KEYS.iter().copied()) {
        if !paths.contains(&key.path) {
            paths.push(key.path);
        }
    }
    paths
}

/// About a key, or about all keys of a section.
fn answers(topic: &str) -> Option<String> {
    let inside = |path: &str| {
        let rest = path.strip_prefix(topic);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    let paths = paths().into_iter().filter(|path| inside(path));
    let sweeps = |path: &str| {
        axes::KEYS
            .iter()
            .copied()
            .find(|key: &&Key| key.path == path)
    };
    let answers: Vec<String> = paths
        .flat_map(|path| match sweeps(path) {
            Some(key) => vec![describe::answer(key, &["luckflow sweep, all experiments"])],
            None => declarations(path)
                .iter()
                .map(|(key, experiments)| describe::answer(key, experiments))
                .collect(),
        })
        .collect();
    (!answers.is_empty()).then(|| answers.join("\n"))
}

fn unknown(topic: &str) -> Failure {
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
    Failure::usage(format!(
        "explain: found {topic:?}{guess}; allowed: a key, a section or an experiment; luckflow list names the experiments"
    ))
}
