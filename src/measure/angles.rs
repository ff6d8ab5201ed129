//! What angles between nodes and their teacher's say of the whole, and how fast it falls.

/// ‖W − W*‖_F of unit nodes at angles θ_j to their teacher nodes.
pub fn distance(angles: &[f64]) -> f64 {
    let squares = angles.iter().map(|theta| (2.0 * (0.5 * theta).sin()).powi(2));
    squares.sum::<f64>().sqrt()
}

/// −d/dt log max_j θ_j: of the nodes at the largest angle, the slowest to fall.
pub fn largest_angle_rate(angles: &[f64], rates: &[f64]) -> f64 {
    let largest = angles.iter().copied().fold(0.0, f64::max);
    let pairs = angles.iter().zip(rates);
    // Nodes that share the largest angle up to rounding share the maximum.
    pairs
        .filter(|&(&angle, _)| angle >= largest * (1.0 - 1e-9))
        .map(|(&angle, &rate)| -rate / angle)
        .fold(f64::INFINITY, f64::min)
}

/// −d/dt log ‖W − W*‖_F of unit nodes.
pub fn distance_rate(angles: &[f64], rates: &[f64]) -> f64 {
    // d/dt (2 sin(θ/2))² = 2 sin θ dθ/dt.
    let pairs = angles.iter().zip(rates);
    let slope: f64 = pairs.map(|(theta, rate)| 2.0 * theta.sin() * rate).sum();
    -0.5 * slope / distance(angles).powi(2)
}
