//! Which cell stands for one that was not run.

use std::collections::VecDeque;

/// For each place of a grid, row by row, the nearest one that is known, in steps to any of its eight neighbours; of
/// equally near ones the first found, going out from all at once. `None` where none is known. O(places).
pub fn nearest(known: &[bool], columns: usize) -> Vec<Option<usize>> {
    let places = 0..known.len();
    let mut source: Vec<Option<usize>> = places.map(|at| known[at].then_some(at)).collect();
    let mut edge: VecDeque<usize> = (0..known.len()).filter(|&at| known[at]).collect();
    let rows = known.len() / columns.max(1);
    while let Some(at) = edge.pop_front() {
        let (row, column) = (at / columns, at % columns);
        for row in row.saturating_sub(1)..=(row + 1).min(rows - 1) {
            for column in column.saturating_sub(1)..=(column + 1).min(columns - 1) {
                let next = row * columns + column;
                if source[next].is_none() {
                    source[next] = source[at];
                    edge.push_back(next);
                }
            }
        }
    }
    source
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_that_is_known_is_nearer() {
        let columns = 13;
        let known: Vec<bool> = (0..13 * 9).map(|at| at % 17 == 3 || at % 29 == 0).collect();
        let apart = |a: usize, b: usize| {
            let of = |a: usize, b: usize| a.abs_diff(b);
            of(a / columns, b / columns).max(of(a % columns, b % columns))
        };
        for (at, source) in nearest(&known, columns).into_iter().enumerate() {
            let all = (0..known.len()).filter(|&other| known[other]);
            let least = all.map(|other| apart(at, other)).min().unwrap();
            let source = source.unwrap();
            assert!(known[source] && apart(at, source) == least, "{at}: {source}");
        }
    }

    #[test]
    fn where_nothing_is_known_nothing_is_near() {
        assert_eq!(nearest(&[false; 6], 3), [None; 6]);
        assert!(nearest(&[], 0).is_empty());
    }
}
