//! From TOML text to a tree in which each value knows its line and its words. Linear in the text.

use super::ScenarioError;
use super::value::{Node, Origin, Table, Value, shorten};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The tree of a whole text; `file` is what messages call it.
pub(super) fn table(file: &str, text: &str) -> Result<Table, ScenarioError> {
    let lines = Lines::of(text);
    let parsed = DeTable::parse(text).map_err(|error| {
        let line = error.span().map_or(1, |span| lines.at(span.start));
        let written = text.lines().nth(line - 1).unwrap_or("").trim();
        ScenarioError {
            place: format!("{file}:{line}"),
            key: "syntax".into(),
            found: format!("`{}` ({})", shorten(written), shorten(&error.message().replace('\n', ", "))),
            allowed: "TOML: `key = value` lines under [section] headings".into(),
        }
    })?;
    let reader = Reader {
        text,
        origin: &|offset| Origin::Line(lines.at(offset)),
    };
    Ok(reader.table(parsed.get_ref()))
}

/// A single value, all of it at `origin`; `None` if it is no TOML.
pub(super) fn value(text: &str, origin: Origin) -> Option<Node> {
    let parsed = DeValue::parse(text).ok()?;
    let reader = Reader {
        text,
        origin: &|_| origin,
    };
    Some(reader.node(&parsed, origin))
}

/// Where lines begin.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self(ends.map(|(offset, _)| offset).collect())
    }

    /// The line of an offset, from 1.
    fn at(&self, offset: usize) -> usize {
        1 + self.0.partition_point(|&end| end < offset)
    }
}

struct Reader<'a> {
    text: &'a str,
    origin: &'a dyn Fn(usize) -> Origin,
}

impl Reader<'_> {
    fn table(&self, table: &DeTable<'_>) -> Table {
        table
            .iter()
            .map(|(key, value)| {
                // A section stands where its heading is, a value where its key is.
                let here = (self.origin)(key.span().start);
                (key.get_ref().to_string(), self.node(value, here))
            })
            .collect()
    }

    fn node(&self, spanned: &Spanned<DeValue<'_>>, here: Origin) -> Node {
        let item = |node: &Spanned<DeValue<'_>>| self.node(node, (self.origin)(node.span().start));
        let value = match spanned.get_ref() {
            DeValue::String(text) => Value::Text(text.to_string()),
            DeValue::Integer(number) => match i64::from_str_radix(number.as_str(), number.radix()) {
                Ok(number) => Value::Integer(number),
                Err(_) => Value::Float(number.as_str().parse().unwrap_or(f64::INFINITY)),
            },
            DeValue::Float(number) => Value::Float(number.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(flag) => Value::Boolean(*flag),
            DeValue::Datetime(date) => Value::Date(date.to_string()),
            // A list of sections, [[…]], has no text of its own.
            DeValue::Array(items) => {
                let items: Vec<Node> = items.iter().map(item).collect();
                if items.iter().any(|item| matches!(item.value, Value::Table(_))) {
                    return Node::new(Value::Array(items), here);
                }
                Value::Array(items)
            }
            DeValue::Table(table) => return Node::new(Value::Table(self.table(table)), here),
        };
        let text = self.text.get(spanned.span());
        Node::written(value, here, text.unwrap_or(""))
    }
}
