//! Small flows side by side: the velocities of several at once, a lane of the vector registers each.
//!
//! A flow of few nodes spends its time around its arithmetic, not in it: sums are too short for vectors. Of eight such
//! flows of equal sizes, each number stands beside its seven counterparts, and whatever is done, is done by vectors.
//!
//! [`side_by_side`] runs tasks as coroutines. One that asks for a velocity waits until all others wait too, for theirs or
//! for what another thread computes; then those of equal shape are evaluated together. An integrator knows nothing of it,
//! and what a flow gives does not depend on its neighbours: each lane does the operations that it would do alone, in their
//! order.

mod desk;
mod evaluate;
mod pairs;
mod small;
mod tiles;
mod vectors;

pub use desk::{LANES, alone, side_by_side};
pub use evaluate::Lanes;
pub use small::{Constants, Shape, Small};

#[cfg(test)]
mod tests;
