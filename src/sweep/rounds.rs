//! Points that are run round by round, since what the rows say decides which come next.

use super::run::points;
use super::store::StoreError;
use super::{CELLS, Identities, Options, Plan, Store, SweepEnd, Tally, each_row};
use crate::config::near;
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
    #[error(
        "--refine: found no neighbours; allowed: design = \"grid\" with an axis that is linear or log"
    )]
    NoGrid,
    /// A name that is no column.
    #[error(
        "{option}: found {name}{guess}; allowed: a column of the sweep, as in derived or sharp_verdict"
    )]
    Unknown {
        /// whose condition it is
        option: &'static str,
        /// the name
        name: String,
        /// what may be meant
        guess: String,
    },
    /// Fewer seeds than a spread needs.
    #[error(
        "--until: found {found} seeds at each cell; allowed: {least} or more, as the most (sweep.seeds)"
    )]
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

/// One option's rounds.
pub(super) struct Rounds<'a> {
    pub option: &'static str,
    /// How to come to fewer points.
    pub way: &'static str,
    pub plan: &'a Plan,
    pub identities: &'a Identities,
    pub options: Options,
    pub hooks: &'a dyn Hooks,
}

/// What a round comes to: how it was broken off, if it was.
pub(super) type Round = Result<(Store, Option<SweepEnd>), RoundsError>;

impl RoundsError {
    /// Refuses a name that is none of the sweep's columns.
    pub(super) fn check_column(option: &'static str, name: &str, plan: &Plan) -> Result<(), Self> {
        let columns = plan.kind().columns();
        let names = || columns.iter().map(|column| &*column.name);
        if names().any(|known| known == name) {
            return Ok(());
        }
        let meant = near(name, names());
        Err(Self::Unknown {
            option,
            name: name.into(),
            guess: meant.map_or(String::new(), |meant| format!(" (did you mean {meant}?)")),
        })
    }

    /// Refuses more points than may wait.
    pub(super) fn check_count(
        (option, way): (&'static str, &'static str),
        found: u64,
    ) -> Result<(), Self> {
        match found <= MOST {
            true => Ok(()),
            false => Err(Self::Many { option, found, way }),
        }
    }
}

impl Rounds<'_> {
    /// Runs the points at these positions, which ascend.
    pub fn run(&self, store: Store, listed: &[u64]) -> Round {
        let missing = listed.iter().filter(|&&position| !store.has(position));
        let found = store.tally().done + missing.count() as u64;
        RoundsError::check_count((self.option, self.way), found)?;
        let (plan, identities) = (self.plan, self.identities);
        let (store, end) = points(
            plan,
            identities,
            store,
            self.options,
            self.hooks,
            Some(listed),
        );
        Ok((store, end.transpose()?))
    }

    /// Shows a column of each row that has something there, with the row's cell. O(rows).
    pub fn read(
        &self,
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
                show(index / self.plan.seeds(), found);
            }
            io::Result::Ok(())
        });
        read.map_err(|source| StoreError::Io {
            path: table.clone(),
            source,
        })
    }

    /// Ends the sweep with the rows that were asked for, which may be all of them.
    pub fn end(&self, store: Store) -> Result<(SweepEnd, Tally), RoundsError> {
        let tally = store.tally();
        if tally.done < self.plan.points() {
            return Ok((SweepEnd::Refined(store.leave()?), tally));
        }
        let (folder, remarks) = store.finish()?;
        remarks.iter().for_each(|remark| self.hooks.remark(remark));
        Ok((SweepEnd::Complete(folder), tally))
    }
}
