//! `resolved.toml`: a scenario with nothing left open, which runs from any folder to the same bytes.

use crate::config;
use toml::Value;

/// The scenario as it was given, under the command line.
pub const SCENARIO: &str = "scenario.toml";

/// The scenario with nothing left open; of a sweep that of its first point.
pub const RESOLVED: &str = "resolved.toml";

/// The scenario as TOML, with the files that it names by their whole paths.
pub fn resolved(scenario: &dyn erased_serde::Serialize) -> String {
    let mut toml = Value::try_from(scenario).expect("scenarios are made of what TOML has");
    for file in config::files(scenario) {
        let whole = std::path::absolute(&file.path).unwrap_or(file.path);
        if let Some(place) = at(&mut toml, &file.pointer) {
            *place = Value::String(whole.to_string_lossy().into_owned());
        }
    }
    toml::to_string(&toml).expect("scenarios are made of what TOML has")
}

/// The value at a JSON pointer.
fn at<'a>(toml: &'a mut Value, pointer: &str) -> Option<&'a mut Value> {
    pointer.split('/').skip(1).try_fold(toml, |value, part| match value {
        Value::Table(table) => table.get_mut(part),
        Value::Array(items) => items.get_mut(part.parse::<usize>().ok()?),
        _ => None,
    })
}
