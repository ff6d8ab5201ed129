//! Points that move: a drawing shows where they end, a page any frame.

use super::figure::Figure;
use super::style::Look;
use super::values;
use serde::{Deserialize, Serialize};

/// What a slider goes over.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Frames {
    /// What it is called, as in "epochs".
    pub label: String,
    /// Its values, ascending; the last is what a drawing shows.
    #[serde(with = "values")]
    pub values: Vec<f64>,
}

impl Figure {
    /// What a slider goes over.
    pub fn frames(self, label: impl Into<String>, values: Vec<f64>) -> Self {
        let label = label.into();
        Self {
            frames: Some(Frames { label, values }),
            ..self
        }
    }

    /// Points that move: where they are in each of the figure's frames.
    pub fn moving(self, label: impl Into<String>, mut frames: Vec<Vec<(f64, f64)>>, look: Look) -> Self {
        let last = frames.pop().unwrap_or_default();
        let mut figure = self.points(label, last, look);
        if let Some(series) = figure.last().series.last_mut() {
            series.earlier = frames;
        }
        figure
    }
}
