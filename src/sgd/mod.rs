//! Training by samples, beside the flow: projected SGD of two layers, and SGD of deep networks.
//!
//! A [`Pass`] holds activations and their gradients for one mini-batch, an [`Optimizer`] turns them into a step, a
//! [`Trainer`] goes through a [`DataSet`] epoch by epoch. A step allocates nothing and does its work in BLAS.

mod changing;
mod curvature;
mod data;
mod loss;
mod optimizer;
mod pass;
mod projected;
mod source;
mod trainer;

pub use crate::network::deep::layers::Mode;
pub use changing::{Answers, Changing, ChangingInputs, Teaching};
pub use curvature::Curvature;
pub use data::{Batch, DataSet, Targets, classes, gaussian_inputs, outputs, piece};
pub use loss::{Loss, accuracy};
pub use optimizer::{Descent, Gradient, Optimizer};
pub use pass::Pass;
pub use projected::{ProjectedSgd, SgdOptions};
pub use source::Source;
pub use trainer::{Diverged, Evaluation, Schedule, Trainer, TrainerState, Training};
