//! Pieces of work that threads take in turn, with working memory for each thread that is laid out once.

use std::marker::PhantomData;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::real::Real;
use aligned_vec::{AVec, ConstAlign};
use ndarray::ArrayViewMut2;
use ndarray::parallel::prelude::{IntoParallelRefIterator, ParallelIterator};

/// Bytes of a cache line.
const LINE: usize = 64;

/// An odd number of cache lines that hold `n` numbers: rows at this distance are spread over the cache.
pub(super) fn odd_lines<T>(n: usize) -> usize {
    let line = LINE / size_of::<T>();
    (n.div_ceil(line) | 1) * line
}

/// Working memory for as many threads as there were at the start.
pub(super) struct Strands<T>(Vec<Mutex<AVec<T, ConstAlign<LINE>>>>);

impl<T: Real> Strands<T> {
    pub fn new() -> Self {
        let threads = rayon::current_num_threads();
        Self((0..threads).map(|_| Mutex::new(AVec::new(0))).collect())
    }

    /// Does pieces 0 to `count` − 1, each with working memory of `length` numbers that hold whatever was left there, from
    /// the beginning of a cache line on: vectors that cross lines take twice as long.
    /// What a piece writes must not depend on which thread does it.
    pub fn each(&self, count: usize, length: usize, work: impl Fn(usize, &mut [T]) + Sync) {
        let next = AtomicUsize::new(0);
        let strand = |memory: &Mutex<AVec<T, _>>| {
            let mut memory = memory.lock().expect("nothing panics with it");
            if memory.len() < length {
                memory.resize(length, T::zero());
            }
            loop {
                let piece = next.fetch_add(1, Ordering::Relaxed);
                if piece >= count {
                    return;
                }
                work(piece, &mut memory[..length]);
            }
        };
        if count > 1 && self.0.len() > 1 && rayon::current_num_threads() > 1 {
            self.0.par_iter().for_each(strand);
        } else {
            strand(&self.0[0]);
        }
    }
}

/// A matrix of which several threads write parts that do not overlap.
pub(super) struct Shared<'a, T> {
    first: *mut T,
    rows: usize,
    columns: usize,
    stride: usize,
    lent: PhantomData<&'a mut T>,
}

// SAFETY: a pointer to numbers that are lent for writing; who takes a part says that nobody else has it.
unsafe impl<T: Send> Send for Shared<'_, T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for Shared<'_, T> {}

impl<'a, T: Real> Shared<'a, T> {
    /// # Panics
    /// If the numbers of a row do not lie side by side.
    pub fn new(mut matrix: ArrayViewMut2<'a, T>) -> Self {
        let (rows, columns) = matrix.dim();
        assert!(columns <= 1 || matrix.strides()[1] == 1, "row by row");
        Self {
            first: matrix.as_mut_ptr(),
            rows,
            columns,
            stride: matrix.strides()[0].unsigned_abs(),
            lent: PhantomData,
        }
    }

    /// Numbers from one row to the next.
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// Where row `row` has column `column`.
    ///
    /// # Panics
    /// If it is outside.
    pub fn at(&self, row: usize, column: usize) -> *mut T {
        assert!(row < self.rows && column < self.columns);
        // SAFETY: inside the matrix.
        unsafe { self.first.add(row * self.stride + column) }
    }

    /// x + β times what stands at a place takes its place.
    ///
    /// # Safety
    /// Nobody else has it meanwhile.
    ///
    /// # Panics
    /// If it is outside.
    pub unsafe fn update(&self, [row, column]: [usize; 2], x: T, beta: T) {
        // SAFETY: inside the matrix, and by the caller's word nobody else's.
        let out = unsafe { &mut *self.at(row, column) };
        *out = if beta == T::zero() { x } else { x + beta * *out };
    }

    /// Columns `begin..end` of all rows.
    ///
    /// # Safety
    /// Nobody else has any of them meanwhile.
    ///
    /// # Panics
    /// If they are outside.
    pub unsafe fn columns(&self, [begin, end]: [usize; 2]) -> ArrayViewMut2<'a, T> {
        assert!(begin <= end && end <= self.columns);
        let shape = ndarray::ShapeBuilder::strides((self.rows, end - begin), (self.stride, 1));
        // SAFETY: inside the matrix, and by the caller's word nobody else's.
        unsafe { ArrayViewMut2::from_shape_ptr(shape, self.first.add(begin)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    #[test]
    fn every_piece_is_done_once_and_columns_are_where_they_belong() {
        for threads in [1, 3] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            pool.build().unwrap().install(|| {
                let mut matrix = Array2::<f64>::zeros((2, 40));
                let shared = Shared::new(matrix.view_mut());
                Strands::<f64>::new().each(20, 3, |piece, memory| {
                    assert_eq!(memory.len(), 3);
                    // SAFETY: each piece has columns of its own.
                    let mut part = unsafe { shared.columns([2 * piece, 2 * piece + 2]) };
                    part += piece as f64 + 1.0;
                });
                for ((_, column), &x) in matrix.indexed_iter() {
                    assert_eq!(x, (column / 2) as f64 + 1.0);
                }
            });
        }
    }
}
