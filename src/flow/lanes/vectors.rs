//! Sums and products of vectors whose entries are P numbers each.

use crate::overlap::gaussian::fused;
use std::array;

/// Σ a_i b_i.
#[inline(always)]
pub fn dot<const FMA: bool, const P: usize>(a: &[[f64; P]], b: &[[f64; P]]) -> [f64; P] {
    let mut sum = [0.0; P];
    for (a, b) in a.iter().zip(b) {
        sum = array::from_fn(|p| fused::<FMA>(a[p], b[p], sum[p]));
    }
    sum
}

/// `to` + factor · `from`.
#[inline(always)]
pub fn add<const FMA: bool, const P: usize>(to: &mut [[f64; P]], factor: [f64; P], from: &[[f64; P]]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = array::from_fn(|p| fused::<FMA>(factor[p], from[p], to[p]));
    }
}

/// ‖a − b‖² and ‖a + b‖².
#[inline(always)]
pub fn chords<const FMA: bool, const P: usize>(a: &[[f64; P]], b: &[[f64; P]]) -> [[f64; P]; 2] {
    let (mut minus, mut plus) = ([0.0; P], [0.0; P]);
    for (a, b) in a.iter().zip(b) {
        for p in 0..P {
            let (apart, together) = (a[p] - b[p], a[p] + b[p]);
            minus[p] = fused::<FMA>(apart, apart, minus[p]);
            plus[p] = fused::<FMA>(together, together, plus[p]);
        }
    }
    [minus, plus]
}
