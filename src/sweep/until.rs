//! As many seeds at each cell as its spread asks for.

use super::refine::RefineError;
use super::run::points;
use super::store::StoreError;
use super::{CELLS, Condition, Identities, Options, Plan, Store, SweepEnd, Tally, each_row};
use crate::runs::Hooks;
use std::collections::BTreeMap;
use std::path::Path;

/// Runs before a spread is believed.
const LEAST: u64 = 3;

/// When a cell has seeds enough.
#[derive(Clone, Debug)]
pub struct Until {
    /// What the standard error of a column's mean is to be, as in `fitted < 0.001`.
    pub condition: Condition,
}

/// Count, mean and sum of squared deviations, one value at a time.
#[derive(Clone, Copy, Debug, Default)]
struct Moments {
    count: u64,
    mean: f64,
    squares: f64,
}

impl Moments {
    fn add(&mut self, x: f64) {
        self.count += 1;
        let off = x - self.mean;
        self.mean += off / self.count as f64;
        self.squares += off * (x - self.mean);
    }

    /// Of the mean; infinite for fewer than two values.
    fn standard_error(&self) -> f64 {
        match self.count {
            0 | 1 => f64::INFINITY,
            n => (self.squares / ((n - 1) as f64 * n as f64)).sqrt(),
        }
    }
}

impl Until {
    /// Checks that there is something to wait for, before anything is computed.
    ///
    /// # Errors
    /// Too few seeds to have a spread, a condition on no column.
    pub fn check(&self, plan: &Plan) -> Result<(), RefineError> {
        if plan.seeds() <= LEAST {
            return Err(RefineError::FewSeeds {
                found: plan.seeds(),
                least: LEAST + 1,
            });
        }
        RefineError::check_column("--until", &self.condition.name, plan)
    }
}

/// Runs three seeds of each cell, then one more at a time of those whose standard error is not as it is to be, up to the
/// plan's number of seeds; [`super::run`] in the same folder runs all others. Runs without a number count as none.
///
/// # Errors
/// As [`Until::check`]; a row that could not be kept. Those before it are in the folder.
pub fn until(
    plan: &Plan,
    identities: &Identities,
    mut store: Store,
    options: Options,
    hooks: &dyn Hooks,
    until: &Until,
) -> Result<(SweepEnd, Tally), RefineError> {
    until.check(plan)?;
    let seeds = plan.seeds();
    let mut open: Vec<u64> = (0..plan.points() / seeds).collect();
    let mut round = 0..LEAST;
    while !open.is_empty() && round.start < seeds {
        let of_cell = |cell: u64| round.clone().map(move |seed| cell * seeds + seed);
        let listed: Vec<u64> = open.iter().copied().flat_map(of_cell).collect();
        let (after, end) = points(plan, identities, store, options, hooks, Some(&listed));
        store = after;
        if let Some(end) = end {
            return Ok((end?, store.tally()));
        }
        let table = store.folder().path().join(CELLS);
        let spreads = spreads(&table, plan, &until.condition.name)?;
        let is_open = |cell: &u64| {
            let error = spreads.get(cell).map(Moments::standard_error);
            !error.is_some_and(|error| until.condition.holds(&error.to_string()))
        };
        open.retain(is_open);
        round = round.end..round.end + 1;
    }
    store.ended(plan)
}

/// The spread of a column in each cell.
fn spreads(table: &Path, plan: &Plan, column: &str) -> Result<BTreeMap<u64, Moments>, StoreError> {
    let mut spreads: BTreeMap<u64, Moments> = BTreeMap::new();
    let read = each_row(table, |names, row| {
        let place = names.iter().position(|name| name == column);
        let number = place.and_then(|place| row.get(place)?.parse::<f64>().ok());
        let index = row.get(0).and_then(|index| index.parse::<u64>().ok());
        if let (Some(number), Some(index)) = (number, index) {
            let cell = spreads.entry(index / plan.seeds()).or_default();
            cell.add(number);
        }
        Ok(())
    });
    read.map_err(|source| StoreError::Io {
        path: table.into(),
        source,
    })?;
    Ok(spreads)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_error_is_that_of_the_mean() {
        let mut moments = Moments::default();
        assert_eq!(moments.standard_error(), f64::INFINITY);
        for x in [1.0, 2.0, 4.0, 5.0] {
            moments.add(x);
        }
        // Variance 10/3, over four.
        assert!((moments.standard_error() - (10.0_f64 / 12.0).sqrt()).abs() < 1e-15);
    }
}
