//! Which classes two classifiers give to the same samples.

use serde::Serialize;

/// How many samples have each pair of classes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Confusion {
    /// The part of the samples to which both give the same class; NaN of none.
    pub agreement: f64,
    /// C × C: the first classifier's class, then the second's.
    pub counts: Vec<Vec<u64>>,
}

impl Confusion {
    /// Of the classes, from 0 to C − 1, that both give to each sample.
    ///
    /// # Panics
    /// If one gives classes to fewer samples than the other, or one that is not below C.
    pub fn between(first: &[u32], second: &[u32], classes: usize) -> Self {
        assert_eq!(first.len(), second.len(), "classes of the same samples");
        let mut counts = vec![vec![0; classes]; classes];
        for (&row, &column) in first.iter().zip(second) {
            counts[row as usize][column as usize] += 1;
        }
        let same: u64 = (0..classes).map(|class| counts[class][class]).sum();
        Self {
            agreement: same as f64 / first.len() as f64,
            counts,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_is_counted_once_where_its_two_classes_meet() {
        let found = Confusion::between(&[0, 0, 1, 2, 2, 2], &[0, 1, 1, 0, 2, 2], 3);
        assert_eq!(found.counts, [[1, 1, 0], [0, 1, 0], [1, 0, 2]]);
        assert_eq!(found.agreement, 4.0 / 6.0);
        assert!(Confusion::between(&[], &[], 2).agreement.is_nan());
    }
}
