//! A grid that is run where something changes: a boundary costs O(1/h) cells of width h, and not O(1/h²).
//!
//! First every so many-th value of each range; then each box between neighbours at whose corners a condition does not say the
//! same is cut in halves, as long as there are values between. What lies within a box of like corners is not looked at: a
//! feature that is smaller than the first boxes may be missed.

use super::axes::Axis;
use super::rounds::{Rounds, RoundsError, check_room, read_column};
use super::store::StoreError;
use super::{Condition, Plan, Store};
use std::collections::{BTreeMap, BTreeSet};

/// The option, and how to come to fewer points.
const OPTION: &str = "--refine";
const WAY: &str = "as with a larger --coarse, or fewer values on the axes";

/// Corners of a box that may be looked at for each point that is run.
const CORNERS: u64 = 16;

/// Where to look closer.
#[derive(Clone, Debug)]
pub struct Refinement {
    /// The boundary: of a column, as in `derived > 0` or `sharp_verdict = holds`.
    pub condition: Condition,
    /// Of each range, every so many-th value comes first.
    pub coarse: u64,
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

/// A refinement under way: the boxes that are looked at, once there are any.
struct Refining {
    refinement: Refinement,
    boxes: Option<Vec<Region>>,
}

impl Refinement {
    /// The points near the boundary, from coarse to fine.
    ///
    /// # Errors
    /// A design without neighbours, a condition on no column, more first points than may wait in memory.
    pub fn rounds(self, plan: &Plan) -> Result<Box<dyn Rounds>, RoundsError> {
        let axes = plan.grid().filter(|axes| axes.iter().any(Axis::is_range)).ok_or(RoundsError::NoGrid)?;
        RoundsError::check_column(OPTION, &self.condition.name, plan)?;
        let of_axis = |axis: &Axis| match axis.is_range() {
            true => (axis.count() - 1).div_ceil(self.coarse) + 1,
            false => axis.count(),
        };
        let first = axes.iter().map(of_axis).fold(plan.seeds(), u64::saturating_mul);
        RoundsError::check_count((OPTION, WAY), first)?;
        Ok(Box::new(Refining {
            refinement: self,
            boxes: None,
        }))
    }
}

impl Rounds for Refining {
    fn next(&mut self, plan: &Plan, store: &Store) -> Result<Vec<u64>, RoundsError> {
        let axes = plan.grid().ok_or(RoundsError::NoGrid)?;
        let boxes = match self.boxes.take() {
            None => first_boxes(axes, self.refinement.coarse),
            Some(boxes) => closer(boxes, axes, &said(plan, store, &self.refinement.condition)?)?,
        };
        let cells: BTreeSet<u64> = boxes.iter().flat_map(|one| corners(one, axes)).collect();
        let of_cell = |cell: u64| cell * plan.seeds()..(cell + 1) * plan.seeds();
        let listed: Vec<u64> = cells.into_iter().flat_map(of_cell).collect();
        check_room((OPTION, WAY), store, &listed)?;
        self.boxes = Some(boxes);
        Ok(listed)
    }
}

/// Cuts the boxes at whose corners not the same is said.
fn closer(mut boxes: Vec<Region>, axes: &[Axis], said: &BTreeMap<u64, Says>) -> Result<Vec<Region>, RoundsError> {
    let differ = |one: &Region| {
        let all = corners(one, axes).filter_map(|cell| said.get(&cell).copied());
        let all: Vec<Says> = all.collect();
        all.contains(&Says::Some) || all.windows(2).any(|pair| pair[0] != pair[1])
    };
    boxes.retain(differ);
    // Each becomes 2^axes smaller ones: with many axes far more than there are points.
    let cut = boxes.iter().map(|one| halves_of(one).product::<u64>());
    RoundsError::check_count((OPTION, WAY), cut.sum::<u64>() / CORNERS)?;
    Ok(boxes.iter().flat_map(halves).collect())
}

/// The boxes between neighbours of the coarse grid. An axis without an order between its values has each of them alone.
fn first_boxes(axes: &[Axis], coarse: u64) -> Vec<Region> {
    let intervals = |axis: &Axis| -> Vec<[u64; 2]> {
        let last = axis.count() - 1;
        if !axis.is_range() || last == 0 {
            return (0..=last).map(|index| [index; 2]).collect();
        }
        let starts = (0..last).step_by(coarse as usize);
        starts.map(|start| [start, (start + coarse).min(last)]).collect()
    };
    combined(axes.iter().map(intervals))
}

/// All boxes with one of these intervals along each axis.
fn combined(intervals: impl Iterator<Item = Vec<[u64; 2]>>) -> Vec<Region> {
    intervals.fold(vec![Vec::new()], |boxes, intervals| {
        let longer = boxes
            .iter()
            .flat_map(|one| intervals.iter().map(|interval| [one.as_slice(), &[*interval]].concat()));
        longer.collect()
    })
}

/// The cells at the corners of a box.
fn corners(one: &Region, axes: &[Axis]) -> impl Iterator<Item = u64> {
    let add = |cells: Vec<u64>, (ends, axis): (&[u64; 2], &Axis)| -> Vec<u64> {
        let mut ends = ends.to_vec();
        ends.dedup();
        let next = cells.iter().flat_map(|cell| ends.iter().map(move |index| cell * axis.count() + index));
        next.collect()
    };
    one.iter().zip(axes).fold(vec![0], add).into_iter()
}

/// Along each axis, into how many parts a box is cut.
fn halves_of(one: &Region) -> impl Iterator<Item = u64> {
    one.iter().map(|[low, high]| 1 + u64::from(high - low > 1))
}

/// The boxes that a box is cut into; none where no value lies within.
fn halves(one: &Region) -> Vec<Region> {
    if halves_of(one).all(|parts| parts == 1) {
        return Vec::new();
    }
    combined(one.iter().map(|&[low, high]| {
        let middle = low.midpoint(high);
        match high - low {
            0 | 1 => vec![[low, high]],
            _ => vec![[low, middle], [middle, high]],
        }
    }))
}

/// What the condition says of each cell with a row. Points that failed say nothing.
fn said(plan: &Plan, store: &Store, condition: &Condition) -> Result<BTreeMap<u64, Says>, StoreError> {
    let mut said = BTreeMap::new();
    read_column(plan, store, &condition.name, |cell, found| {
        let says = match condition.holds(found) {
            true => Says::All,
            false => Says::None,
        };
        let cell = said.entry(cell).or_insert(says);
        if *cell != says {
            *cell = Says::Some;
        }
    })?;
    Ok(said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Document;
    use crate::sweep::axes::Sweep;
    use std::path::Path;

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
        assert_eq!(halves(&vec![[0, 3], [5, 6]]), [[[0, 1], [5, 6]], [[1, 3], [5, 6]]]);
        assert!(halves(&vec![[3, 4], [5, 5]]).is_empty());
    }
}
