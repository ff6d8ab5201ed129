//! A scenario, key by key: what was written, what the command line changed, and what was filled in.

use super::html::{Html, cell, head, table, tag};
use crate::experiment::{ExperimentKind, RESOLVED, SCENARIO};
use std::collections::BTreeMap;
use std::path::Path;
use toml::Value;

/// A key with its value.
pub(super) struct Setting {
    pub(super) key: String,
    pub(super) value: String,
    /// Where the value comes from.
    from: &'static str,
    meaning: &'static str,
}

/// Where a value comes from that nobody wrote.
const FILLED_IN: &str = "filled in";

/// Of a result folder, with the axes of its sweep; none where it does not say what was run.
pub(super) fn settings(folder: &Path, experiment: &str, axes: &[String]) -> Vec<Setting> {
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap_or_default();
    let (given, resolved) = (read(SCENARIO), read(RESOLVED));
    let set: Vec<String> = overrides(given.lines().next().unwrap_or_default());
    let (given, resolved) = (flat(&given), flat(&resolved));
    // Of a sweep that an older version wrote there is only what was given.
    let all = if resolved.is_empty() { &given } else { &resolved };
    let keys = ExperimentKind::named(experiment).map(ExperimentKind::keys).unwrap_or_default();
    let setting = |(key, value): (&String, &String)| Setting {
        from: match given.get(key) {
            _ if axes.contains(key) => "axis: the first of its values",
            _ if set.contains(key) => "command line",
            Some(_) => "scenario",
            None => FILLED_IN,
        },
        meaning: keys.iter().find(|known| known.path == key).map_or("", |known| known.meaning),
        key: key.clone(),
        value: value.clone(),
    };
    let swept = |key: &str| key == "sweep" || key.starts_with("sweep.");
    all.iter().filter(|(key, _)| !swept(key)).map(setting).collect()
}

/// The keys that `--set` changed, of the comment that holds the command line.
fn overrides(comment: &str) -> Vec<String> {
    let mut words = comment.split_whitespace().map(|word| word.trim_matches('\''));
    let mut keys = Vec::new();
    while let Some(word) = words.next() {
        let set = match word.strip_prefix("--set") {
            Some("") => words.next(),
            Some(rest) => rest.strip_prefix('='),
            None => None,
        };
        keys.extend(set.and_then(|set| set.split_once('=')).map(|(key, _)| key.to_owned()));
    }
    keys
}

/// Every value by its whole key; none of a text that is no TOML.
fn flat(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    if let Ok(toml) = text.parse::<toml::Table>() {
        descend("", &Value::Table(toml), &mut found);
    }
    found
}

fn descend(key: &str, value: &Value, found: &mut BTreeMap<String, String>) {
    match value {
        Value::Table(table) => {
            for (name, value) in table {
                let below = match key {
                    "" => name.clone(),
                    key => format!("{key}.{name}"),
                };
                descend(&below, value, found);
            }
        }
        // As people write it: 1e-14.
        Value::Float(number) => {
            found.insert(key.into(), format!("{number:?}"));
        }
        value => {
            found.insert(key.into(), value.to_string());
        }
    }
}

/// A row for each key.
pub(super) fn section(settings: &[Setting]) -> Html {
    let rows = settings.iter().map(|setting| {
        let from = cell(setting.from);
        [
            head(&setting.key),
            tag("td").child(tag("code").text(&setting.value)),
            match setting.from {
                FILLED_IN => from.class("filled"),
                _ => from,
            },
            tag("td").meaning(setting.meaning),
        ]
    });
    table("settings", ["key", "value", "from", "meaning"], rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_value_comes_from_is_known() {
        let place = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(place.path().join(name), text).unwrap();
        write(
            SCENARIO,
            "# luckflow run a.toml --set student.theta0=0.1 '--set=seed=2'\n[teacher]\nnodes = 2\nthreshold = 1.5\n[student]\ntheta0 = 1\n",
        );
        write(
            RESOLVED,
            "seed = 2\n[teacher]\nnodes = 2\nthreshold = 1.5\ninput_dim = 4\n[student]\ntheta0 = 0.1\n",
        );
        let found = settings(place.path(), "theorem4", &["teacher.nodes".into()]);
        let from = |key: &str| {
            let setting = found.iter().find(|setting| setting.key == key).unwrap();
            (setting.value.clone(), setting.from)
        };
        assert_eq!(from("student.theta0"), ("0.1".into(), "command line"));
        assert_eq!(from("seed"), ("2".into(), "command line"));
        assert_eq!(from("teacher.threshold"), ("1.5".into(), "scenario"));
        assert_eq!(from("teacher.nodes").1, "axis: the first of its values");
        assert_eq!(from("teacher.input_dim"), ("4".into(), "filled in"));
        assert!(found.iter().all(|setting| !setting.meaning.is_empty()));
    }
}
