//! An axis as the table has it: the values that occur, and how they are spaced.

use crate::experiment::keys::label;
use crate::plot::{self, Scale};
use crate::sweep::texts::Texts;

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
    pub fn new(key: &str, column: &Texts) -> Self {
        let mut values: Vec<(&str, u32)> = column.distinct().into_iter().zip(0..).collect();
        let number = |(value, _): &(&str, u32)| value.parse::<f64>().ok().filter(|x| x.is_finite());
        if values.iter().all(|value| number(value).is_some()) {
            // A refined grid has them in another order.
            values.sort_by(|a, b| f64::total_cmp(&number(a).unwrap_or(0.0), &number(b).unwrap_or(0.0)));
        }
        let mut rank = vec![0; values.len()];
        for (at, (_, place)) in (0..).zip(&values) {
            rank[*place as usize] = at;
        }
        Self {
            key: key.into(),
            places: column.places.iter().map(|place| rank[*place as usize]).collect(),
            numbers: values.iter().map(number).collect(),
            values: values.into_iter().map(|(value, _)| value.to_owned()).collect(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_ranked_as_numbers() {
        let mut values = Texts::default();
        for value in ["0.1", "1e-3", "0.1", "20.0"] {
            values.push(value);
        }
        assert_eq!(Axis::new("", &values).places, [1, 0, 1, 2]);
    }
}
