//! A TOML file as a tree that remembers where each value stands, with `--set` overrides applied.

use super::overrides::Override;
use super::{ScenarioError, parse, source};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use super::value::{Node, Origin, Table, Value};

/// A scenario file before its meaning.
#[derive(Clone, Debug)]
pub struct Document {
    /// The file, for messages, and for files named relative to it.
    pub path: PathBuf,
    /// Its top level.
    pub root: Table,
    /// The file's text, without overrides.
    pub text: Arc<str>,
}

impl Document {
    /// Reads a scenario and applies overrides in their order. `-` is standard input; a name that is no file is that of a
    /// [shipped](super::shipped()) scenario.
    ///
    /// # Errors
    /// A file that cannot be read, is no regular one, longer than 1 MB or not in UTF-8; text that is no TOML; an override
    /// that does not fit it.
    pub fn load(path: &Path, overrides: &[Override]) -> Result<Self, ScenarioError> {
        let (path, text) = source::find(path)?;
        Self::parse(&path, &text, overrides)
    }

    /// Like [`Document::load`], with the file's text at hand.
    ///
    /// # Errors
    /// Text that is no TOML; an override that does not fit it.
    pub fn parse(path: &Path, text: &str, overrides: &[Override]) -> Result<Self, ScenarioError> {
        let mut document = Self {
            path: path.to_owned(),
            root: parse::table(&path.display().to_string(), text)?,
            text: text.into(),
        };
        for change in overrides {
            match &change.value {
                Some(value) => document.replace(&change.keys, value.clone())?,
                None => document.remove(&change.keys)?,
            }
        }
        Ok(document)
    }

    /// Gives the value at a path of keys another value, as `--set` does.
    pub(crate) fn replace(&mut self, keys: &[String], value: Node) -> Result<(), ScenarioError> {
        let (last, sections) = keys.split_last().expect("at least one part");
        let place = self.place(Some(value.origin));
        let mut table = &mut self.root;
        for (depth, key) in sections.iter().enumerate() {
            let node = table.entry(key.clone()).or_insert_with(|| Node::new(Value::Table(Table::new()), value.origin));
            if !matches!(node.value, Value::Table(_)) {
                return Err(ScenarioError {
                    place,
                    key: keys.join("."),
                    found: format!("{} = {node}", sections[..=depth].join(".")),
                    allowed: "a key within a section".into(),
                });
            }
            let Value::Table(inner) = &mut node.value else {
                unreachable!("looked at above");
            };
            table = inner;
        }
        table.insert(last.clone(), value);
        Ok(())
    }

    /// Takes away the value at a path of keys.
    fn remove(&mut self, keys: &[String]) -> Result<(), ScenarioError> {
        let (last, sections) = keys.split_last().expect("at least one part");
        let table = sections.iter().try_fold(&mut self.root, |table, key| match &mut table.get_mut(key)?.value {
            Value::Table(inner) => Some(inner),
            _ => None,
        });
        if table.and_then(|table| table.remove(last)).is_some() {
            return Ok(());
        }
        let allowed = "a key that the scenario has, or a value after the `=`";
        Err(self.mistake(Some(Origin::Set), &keys.join("."), "nothing to take away", allowed))
    }

    /// A mistake in it, at a key with its section.
    pub(crate) fn mistake(
        &self,
        origin: Option<Origin>,
        key: &str,
        found: impl Into<String>,
        allowed: &str,
    ) -> ScenarioError {
        ScenarioError {
            place: self.place(origin),
            key: key.into(),
            found: found.into(),
            allowed: allowed.into(),
        }
    }

    /// "file:line", "--set" or "--axis".
    pub fn place(&self, origin: Option<Origin>) -> String {
        let file = self.path.display();
        match origin {
            Some(Origin::Line(line)) => format!("{file}:{line}"),
            Some(Origin::Set) => format!("{file}: --set"),
            Some(Origin::Axis) => format!("{file}: --axis"),
            None => file.to_string(),
        }
    }

    /// Where a key was written, as in `teacher.nodes` or `sweep.axis[0].log`; of one that is not there, its section.
    pub(super) fn origin_of(&self, path: &str) -> Option<Origin> {
        let mut origin = None;
        let mut table = &self.root;
        for part in path.split('.') {
            let (name, index) = match part.split_once('[') {
                Some((name, index)) => (name, index.trim_end_matches(']').parse::<usize>().ok()),
                None => (part, None),
            };
            let Some(mut node) = table.get(name) else {
                return origin;
            };
            if let (Some(index), Value::Array(items)) = (index, &node.value)
                && let Some(item) = items.get(index)
            {
                node = item;
            }
            origin = Some(node.origin);
            match &node.value {
                Value::Table(inner) => table = inner,
                _ => return origin,
            }
        }
        origin
    }
}
