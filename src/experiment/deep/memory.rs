//! What trainings of deep networks take of memory.

use super::keys::Base;
use crate::network::deep::Architecture;
use crate::runs::Memory;

/// Copies of a network that a training has: now, at the start, its gradient, its momentum.
const COPIES: f64 = 4.0;

/// Numbers for each activation of a pass: itself, its error, what is normalised, what is correlated.
const PER_ACTIVATION: f64 = 3.0;

/// Activations of one sample, input and output among them.
pub(super) fn activations(architecture: &Architecture) -> f64 {
    let hidden: usize = architecture.hidden().iter().sum();
    (architecture.input() + hidden + architecture.output()) as f64
}

/// So many trainings, as many at a time as there are threads.
pub(super) fn of_trainings(base: &Base, student: &Architecture, trainings: usize) -> Memory {
    let teacher = activations(&base.teacher.architecture);
    let student_size = activations(student);
    let pass = PER_ACTIVATION * (teacher + student_size);
    let ends = (student.input() + student.output()) as f64;
    let [samples, held_out] = [base.data.samples, base.data.held_out].map(|count| count as f64);
    let batch = base.training.training.batch as f64;
    Memory::default()
        .and("networks", COPIES * student.parameters() as f64, 4)
        .and("training samples", samples * ends, 4)
        .and("held-out samples", held_out * (ends + pass), 4)
        .and("mini-batches", batch * pass, 4)
        .times(trainings.min(rayon::current_num_threads()))
}
