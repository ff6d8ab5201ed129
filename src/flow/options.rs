//! Which variant of the two-layer dynamics is meant.

/// Whether the fan-out weights V move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FanOut {
    /// V keeps its starting value: Theorem 4.
    Fixed,
    /// V follows dV/dt = L\*V\* − LV: Theorem 5.
    Running,
    /// The same with each column of V (the weights of one output) kept at unit norm, by projection.
    RunningNormalized,
}

/// What variant of the dynamics is meant.
#[derive(Clone, Copy, Debug)]
pub struct FlowOptions {
    /// Apply P⊥_j: nodes stay on the sphere. Without it the flow is only the
    /// "separation of expectations" model, and has no energy.
    pub projection: bool,
    /// Whether V moves.
    pub fan_out: FanOut,
}

impl Default for FlowOptions {
    fn default() -> Self {
        Self {
            projection: true,
            fan_out: FanOut::Fixed,
        }
    }
}
