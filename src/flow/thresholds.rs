//! Thresholds that are learned: each node's bias −b, a weight on a constant input. A node of zero weight is a constant, and stays.

use crate::overlap::Overlaps;
use ndarray::{Array1, Array2, ArrayView1, Axis};

/// How thresholds move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThresholdRule {
    /// Down the gradient of the loss: ḃ_j = Σ_k β_jk A_jk − Σ_k β\*_jk A\*_jk, A_jk = E[f'_j f_k].
    Gradient,
    /// As the poster's authors do: ḃ_j = Σ_k β\*_jk D\*_jk b\*_k − Σ_k β_jk D_jk b_k, which takes expectations apart. Biases of the
    /// outputs have no part in it.
    Separated,
}

/// What moves thresholds, at one state.
pub(super) struct Forces<'a> {
    pub rule: ThresholdRule,
    pub overlaps: &'a Overlaps,
    /// [−β, β*], n × (n + m)
    pub signed_beta: &'a Array2<f64>,
    /// [−H, H*], n × (n + m)
    pub signed_h: &'a Array2<f64>,
    /// b and b*
    pub thresholds: [&'a Array1<f64>; 2],
    /// ‖w_j‖, n: zero for constants.
    pub norms: &'a [f64],
}

impl Forces<'_> {
    /// ḃ into `out`; gives ‖ḃ‖². O(n (n + m)).
    pub fn velocity(&self, out: &mut [f64]) -> f64 {
        let mut squares = 0.0;
        for (j, out) in out.iter_mut().enumerate() {
            *out = match self.norms[j] > 0.0 {
                true => self.on(j),
                false => 0.0,
            };
            squares += *out * *out;
        }
        squares
    }

    fn on(&self, j: usize) -> f64 {
        match self.rule {
            ThresholdRule::Gradient => -self.signed_beta.row(j).dot(&self.overlaps.mixed.row(j)),
            ThresholdRule::Separated => {
                let (own, of_teacher) = self.signed_h.row(j).split_at(Axis(0), self.norms.len());
                let [b, b_star] = self.thresholds;
                of_nodes(own, b, self.norms) + of_teacher.dot(b_star)
            }
        }
    }
}

/// Σ_k h_k b_k over nodes that are no constants.
fn of_nodes(h: ArrayView1<f64>, thresholds: &Array1<f64>, norms: &[f64]) -> f64 {
    let terms = h.iter().zip(thresholds).zip(norms);
    terms.filter(|(_, norm)| **norm > 0.0).map(|((h, b), _)| h * b).sum()
}

/// Rows of H and H* of constants become zero: nothing turns them.
pub(super) fn hold_constants(signed_h: &mut Array2<f64>, norms: &[f64]) {
    let rows = signed_h.rows_mut().into_iter().zip(norms);
    for (mut row, _) in rows.filter(|(_, norm)| **norm == 0.0) {
        row.fill(0.0);
    }
}
