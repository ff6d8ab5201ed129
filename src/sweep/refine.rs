//! A grid that is run where something changes: a boundary costs O(1/h) cells of width h, and not O(1/h²).
//!
//! First every so many-th value of each range; then each box between neighbours at whose corners a condition does not say the
//! same is cut in halves, as long as there are values between. What lies within a box of like corners is not looked at: a
//! feature that is smaller than the first boxes may be missed.

use super::axes::Axis;
use super::run::points;
use super::store::StoreError;
use super::{CELLS, Condition, Identities, Options, Plan, Store, SweepEnd, Tally, each_row};
use crate::config::near;
use crate::runs::Hooks;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use thiserror::Error;

/// Where to look closer.
#[derive(Clone, Debug)]
pub struct Refinement {
    /// The boundary: of a column, as in `derived > 0` or `sharp_verdict = holds`.
    pub condition: Condition,
    /// Of each range, every so many-th value comes first.
    pub coarse: u64,
}

/// Why not all, and not only some, points can be run.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RefineError {
    /// A design without neighbours.
    #[error(
        "--refine: found a design that draws its points; allowed: design = \"grid\" with an axis that is linear or log"
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
    /// A row that could not be kept, or a table that could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// For each axis an interval of its indices, both ends with it.
type Region = Vec<[u64; 2]>;

/// What the runs of a cell say: with several seeds they may differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    All,
    None,
    Some,
}

impl Refinement {
    /// Checks that there is something to refine, before anything is computed.
    ///
    /// # Errors
    /// A design without neighbours, a condition on no column.
    pub fn check(&self, plan: &Plan) -> Result<(), RefineError> {
        let axes = plan.grid().ok_or(RefineError::NoGrid)?;
        if !axes.iter().any(Axis::is_range) {
            return Err(RefineError::NoGrid);
        }
        RefineError::check_column("--refine", &self.condition.name, plan)
    }
}

impl RefineError {
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
}

/// Runs the points of a sweep near the boundary; [`super::run`] in the same folder runs all others.
///
/// # Errors
/// As [`Refinement::check`]; a row that could not be kept. Those before it are in the folder.
pub fn refine(
    plan: &Plan,
    identities: &Identities,
    mut store: Store,
    options: Options,
    hooks: &dyn Hooks,
    refinement: &Refinement,
) -> Result<(SweepEnd, Tally), RefineError> {
    refinement.check(plan)?;
    let axes = plan.grid().ok_or(RefineError::NoGrid)?;
    let mut boxes = first_boxes(axes, refinement.coarse);
    while !boxes.is_empty() {
        let cells: BTreeSet<u64> = boxes.iter().flat_map(|one| corners(one, axes)).collect();
        let of_cell = |cell: u64| cell * plan.seeds()..(cell + 1) * plan.seeds();
        let listed: Vec<u64> = cells.into_iter().flat_map(of_cell).collect();
        let (after, end) = points(plan, identities, store, options, hooks, Some(&listed));
        store = after;
        if let Some(end) = end {
            return Ok((end?, store.tally()));
        }
        let table = store.folder().path().join(CELLS);
        let said = said(&table, plan, &refinement.condition)?;
        let differ = |one: &Region| {
            let all = corners(one, axes).filter_map(|cell| said.get(&cell).copied());
            let all: Vec<Says> = all.collect();
            all.contains(&Says::Some) || all.windows(2).any(|pair| pair[0] != pair[1])
        };
        boxes = boxes
            .iter()
            .filter(|one| differ(one))
            .flat_map(halves)
            .collect();
    }
    store.ended(plan)
}

impl Store {
    /// Ends a sweep with the rows that were asked for, which may be all of them.
    pub(super) fn ended(self, plan: &Plan) -> Result<(SweepEnd, Tally), RefineError> {
        let tally = self.tally();
        let end = match tally.done == plan.points() {
            true => SweepEnd::Complete(self.finish()?.0),
            false => SweepEnd::Refined(self.leave()?),
        };
        Ok((end, tally))
    }
}

/// The boxes between neighbours of the coarse grid. An axis without an order between its values has each of them alone.
fn first_boxes(axes: &[Axis], coarse: u64) -> Vec<Region> {
    let intervals = |axis: &Axis| -> Vec<[u64; 2]> {
        let last = axis.count() - 1;
        if !axis.is_range() || last == 0 {
            return (0..=last).map(|index| [index; 2]).collect();
        }
        let starts = (0..last).step_by(coarse as usize);
        starts
            .map(|start| [start, (start + coarse).min(last)])
            .collect()
    };
    axes.iter().fold(vec![Vec::new()], |boxes, axis| {
        let intervals = intervals(axis);
        let longer = boxes.iter().flat_map(|one| {
            intervals
                .iter()
                .map(|interval| [one.as_slice(), &[*interval]].concat())
        });
        longer.collect()
    })
}

/// The cells at the corners of a box.
fn corners(one: &Region, axes: &[Axis]) -> impl Iterator<Item = u64> {
    let add = |cells: Vec<u64>, (ends, axis): (&[u64; 2], &Axis)| -> Vec<u64> {
        let mut ends = ends.to_vec();
        ends.dedup();
        let next = cells
            .iter()
            .flat_map(|cell| ends.iter().map(move |index| cell * axis.count() + index));
        next.collect()
    };
    one.iter().zip(axes).fold(vec![0], add).into_iter()
}

/// The boxes that a box is cut into; none where no value lies within.
fn halves(one: &Region) -> Vec<Region> {
    if one.iter().all(|[low, high]| high - low <= 1) {
        return Vec::new();
    }
    one.iter().fold(vec![Vec::new()], |boxes, &[low, high]| {
        let middle = low.midpoint(high);
        let parts = match high - low {
            0 | 1 => vec![[low, high]],
            _ => vec![[low, middle], [middle, high]],
        };
        let longer = boxes
            .iter()
            .flat_map(|one: &Region| parts.iter().map(|part| [one.as_slice(), &[*part]].concat()));
        longer.collect()
    })
}

/// What the condition says of each cell with a row. Points that failed say nothing.
fn said(
    table: &Path,
    plan: &Plan,
    condition: &Condition,
) -> Result<BTreeMap<u64, Says>, StoreError> {
    let mut said = BTreeMap::new();
    let read = each_row(table, |names, row| {
        let place = names.iter().position(|name| *name == condition.name);
        let found = place.and_then(|place| row.get(place)).unwrap_or_default();
        let says = match (found, condition.holds(found)) {
            ("", _) => return Ok(()),
            (_, true) => Says::All,
            (_, false) => Says::None,
        };
        if let Some(index) = row.get(0).and_then(|index| index.parse::<u64>().ok()) {
            let cell = said.entry(index / plan.seeds()).or_insert(says);
            if *cell != says {
                *cell = Says::Some;
            }
        }
        Ok(())
    });
    read.map_err(|source| StoreError::Io {
        path: table.into(),
        source,
    })?;
    Ok(said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Document;
    use crate::sweep::axes::Sweep;

    fn plan() -> Plan {
        let text = r#"
            experiment = "theorem4"
            teacher = { input_dim = 8, nodes = 3 }
            student = { theta0 = 0.1 }
            [[sweep.axis]]
            key = "student.theta0"
            log = { from = 1e-3, to = 1.0, points = 12 }
            [[sweep.axis]]
            key = "teacher.nodes"
            values = [2, 3, 4]
        "#;
        let document = Document::parse(Path::new("s.toml"), text, &[]).unwrap();
        Plan::new(Sweep::read(document).unwrap()).unwrap()
    }

    #[test]
    fn boxes_cover_a_range_and_take_each_value_of_a_list_alone() {
        let plan = plan();
        let boxes = first_boxes(plan.grid().unwrap(), 4);
        assert_eq!(boxes.len(), 9);
        assert_eq!(boxes[0], [[0, 4], [0, 0]]);
        assert_eq!(boxes[8], [[8, 11], [2, 2]]);
        let at = |one: &Region| corners(one, plan.grid().unwrap()).collect::<Vec<_>>();
        assert_eq!(at(&boxes[8]), [26, 35]);
        assert_eq!(at(&vec![[1, 2], [0, 1]]), [3, 4, 6, 7]);
    }

    #[test]
    fn boxes_are_cut_until_nothing_lies_within() {
        let cut = halves(&vec![[0, 4], [2, 2]]);
        assert_eq!(cut, [[[0, 2], [2, 2]], [[2, 4], [2, 2]]]);
        assert_eq!(halves(&vec![[0, 3], [0, 2]]).len(), 4);
        assert_eq!(
            halves(&vec![[0, 3], [5, 6]]),
            [[[0, 1], [5, 6]], [[1, 3], [5, 6]]]
        );
        assert!(halves(&vec![[3, 4], [5, 5]]).is_empty());
    }
}
