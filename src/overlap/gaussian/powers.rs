//! Two polynomials at once, even and odd powers apart: four chains that fill a vector register.

use super::look_up::fused;
use super::tile::{TILE, turn};
use std::array;
use std::hint::black_box;

/// Of D and L, in each entry (D, L) of an even power of u and of the odd one after it: 2N coefficients each.
pub type Powers<const N: usize> = [[f64; 4]; N];

/// The coefficients of (D, L), M = 2N of them from the constant on, as [`evaluate`] takes them.
pub fn packed<const M: usize, const N: usize>(powers: [[f64; 2]; M]) -> Powers<N> {
    const { assert!(M == 2 * N) };
    array::from_fn(|k| {
        let ([d_even, l_even], [d_odd, l_odd]) = (powers[2 * k], powers[2 * k + 1]);
        [d_even, l_even, d_odd, l_odd]
    })
}

/// D and L at the local coordinate u in [−1, 1]. N steps.
#[inline(always)]
pub fn evaluate<const FMA: bool, const N: usize>(powers: &Powers<N>, u: f64) -> [f64; 2] {
    let [d_even, l_even, d_odd, l_odd] = parts::<FMA, N>(powers, u);
    [fused::<FMA>(d_odd, u, d_even), fused::<FMA>(l_odd, u, l_even)]
}

/// The same of several at once: D of each, then L.
#[inline(always)]
pub fn evaluate_tile<const FMA: bool, const N: usize>(powers: [&Powers<N>; TILE], u: [f64; TILE]) -> [[f64; TILE]; 2] {
    // Loops: closures are not compiled for the processor that their caller is compiled for.
    let mut values = [[0.0; TILE]; TILE];
    for i in 0..TILE {
        values[i] = parts::<FMA, N>(powers[i], u[i]);
    }
    // Else the compiler turns the coefficients, of which there are N times as many.
    let [mut d, mut l, d_odd, l_odd] = turn::<FMA>(black_box(values));
    for i in 0..TILE {
        d[i] = fused::<FMA>(d_odd[i], u[i], d[i]);
        l[i] = fused::<FMA>(l_odd[i], u[i], l[i]);
    }
    [d, l]
}

/// The even part of D and of L, then the odd one of each over u.
#[inline(always)]
fn parts<const FMA: bool, const N: usize>(powers: &Powers<N>, u: f64) -> [f64; 4] {
    let square = u * u;
    let mut value = powers[N - 1];
    for power in powers[..N - 1].iter().rev() {
        value = array::from_fn(|lane| fused::<FMA>(value[lane], square, power[lane]));
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_polynomials_are_summed() {
        let powers = packed::<4, 2>([[1.0, 5.0], [2.0, 6.0], [3.0, 7.0], [4.0, 8.0]]);
        let u = 0.5;
        let expected = [1.0 + 1.0 + 0.75 + 0.5, 5.0 + 3.0 + 1.75 + 1.0];
        assert_eq!(evaluate::<false, 2>(&powers, u), expected);
        assert_eq!(evaluate::<true, 2>(&powers, u), expected);
        let several = [0.5, -1.0, 0.25, 0.0];
        let [d, l] = evaluate_tile::<false, 2>([&powers; TILE], several);
        for (i, u) in several.into_iter().enumerate() {
            assert_eq!([d[i], l[i]], evaluate::<false, 2>(&powers, u));
        }
    }
}
