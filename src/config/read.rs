//! Typed values out of a section, as their keys are declared.

use super::InputFile;
use super::document::Value;
use super::key::{Key, ValueKind};
use super::section::{Result, Section};
use super::words::Words;
use std::path::Path;

impl Section {
    /// A number, written or the default.
    ///
    /// # Errors
    /// One that is not allowed, or none where one must be.
    pub fn number(&mut self, key: &'static Key) -> Result<f64> {
        let value = self.number_if(key)?;
        value.ok_or_else(|| self.lacking(key))
    }

    /// A number; `None` where there is neither one nor a default.
    ///
    /// # Errors
    /// One that is not allowed.
    pub fn number_if(&mut self, key: &'static Key) -> Result<Option<f64>> {
        self.form_if(key, |value| number(key, value))
    }

    /// A number, or "auto" for `None`.
    ///
    /// # Errors
    /// One that is not allowed.
    pub fn number_or_auto(&mut self, key: &'static Key) -> Result<Option<f64>> {
        let value = self.form_if(key, |value| match value {
            Value::Text(text) if key.auto && text == "auto" => Some(None),
            value => number(key, value).map(Some),
        })?;
        Ok(value.flatten())
    }

    /// A whole number, written or the default.
    ///
    /// # Errors
    /// One that is not allowed, or none where one must be.
    pub fn whole(&mut self, key: &'static Key) -> Result<u64> {
        let value = self.whole_if(key)?;
        value.ok_or_else(|| self.lacking(key))
    }

    /// A whole number; `None` where there is neither one nor a default.
    ///
    /// # Errors
    /// One that is not allowed.
    pub fn whole_if(&mut self, key: &'static Key) -> Result<Option<u64>> {
        self.form_if(key, |value| whole(key, value))
    }

    /// true or false, written or the default.
    ///
    /// # Errors
    /// Anything else, or nothing where one must be.
    pub fn flag(&mut self, key: &'static Key) -> Result<bool> {
        let value = self.form_if(key, |value| match value {
            Value::Boolean(flag) => Some(*flag),
            _ => None,
        })?;
        value.ok_or_else(|| self.lacking(key))
    }

    /// A word or a file, written or the default.
    ///
    /// # Errors
    /// None of those allowed, or nothing where one must be.
    pub fn word<W: Words>(&mut self, key: &'static Key) -> Result<W> {
        let value = self.word_if(key)?;
        value.ok_or_else(|| self.lacking(key))
    }

    /// A word or a file; `None` where there is neither one nor a default.
    ///
    /// # Errors
    /// None of those allowed.
    pub fn word_if<W: Words>(&mut self, key: &'static Key) -> Result<Option<W>> {
        let folder = self.folder();
        self.form_if(key, |value| word(&folder, value))
    }

    /// A file, `{ file = "…" }`; `None` where there is none.
    ///
    /// # Errors
    /// Anything else.
    pub fn file_if(&mut self, key: &'static Key) -> Result<Option<InputFile>> {
        let folder = self.folder();
        self.form_if(key, |value| Some(file(&folder, value)?.1))
    }

    /// Numbers: one, or a list where lists are allowed.
    ///
    /// # Errors
    /// One that is not allowed or there twice, several where one is allowed, none where one must be.
    pub fn numbers(&mut self, key: &'static Key) -> Result<Vec<f64>> {
        self.several(key, |value| number(key, value))
    }

    /// Whole numbers, likewise.
    ///
    /// # Errors
    /// As [`Section::numbers`].
    pub fn wholes(&mut self, key: &'static Key) -> Result<Vec<u64>> {
        self.several(key, |value| whole(key, value))
    }

    /// Words, likewise.
    ///
    /// # Errors
    /// As [`Section::numbers`].
    pub fn several_words<W: Words + PartialEq>(&mut self, key: &'static Key) -> Result<Vec<W>> {
        let folder = self.folder();
        self.several(key, |value| word(&folder, value))
    }

    /// What no other kind covers: `read` says what a value means, or that it is not allowed.
    ///
    /// # Errors
    /// A value that `read` has no meaning for, or none where one must be.
    pub fn form<T>(&mut self, key: &'static Key, read: impl Fn(&Value) -> Option<T>) -> Result<T> {
        let value = self.form_if(key, read)?;
        value.ok_or_else(|| self.lacking(key))
    }

    /// Likewise; `None` where nothing is written and there is no default.
    ///
    /// # Errors
    /// A value that `read` has no meaning for.
    pub fn form_if<T>(&mut self, key: &'static Key, read: impl Fn(&Value) -> Option<T>) -> Result<Option<T>> {
        debug_assert!(self.has_place_for(key), "{} is no key of this section", key.path);
        let Some(node) = self.take(key.name()) else {
            return Ok(key.default_value().as_ref().and_then(read));
        };
        match read(&node.value) {
            Some(value) => Ok(Some(value)),
            None => Err(self.wrong(key.name(), &node, &key.allowed())),
        }
    }

    /// An error about a declared key that must be written.
    pub fn lacking(&self, key: &Key) -> super::ScenarioError {
        self.missing(key.name(), &key.allowed())
    }

    fn several<T: PartialEq>(&mut self, key: &'static Key, read: impl Fn(&Value) -> Option<T>) -> Result<Vec<T>> {
        debug_assert!(self.has_place_for(key), "{} is no key of this section", key.path);
        let Some(node) = self.take(key.name()) else {
            let values = key.default_value().and_then(|value| items(&value, &read));
            return values.ok_or_else(|| self.lacking(key));
        };
        let values = items(&node.value, &read).filter(|values| distinct(values));
        match values {
            Some(values) if values.len() == 1 || key.list => Ok(values),
            Some(values) => {
                let mut error = self.wrong(key.name(), &node, &format!("one value: {}", key.allowed()));
                error.found.push_str(&format!(", {} values", values.len()));
                Err(error)
            }
            None => Err(self.wrong(key.name(), &node, &key.allowed())),
        }
    }
}

/// The values of a list, or one that is none.
fn items<T>(value: &Value, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    match value {
        Value::Array(items) => items.iter().map(|node| read(&node.value)).collect(),
        value => Some(vec![read(value)?]),
    }
}

/// Not empty, none twice.
fn distinct<T: PartialEq>(values: &[T]) -> bool {
    let twice = |i: usize| values[..i].contains(&values[i]);
    !values.is_empty() && !(0..values.len()).any(twice)
}

fn number(key: &Key, value: &Value) -> Option<f64> {
    let ValueKind::Number(range) = key.kind else {
        unreachable!("{} is declared as no number", key.path);
    };
    value.number().filter(|number| range.contains(*number))
}

fn whole(key: &Key, value: &Value) -> Option<u64> {
    let ValueKind::Whole { low, high } = key.kind else {
        unreachable!("{} is declared as no whole number", key.path);
    };
    value.whole().filter(|number| (low..=high).contains(number))
}

fn word<W: Words>(folder: &Path, value: &Value) -> Option<W> {
    match value {
        Value::Text(text) => W::of_word(text),
        value => {
            let (key, file) = file(folder, value)?;
            W::of_file(key, file)
        }
    }
}

/// A table with one file in it.
fn file<'a>(folder: &Path, value: &'a Value) -> Option<(&'a str, InputFile)> {
    let Value::Table(table) = value else {
        return None;
    };
    let (key, node) = table.first_key_value().filter(|_| table.len() == 1)?;
    match &node.value {
        Value::Text(name) => Some((key, InputFile::within(folder, name))),
        _ => None,
    }
}
