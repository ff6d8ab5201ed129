//! Velocities of the parts of a state, from overlaps that are at hand.

use super::TwoLayerFlow;
use crate::blas::multiply;
use crate::flow::FanOut;
use crate::flow::thresholds::{Forces, hold_constants};
use crate::network::rows;
use multiversion::multiversion;
use ndarray::linalg::general_mat_mul;
use ndarray::s;
use rayon::iter::{IndexedParallelIterator, ParallelIterator};
use rayon::slice::{ParallelSlice, ParallelSliceMut};

/// Entries of a matrix from which on a second thread helps to go through it.
const PARALLEL: usize = 1 << 17;

/// Entries that are one piece of work there.
const PIECE: usize = 1 << 15;

/// a ∘ b
#[multiversion(targets("x86_64+avx512f", "x86_64+avx2"))]
fn multiply_entries(out: &mut [f64], a: &[f64], b: &[f64]) {
    for (out, (a, b)) in out.iter_mut().zip(a.iter().zip(b)) {
        *out = a * b;
    }
}

impl TwoLayerFlow {
    /// Returns ‖Ẇ‖².
    pub(super) fn velocity_of_weights(&mut self, dy: &mut [f64]) -> f64 {
        self.modulate_gates();
        if self.rule.is_some() {
            hold_constants(&mut self.signed_h, &self.norms);
        }
        multiply(1.0, self.signed_h.view(), self.nodes.view(), self.force.view_mut());
        if let Some(second_moment) = &self.second_moment {
            general_mat_mul(1.0, &self.force, second_moment, 0.0, &mut self.scratch);
            std::mem::swap(&mut self.force, &mut self.scratch);
        }
        let force = self.force.as_slice().expect("stored node by node");
        let velocity = &mut dy[..force.len()];
        if self.options.projection {
            let nodes = self.nodes.as_slice().expect("stored node by node");
            rows::project(force, &nodes[..force.len()], &self.norms, velocity)
        } else {
            velocity.copy_from_slice(force);
            force.iter().map(|f| f * f).sum()
        }
    }

    /// [−H, H*] = [D, D*] ∘ [−β, β*].
    fn modulate_gates(&mut self) {
        let h = self.signed_h.as_slice_mut().expect("stored row by row");
        let d = self.overlaps.gates.as_slice().expect("stored row by row");
        let beta = self.signed_beta.as_slice().expect("stored row by row");
        let part = |((h, d), beta): ((&mut [f64], &[f64]), &[f64])| multiply_entries(h, d, beta);
        if h.len() >= PARALLEL && rayon::current_num_threads() > 1 {
            let pieces = h.par_chunks_mut(PIECE).zip(d.par_chunks(PIECE));
            pieces.zip(beta.par_chunks(PIECE)).for_each(part);
        } else {
            part(((h, d), beta));
        }
    }

    /// Returns ‖ḃ‖².
    pub(super) fn velocity_of_thresholds(&self, dy: &mut [f64]) -> f64 {
        let Some(rule) = self.rule else { return 0.0 };
        let forces = Forces {
            rule,
            overlaps: &self.overlaps,
            signed_beta: &self.signed_beta,
            signed_h: &self.signed_h,
            thresholds: [&self.thresholds, &self.teacher.thresholds],
            norms: &self.norms,
        };
        forces.velocity(self.layout.thresholds_mut(dy))
    }

    /// Returns ‖V̇‖².
    pub(super) fn velocity_of_fan_out(&self, dy: &mut [f64]) -> f64 {
        if self.options.fan_out == FanOut::Fixed {
            return 0.0;
        }
        let mut out = self.layout.fan_out_mut(dy);
        multiply(1.0, self.overlaps.activations.view(), self.signed_fan_out.view(), out.view_mut());
        if self.options.fan_out == FanOut::RunningNormalized {
            let mut squares = 0.0;
            // −V projects as V does.
            let fan_out = self.signed_fan_out.slice(s![..self.layout.nodes, ..]);
            let outputs = fan_out.columns().into_iter().zip(&self.output_norms);
            for (mut out, (output, norm)) in out.columns_mut().into_iter().zip(outputs) {
                let along = out.dot(&output);
                out.scaled_add(-along, &output);
                squares += out.dot(&out);
                out *= *norm;
            }
            return squares;
        }
        out.iter().map(|x| x * x).sum()
    }
}
