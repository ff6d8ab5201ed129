//! A summary as names and values.

use serde_json::Value as Json;

/// By which a list's items are called, where they have one of these.
const NAMES: [&str; 4] = ["label", "name", "rate", "start"];

/// All that stands in a value, by its path: `rates.sharp.value`, `findings[width2-seed1].rho[0]`.
pub(crate) fn flat(value: &Json) -> Vec<(String, Json)> {
    let mut found = Vec::new();
    walk(value, String::new(), &mut found);
    found
}

fn walk(value: &Json, path: String, found: &mut Vec<(String, Json)>) {
    match value {
        Json::Object(keys) => {
            for (key, value) in keys {
                // How long something took is no result.
                if key == "seconds" {
                    continue;
                }
                let path = match path.as_str() {
                    "" => key.clone(),
                    path => format!("{path}.{key}"),
                };
                walk(value, path, found);
            }
        }
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let name = NAMES.iter().find_map(|key| item.get(key)?.as_str());
                let name = name.map_or(index.to_string(), str::to_owned);
                walk(item, format!("{path}[{name}]"), found);
            }
        }
        leaf => found.push((path, leaf.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_the_names_of_what_has_one() {
        let value = serde_json::json!({
            "end": { "kind": "finished" },
            "seconds": 3.0,
            "findings": [{ "label": "a", "rho": [0.5, null], "seconds": 1 }, 7],
        });
        let found = flat(&value);
        let mut paths: Vec<&str> = found.iter().map(|(path, _)| path.as_str()).collect();
        paths.sort_unstable();
        let expected = ["end.kind", "findings[1]", "findings[a].label", "findings[a].rho[0]", "findings[a].rho[1]"];
        assert_eq!(paths, expected);
    }
}
