//! Many small runs of one scenario: planned from axes, run in parallel, kept in one table, never lost.
//!
//! [`Plan`] lays the points out, [`run`] gives each to a worker, [`Store`] keeps the rows.

pub mod aggregate;
pub mod axes;
mod batch;
mod columns;
mod condition;
mod earlier;
mod explain;
mod identity;
mod lines;
mod load;
mod manifest;
mod marks;
mod merge;
mod plan;
mod refine;
pub mod report;
mod rounds;
mod row;
mod run;
mod shard;
mod status;
mod store;
pub mod table;
pub(crate) mod texts;
mod until;
mod waiting;

pub use crate::output::Identities;
pub use columns::UnknownColumn;
pub use condition::{Condition, Conditions};
pub use explain::explain;
pub use identity::{RESULT_VERSION, of_plan, of_point};
pub use manifest::Manifest;
pub use merge::{MergeError, merge, merge_partial};
pub use plan::{Plan, Point};
pub use refine::Refinement;
pub use rounds::{Rounds, RoundsError, run_rounds};
pub use row::{DIGEST, Row, value as table_value};
pub use run::{Options, SweepEnd, run};
pub use shard::Shard;
pub use status::Status;
pub use store::{CELLS, Opening, Store, StoreError, Tally};
pub use table::each_row;
pub use until::Until;
