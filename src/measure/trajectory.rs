//! A run as statistics at the requested times.

use super::angles::largest_angle_rate;
use crate::flow::Snapshot;

/// The statistics at one time.
#[derive(Clone, Debug)]
pub struct Row {
    /// Time t of the flow; t = kη after k steps of gradient descent.
    pub time: f64,
    /// Loss, dissipated energy, angles and their rates.
    pub snapshot: Snapshot,
    /// Amplitude of the slowest mode near the teacher, where that mode is known.
    pub slowest_mode: Option<f64>,
}

impl Row {
    /// The largest angle, max_j θ_j.
    pub fn largest_angle(&self) -> f64 {
        self.snapshot.angles.iter().copied().fold(0.0, f64::max)
    }

    /// −d/dt log max_j θ_j, from the velocity: of the nodes at the largest angle, the slowest to fall.
    pub fn rate(&self) -> f64 {
        largest_angle_rate(&self.snapshot.angles, &self.snapshot.angle_rates)
    }
}

/// A run as statistics, and as full states where they were asked for.
#[derive(Clone, Debug, Default)]
pub struct Trajectory {
    /// One row per output time, the first at time 0.
    pub rows: Vec<Row>,
    /// The states of the same times; empty unless asked for.
    pub states: Vec<Vec<f64>>,
}

impl Trajectory {
    /// Times and largest angles.
    pub fn largest_angles(&self) -> impl Iterator<Item = (f64, f64)> + '_ {
        self.rows.iter().map(|row| (row.time, row.largest_angle()))
    }
}
