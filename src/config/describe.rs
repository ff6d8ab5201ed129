//! What the declarations say, as a table of the documentation, as an answer, as a scenario to begin with.

use super::key::{Fallback, Key};
use std::fmt::Write;

/// A Markdown table of keys: key, default, what is allowed, what it means.
pub fn table(keys: &[&Key]) -> String {
    let mut text = String::from("| key | default | allowed | meaning |\n| --- | --- | --- | --- |\n");
    for key in keys {
        let cells = [format!("`{}`", key.path), fallback(key), code(&key.allowed()), meaning(key)];
        let cells = cells.map(|cell| cell.replace('|', "\\|"));
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    text
}

/// Everything about a key, in lines for a terminal; `experiments` are those that have it so.
pub fn answer(key: &Key, experiments: &[&str]) -> String {
    let mut text = format!("{}\n  {}\n", key.path, meaning(key));
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "  {name:9}{value}");
    };
    line("allowed", &key.allowed());
    line("default", &fallback(key).replace('`', ""));
    if let Some(unit) = key.unit {
        line("unit", unit);
    }
    if let Some(label) = key.label {
        line("axis", label);
    }
    line("in", &experiments.join(", "));
    text
}

/// A scenario to begin with: what must be written is, all the rest stands there as a comment with its default.
pub fn scenario(experiment: &str, about: &str, keys: &[&Key]) -> String {
    let mut text = format!("# {about}\nexperiment = \"{experiment}\"\n");
    let mut sections: Vec<&str> = Vec::new();
    for key in keys {
        if !sections.contains(&key.section()) {
            sections.push(key.section());
        }
    }
    // What has no heading comes first.
    sections.sort_by_key(|section| !section.is_empty());
    for section in sections {
        if !section.is_empty() {
            let _ = writeln!(text, "\n[{section}]");
        }
        for key in keys.iter().filter(|key| key.section() == section) {
            text.push_str(&entry(key));
        }
    }
    text
}

/// A line for a key, below its meaning.
fn entry(key: &Key) -> String {
    let name = key.name();
    let comment = format!("# {}: {}\n", meaning(key), key.allowed());
    let line = match (key.fallback, key.default_text(), key.example) {
        (Fallback::Required, _, Some(example)) => format!("{name} = {example}\n"),
        (_, Some(default), _) => format!("# {name} = {default}\n"),
        (Fallback::Rule(rule), _, Some(example)) => {
            format!("# {name} = {example}    # default: {rule}\n")
        }
        (Fallback::Rule(rule), _, None) => format!("# {name} =    # default: {rule}\n"),
        _ => format!("# {name} =\n"),
    };
    comment + &line
}

fn fallback(key: &Key) -> String {
    match (key.fallback, key.default_text()) {
        (Fallback::Rule(rule), _) => code(rule),
        (_, Some(default)) => format!("`{default}`"),
        _ => "–".into(),
    }
}

/// What it is, with its unit.
fn meaning(key: &Key) -> String {
    match key.unit {
        Some(unit) => format!("{} ({unit})", key.meaning),
        None => key.meaning.into(),
    }
}

/// What stands in quotation marks or braces as code.
fn code(words: &str) -> String {
    let mut text = String::new();
    let mut rest = words;
    while let Some(start) = rest.find(['"', '{', '[']) {
        let tail = &rest[start..];
        let end = match tail.as_bytes()[0] {
            b'"' => tail[1..].find('"').map(|end| end + 2),
            b'{' => tail.find('}').map(|end| end + 1),
            _ => balanced(tail),
        };
        let Some(end) = end else {
            break;
        };
        let _ = write!(text, "{}`{}`", &rest[..start], &tail[..end]);
        rest = &tail[end..];
    }
    text + rest
}

/// Where the list that begins a text ends.
fn balanced(text: &str) -> Option<usize> {
    let mut depth = 0;
    for (offset, c) in text.char_indices() {
        match c {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => (),
        }
        if depth == 0 {
            return Some(offset + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn what_is_written_in_a_scenario_is_code() {
        assert_eq!(
            code("\"a\" or { file = \"….npy\" }, as in [[0, 0.1], [20, 0.01]]"),
            "`\"a\"` or `{ file = \"….npy\" }`, as in `[[0, 0.1], [20, 0.01]]`"
        );
    }
}
