//! BLAS keeps to one thread: either rayon or BLAS has the cores, never both.
//!
//! It is also what makes results the same, bit for bit, for any number of threads: OpenBLAS may
//! split a product differently, and so sum it in another order, when it has more of them.

use crate::real::Real;
use multiversion::multiversion;
use ndarray::linalg::general_mat_mul;
use ndarray::parallel::prelude::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use ndarray::{ArrayView2, ArrayViewMut2, Axis};
use std::ffi::{CStr, c_char, c_int};
use std::sync::Once;

/// Sets OpenBLAS to a single thread. Cheap to call again; everything that multiplies matrices calls it.
pub fn single_threaded() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: part of OpenBLAS's C interface since 0.2.2, takes a plain integer and may be called at any time.
        unsafe { openblas_set_num_threads(1) }
    });
}

/// Ends the threads that OpenBLAS has begun with the process: for a tenth of a second they wait for work in a loop, each on a
/// processor. For programs, while no other thread is in BLAS.
#[cfg(unix)]
pub fn end_workers() {
    single_threaded();
    // What it does itself before a fork; not in its headers, so that it may be missing.
    // SAFETY: the name is a C string.
    let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, c"blas_thread_shutdown_".as_ptr()) };
    if !found.is_null() {
        // SAFETY: since OpenBLAS 0.2 that is its type.
        let shutdown = unsafe { std::mem::transmute::<*mut libc::c_void, extern "C" fn() -> c_int>(found) };
        shutdown();
    }
}

/// Rows up to which a product is one piece of work.
const ROWS: usize = 128;

/// Rows of a piece of a larger one, at most: each piece packs the right factor anew.
const PIECE: usize = 256;

/// The same for products with few columns.
const NARROW_PIECE: usize = 512;

/// Columns up to which a product is narrow.
const NARROW: usize = 256;

/// Multiplications below which a second thread costs more than it saves.
const PARALLEL: usize = 1 << 20;

/// Multiplications up to which a call of OpenBLAS costs more than the product.
pub(crate) const SMALL: usize = 1 << 11;

/// `out` = α `a` `b`, with rows shared among threads where there are many. O(n k m).
pub fn multiply<T: Real>(alpha: T, a: ArrayView2<T>, b: ArrayView2<T>, mut out: ArrayViewMut2<T>) {
    if a.len() * b.ncols() <= SMALL
        && let (Some(a), Some(out)) = (a.as_slice(), out.as_slice_mut())
        && let Some(entries) = b.as_slice().filter(|entries| !entries.is_empty())
    {
        return small(alpha, a, (entries, b.ncols()), out);
    }
    accumulate(alpha, a, b, T::zero(), out, PIECE);
}

/// `out` = α `a` `b`, all stored row by row, `b` with its number of columns, and not empty.
#[multiversion(targets("x86_64+avx2"))]
fn small<T: Real>(alpha: T, a: &[T], (b, columns): (&[T], usize), out: &mut [T]) {
    out.fill(T::zero());
    let inner = b.len() / columns;
    let rows = a.chunks_exact(inner);
    for (row, out) in rows.zip(out.chunks_exact_mut(columns)) {
        for (&factor, b) in row.iter().zip(b.chunks_exact(columns)) {
            let factor = alpha * factor;
            out.iter_mut().zip(b).for_each(|(out, &b)| *out += factor * b);
        }
    }
}

/// `out` = α `a` `b` + β `out`, with rows shared among threads where there are many: layers of a network, whose
/// mini-batches make narrow matrices. O(n k m).
pub fn multiply_add<T: Real>(alpha: T, a: ArrayView2<T>, b: ArrayView2<T>, beta: T, out: ArrayViewMut2<T>) {
    let piece = if a.ncols().min(b.ncols()) <= NARROW {
        NARROW_PIECE
    } else {
        PIECE
    };
    accumulate(alpha, a, b, beta, out, piece);
}

fn accumulate<T: Real>(alpha: T, a: ArrayView2<T>, b: ArrayView2<T>, beta: T, mut out: ArrayViewMut2<T>, piece: usize) {
    let (rows, inner) = a.dim();
    if rows <= ROWS || rows * inner * b.ncols() < PARALLEL {
        return general_mat_mul(alpha, &a, &b, beta, &mut out);
    }
    let part = |(a, mut out): (ArrayView2<T>, ArrayViewMut2<T>)| {
        general_mat_mul(alpha, &a, &b, beta, &mut out);
    };
    // An even number of equal pieces, the same for any number of threads: so are the results.
    let size = rows.div_ceil(2 * rows.div_ceil(2 * piece));
    let (parts, outs) = (a.axis_chunks_iter(Axis(0), size), out.axis_chunks_iter_mut(Axis(0), size));
    if rayon::current_num_threads() > 1 {
        parts.into_par_iter().zip(outs.into_par_iter()).for_each(part);
    } else {
        parts.zip(outs).for_each(part);
    }
}

/// Version, options and chosen kernels of OpenBLAS.
pub fn description() -> String {
    // SAFETY: part of OpenBLAS's C interface since 0.2; gives a string that lives as long as the program.
    let text = unsafe { CStr::from_ptr(openblas_get_config()) };
    text.to_string_lossy().trim().to_owned()
}

unsafe extern "C" {
    fn openblas_get_config() -> *const c_char;
    fn openblas_set_num_threads(threads: c_int);
}
