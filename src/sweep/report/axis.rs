//! An axis as the table has it: the values that occur, and how they are spaced.

use crate::experiment::keys::label;
use crate::plot::{self, Scale};
use std::collections::HashMap;

/// The distinct values of one column, and which cell has which.
pub struct Axis {
    /// The scenario's key.
    pub key: String,
    /// As in the table: numbers ascending, words in their order.
    pub values: Vec<String>,
    /// For each cell the place of its value.
    pub places: Vec<u32>,
    numbers: Option<Vec<f64>>,
}

impl Axis {
    /// Of one column.
    pub fn new(key: &str, column: &[String]) -> Self {
        let mut values: Vec<String> = Vec::new();
        let mut known = HashMap::new();
        for value in column {
            known.entry(value.as_str()).or_insert_with(|| {
                values.push(value.clone());
            });
        }
        let parse = |value: &String| value.parse::<f64>().ok().filter(|x| x.is_finite());
        let numbers: Option<Vec<f64>> = values.iter().map(parse).collect();
        if numbers.is_some() {
            values.sort_by(|a, b| f64::total_cmp(&parse(a).unwrap_or(0.0), &parse(b).unwrap_or(0.0)));
        }
        let places: HashMap<&str, u32> = (0..).zip(&values).map(|(i, v)| (v.as_str(), i)).collect();
        let places = column.iter().map(|value| places[value.as_str()]).collect();
        Self {
            key: key.into(),
            places,
            numbers: numbers.map(|mut numbers| {
                numbers.sort_by(f64::total_cmp);
                numbers
            }),
            values,
        }
    }

    /// Number of distinct values.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether this axis changes only when the other does: they were swept together.
    pub fn follows(&self, other: &Self) -> bool {
        let mut of = vec![None; other.len()];
        self.places
            .iter()
            .zip(&other.places)
            .all(|(&mine, &its)| *of[its as usize].get_or_insert(mine) == mine)
    }

    /// Whether the cells go through the values in one direction.
    pub fn is_monotonic(&self) -> bool {
        self.places.is_sorted() || self.places.iter().rev().is_sorted()
    }

    /// The values as numbers, where they are.
    pub fn numbers(&self) -> Option<&[f64]> {
        self.numbers.as_deref()
    }

    /// Logarithmic where ratios are more even than differences.
    pub fn scale(&self) -> Scale {
        let Some(numbers) = self.numbers().filter(|n| n.len() > 2 && n[0] > 0.0) else {
            return Scale::Linear;
        };
        let uneven = |warp: fn(f64) -> f64| {
            let gaps: Vec<f64> = numbers.windows(2).map(|p| warp(p[1]) - warp(p[0])).collect();
            let mean = gaps.iter().sum::<f64>() / gaps.len() as f64;
            gaps.iter().map(|gap| (gap / mean - 1.0).powi(2)).sum::<f64>()
        };
        if uneven(f64::ln) < uneven(|x| x) {
            Scale::Log
        } else {
            Scale::Linear
        }
    }

    /// For a map.
    pub fn of_cells(&self) -> plot::Axis {
        let places = || (0..self.len()).map(|place| place as f64).collect();
        plot::Axis {
            label: name(&self.key),
            scale: self.scale(),
            cells: self.numbers().map_or_else(places, <[f64]>::to_vec),
            names: self.numbers().map_or_else(|| self.values.clone(), |_| Vec::new()),
            ..plot::Axis::default()
        }
    }
}

/// What the field calls a key: as its declaration says, or the key itself.
pub fn name(key: &str) -> String {
    label(key).unwrap_or(key).into()
}
