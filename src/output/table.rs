//! Tables for programs: columns that say what they are, and one rule for numbers.

use serde::Serialize;
use std::borrow::Cow;
use std::io::{self, Write};

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnKind {
    /// A floating-point number with all its digits; empty where there is none.
    Number,
    /// A whole number.
    Count,
    /// Words.
    Text,
    /// What a run says of a claim.
    Verdict,
}

/// One column: its name in the header, and what stands in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Column {
    /// As in the header.
    pub name: Cow<'static, str>,
    /// What stands in it.
    pub kind: ColumnKind,
    /// Of its numbers; empty for pure numbers and words.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub unit: &'static str,
    /// In a few words.
    pub meaning: Cow<'static, str>,
}

/// One field.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// With all its digits; NaN and infinities are empty.
    Number(f64),
    /// Exactly.
    Count(u64),
    /// As it is, but on one line.
    Text(String),
    /// Nothing known.
    Empty,
}

/// A table whose rows come one after another.
pub struct Table<'a> {
    /// Its file, as in `epochs.csv`.
    pub name: &'static str,
    /// A column per field.
    pub columns: Vec<Column>,
    /// Fields in the order of the columns.
    pub rows: Box<dyn Iterator<Item = Vec<Cell>> + 'a>,
}

/// A floating-point number as every table has it: it reads back exactly, and as a float. 0.001, 1e-12, 5.0.
pub fn number(value: f64) -> String {
    if value.is_finite() {
        format!("{value:?}")
    } else {
        String::new()
    }
}

impl Column {
    fn new(
        kind: ColumnKind,
        name: impl Into<Cow<'static, str>>,
        unit: &'static str,
        meaning: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            name: name.into(),
            kind,
            unit,
            meaning: meaning.into(),
        }
    }

    /// Of floating-point numbers.
    pub fn number(
        name: impl Into<Cow<'static, str>>,
        unit: &'static str,
        meaning: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(ColumnKind::Number, name, unit, meaning)
    }

    /// Of whole numbers.
    pub fn count(name: impl Into<Cow<'static, str>>, meaning: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ColumnKind::Count, name, "", meaning)
    }

    /// Of words.
    pub fn text(name: impl Into<Cow<'static, str>>, meaning: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ColumnKind::Text, name, "", meaning)
    }

    /// Of verdicts.
    pub fn verdict(name: impl Into<Cow<'static, str>>, meaning: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ColumnKind::Verdict, name, "", meaning)
    }
}

impl Cell {
    /// As text.
    pub fn field(self) -> String {
        match self {
            Self::Number(value) => number(value),
            Self::Count(value) => value.to_string(),
            // A row is a line.
            Self::Text(text) => text.replace(['\n', '\r'], " "),
            Self::Empty => String::new(),
        }
    }
}

impl From<f64> for Cell {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl From<u64> for Cell {
    fn from(value: u64) -> Self {
        Self::Count(value)
    }
}

impl From<usize> for Cell {
    fn from(value: usize) -> Self {
        Self::Count(value as u64)
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<crate::theory::Verdict> for Cell {
    fn from(verdict: crate::theory::Verdict) -> Self {
        Self::Text(verdict.to_string())
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

impl<'a> Table<'a> {
    /// A table of given rows.
    pub fn new(name: &'static str, columns: Vec<Column>, rows: impl Iterator<Item = Vec<Cell>> + 'a) -> Self {
        Self {
            name,
            columns,
            rows: Box::new(rows),
        }
    }

    /// Writes it as CSV.
    ///
    /// # Errors
    /// What cannot be written.
    pub fn write(self, out: &mut dyn Write) -> io::Result<()> {
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record(self.columns.iter().map(|column| &*column.name))?;
        for row in self.rows {
            csv.write_record(row.into_iter().map(Cell::field))?;
        }
        csv.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_back_exactly_and_as_floats() {
        for x in [1.0, -0.0, 0.1, 1e-12, 5e22, f64::MIN_POSITIVE, 1.0 / 3.0] {
            let text = number(x);
            assert_eq!(text.parse::<f64>().unwrap().to_bits(), x.to_bits());
            assert!(text.contains(['.', 'e']), "{text}");
        }
        assert_eq!(number(f64::NAN), "");
        assert_eq!(number(f64::INFINITY), "");
    }

    #[test]
    fn a_table_has_a_row_per_line_whatever_stands_in_it() {
        let columns = vec![Column::text("what", "words"), Column::count("n", "a count")];
        let rows = [vec!["two\nlines, \"quoted\"".into(), 3_usize.into()], vec![Cell::Empty, None::<u64>.into()]];
        let mut out = Vec::new();
        Table::new("t.csv", columns, rows.into_iter()).write(&mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, "what,n\n\"two lines, \"\"quoted\"\"\",3\n,\n");
    }
}
