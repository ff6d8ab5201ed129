//! A run as statistics at the requested times.

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
        let largest = self.largest_angle();
        let snapshot = &self.snapshot;
        snapshot
            .angles
            .iter()
            .zip(&snapshot.angle_rates)
            // Nodes that share the largest angle up to rounding share the maximum.
            .filter(|&(&angle, _)| angle >= largest * (1.0 - 1e-9))
            .map(|(&angle, &rate)| -rate / angle)
            .fold(f64::INFINITY, f64::min)
    }
}

impl Row {
    /// ‖W − W*‖_F of unit nodes: √(Σ_j (2 sin(θ_j/2))²).
    pub fn distance(&self) -> f64 {
        distance(&self.snapshot.angles)
    }

    /// −d/dt log ‖W − W*‖_F, from the velocity.
    pub fn distance_rate(&self) -> f64 {
        let snapshot = &self.snapshot;
        let pairs = snapshot.angles.iter().zip(&snapshot.angle_rates);
        // d/dt (2 sin(θ/2))² = 2 sin θ dθ/dt.
        let slope: f64 = pairs.map(|(theta, rate)| 2.0 * theta.sin() * rate).sum();
        -0.5 * slope / self.distance().powi(2)
    }
}

/// ‖W − W*‖_F of unit nodes at angles θ_j to their teacher nodes.
pub fn distance(angles: &[f64]) -> f64 {
    let squares = angles
        .iter()
        .map(|theta| (2.0 * (0.5 * theta).sin()).powi(2));
    squares.sum::<f64>().sqrt()
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
