//! Vector fields of the training dynamics, with their energy and their Jacobian.

mod jacobian;
mod loss;
mod state;
mod two_layer;

pub use jacobian::{Direction, FlowJacobian, asymmetry};
pub use loss::population_loss;
pub use state::StateLayout;
pub use two_layer::{FanOut, FlowOptions, Snapshot, TwoLayerFlow};
