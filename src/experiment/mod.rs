//! From a scenario to its results: the one place where all parts meet.
//!
//! An [`Experiment`] has its [`Keys`], its set-up, its [`Run`] and its [`Report`]; [`KINDS`] lists all there are. A
//! [`Scenario`] is any of them, read from a file, an [`Outcome`] a run of any.

mod array_file;
mod contract;
pub mod deep;
mod error;
pub mod figures;
mod judged;
pub mod keys;
pub mod panels;
mod record;
mod registry;
mod resolved;
mod scenario;
pub(crate) mod seen;
pub mod sgd_vs_flow;
pub mod theorem4;
pub mod theorem5;
pub mod two_layer;
mod view;
mod write;

pub use crate::output::Reading;
pub use crate::runs::{Hooks, Nowhere, Silent, Store};
pub use array_file::{ArrayFileError, read_matrix};
use contract::certificate;
pub use contract::{Ended, Experiment, Keys, Outcome, Report, ResultFile, Run};
pub use error::ExperimentError;
pub use judged::{Judged, VERDICTS, read as read_verdicts};
pub use record::{ERROR, Record, VERDICT, simulated, verdict};
pub use registry::{ExperimentKind, KINDS};
pub use resolved::{RESOLVED, SCENARIO, resolved};
pub use scenario::{Prepared, Scenario};
pub use view::{Absent, Levels, Pair, Rate, View};
pub use write::{PICTURES, Picture, Summary, write};
