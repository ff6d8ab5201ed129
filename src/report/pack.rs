//! Tables inside a page: columns as typed arrays, packed.

use super::encode::packed;
use crate::sweep::texts::Texts;
use csv::StringRecord;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::io;
use std::path::Path;

/// What `columns.json` says of a column.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Note {
    pub(super) name: String,
    #[serde(default)]
    unit: String,
    meaning: String,
    /// Empty where what stands in the column tells it: numbers, or text.
    pub(super) kind: String,
}

impl Note {
    /// Of a column that no file speaks of.
    pub(super) fn new(name: &str, kind: &str, meaning: &str) -> Self {
        Self {
            name: name.into(),
            kind: kind.into(),
            unit: String::new(),
            meaning: meaning.into(),
        }
    }
}

/// A column as the page's scripts find it.
#[derive(Serialize)]
struct Column {
    #[serde(flatten)]
    note: Note,
    /// What numbers stand for; none for a column of numbers.
    words: Option<Vec<String>>,
}

/// A table: what its columns are, and their contents in one piece.
#[derive(Serialize)]
pub(super) struct Packed {
    /// Of its file.
    pub(super) name: String,
    pub(super) rows: usize,
    columns: Vec<Column>,
    /// Of each column in turn, numbers as `f64` and words as `u32` in multiples of eight bytes, both little-endian.
    #[serde(skip)]
    pub(super) data: String,
}

/// One column while its table is read.
struct Filling {
    note: Note,
    /// Column of the file.
    place: usize,
    numbers: Vec<f64>,
    words: Texts,
}

impl Filling {
    fn is_number(&self) -> bool {
        matches!(&self.note.kind[..], "number" | "count")
    }

    fn push(&mut self, field: &str) {
        if self.is_number() {
            return self.numbers.push(field.parse().unwrap_or(f64::NAN));
        }
        self.words.push(field);
    }

    /// Says what it is of, if that is not known: numbers, where all fields are.
    fn settle(&mut self) {
        if !self.note.kind.is_empty() {
            return;
        }
        let numbers: Result<Vec<f64>, _> = self.words.distinct().iter().map(|word| word.parse()).collect();
        self.note.kind = if numbers.is_ok() { "number" } else { "text" }.into();
        if let Ok(numbers) = numbers {
            self.numbers = self.words.places.iter().map(|place| numbers[*place as usize]).collect();
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = match self.is_number() {
            true => self.numbers.iter().map(|x| x.to_le_bytes()).collect::<Vec<_>>().into_flattened(),
            false => self.words.places.iter().map(|x| x.to_le_bytes()).collect::<Vec<_>>().into_flattened(),
        };
        bytes.resize(bytes.len().next_multiple_of(8), 0);
        bytes
    }
}

/// A table that is being packed.
pub(super) struct Packing {
    columns: Vec<Filling>,
    rows: usize,
    /// Rows that are not in their columns yet.
    waiting: Vec<StringRecord>,
}

/// So many rows are packed at a time, by all threads.
const BLOCK: usize = 2048;

impl Packing {
    /// Of columns of these names. `note` says of a name what it is; `None` leaves it out.
    pub(super) fn new<'a>(names: impl IntoIterator<Item = &'a str>, note: impl Fn(&str) -> Option<Note>) -> Self {
        let filling = |(place, name): (usize, &str)| {
            note(name).map(|note| Filling {
                note,
                place,
                numbers: Vec::new(),
                words: Texts::default(),
            })
        };
        Self {
            columns: names.into_iter().enumerate().filter_map(filling).collect(),
            rows: 0,
            waiting: Vec::new(),
        }
    }

    /// Takes rows.
    pub(super) fn push(&mut self, rows: impl IntoIterator<Item = StringRecord>) {
        self.waiting.extend(rows);
        if self.waiting.len() >= BLOCK {
            self.fill();
        }
    }

    fn fill(&mut self) {
        let rows = std::mem::take(&mut self.waiting);
        self.rows += rows.len();
        self.columns.par_iter_mut().for_each(|column| {
            let place = column.place;
            let fields = rows.iter().map(|row| row.get(place).unwrap_or_default());
            fields.for_each(|field| column.push(field));
        });
    }

    /// All rows of a file of this name.
    pub(super) fn finish(mut self, path: &Path) -> Packed {
        self.fill();
        self.columns.iter_mut().for_each(Filling::settle);
        let bytes = self.columns.par_iter().map(Filling::bytes).collect::<Vec<_>>().concat();
        let name = path.file_name().unwrap_or_default();
        let columns = self.columns.into_iter().map(|column| Column {
            words: (!column.is_number()).then(|| column.words.distinct().into_iter().map(String::from).collect()),
            note: column.note,
        });
        Packed {
            name: name.to_string_lossy().into_owned(),
            rows: self.rows,
            data: packed(&bytes),
            columns: columns.collect(),
        }
    }
}

/// Reads a CSV file.
///
/// # Errors
/// A file that cannot be read, or is no table.
pub(super) fn pack(path: &Path, note: impl Fn(&str) -> Option<Note>) -> io::Result<Packed> {
    let mut csv = csv::Reader::from_path(path)?;
    let mut packing = Packing::new(csv.headers()?, note);
    for row in csv.records() {
        packing.push([row?]);
    }
    Ok(packing.finish(path))
}
