//! A TOML file as a tree that remembers where each value stands, with `--set` overrides applied.

use super::ScenarioError;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A scenario file before its meaning.
#[derive(Clone, Debug)]
pub struct Document {
    /// The file, for messages, and for files named relative to it.
    pub path: PathBuf,
    /// Its top level.
    pub root: Table,
}

/// Keys and values of one section.
pub type Table = BTreeMap<String, Node>;

/// A value and where it was written.
#[derive(Clone, Debug)]
pub struct Node {
    /// What was written.
    pub value: Value,
    /// Where.
    pub origin: Origin,
}

/// Where a value was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A line of the file, from 1.
    Line(usize),
    /// `--set` on the command line.
    Set,
}

/// A TOML value.
#[derive(Clone, Debug)]
pub enum Value {
    /// "…"
    Text(String),
    /// 64-bit integer
    Integer(i64),
    /// also inf and nan
    Float(f64),
    /// true or false
    Boolean(bool),
    /// `[ … ]`
    Array(Vec<Node>),
    /// `{ … }` or `[section]`
    Table(Table),
    /// a date or a time, which no key takes
    Date(String),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "\"{text}\""),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Float(number) => write!(f, "{number}"),
            Self::Boolean(flag) => write!(f, "{flag}"),
            Self::Date(date) => write!(f, "the date {date}"),
            Self::Array(items) => {
                let items: Vec<String> = items.iter().map(|node| node.value.to_string()).collect();
                write!(f, "[{}]", items.join(", "))
            }
            Self::Table(table) => {
                let items = table
                    .iter()
                    .map(|(key, node)| format!("{key} = {}", node.value));
                write!(f, "{{ {} }}", items.collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// `--set key=value`, taken apart.
#[derive(Clone, Debug)]
pub struct Override {
    keys: Vec<String>,
    value: Node,
}

impl Override {
    /// Reads `a.b=value`. The value is TOML; one that is not stands for itself as text, so that
    /// quotes may be left out.
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        let wrong = |allowed: &str| ScenarioError {
            place: "--set".into(),
            key: text.split('=').next().unwrap_or(text).trim().into(),
            found: format!("`{text}`"),
            allowed: allowed.into(),
        };
        let (key, value) = text
            .split_once('=')
            .ok_or_else(|| wrong("key=value, as in student.theta0=0.1"))?;
        let keys = split_key(key)
            .ok_or_else(|| wrong("a key before the `=`, as in student.theta0=0.1"))?;
        let value = value.trim();
        let quoted = format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""));
        let value = DeValue::parse(value)
            .ok()
            .map(|value| convert(value.get_ref(), &|_| Origin::Set, Origin::Set))
            .or_else(|| {
                let value = DeValue::parse(&quoted).ok()?;
                Some(convert(value.get_ref(), &|_| Origin::Set, Origin::Set))
            })
            .ok_or_else(|| wrong("a TOML value after the `=`"))?;
        Ok(Self { keys, value })
    }
}

/// The parts of `student.theta0`; `None` if one is empty.
pub(crate) fn split_key(key: &str) -> Option<Vec<String>> {
    let keys: Vec<String> = key.split('.').map(|part| part.trim().to_owned()).collect();
    keys.iter().all(|key| !key.is_empty()).then_some(keys)
}

impl Document {
    /// Gives the value at a path of keys another value, as `--set` does.
    pub(crate) fn replace(&mut self, keys: &[String], value: Node) -> Result<(), ScenarioError> {
        let (last, sections) = keys.split_last().expect("at least one part");
        let place = self.place(Some(value.origin));
        let mut table = &mut self.root;
        for (depth, key) in sections.iter().enumerate() {
            let node = table.entry(key.clone()).or_insert_with(|| Node {
                value: Value::Table(Table::new()),
                origin: value.origin,
            });
            table = match &mut node.value {
                Value::Table(table) => table,
                other => {
                    return Err(ScenarioError {
                        place,
                        key: keys.join("."),
                        found: format!("{} = {other}", sections[..=depth].join(".")),
                        allowed: "a key within a section".into(),
                    });
                }
            };
        }
        table.insert(last.clone(), value);
        Ok(())
    }

    /// Reads a file and applies overrides in their order.
    pub fn load(path: &Path, overrides: &[Override]) -> Result<Self, ScenarioError> {
        let text = std::fs::read_to_string(path).map_err(|error| ScenarioError {
            place: path.display().to_string(),
            key: "the file".into(),
            found: error.to_string(),
            allowed: "a scenario in TOML, as in scenarios/theorem4.toml".into(),
        })?;
        Self::parse(path, &text, overrides)
    }

    /// Like [`Document::load`], with the file's text at hand.
    pub fn parse(path: &Path, text: &str, overrides: &[Override]) -> Result<Self, ScenarioError> {
        let line = |offset: usize| {
            let before = &text.as_bytes()[..offset.min(text.len())];
            1 + before.iter().filter(|&&byte| byte == b'\n').count()
        };
        let table = DeTable::parse(text).map_err(|error| {
            let line = error.span().map_or(1, |span| line(span.start));
            let written = text.lines().nth(line - 1).unwrap_or("").trim();
            ScenarioError {
                place: format!("{}:{line}", path.display()),
                key: "syntax".into(),
                found: format!("`{written}` ({})", error.message().replace('\n', ", ")),
                allowed: "TOML: `key = value` lines under [section] headings".into(),
            }
        })?;
        let origin = |offset| Origin::Line(line(offset));
        let mut document = Self {
            path: path.to_owned(),
            root: convert_table(table.get_ref(), &origin),
        };
        for change in overrides {
            document.replace(&change.keys, change.value.clone())?;
        }
        Ok(document)
    }

    /// "file:line" or "--set".
    pub fn place(&self, origin: Option<Origin>) -> String {
        match origin {
            Some(Origin::Line(line)) => format!("{}:{line}", self.path.display()),
            Some(Origin::Set) => format!("{}: --set", self.path.display()),
            None => self.path.display().to_string(),
        }
    }
}

/// Offset in the text → origin.
type OriginOf<'a> = dyn Fn(usize) -> Origin + 'a;

fn convert_table(table: &DeTable<'_>, origin: &OriginOf<'_>) -> Table {
    table
        .iter()
        .map(|(key, value)| {
            // A section stands where its heading is, a value where its key is.
            let here = origin(key.span().start);
            (
                key.get_ref().to_string(),
                convert(value.get_ref(), origin, here),
            )
        })
        .collect()
}

fn convert(value: &DeValue<'_>, origin: &OriginOf<'_>, here: Origin) -> Node {
    let item =
        |node: &Spanned<DeValue<'_>>| convert(node.get_ref(), origin, origin(node.span().start));
    let value = match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Value::Integer(number),
            Err(_) => Value::Float(number.as_str().parse().unwrap_or(f64::INFINITY)),
        },
        DeValue::Float(number) => Value::Float(number.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(flag) => Value::Boolean(*flag),
        DeValue::Datetime(date) => Value::Date(date.to_string()),
        DeValue::Array(items) => Value::Array(items.iter().map(item).collect()),
        DeValue::Table(table) => Value::Table(convert_table(table, origin)),
    };
    Node {
        value,
        origin: here,
    }
}
