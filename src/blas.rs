//! BLAS keeps to one thread: either rayon or BLAS has the cores, never both.
//!
//! It is also what makes results the same, bit for bit, for any number of threads: OpenBLAS may
//! split a product differently, and so sum it in another order, when it has more of them.

use std::ffi::c_int;
use std::sync::Once;

/// Sets OpenBLAS to a single thread. Cheap to call again; everything that multiplies matrices calls it.
pub fn single_threaded() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: part of OpenBLAS's C interface since 0.2.2, takes a plain integer and may be called at any time.
        unsafe { openblas_set_num_threads(1) }
    });
}

unsafe extern "C" {
    fn openblas_set_num_threads(threads: c_int);
}
