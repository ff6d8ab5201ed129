//! Texts of which many are equal, as the fields of a column.

use std::collections::HashMap;

/// Texts as they come, each kept once.
#[derive(Default)]
pub(crate) struct Texts {
    known: HashMap<String, u32>,
    /// Of each in turn, which of the distinct ones it is.
    pub places: Vec<u32>,
}

impl Texts {
    /// The next one.
    pub fn push(&mut self, value: &str) {
        let next = self.known.len() as u32;
        let place = match self.known.get(value) {
            Some(&place) => place,
            None => {
                self.known.insert(value.into(), next);
                next
            }
        };
        self.places.push(place);
    }

    /// Number of distinct ones.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// The distinct ones, in the order in which they came.
    pub fn distinct(&self) -> Vec<&str> {
        let mut words = vec![""; self.known.len()];
        for (word, place) in &self.known {
            words[*place as usize] = word;
        }
        words
    }
}
