//! Values that were computed lately, by all numbers that they were computed from: points of a sweep share most of them.

use ndarray::ArrayView2;
use quick_cache::Weighter;
use quick_cache::sync::{Cache, GuardResult};
use std::cell::Cell;
use std::time::Duration;

/// Values that are kept, where their weights do not say otherwise.
const ENTRIES: usize = 256;

/// Numbers of a key up to which a value is kept: larger ones take more than they save.
const LONGEST: usize = 1 << 10;

thread_local! {
    static MEANWHILE: Cell<Meanwhile> = const { Cell::new(nothing) };
}

/// What a thread does while another one computes a value that it needs; false where there is nothing to do.
pub type Meanwhile = fn() -> bool;

fn nothing() -> bool {
    false
}

/// Has this thread do something else from now on, rather than wait for others. It may come back to a value that is still
/// not there, any number of times.
pub fn meanwhile(what: Meanwhile) {
    MEANWHILE.set(what);
}

/// The numbers that a value is computed from, by their bits.
pub type Key = Vec<u64>;

/// A key from a shape, its entries, and further numbers.
pub fn key(matrix: ArrayView2<f64>, further: &[f64]) -> Key {
    let (rows, columns) = matrix.dim();
    let numbers = matrix.iter().chain(further).map(|x| x.to_bits());
    [rows as u64, columns as u64].into_iter().chain(numbers).collect()
}

/// Pure functions' values; the least used ones give way.
pub struct Lately<T> {
    cache: Cache<Key, T, Weight<T>>,
}

/// What a value takes.
#[derive(Clone)]
struct Weight<T>(fn(&T) -> u64);

impl<T: Clone> Weighter<Key, T> for Weight<T> {
    fn weight(&self, _key: &Key, value: &T) -> u64 {
        (self.0)(value)
    }
}

impl<T: Clone> Lately<T> {
    /// Some hundred values.
    pub fn new() -> Self {
        Self::weighing(ENTRIES as u64, |_| 1)
    }

    /// Values that weigh so much together.
    pub fn weighing(capacity: u64, weight: fn(&T) -> u64) -> Self {
        Self {
            cache: Cache::with_weighter(ENTRIES, capacity, Weight(weight)),
        }
    }

    /// What `compute` makes of the numbers in the key, once; anew each time for a key of more than a thousand numbers.
    ///
    /// `compute` is not to evaluate flows: its thread's other tasks would come first, and might wait for the very value.
    pub fn get(&self, key: &[u64], compute: impl FnOnce() -> T) -> T {
        if key.len() > LONGEST {
            return compute();
        }
        let mut patience = Some(Duration::ZERO);
        loop {
            match self.cache.get_value_or_guard(key, patience) {
                GuardResult::Value(value) => return value,
                GuardResult::Guard(guard) => {
                    let value = at_once(compute);
                    // Refused where it was removed meanwhile.
                    let _ = guard.insert(value.clone());
                    return value;
                }
                GuardResult::Timeout => patience = MEANWHILE.get()().then_some(Duration::ZERO),
            }
        }
    }
}

/// Computes without doing anything else meanwhile: that could wait for the very value.
fn at_once<T>(compute: impl FnOnce() -> T) -> T {
    struct Restored(Meanwhile);
    impl Drop for Restored {
        fn drop(&mut self) {
            MEANWHILE.set(self.0);
        }
    }
    let _restored = Restored(MEANWHILE.replace(nothing));
    compute()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::arr2;

    #[test]
    fn a_value_is_computed_once_for_the_same_numbers_and_anew_for_others() {
        let lately = Lately::new();
        let mut computed = 0;
        let mut get = |matrix: ArrayView2<f64>, further: &[f64]| {
            lately.get(&key(matrix, further), || {
                computed += 1;
                computed
            })
        };
        let (row, column) = (arr2(&[[1.0, 2.0]]), arr2(&[[1.0], [2.0]]));
        let found = [
            get(row.view(), &[3.0]),
            get(row.view(), &[3.0]),
            get(column.view(), &[3.0]),
            get(row.view(), &[-3.0]),
            get(row.view(), &[3.0]),
        ];
        assert_eq!(found, [1, 1, 2, 3, 1]);
    }

    #[test]
    fn what_is_of_very_many_numbers_is_not_kept() {
        let lately = Lately::new();
        let mut computed = 0;
        let matrix = ndarray::Array2::zeros((40, 40));
        for _ in 0..2 {
            lately.get(&key(matrix.view(), &[]), || computed += 1);
        }
        assert_eq!((computed, lately.cache.len()), (2, 0));
    }

    #[test]
    fn what_weighs_too_much_is_not_kept() {
        let lately = Lately::weighing(100, |value: &u64| *value);
        let empty = arr2(&[[0.0; 0]; 0]);
        for i in 0..50 {
            let value = lately.get(&key(empty.view(), &[f64::from(i)]), || 40);
            assert_eq!(value, 40);
        }
        assert!(lately.cache.weight() <= 100);
    }
}
