//! Reading a certificate's JSON: every mistake with the key it is at.

use ndarray::Array2;
use serde_json::Value;
use thiserror::Error;

/// A file that is no certificate.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{key}: found {found}; allowed: {allowed}")]
pub struct Mistake {
    /// Where, as in `certificates[0].rate`; empty for the whole file.
    pub key: String,
    /// What is there.
    pub found: String,
    /// What may be there.
    pub allowed: String,
}

/// A value in the file, with the path to it.
#[derive(Clone)]
pub struct Node<'a> {
    value: &'a Value,
    path: String,
}

impl<'a> Node<'a> {
    /// The whole file.
    pub fn root(value: &'a Value) -> Self {
        let path = String::new();
        Self { value, path }
    }

    pub fn mistake(&self, allowed: impl Into<String>) -> Mistake {
        let found = match self.value {
            Value::Null => "null, or a number that is not finite".into(),
            Value::Array(all) => format!("a list of {}", all.len()),
            Value::Object(_) => "a table".into(),
            other => other.to_string(),
        };
        let key = self.path.clone();
        Mistake {
            key,
            found,
            allowed: allowed.into(),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The value at a key of a table.
    pub fn at(&self, key: &str) -> Result<Self, Mistake> {
        let table = self.value.as_object().ok_or_else(|| self.mistake("a table"))?;
        let path = match self.path.is_empty() {
            true => key.into(),
            false => format!("{}.{key}", self.path),
        };
        match table.get(key) {
            Some(value) => Ok(Self { value, path }),
            None => Err(Mistake {
                key: path,
                found: "nothing".into(),
                allowed: "this key is needed".into(),
            }),
        }
    }

    /// The values of a list of any length; `allowed` says what may be there instead of what is no list.
    pub fn entries(&self, allowed: impl Into<String>) -> Result<Vec<Self>, Mistake> {
        let all = self.value.as_array().ok_or_else(|| self.mistake(allowed))?;
        let node = |(i, value)| Self {
            value,
            path: format!("{}[{i}]", self.path),
        };
        Ok(all.iter().enumerate().map(node).collect())
    }

    /// The values of a list that is not empty; so many, where it is said how many.
    pub fn list(&self, length: Option<usize>) -> Result<Vec<Self>, Mistake> {
        let allowed = length.map_or("a list that is not empty".into(), |length| format!("a list of {length}"));
        let all = self.entries(allowed.as_str())?;
        let fits = length.map_or(!all.is_empty(), |length| all.len() == length);
        if fits { Ok(all) } else { Err(self.mistake(allowed)) }
    }

    /// A finite number.
    pub fn as_number(&self) -> Result<f64, Mistake> {
        let number = self.value.as_f64().filter(|x| x.is_finite());
        number.ok_or_else(|| self.mistake("a finite number"))
    }

    /// A finite number at a key.
    pub fn number(&self, key: &str) -> Result<f64, Mistake> {
        self.at(key)?.as_number()
    }

    /// A finite number that is positive.
    pub fn as_positive(&self) -> Result<f64, Mistake> {
        self.number_that(|x| x > 0.0, "a positive number")
    }

    /// A finite number that is positive, at a key.
    pub fn positive(&self, key: &str) -> Result<f64, Mistake> {
        self.at(key)?.as_positive()
    }

    /// A finite number of at least 0, at a key.
    pub fn not_negative(&self, key: &str) -> Result<f64, Mistake> {
        self.at(key)?.number_that(|x| x >= 0.0, "a number that is not negative")
    }

    fn number_that(&self, fits: fn(f64) -> bool, allowed: &str) -> Result<f64, Mistake> {
        let found = self.as_number()?;
        if fits(found) {
            Ok(found)
        } else {
            Err(self.mistake(allowed))
        }
    }

    /// One of some words, at a key.
    pub fn word(&self, key: &str, allowed: &[&'static str]) -> Result<&'static str, Mistake> {
        let node = self.at(key)?;
        let word = node.value.as_str().and_then(|word| allowed.iter().find(|known| **known == word));
        word.copied().ok_or_else(|| {
            let quoted: Vec<String> = allowed.iter().map(|word| format!("\"{word}\"")).collect();
            node.mistake(quoted.join(", "))
        })
    }

    /// One of some whole numbers, at a key.
    pub fn whole(&self, key: &str, allowed: &[u64]) -> Result<u64, Mistake> {
        let node = self.at(key)?;
        let found = node.value.as_u64().filter(|found| allowed.contains(found));
        found.ok_or_else(|| {
            let all: Vec<String> = allowed.iter().map(u64::to_string).collect();
            node.mistake(all.join(" or "))
        })
    }

    /// A list of finite numbers, at a key.
    pub fn numbers(&self, key: &str, length: Option<usize>) -> Result<Vec<f64>, Mistake> {
        let all = self.at(key)?.list(length)?;
        all.iter().map(Self::as_number).collect()
    }

    /// Rows of equal length, at a key; so many rows and columns, where it is said how many.
    pub fn matrix(&self, key: &str, rows: Option<usize>, columns: Option<usize>) -> Result<Array2<f64>, Mistake> {
        let rows = self.at(key)?.list(rows)?;
        let mut width = columns;
        let mut entries = Vec::new();
        for row in &rows {
            let row = row.list(width)?;
            width = Some(row.len());
            for entry in row {
                entries.push(entry.as_number()?);
            }
        }
        let shape = (rows.len(), width.unwrap_or(0));
        Ok(Array2::from_shape_vec(shape, entries).expect("rows of one length"))
    }
}

/// What a text says as JSON; numbers that are not finite, which some programs write bare, are read as `null`.
pub fn parse(text: &str) -> Result<Value, Mistake> {
    let plain = without_bare_words(text);
    serde_json::from_str(&plain).map_err(|error| Mistake {
        key: "file".into(),
        found: error.to_string(),
        allowed: "JSON".into(),
    })
}

fn without_bare_words(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    // Every second part lies within quotes: no text of a certificate has any.
    for (i, part) in text.split('"').enumerate() {
        if i > 0 {
            plain.push('"');
        }
        if i % 2 == 0 {
            let part = part.replace("-Infinity", "null").replace("Infinity", "null");
            plain.push_str(&part.replace("NaN", "null"));
        } else {
            plain.push_str(part);
        }
    }
    plain
}
