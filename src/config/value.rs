//! Values as they were written: what, where, and in which words.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// Keys and values of one section.
pub type Table = BTreeMap<String, Node>;

/// A value, where it was written, and its source text.
#[derive(Clone, Debug)]
pub struct Node {
    /// What was written.
    pub value: Value,
    /// Where.
    pub origin: Origin,
    /// The text it was read from, where there is one.
    written: Option<Arc<str>>,
}

impl Node {
    /// A value that was computed, not written.
    pub fn new(value: Value, origin: Origin) -> Self {
        Self {
            value,
            origin,
            written: None,
        }
    }

    /// A value with the text that it was read from.
    pub(super) fn written(value: Value, origin: Origin, text: &str) -> Self {
        Self {
            value,
            origin,
            written: Some(text.into()),
        }
    }
}

/// As it was written, in one line of bounded length: for messages.
impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.written, &self.value) {
            (Some(text), _) => f.write_str(&shorten(text)),
            (None, Value::Table(table)) => {
                // No more of them than can be shown.
                let items = table.iter().take(LONGEST / 4);
                let items: Vec<String> = items.map(|(key, node)| format!("{key} = {node}")).collect();
                f.write_str(&shorten(&format!("{{ {} }}", items.join(", "))))
            }
            (None, value) => f.write_str(&shorten(&value.to_string())),
        }
    }
}

/// Characters of a value that a message shows.
const LONGEST: usize = 100;

/// One line of at most [`LONGEST`] characters; what a terminal would obey rather than show is escaped.
pub(crate) fn shorten(text: &str) -> String {
    let mut line = String::new();
    let mut blank = false;
    for (shown, c) in text.trim().chars().enumerate() {
        if shown >= LONGEST {
            return format!("{line}… ({} characters)", text.chars().count());
        }
        match c {
            ' ' | '\t' | '\n' | '\r' => {
                if !blank {
                    line.push(' ');
                }
            }
            c if c.is_control() => line.extend(c.escape_default()),
            c => line.push(c),
        }
        blank = c.is_ascii_whitespace();
    }
    line
}

/// Where a value was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// A line of the file, from 1.
    Line(usize),
    /// `--set` on the command line.
    Set,
    /// `--axis` on the command line.
    Axis,
}

/// A TOML value.
#[derive(Clone, Debug)]
pub enum Value {
    /// "…"
    Text(String),
    /// 64-bit integer
    Integer(i64),
    /// also inf and nan, and integers beyond 64 bits
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

impl Value {
    /// As a number, also a whole one, if it is a finite one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Float(number) => Some(*number).filter(|number| number.is_finite()),
            Self::Integer(number) => Some(*number as f64),
            _ => None,
        }
    }

    /// As a whole number that is not negative.
    pub fn whole(&self) -> Option<u64> {
        match self {
            Self::Integer(number) => u64::try_from(*number).ok(),
            _ => None,
        }
    }

    /// The values of a list.
    pub fn items(&self) -> Option<&[Node]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }
}

/// The same text for the same value, however it was written: 1e-1 is 0.1.
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
                let items = table.iter().map(|(key, node)| format!("{key} = {}", node.value));
                write!(f, "{{ {} }}", items.collect::<Vec<_>>().join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::shorten;

    #[test]
    fn long_values_are_cut_and_control_characters_shown() {
        let long = "x".repeat(5000);
        let shown = shorten(&long);
        assert!(shown.ends_with("… (5000 characters)") && shown.len() < 150, "{shown}");
        assert_eq!(shorten("[1,\n    2]"), "[1, 2]");
        assert_eq!(shorten("\"\u{1b}[2J\""), "\"\\u{1b}[2J\"");
    }
}
