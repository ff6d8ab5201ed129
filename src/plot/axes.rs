//! What is measured along the edges of a figure.

use super::values;
use serde::{Deserialize, Serialize};

/// How an axis is divided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// Equal differences.
    #[default]
    Linear,
    /// Equal ratios.
    Log,
}

/// What is measured along an edge of a figure.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Axis {
    /// What it is called, with its unit in parentheses.
    pub label: String,
    /// How it is divided.
    pub scale: Scale,
    /// Whether only whole numbers have a meaning.
    pub whole: bool,
    /// Whether each row of panels has ends of its own: for horizontal axes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_row: bool,
    /// Both ends, where they are not those of the data.
    #[serde(with = "values")]
    pub range: Option<[f64; 2]>,
    /// Values that are seen whatever the data are.
    #[serde(with = "values")]
    pub include: Vec<f64>,
    /// The places of a map's cells, ascending; none for other figures.
    #[serde(with = "values")]
    pub cells: Vec<f64>,
    /// In place of numbers: what the cells' places are called.
    pub names: Vec<String>,
}
