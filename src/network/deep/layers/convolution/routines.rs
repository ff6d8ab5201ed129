//! Which of the vector loops a processor can run.

use super::correlate::Correlate;
use super::outer::Outer;
use super::winograd::{Filtered, Gradient};
use crate::real::Real;

/// What the processor at hand has for a precision.
#[derive(Clone, Copy)]
pub(super) struct Routines<T: 'static> {
    /// Channels of a tile.
    pub rows: usize,
    /// Columns of a tile.
    pub columns: usize,
    pub correlate: for<'a> unsafe fn(&Correlate<'a, T>, usize, &mut [T]),
    pub outer: for<'a> unsafe fn(&Outer<'a, T>, usize, &mut [T]),
    pub filtered: for<'a> unsafe fn(&Filtered<'a, T>, usize, &mut [T]),
    pub gradient: for<'a> unsafe fn(&Gradient<'a, T>, usize, &mut [T]),
}

/// The best of them; `None` where products of BLAS have to do.
pub(super) fn routines<T: Real>() -> Option<Routines<T>> {
    all().first().copied()
}

/// All, the best first.
pub(super) fn all<T: Real>() -> Vec<Routines<T>> {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
        use super::x86::{avx2_double, avx2_single, avx512_double, avx512_single};
        let wide: [&dyn std::any::Any; 2] = [&avx512_single(), &avx512_double()];
        let narrow: [&dyn std::any::Any; 2] = [&avx2_single(), &avx2_double()];
        let wide = wide.into_iter().filter(|_| is_x86_feature_detected!("avx512f"));
        return wide.chain(narrow).filter_map(|routines| routines.downcast_ref().copied()).collect();
    }
    Vec::new()
}
