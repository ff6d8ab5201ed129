//! One state of the flow seen from outside.

/// One state seen from outside.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Population loss ℓ.
    pub loss: f64,
    /// ∫ (‖Ẇ‖² + ‖V̇‖² + ‖ḃ‖²) dt since the start.
    pub dissipated: f64,
    /// θ_j of student node j to teacher node j, for j < m.
    pub angles: Vec<f64>,
    /// dθ_j/dt.
    pub angle_rates: Vec<f64>,
}
