//! What trainings of deep networks take of memory.

use super::keys::{Base, Images};
use crate::network::deep::Architecture;
use crate::runs::Memory;
use crate::sgd::piece;

/// Copies of a network that a training has: now, at the start, its gradient, its momentum.
const COPIES: f64 = 4.0;

/// Numbers for each activation of a pass: itself, its error, what is normalised, what is correlated.
const PER_ACTIVATION: f64 = 3.0;

/// So many trainings, as many at a time as there are threads.
pub(super) fn of_trainings(base: &Base, student: &Architecture, trainings: usize) -> Memory {
    let teacher = base.teacher.architecture.activations() as f64;
    let student_size = student.activations() as f64;
    let per_sample = PER_ACTIVATION * (teacher + student_size);
    let ends = (student.input() + student.output()) as f64;
    let [samples, held_out] = [base.data.samples, base.data.held_out].map(|count| count as f64);
    let batch = base.training.training.batch as f64;
    // What is measured goes through in pieces; each training keeps its samples, unless they are images that change.
    let piece = piece(student, base.data.held_out) as f64;
    let images = base.data.images();
    let kept = match images.is_some_and(Images::are_changed) || base.data.is_fresh() {
        true => 0.0,
        false => samples * ends,
    };
    let pixels = match images {
        Some(_) => (samples + held_out) * student.input() as f64,
        None => 0.0,
    };
    Memory::default()
        .and("networks", COPIES * student.parameters() as f64, 4)
        .and("training samples", kept, 4)
        .and("held-out samples", held_out * ends, 4)
        .and("activations", (piece + batch) * per_sample, 4)
        .times(trainings.min(rayon::current_num_threads()))
        .and("images", pixels, 1)
}
