//! Sections of a scenario while they are read; a mistake says where it is, what was found and what is allowed.

use super::document::{Document, Node, Origin, Table, Value};
use super::error::ScenarioError;
use super::key::{Key, quoted};
use super::{near, source};
use std::path::{Path, PathBuf};
use std::rc::Rc;

pub use super::range::Range;

pub(super) type Result<T> = std::result::Result<T, ScenarioError>;

/// One section of a scenario while it is read: what is not taken by the end is unknown.
pub struct Section {
    document: Rc<Document>,
    /// "" for the top level
    path: String,
    origin: Option<Origin>,
    left: Table,
    asked: Vec<&'static str>,
}

impl Section {
    /// The top level.
    pub fn root(document: Document) -> Self {
        let left = document.root.clone();
        Self {
            document: Rc::new(document),
            path: String::new(),
            origin: None,
            left,
            asked: Vec::new(),
        }
    }

    /// The file's name without its ending.
    pub fn name(&self) -> String {
        let path = &self.document.path;
        let stem = path.file_stem().filter(|_| path != Path::new(source::STANDARD_INPUT_NAME));
        stem.map_or_else(|| "scenario".into(), |stem| stem.to_string_lossy().into_owned())
    }

    /// The scenario's folder, to which the files that it names are relative.
    pub(super) fn folder(&self) -> PathBuf {
        self.document.path.parent().unwrap_or("".as_ref()).to_owned()
    }

    /// A section below this one; empty if it is not there.
    ///
    /// # Errors
    /// A value that is no section, or a section whose name is nearly this one.
    pub fn section(&mut self, key: &'static str) -> Result<Section> {
        let path = self.full(key);
        let (origin, left) = match self.take(key) {
            None => self.misspelt(key).map_or(Ok((None, Table::new())), Err)?,
            Some(Node {
                value: Value::Table(table),
                origin,
                ..
            }) => (Some(origin), table),
            Some(node) => return Err(self.wrong(key, &node, &format!("a section, [{path}]"))),
        };
        Ok(self.below(path, origin, left))
    }

    /// The sections of a list, as in `[[sweep.axis]]` or `zip = [{ … }, { … }]`; none if it is not there.
    ///
    /// # Errors
    /// A value that is no list of sections, or a key whose name is nearly this one.
    pub fn sections(&mut self, key: &'static str) -> Result<Vec<Section>> {
        let path = self.full(key);
        let Some(node) = self.take(key) else {
            return self.misspelt(key).map_or(Ok(Vec::new()), Err);
        };
        let allowed = format!("a list of sections, [[{path}]]");
        let Value::Array(items) = node.value else {
            return Err(self.wrong(key, &node, &allowed));
        };
        let section = |(index, item): (usize, Node)| match item.value {
            Value::Table(table) => Ok(self.below(format!("{path}[{index}]"), Some(item.origin), table)),
            _ => Err(self.wrong(key, &item, &allowed)),
        };
        items.into_iter().enumerate().map(section).collect()
    }

    fn below(&self, path: String, origin: Option<Origin>, left: Table) -> Self {
        Self {
            document: Rc::clone(&self.document),
            path,
            origin,
            left,
            asked: Vec::new(),
        }
    }

    /// Takes a value out, whatever it is.
    pub fn take(&mut self, key: &'static str) -> Option<Node> {
        self.asked.push(key);
        self.left.remove(key)
    }

    /// Looks at a value that is still there.
    pub(crate) fn peek(&self, key: &str) -> Option<&Node> {
        self.left.get(key)
    }

    /// Whether a key is there and not yet taken.
    pub fn has(&self, key: &str) -> bool {
        self.left.contains_key(key)
    }

    /// One of a few words, which must be there.
    ///
    /// # Errors
    /// None of them.
    pub fn required_text(&mut self, key: &'static str, choices: &[&'static str]) -> Result<&'static str> {
        let allowed = quoted(choices, " or ");
        let Some(node) = self.take(key) else {
            return Err(self.missing(key, &allowed));
        };
        let word = match &node.value {
            Value::Text(text) => text.as_str(),
            _ => return Err(self.wrong(key, &node, &allowed)),
        };
        let choice = choices.iter().find(|choice| **choice == word);
        choice.copied().ok_or_else(|| {
            let mut error = self.wrong(key, &node, &allowed);
            if let Some(meant) = near(word, choices.iter().copied()) {
                error.found.push_str(&format!(" (did you mean \"{meant}\"?)"));
            }
            error
        })
    }

    /// Refuses keys that mean nothing here, with the reason.
    ///
    /// # Errors
    /// The first of them that is there.
    pub fn refuse<'a>(&mut self, keys: impl IntoIterator<Item = &'a &'static Key>, allowed: &str) -> Result<()> {
        for key in keys {
            if let Some(node) = self.left.remove(key.name()) {
                return Err(self.wrong(key.name(), &node, allowed));
            }
        }
        Ok(())
    }

    /// Refuses keys that nobody asked for.
    ///
    /// # Errors
    /// The first of them.
    pub fn finish(self) -> Result<()> {
        let Some((key, node)) = self.left.first_key_value() else {
            return Ok(());
        };
        Err(self.unknown(key, node, near(key, self.asked.iter().copied())))
    }

    /// An error about a key that nobody asked for.
    fn unknown(&self, key: &str, node: &Node, meant: Option<&str>) -> ScenarioError {
        let guess = meant.map_or(String::new(), |meant| format!(" (did you mean {meant}?)"));
        let mut asked = self.asked.clone();
        asked.sort_unstable();
        asked.dedup();
        let key = self.full(&super::value::shorten(key));
        let found = format!("an unknown key, with value {node}{guess}");
        self.document.mistake(Some(node.origin), &key, found, meant.unwrap_or(&asked.join(", ")))
    }

    /// If `key` is not there but one that looks like it is, an error that says so.
    fn misspelt(&self, key: &str) -> Option<ScenarioError> {
        let others = self.left.keys().map(String::as_str);
        let other = near(key, others.filter(|other| !self.asked.contains(other)))?;
        Some(self.unknown(other, &self.left[other], Some(key)))
    }

    /// An error about a value that was taken.
    pub fn wrong(&self, key: &str, node: &Node, allowed: &str) -> ScenarioError {
        self.document.mistake(Some(node.origin), &self.full(key), node.to_string(), allowed)
    }

    /// An error about a value that is not there.
    pub fn missing(&self, key: &str, allowed: &str) -> ScenarioError {
        let missing = || self.document.mistake(self.origin, &self.full(key), "nothing", allowed);
        self.misspelt(key).unwrap_or_else(missing)
    }

    /// An error about several values together, placed at a key, with its section; where that is not written, at the section.
    pub fn contradiction(&self, path: &str, found: String, allowed: &str) -> ScenarioError {
        self.document.mistake(self.document.origin_of(path), path, found, allowed)
    }

    /// What was written for a key, with its section; `None` if it was not.
    pub fn origin_of(&self, path: &str) -> Option<Origin> {
        self.document.origin_of(path)
    }

    /// Where the section stands.
    pub fn origin(&self) -> Option<Origin> {
        self.origin
    }

    /// A key of this section, with the section.
    pub(crate) fn full(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.into()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// Whether a declaration is one of this section, or of one in a list, `axis[0].log` for `axis[].log`.
    pub(super) fn has_place_for(&self, key: &Key) -> bool {
        let last = |path: &str| path.rsplit('.').next() == key.section().rsplit('.').next();
        self.path == key.section() || self.path.contains('[') && last(&self.path)
    }
}
