//! As many seeds at each cell as its spread asks for.

use super::rounds::{Rounds, RoundsError};
use super::store::StoreError;
use super::{Condition, Identities, Options, Plan, Store, SweepEnd, Tally};
use crate::runs::Hooks;
use std::collections::BTreeMap;

/// The option, and how to come to fewer points.
const OPTION: &str = "--until";
const WAY: &str = "three of each cell to begin with";

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
    /// Too few seeds to have a spread, a condition on no column, more first points than may wait in memory.
    pub fn check(&self, plan: &Plan) -> Result<(), RoundsError> {
        if plan.seeds() <= LEAST {
            return Err(RoundsError::FewSeeds {
                found: plan.seeds(),
                least: LEAST + 1,
            });
        }
        RoundsError::check_column(OPTION, &self.condition.name, plan)?;
        let cells = plan.points() / plan.seeds();
        RoundsError::check_count((OPTION, WAY), cells.saturating_mul(LEAST))
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
) -> Result<(SweepEnd, Tally), RoundsError> {
    until.check(plan)?;
    let rounds = Rounds {
        option: OPTION,
        way: WAY,
        plan,
        identities,
        options,
        hooks,
    };
    store.tell(hooks);
    let seeds = plan.seeds();
    let mut open: Vec<u64> = (0..plan.points() / seeds).collect();
    let mut round = 0..LEAST;
    while !open.is_empty() && round.start < seeds {
        let of_cell = |cell: u64| round.clone().map(move |seed| cell * seeds + seed);
        let listed: Vec<u64> = open.iter().copied().flat_map(of_cell).collect();
        let (after, end) = rounds.run(store, &listed)?;
        store = after;
        if let Some(end) = end {
            return Ok((end, store.tally()));
        }
        let spreads = spreads(&rounds, &store, &until.condition.name)?;
        let is_open = |cell: &u64| {
            let error = spreads.get(cell).map(Moments::standard_error);
            !error.is_some_and(|error| until.condition.holds(&error.to_string()))
        };
        open.retain(is_open);
        round = round.end..round.end + 1;
    }
    rounds.end(store)
}

/// The spread of a column in each cell.
fn spreads(
    rounds: &Rounds,
    store: &Store,
    column: &str,
) -> Result<BTreeMap<u64, Moments>, StoreError> {
    let mut spreads: BTreeMap<u64, Moments> = BTreeMap::new();
    rounds.read(store, column, |cell, found| {
        if let Ok(number) = found.parse() {
            spreads.entry(cell).or_default().add(number);
        }
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
