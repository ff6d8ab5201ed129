//! How well student nodes stand for teacher nodes: correlations of activations, the best student of each teacher node,
//! and at which rank the final winner stood before.

use crate::blas::multiply_add;
use ndarray::{Array2, ArrayView1, ArrayView2, Axis};

/// A node whose activations vary by less than this part of their size is silent: it correlates with nothing.
pub(super) const SILENT: f64 = 1e-6;

/// Correlations of nodes on a sample, teacher × student.
#[derive(Clone, Debug)]
pub struct Correlations(Array2<f32>);

/// Activations of a layer, each node (a channel, at all its positions) centred and scaled to unit norm over the sample; silent nodes are zero.
#[derive(Clone, Debug)]
pub struct Standardized(Array2<f32>);

impl Standardized {
    /// Of activations, nodes × samples. O(nodes · samples).
    pub fn of(activations: ArrayView2<f32>) -> Self {
        let mut standard = activations.to_owned();
        for mut row in standard.rows_mut() {
            let count = row.len() as f64;
            let mean = row.iter().map(|&f| f64::from(f)).sum::<f64>() / count;
            let size: f64 = row.iter().map(|&f| f64::from(f).powi(2)).sum();
            let square: f64 = row.iter().map(|&f| (f64::from(f) - mean).powi(2)).sum();
            let is_silent = !(square > SILENT * SILENT * size);
            let scale = if is_silent { 0.0 } else { 1.0 / square.sqrt() };
            row.mapv_inplace(|f| ((f64::from(f) - mean) * scale) as f32);
        }
        Self(standard)
    }
}

/// The student node that correlates best with a teacher node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Winner {
    /// Its number, from 0.
    pub student: usize,
    /// Its correlation.
    pub correlation: f64,
}

impl Correlations {
    /// Of two layers on the same sample. O(m n · samples).
    pub fn between(teacher: &Standardized, student: &Standardized) -> Self {
        let mut all = Array2::zeros((teacher.0.nrows(), student.0.nrows()));
        multiply_add(1.0, teacher.0.view(), student.0.t(), 0.0, all.view_mut());
        Self(all)
    }

    /// From numbers that were kept, m × n.
    pub(crate) fn of_matrix(matrix: Array2<f32>) -> Self {
        Self(matrix)
    }

    /// m × n.
    pub fn matrix(&self) -> ArrayView2<'_, f32> {
        self.0.view()
    }

    /// The best student of each teacher node; `None` for a silent one.
    pub fn winners(&self) -> Vec<Option<Winner>> {
        self.0
            .rows()
            .into_iter()
            .map(|row| {
                let best = (0..row.len()).reduce(|a, b| if row[b] > row[a] { b } else { a })?;
                let speaks = row.iter().any(|&c| c != 0.0);
                speaks.then(|| Winner {
                    student: best,
                    correlation: f64::from(row[best]),
                })
            })
            .collect()
    }

    /// ρ̄: the mean over teacher nodes that are not silent of their best correlation; NaN if all are.
    pub fn mean_best(&self) -> f64 {
        let winners: Vec<Winner> = self.winners().into_iter().flatten().collect();
        winners.iter().map(|winner| winner.correlation).sum::<f64>() / winners.len() as f64
    }

    /// How many student nodes are silent; 0 where all of the teacher's are, with which nothing can be told.
    pub fn silent_students(&self) -> usize {
        let is_silent = |column: ArrayView1<f32>| column.iter().all(|&c| c == 0.0);
        let silent = self.0.columns().into_iter().filter(|&c| is_silent(c)).count();
        silent % self.0.ncols().max(1)
    }

    /// The best correlation of each student node with any teacher node.
    pub fn best_of_students(&self) -> Vec<f64> {
        self.0
            .axis_iter(Axis(1))
            .map(|column| f64::from(column.iter().copied().fold(f32::NEG_INFINITY, f32::max)))
            .collect()
    }

    /// How many students are closer than `winners` say, for each teacher node with a winner: 0 where it is the best here too.
    pub fn ranks(&self, winners: &[Option<Winner>]) -> Vec<usize> {
        let ranks = self.0.rows().into_iter().zip(winners);
        ranks
            .filter_map(|(row, winner)| {
                let own = row[(*winner)?.student];
                Some(row.iter().filter(|&&other| other > own).count())
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::arr2;

    fn correlations() -> Correlations {
        let teacher = arr2(&[[1.0, 2.0, 3.0, 4.0], [5.0, 5.0, 5.0, 5.0], [0.0, 1.0, 0.0, 1.0]]);
        let student = arr2(&[[2.0, 4.0, 6.0, 8.0], [4.0, 3.0, 2.0, 1.0], [0.0, 3.0, 0.0, 3.1]]);
        Correlations::between(&Standardized::of(teacher.view()), &Standardized::of(student.view()))
    }

    #[test]
    fn a_scaled_copy_correlates_fully_a_mirrored_one_negatively_and_a_constant_with_nothing() {
        let all = correlations();
        assert!((all.matrix()[[0, 0]] - 1.0).abs() < 1e-6);
        assert!((all.matrix()[[0, 1]] + 1.0).abs() < 1e-6);
        assert!(all.matrix().row(1).iter().all(|&c| c == 0.0));
        let winners = all.winners();
        assert_eq!(winners[0].unwrap().student, 0);
        assert!(winners[1].is_none());
        assert_eq!(winners[2].unwrap().student, 2);
        let third = f64::from(all.matrix()[[2, 2]]);
        assert!((all.mean_best() - 0.5 * (1.0 + third)).abs() < 1e-6);
    }

    #[test]
    fn the_rank_of_a_winner_counts_those_that_were_closer() {
        let final_winners = correlations().winners();
        let earlier = Correlations(arr2(&[[0.1, 0.5, 0.3], [0.0, 0.0, 0.0], [0.2, 0.1, 0.9]]));
        assert_eq!(earlier.ranks(&final_winners), [2, 0]);
    }
}
