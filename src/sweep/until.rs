//! As many seeds at each cell as its spread asks for.

use super::rounds::{Rounds, RoundsError, check_room, read_column};
use super::store::StoreError;
use super::{Condition, Plan, Store};
use std::collections::BTreeMap;
use std::ops::Range;

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

/// Cells that have not seeds enough, and the seeds of the last round.
struct Waiting {
    until: Until,
    open: Vec<u64>,
    round: Range<u64>,
}

impl Until {
    /// Three seeds of each cell, then one more at a time of those whose standard error is not as it is to be, up to the plan's
    /// number of seeds. Runs without a number count as none.
    ///
    /// # Errors
    /// Too few seeds to have a spread, a condition on no column, more first points than may wait in memory.
    pub fn rounds(self, plan: &Plan) -> Result<Box<dyn Rounds>, RoundsError> {
        if plan.seeds() <= LEAST {
            return Err(RoundsError::FewSeeds {
                found: plan.seeds(),
                least: LEAST + 1,
            });
        }
        RoundsError::check_column(OPTION, &self.condition.name, plan)?;
        let cells = plan.points() / plan.seeds();
        RoundsError::check_count((OPTION, WAY), cells.saturating_mul(LEAST))?;
        Ok(Box::new(Waiting {
            until: self,
            open: (0..cells).collect(),
            round: 0..0,
        }))
    }
}

impl Rounds for Waiting {
    fn next(&mut self, plan: &Plan, store: &Store) -> Result<Vec<u64>, RoundsError> {
        let condition = &self.until.condition;
        if self.round.end > 0 {
            let spreads = spreads(plan, store, &condition.name)?;
            self.open.retain(|cell| {
                let error = spreads.get(cell).map(Moments::standard_error);
                !error.is_some_and(|error| condition.holds(&error.to_string()))
            });
        }
        let seeds = plan.seeds();
        let begin = self.round.end;
        self.round = begin..(begin + 1).max(LEAST).min(seeds);
        let of_cell = |cell: u64| self.round.clone().map(move |seed| cell * seeds + seed);
        let listed: Vec<u64> = self.open.iter().copied().flat_map(of_cell).collect();
        check_room((OPTION, WAY), store, &listed)?;
        Ok(listed)
    }
}

/// The spread of a column in each cell.
fn spreads(plan: &Plan, store: &Store, column: &str) -> Result<BTreeMap<u64, Moments>, StoreError> {
    let mut spreads: BTreeMap<u64, Moments> = BTreeMap::new();
    read_column(plan, store, column, |cell, found| {
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
