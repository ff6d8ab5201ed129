//! Many trainings on a few cores: narrow networks side by side, wide ones one after another with all cores each.

use crate::experiment::{ExperimentError, Hooks};
use crate::runs::together::Together;
use rayon::ThreadPoolBuilder;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Parameters from which on a second thread within a step is worth more than a second training.
const WIDE: usize = 300_000;

/// Does all trainings, `parameters` saying how large the network of each is; the first error, if there is one.
pub fn trainings<T: Send>(
    parameters: &[usize],
    hooks: &dyn Hooks,
    of: &str,
    train: impl Fn(usize, &dyn Hooks) -> Result<T, ExperimentError> + Sync,
) -> Result<Vec<T>, ExperimentError> {
    let weights: Vec<f64> = parameters.iter().map(|&count| count as f64).collect();
    let together = Together::weighted(hooks, of, &weights);
    let found = side_by_side(parameters, |i| train(i, &together.part(i)));
    found.into_iter().collect()
}

/// Does all pieces of work, `parameters` saying how large the network of each is. What a piece finds does not depend on
/// where it ran.
fn side_by_side<T: Send>(parameters: &[usize], work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let threads = rayon::current_num_threads();
    let results: Vec<Mutex<Option<T>>> = parameters.iter().map(|_| Mutex::new(None)).collect();
    let keep =
        |i: usize, result: T| *results[i].lock().expect("nothing panics with it") = Some(result);
    let (wide, narrow): (Vec<usize>, Vec<usize>) = (0..parameters.len())
        .partition(|&i| parameters[i] >= WIDE || parameters.len() == 1 || threads == 1);
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads.min(narrow.len()) {
            scope.spawn(|| {
                // A pool of its own: within it a product stays on this thread.
                let pool = ThreadPoolBuilder::new().num_threads(1).build();
                let pool = pool.expect("a thread can be had");
                while let Some(&i) = narrow.get(next.fetch_add(1, Ordering::Relaxed)) {
                    keep(i, pool.install(|| work(i)));
                }
            });
        }
    });
    for i in wide {
        keep(i, work(i));
    }
    let taken = |result: Mutex<Option<T>>| result.into_inner().ok().flatten();
    results
        .into_iter()
        .map(|result| taken(result).expect("all is done"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_piece_is_done_once_and_comes_back_in_its_place() {
        let parameters: Vec<usize> = (0..40).map(|i| i % 3 * WIDE).collect();
        let found = side_by_side(&parameters, |i| (i, rayon::current_num_threads()));
        for (i, (index, threads)) in found.iter().enumerate() {
            assert_eq!(i, *index);
            assert!(parameters[i] >= WIDE || *threads == 1);
        }
    }
}
