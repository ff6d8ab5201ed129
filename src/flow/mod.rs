//! Vector fields of the training dynamics: of two layers with their energy and their Jacobian, and the matrix flow of deep networks.

pub mod deep;
mod jacobian;
mod loss;
mod state;
mod two_layer;

pub use jacobian::{Direction, FlowJacobian, asymmetry};
pub use loss::population_loss;
pub use state::StateLayout;
pub use two_layer::{FanOut, FlowOptions, Snapshot, TwoLayerFlow};
