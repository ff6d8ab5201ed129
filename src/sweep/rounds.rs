//! Points that are run round by round, since what the rows say decides which come next.

use super::columns::{UnknownColumn, check_column};
use super::run::{complete, points, tell};
use super::store::StoreError;
use super::{CELLS, Identities, Options, Plan, Store, SweepEnd, Tally, each_row};
use crate::runs::Hooks;
use std::io;
use thiserror::Error;

/// Most rows of such a sweep: all those beyond the first that is left out wait in memory, about a kilobyte each.
pub(super) const MOST: u64 = 1_000_000;

/// Why some, and not all, points of a sweep cannot be run.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RoundsError {
    /// A design without neighbours.
    #[error("--refine: found no neighbours; allowed: design = \"grid\" with an axis that is linear or log")]
    NoGrid,
    /// A name that is no column.
    #[error(transparent)]
    Unknown(#[from] UnknownColumn),
    /// Fewer seeds than a spread needs.
    #[error("--until: found {found} seeds at each cell; allowed: {least} or more, as the most (sweep.seeds)")]
    FewSeeds {
        /// how many
        found: u64,
        /// how many there must be
        least: u64,
    },
    /// More rows than are to wait in memory.
    #[error("{option}: found {found} points to be run; allowed: {MOST} at most, {way}")]
    Many {
        /// by which they were asked for
        option: &'static str,
        /// how many
        found: u64,
        /// how to come to fewer
        way: &'static str,
    },
    /// A row that could not be kept, or a table that could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl RoundsError {
    /// Refuses a name that is none of the sweep's columns.
    pub(super) fn check_column(option: &'static str, name: &str, plan: &Plan) -> Result<(), Self> {
        let columns = plan.kind().columns();
        let allowed = "a column of the sweep, as in derived or sharp_verdict";
        Ok(check_column(option, name, columns.iter(), allowed)?)
    }

    /// Refuses more points than may wait.
    pub(super) fn check_count((option, way): (&'static str, &'static str), found: u64) -> Result<(), Self> {
        match found <= MOST {
            true => Ok(()),
            false => Err(Self::Many { option, found, way }),
        }
    }
}

/// Which points come next, by what the rows until then say.
pub trait Rounds: Send {
    /// Positions of the points of the next round, which ascend; none where nothing is left to ask. Some of them may have rows.
    ///
    /// # Errors
    /// A table that cannot be read; more points than may wait in memory.
    fn next(&mut self, plan: &Plan, store: &Store) -> Result<Vec<u64>, RoundsError>;
}

/// Runs the points that rounds ask for; [`super::run`] in the same folder runs all others.
///
/// # Errors
/// As [`Rounds::next`]; a row that could not be kept. Those before it are in the folder.
pub fn run_rounds(
    plan: &Plan,
    identities: &Identities,
    mut store: Store,
    options: Options,
    hooks: &dyn Hooks,
    rounds: &mut dyn Rounds,
) -> Result<(SweepEnd, Tally), RoundsError> {
    tell(store.remarks(), hooks);
    loop {
        let listed = rounds.next(plan, &store)?;
        if listed.is_empty() {
            break;
        }
        let (after, end) = points(plan, identities, store, options, hooks, Some(&listed));
        store = after;
        if let Some(end) = end {
            return Ok((end?, store.tally()));
        }
    }
    let tally = store.tally();
    let end = match tally.done < plan.points() {
        true => SweepEnd::Refined(store.leave()?),
        false => complete(store, hooks)?,
    };
    Ok((end, tally))
}

/// Refuses a round whose rows, with those that are there, are more than may wait in memory.
pub(super) fn check_room(
    named: (&'static str, &'static str),
    store: &Store,
    listed: &[u64],
) -> Result<(), RoundsError> {
    let missing = listed.iter().filter(|&&position| !store.has(position));
    RoundsError::check_count(named, store.tally().done + missing.count() as u64)
}

/// Shows a column of each row that has something there, with the row's cell. O(rows).
pub(super) fn read_column(
    plan: &Plan,
    store: &Store,
    column: &str,
    mut show: impl FnMut(u64, &str),
) -> Result<(), StoreError> {
    let table = store.folder().path().join(CELLS);
    let read = each_row(&table, |names, row| {
        let place = names.iter().position(|name| name == column);
        let found = place.and_then(|place| row.get(place));
        let index = row.get(0).and_then(|index| index.parse::<u64>().ok());
        if let (Some(found), Some(index)) = (found.filter(|found| !found.is_empty()), index) {
            show(index / plan.seeds(), found);
        }
        io::Result::Ok(())
    });
    read.map_err(StoreError::at(&table))
}
