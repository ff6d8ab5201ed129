//! `--set key=value`: a change of a scenario.

use super::ScenarioError;
use super::parse;
use super::value::{Node, Origin};

/// `--set key=value`, taken apart.
#[derive(Clone, Debug)]
pub struct Override {
    pub(super) keys: Vec<String>,
    /// `None` takes the key away.
    pub(super) value: Option<Node>,
}

impl Override {
    /// Reads `a.b=value`. The value is TOML; one that is not stands for itself as text, so that
    /// quotes may be left out. Without a value, `a.b=`, the key is taken away.
    ///
    /// # Errors
    /// No `=`, no key before it, or a value that cannot even be text.
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        let (keys, value) = split(text, "--set", "key=value, as in student.theta0=0.1")?;
        let value = match value {
            "" => None,
            value => Some(loose(value, Origin::Set).ok_or_else(|| wrong(text, "--set", "a TOML value after the `=`"))?),
        };
        Ok(Self { keys, value })
    }
}

/// `key=rest` of an option.
pub(crate) fn split<'a>(text: &'a str, option: &str, form: &str) -> Result<(Vec<String>, &'a str), ScenarioError> {
    let (key, rest) = text.split_once('=').ok_or_else(|| wrong(text, option, form))?;
    let keys = split_key(key).ok_or_else(|| wrong(text, option, &format!("a key before the `=`: {form}")))?;
    Ok((keys, rest.trim()))
}

/// An error about an option as a whole.
pub(crate) fn wrong(text: &str, option: &str, allowed: &str) -> ScenarioError {
    let key = text.split('=').next().unwrap_or(text);
    ScenarioError {
        place: option.into(),
        key: super::value::shorten(key),
        found: format!("`{}`", super::value::shorten(text)),
        allowed: allowed.into(),
    }
}

/// A TOML value; what is none stands for itself as text.
pub(crate) fn loose(text: &str, origin: Origin) -> Option<Node> {
    let quoted = || format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    parse::value(text, origin).or_else(|| parse::value(&quoted(), origin))
}

/// The parts of `student.theta0`; `None` if one is empty.
pub(crate) fn split_key(key: &str) -> Option<Vec<String>> {
    let keys: Vec<String> = key.split('.').map(|part| part.trim().to_owned()).collect();
    keys.iter().all(|key| !key.is_empty()).then_some(keys)
}
