//! What is read off the trainings on one kind of labels.

use super::{LabelRow, LabelRun, Labels};
use crate::experiment::deep::report;
use serde::Serialize;

/// Half of a component is fitted when its part reaches this.
const HALF: f64 = 0.5;

/// One kind of labels: medians over the seeds.
#[derive(Clone, Debug, Serialize)]
pub struct LabelSummary {
    /// Which kind.
    pub labels: String,
    /// What it is made of.
    pub components: &'static [&'static str],
    /// The part of each component that is fitted at the end.
    pub fitted: Vec<f64>,
    /// When a half of it first was; `None` if never.
    pub epochs_to_half: Vec<Option<f64>>,
    /// At the end.
    pub held_out_loss: f64,
    /// At its best.
    pub least_held_out_loss: f64,
}

impl LabelSummary {
    pub(super) fn of(labels: Labels, runs: &[LabelRun]) -> Self {
        let count = labels.components().len();
        let parts: Vec<_> = (0..count).map(|i| median(labels, runs, |row| row.fitted[i])).collect();
        let losses = median(labels, runs, |row| row.held_out_loss);
        let last = |points: &[(f64, f64)]| points.last().map_or(f64::NAN, |point| point.1);
        let least = losses.iter().map(|point| point.1);
        Self {
            labels: labels.name(),
            components: labels.components(),
            fitted: parts.iter().map(|part| last(part)).collect(),
            epochs_to_half: parts.iter().map(|part| crossing(part)).collect(),
            held_out_loss: last(&losses),
            least_held_out_loss: least.fold(f64::INFINITY, f64::min),
        }
    }
}

/// When a part first reaches a half, between epochs by interpolation.
fn crossing(points: &[(f64, f64)]) -> Option<f64> {
    let pair = points.windows(2).find(|pair| pair[0].1 < HALF && pair[1].1 >= HALF)?;
    let part = (HALF - pair[0].1) / (pair[1].1 - pair[0].1);
    Some(pair[0].0 + part * (pair[1].0 - pair[0].0))
}

/// The median over seeds of a figure, epoch by epoch; as far as all runs came.
pub fn median(labels: Labels, runs: &[LabelRun], figure: impl Fn(&LabelRow) -> f64) -> Vec<(f64, f64)> {
    let runs: Vec<&LabelRun> = runs.iter().filter(|run| run.labels == labels).collect();
    let epochs = runs.iter().map(|run| run.rows.len()).min().unwrap_or(0);
    (0..epochs)
        .map(|i| {
            let values = runs.iter().map(|run| figure(&run.rows[i]));
            (runs[0].rows[i].epoch as f64, report::median(values).unwrap_or(f64::NAN))
        })
        .collect()
}
