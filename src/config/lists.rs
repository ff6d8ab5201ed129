//! Keys that take one value or a list of them.

use super::document::{Node, Value};
use super::section::{Range, Section};

type Result<T> = std::result::Result<T, super::ScenarioError>;

impl Section {
    /// A number in a range, or a list of such.
    pub fn numbers(&mut self, key: &'static str, range: Range) -> Result<Option<Vec<f64>>> {
        let words = format!("{}, or a list of such", range.words());
        self.list(key, &words, |value| {
            match value {
                Value::Float(number) => Some(*number),
                Value::Integer(number) => Some(*number as f64),
                _ => None,
            }
            .filter(|&number| range.contains(number))
        })
    }

    /// A whole number in a range, or a list of such.
    pub fn integers(
        &mut self,
        key: &'static str,
        low: u64,
        high: u64,
    ) -> Result<Option<Vec<usize>>> {
        let words = format!("a whole number from {low} to {high}, or a list of such");
        self.list(key, &words, |value| match value {
            Value::Integer(number) => usize::try_from(*number)
                .ok()
                .filter(|&number| (low..=high).contains(&(number as u64))),
            _ => None,
        })
    }

    /// One of a few words, or a list of them.
    pub fn texts(
        &mut self,
        key: &'static str,
        choices: &'static [&'static str],
    ) -> Result<Option<Vec<&'static str>>> {
        let quoted: Vec<String> = choices
            .iter()
            .map(|choice| format!("\"{choice}\""))
            .collect();
        let words = format!("{}, or a list of such", quoted.join(" or "));
        self.list(key, &words, |value| match value {
            Value::Text(text) => choices.iter().find(|choice| *choice == text).copied(),
            _ => None,
        })
    }

    /// A value or a list of values, none twice and at least one.
    fn list<T: PartialEq>(
        &mut self,
        key: &'static str,
        words: &str,
        item: impl Fn(&Value) -> Option<T>,
    ) -> Result<Option<Vec<T>>> {
        let Some(node) = self.take(key) else {
            return Ok(None);
        };
        let single = [Node {
            value: node.value.clone(),
            origin: node.origin,
        }];
        let items = match &node.value {
            Value::Array(items) => &items[..],
            _ => &single,
        };
        let values: Option<Vec<T>> = items.iter().map(|node| item(&node.value)).collect();
        let distinct = |values: &Vec<T>| {
            let twice = |i: usize| values[..i].contains(&values[i]);
            !values.is_empty() && !(0..values.len()).any(twice)
        };
        match values.filter(distinct) {
            Some(values) => Ok(Some(values)),
            None => Err(self.wrong(key, &node, &format!("{words} without repetition"))),
        }
    }
}
