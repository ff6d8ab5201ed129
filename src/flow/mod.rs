//! Vector fields of the training dynamics: of two layers with their energy and their Jacobian, and the matrix flow of deep networks.
//!
//! ```
//! use luckflow::flow::{FlowOptions, TwoLayerFlow};
//! use luckflow::integrate::{AtOutputs, Method, Plan, integrate};
//! use luckflow::ndarray::array;
//! use luckflow::network::TwoLayer;
//! use luckflow::overlap::{ExactGaussian, Input};
//!
//! // My W* and W, a node per column, thresholds 1, fan-out weights one.
//! let (teacher, student) = (array![[1.0, 0.0], [0.0, 1.0]], array![[0.9, 0.2], [0.1, 0.8]]);
//! let network = TwoLayer::with_unit_fan_out(&teacher, student, 1.0);
//! let (kernel, input) = (Box::new(ExactGaussian::new()), Input::standard_gaussian());
//! let mut flow = TwoLayerFlow::new(&network, kernel, &input, FlowOptions::default());
//! let start = flow.state_of(&network);
//! let mut angles = Vec::new();
//! let mut watch = AtOutputs(|flow: &mut TwoLayerFlow, time, y: &[f64]| {
//!     angles.push((time, flow.snapshot(y, &mut vec![0.0; y.len()]).angles));
//! });
//! integrate(&mut flow, start, &Method::default(), &Plan::uniform(100.0, 50), &mut watch)?;
//! assert!(angles[50].1.iter().all(|theta| *theta < 1e-3));
//! # Ok::<(), luckflow::integrate::IntegrateError>(())
//! ```

pub mod deep;
mod jacobian;
pub mod lanes;
mod loss;
mod options;
mod snapshot;
mod state;
mod thresholds;
mod turning;
mod two_layer;

pub use jacobian::{Direction, FlowJacobian, asymmetry};
pub use loss::population_loss;
pub use options::{FanOut, FlowOptions};
pub use snapshot::Snapshot;
pub use state::StateLayout;
pub use thresholds::ThresholdRule;
pub use turning::turning_of_any;
pub use two_layer::TwoLayerFlow;
