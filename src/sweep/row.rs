//! A row of the table: a line that carries its own digest, so that one that was changed is told from one that was written.

use super::Point;
use super::marks::Marks;
use crate::config::document::Value;
use crate::output::digest::digest;
use crate::output::{Column, table};
use memchr::memchr_iter;

/// The last column.
pub const DIGEST: &str = "digest";

/// Bytes of a digest, and its hexadecimal digits.
const BYTES: usize = 4;
const DIGITS: usize = 2 * BYTES;

/// A row ready to be kept.
pub struct Row {
    pub(super) index: u64,
    pub(super) id: String,
    pub(super) failed: bool,
    pub(super) violated: bool,
    pub(super) line: Vec<u8>,
}

impl Row {
    /// Of a point with the fields of its record.
    pub fn new(point: &Point, id: String, fields: &[String], columns: &[Column]) -> Self {
        let marks = Marks::of(columns.iter().map(|column| &*column.name));
        let field = |place: usize| fields.get(place).map(String::as_str);
        let of_values = point.values.iter().map(value);
        let first = [point.index.to_string(), id.clone()].into_iter();
        let all = first.chain(of_values).chain([point.seed.to_string()]).chain(fields.iter().cloned());
        Self {
            index: point.index,
            id,
            failed: marks.failed(field),
            violated: marks.violated(field),
            line: seal(line(all)),
        }
    }
}

/// A value of an axis, as the table has it: words without quotes.
pub fn value(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Float(x) => table::number(*x),
        other => other.to_string(),
    }
}

/// The table's first line.
pub(super) fn header(axes: &[String], columns: &[Column]) -> Vec<u8> {
    let first = ["index", "id"].into_iter();
    let rest = columns.iter().map(|column| &*column.name);
    line(first.chain(axes.iter().map(String::as_str)).chain(["seed"]).chain(rest).chain([DIGEST]))
}

/// The fields of a line without its digest; `None` if it is not, to the last byte, what was written.
pub(super) fn verify(line: &[u8]) -> Option<csv::StringRecord> {
    let sealed = line.strip_suffix(b"\n")?;
    let (body, sum) = sealed.split_at_checked(sealed.len().checked_sub(DIGITS)?)?;
    let body = body.strip_suffix(b",")?;
    if body.contains(&b'\r') || digest::<BYTES>(&[body]).as_bytes() != sum {
        return None;
    }
    fields(body)
}

/// Those of a line of a table with so many columns.
pub(super) fn verify_of(columns: usize, line: &[u8]) -> Option<csv::StringRecord> {
    // The digest is no field any more.
    verify(line).filter(|row| row.len() + 1 == columns)
}

/// The columns that a header names.
pub(super) fn columns(header: &[u8]) -> usize {
    1 + header.iter().filter(|&&byte| byte == b',').count()
}

/// The fields of one line.
pub(super) fn fields(line: &[u8]) -> Option<csv::StringRecord> {
    let text = line.strip_suffix(b"\n").unwrap_or(line);
    // Without quotes a comma is a comma; a reader costs as much as the rest of a row's keeping.
    if !text.contains(&b'"') && !text.contains(&b'\r') {
        let text = std::str::from_utf8(text).ok()?;
        let commas = || memchr_iter(b',', text.as_bytes());
        let mut row = csv::StringRecord::with_capacity(text.len(), commas().count() + 1);
        let mut begin = 0;
        for end in commas().chain([text.len()]) {
            row.push_field(&text[begin..end]);
            begin = end + 1;
        }
        return Some(row);
    }
    let mut row = csv::StringRecord::new();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line);
    reader.read_record(&mut row).ok()?.then_some(row)
}

fn seal(mut line: Vec<u8>) -> Vec<u8> {
    line.pop();
    let sum = digest::<BYTES>(&[&line]);
    line.push(b',');
    line.extend(sum.into_bytes());
    line.push(b'\n');
    line
}

fn line(fields: impl Iterator<Item = impl AsRef<[u8]>>) -> Vec<u8> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(fields).expect("writing into memory does not fail");
    csv.into_inner().expect("writing into memory does not fail")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_with_any_other_byte_is_told() {
        let written = seal(line(["0", "abc", "two words, \"quoted\"", "1.5"].into_iter()));
        assert_eq!(verify(&written).unwrap().len(), 4);
        for place in 0..written.len() {
            for byte in [b'\0', b'\r', b'7', b','] {
                let mut other = written.clone();
                if std::mem::replace(&mut other[place], byte) != byte {
                    assert!(verify(&other).is_none(), "byte {place} = {byte}");
                }
            }
        }
        for other in [&b""[..], b"\n", b"0,abc\n", b"0,abc,12345678\r\n"] {
            assert!(verify(other).is_none());
        }
    }
}
