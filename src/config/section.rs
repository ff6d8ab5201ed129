//! Typed values out of a section, with errors that say where, what was found and what is allowed.

use super::document::{Document, Node, Origin, Table, Value};
use super::error::ScenarioError;
use std::path::PathBuf;
use std::rc::Rc;

/// Two keys that differ by so many letters may be one.
const MISSPELT: usize = 2;

/// One section of a scenario while it is read: what is not taken by the end is unknown.
pub struct Section {
    document: Rc<Document>,
    /// "" for the top level
    path: String,
    origin: Option<Origin>,
    left: Table,
    asked: Vec<&'static str>,
}

/// Which numbers are allowed.
#[derive(Clone, Copy)]
pub struct Range {
    low: f64,
    high: f64,
    includes: [bool; 2],
    words: &'static str,
}

impl Range {
    /// x > 0.
    pub const POSITIVE: Self = Self::open(0.0, f64::INFINITY, "a positive number");

    /// Between two ends that are not allowed themselves.
    pub const fn open(low: f64, high: f64, words: &'static str) -> Self {
        Self {
            low,
            high,
            includes: [false, false],
            words,
        }
    }

    /// Between two ends that are allowed.
    pub const fn closed(low: f64, high: f64, words: &'static str) -> Self {
        Self {
            low,
            high,
            includes: [true, true],
            words,
        }
    }

    /// What is allowed, in words.
    pub(super) fn words(&self) -> &'static str {
        self.words
    }

    pub(super) fn contains(&self, x: f64) -> bool {
        let [low, high] = self.includes;
        x.is_finite()
            && (x > self.low || low && x == self.low)
            && (x < self.high || high && x == self.high)
    }
}

type Result<T> = std::result::Result<T, ScenarioError>;

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
        let stem = self.document.path.file_stem();
        stem.map_or_else(
            || "scenario".into(),
            |stem| stem.to_string_lossy().into_owned(),
        )
    }

    /// A section below this one; empty if it is not there.
    pub fn section(&mut self, key: &'static str) -> Result<Section> {
        let path = self.full(key);
        let (origin, left) = match self.take(key) {
            None => match self.misspelt(key) {
                Some(error) => return Err(error),
                None => (None, Table::new()),
            },
            Some(Node {
                value: Value::Table(table),
                origin,
            }) => (Some(origin), table),
            Some(node) => return Err(self.wrong(key, &node, &format!("a section, [{path}]"))),
        };
        Ok(Section {
            document: Rc::clone(&self.document),
            path,
            origin,
            left,
            asked: Vec::new(),
        })
    }

    /// The sections of a list, as in `[[sweep.axis]]` or `zip = [{ … }, { … }]`; none if it is not there.
    pub fn sections(&mut self, key: &'static str) -> Result<Vec<Section>> {
        let path = self.full(key);
        let Some(node) = self.take(key) else {
            return match self.misspelt(key) {
                Some(error) => Err(error),
                None => Ok(Vec::new()),
            };
        };
        let Value::Array(items) = &node.value else {
            return Err(self.wrong(key, &node, &format!("a list of sections, [[{path}]]")));
        };
        let section = |(index, item): (usize, &Node)| match &item.value {
            Value::Table(table) => Ok(Section {
                document: Rc::clone(&self.document),
                path: format!("{path}[{index}]"),
                origin: Some(item.origin),
                left: table.clone(),
                asked: Vec::new(),
            }),
            _ => Err(self.wrong(key, item, &format!("a list of sections, [[{path}]]"))),
        };
        items.iter().enumerate().map(section).collect()
    }

    /// Whether a key that is still there has a whole number.
    pub fn is_integer(&self, key: &str) -> bool {
        matches!(self.left.get(key), Some(node) if matches!(node.value, Value::Integer(_)))
    }

    /// Takes a value out, whatever it is.
    pub fn take(&mut self, key: &'static str) -> Option<Node> {
        self.asked.push(key);
        self.left.remove(key)
    }

    /// Whether a key is there and not yet taken.
    pub fn has(&self, key: &str) -> bool {
        self.left.contains_key(key)
    }

    /// A number in a range.
    pub fn number(&mut self, key: &'static str, range: Range) -> Result<Option<f64>> {
        let Some(node) = self.take(key) else {
            return Ok(None);
        };
        let number = match node.value {
            Value::Float(number) => Some(number),
            Value::Integer(number) => Some(number as f64),
            _ => None,
        };
        match number {
            Some(number) if range.contains(number) => Ok(Some(number)),
            _ => Err(self.wrong(key, &node, range.words)),
        }
    }

    /// A number, or "auto" for `None`. Absent means "auto".
    pub fn number_or_auto(&mut self, key: &'static str, range: Range) -> Result<Option<f64>> {
        if let Some(Node {
            value: Value::Text(text),
            ..
        }) = self.left.get(key)
            && text == "auto"
        {
            self.take(key);
            return Ok(None);
        }
        self.number(key, range).map_err(|mut error| {
            error.allowed.push_str(", or \"auto\"");
            error
        })
    }

    /// A whole number in a range.
    pub fn integer(&mut self, key: &'static str, low: u64, high: u64) -> Result<Option<u64>> {
        let Some(node) = self.take(key) else {
            return Ok(None);
        };
        match node.value {
            Value::Integer(number)
                if (low as i128..=high as i128).contains(&i128::from(number)) =>
            {
                Ok(Some(number as u64))
            }
            _ => {
                let allowed = if high >= i64::MAX as u64 {
                    format!("a whole number of at least {low}")
                } else {
                    format!("a whole number from {low} to {high}")
                };
                Err(self.wrong(key, &node, &allowed))
            }
        }
    }

    /// true or false.
    pub fn boolean(&mut self, key: &'static str) -> Result<Option<bool>> {
        let Some(node) = self.take(key) else {
            return Ok(None);
        };
        match node.value {
            Value::Boolean(flag) => Ok(Some(flag)),
            _ => Err(self.wrong(key, &node, "true or false")),
        }
    }

    /// One of a few words.
    pub fn text(
        &mut self,
        key: &'static str,
        choices: &'static [&'static str],
    ) -> Result<Option<&'static str>> {
        let Some(node) = self.take(key) else {
            return Ok(None);
        };
        let choice = match &node.value {
            Value::Text(text) => choices.iter().find(|choice| *choice == text),
            _ => None,
        };
        match choice {
            Some(choice) => Ok(Some(choice)),
            None => Err(self.wrong(key, &node, &list(choices))),
        }
    }

    /// One of a few words, which must be there.
    pub fn required_text(
        &mut self,
        key: &'static str,
        choices: &'static [&'static str],
    ) -> Result<&'static str> {
        self.text(key, choices)?
            .ok_or_else(|| self.missing(key, &list(choices)))
    }

    /// One of a few words, or a table with one file in it, as in `{ file = "w.npy" }`.
    ///
    /// File names are relative to the scenario's folder.
    pub fn text_or_file(
        &mut self,
        key: &'static str,
        choices: &'static [&'static str],
        file_keys: &'static [&'static str],
    ) -> Result<Option<TextOrFile>> {
        let Some(node) = self.take(key) else {
            return Ok(None);
        };
        if let Value::Text(text) = &node.value
            && let Some(choice) = choices.iter().find(|choice| *choice == text)
        {
            return Ok(Some(TextOrFile::Text(choice)));
        }
        if let Value::Table(table) = &node.value
            && table.len() == 1
        {
            for &file_key in file_keys {
                if let Some(Node {
                    value: Value::Text(file),
                    ..
                }) = table.get(file_key)
                {
                    let folder = self.document.path.parent().unwrap_or("".as_ref());
                    return Ok(Some(TextOrFile::File(file_key, folder.join(file))));
                }
            }
        }
        let files: Vec<String> = file_keys
            .iter()
            .map(|key| format!("{{ {key} = \"….npy\" }}"))
            .collect();
        let allowed = format!("{} or {}", list(choices), files.join(" or "));
        Err(self.wrong(key, &node, &allowed))
    }

    /// Refuses keys that nobody asked for.
    pub fn finish(self) -> Result<()> {
        let Some((key, node)) = self.left.first_key_value() else {
            return Ok(());
        };
        let near = self
            .asked
            .iter()
            .min_by_key(|asked| strsim::damerau_levenshtein(asked, key))
            .filter(|asked| strsim::damerau_levenshtein(asked, key) <= MISSPELT);
        Err(self.unknown(key, node, near.copied()))
    }

    /// An error about a key that nobody asked for.
    fn unknown(&self, key: &str, node: &Node, meant: Option<&str>) -> ScenarioError {
        let guess = meant.map_or(String::new(), |meant| format!(" (did you mean {meant}?)"));
        ScenarioError {
            place: self.document.place(Some(node.origin)),
            key: self.full(key),
            found: format!("an unknown key, with value {}{guess}", node.value),
            allowed: meant.map_or_else(|| self.asked.join(", "), String::from),
        }
    }

    /// If `key` is not there but one that looks like it is, an error that says so.
    fn misspelt(&self, key: &str) -> Option<ScenarioError> {
        let near = |(other, _): &(&String, &Node)| {
            !self.asked.contains(&other.as_str())
                && strsim::damerau_levenshtein(other, key) <= MISSPELT
        };
        let (other, node) = self.left.iter().find(near)?;
        Some(self.unknown(other, node, Some(key)))
    }

    /// An error about a value that was taken.
    pub fn wrong(&self, key: &str, node: &Node, allowed: &str) -> ScenarioError {
        ScenarioError {
            place: self.document.place(Some(node.origin)),
            key: self.full(key),
            found: node.value.to_string(),
            allowed: allowed.into(),
        }
    }

    /// An error about a value that is not there.
    pub fn missing(&self, key: &str, allowed: &str) -> ScenarioError {
        self.misspelt(key).unwrap_or_else(|| ScenarioError {
            place: self.document.place(self.origin),
            key: self.full(key),
            found: "nothing".into(),
            allowed: allowed.into(),
        })
    }

    /// An error about several values together, placed at `key`, which was looked up beforehand.
    pub fn contradiction(
        &self,
        key: &str,
        origin: Option<Origin>,
        found: String,
        allowed: &str,
    ) -> ScenarioError {
        ScenarioError {
            place: self.document.place(origin.or(self.origin)),
            key: self.full(key),
            found,
            allowed: allowed.into(),
        }
    }

    /// Where a key that is still there was written.
    pub fn origin_of(&self, key: &str) -> Option<Origin> {
        self.left.get(key).map(|node| node.origin)
    }

    /// Where the section stands.
    pub fn origin(&self) -> Option<Origin> {
        self.origin
    }

    fn full(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.into()
        } else {
            format!("{}.{key}", self.path)
        }
    }
}

/// What [`Section::text_or_file`] found.
pub enum TextOrFile {
    /// One of the words.
    Text(&'static str),
    /// The key and the file.
    File(&'static str, PathBuf),
}

fn list(choices: &[&str]) -> String {
    let quoted: Vec<String> = choices
        .iter()
        .map(|choice| format!("\"{choice}\""))
        .collect();
    quoted.join(" or ")
}
