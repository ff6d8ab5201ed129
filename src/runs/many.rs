//! Many runs on a few cores: small ones side by side, a core each; large ones one after another, with all cores each.

use super::Hooks;
use super::joint_progress::JointProgress;
use rayon::ThreadPoolBuilder;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::Builder;

/// LAPACK's recursions need more than a thread's usual two megabytes.
pub const STACK: usize = 16 << 20;

/// How a run is to be treated among others.
#[derive(Clone, Copy, Debug)]
pub struct Weight {
    /// What it costs, in any unit that all share.
    pub cost: f64,
    /// Whether further threads within it are worth more than further runs beside it.
    pub is_wide: bool,
}

impl Weight {
    /// Of a run on one core.
    pub fn narrow(cost: f64) -> Self {
        Self { cost, is_wide: false }
    }
}

/// Does all runs; the first error, if there is one. What a run finds does not depend on where or beside what it ran. Runs
/// that had not begun when the user stopped the others are not begun: they are `None`.
///
/// # Errors
/// The error of the first run that has one.
pub fn many<T: Send, E: Send>(
    weights: &[Weight],
    hooks: &dyn Hooks,
    of: &str,
    run: impl Fn(usize, &dyn Hooks) -> Result<T, E> + Sync,
) -> Result<Vec<Option<T>>, E> {
    let costs: Vec<f64> = weights.iter().map(|weight| weight.cost).collect();
    let progress = JointProgress::weighted(hooks, of, &costs);
    let found = side_by_side(weights, |i| match hooks.interrupted() {
        true => None,
        false => Some(run(i, &progress.part(i))),
    });
    found.into_iter().map(Option::transpose).collect()
}

/// Does some work on so many threads, each with a pool of its own, within which parallel loops stay on the thread; on as
/// many as can be had, and on this one where none can.
pub fn workers(count: usize, work: impl Fn() + Sync) {
    let alone = || {
        // Without a pool the loops share the global one: slower, with the same results.
        let _pool = ThreadPoolBuilder::new().num_threads(1).use_current_thread().build();
        work();
    };
    let begun = std::thread::scope(|scope| {
        let spawn = || Builder::new().stack_size(STACK).spawn_scoped(scope, alone);
        (0..count).take_while(|_| spawn().is_ok()).count()
    });
    if begun == 0 {
        work();
    }
}

fn side_by_side<T: Send>(weights: &[Weight], work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let threads = rayon::current_num_threads();
    let results: Vec<Mutex<Option<T>>> = weights.iter().map(|_| Mutex::new(None)).collect();
    let keep = |i: usize, result: T| *results[i].lock().expect("nothing panics with it") = Some(result);
    let alone = |&i: &usize| weights[i].is_wide || weights.len() == 1 || threads == 1;
    let (wide, mut narrow): (Vec<usize>, Vec<usize>) = (0..weights.len()).partition(alone);
    // The longest first, so that no thread is left with it at the end.
    narrow.sort_by(|&a, &b| weights[b].cost.total_cmp(&weights[a].cost));
    let next = AtomicUsize::new(0);
    workers(threads.min(narrow.len()), || {
        while let Some(&i) = narrow.get(next.fetch_add(1, Ordering::Relaxed)) {
            keep(i, work(i));
        }
    });
    for i in wide {
        keep(i, work(i));
    }
    let taken = |result: Mutex<Option<T>>| result.into_inner().ok().flatten();
    results.into_iter().map(|result| taken(result).expect("all is done")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Presses Ctrl-C once so many runs have begun.
    struct Impatient<'a>(&'a AtomicUsize, usize);

    impl Hooks for Impatient<'_> {
        fn interrupted(&self) -> bool {
            self.0.load(Ordering::SeqCst) >= self.1
        }
    }

    #[test]
    fn after_a_stop_nothing_is_begun() {
        let weight = Weight {
            cost: 1.0,
            is_wide: true,
        };
        let begun = AtomicUsize::new(0);
        let found = many(&[weight; 9], &Impatient(&begun, 4), "", |i, _| {
            begun.fetch_add(1, Ordering::SeqCst);
            Ok::<_, ()>(i)
        });
        let wanted: Vec<Option<usize>> = (0..9).map(|i| (i < 4).then_some(i)).collect();
        assert_eq!(found, Ok(wanted));
    }

    #[test]
    fn every_run_is_done_once_and_comes_back_in_its_place() {
        let weights: Vec<Weight> = (0..40)
            .map(|i| Weight {
                cost: f64::from(i % 7),
                is_wide: i % 3 == 2,
            })
            .collect();
        let found = side_by_side(&weights, |i| (i, rayon::current_num_threads()));
        for (i, (index, threads)) in found.iter().enumerate() {
            assert_eq!(i, *index);
            assert!(weights[i].is_wide || *threads == 1);
        }
    }
}
