//! Two polynomials at once, even and odd powers apart: four chains that fill a vector register.

use super::look_up::fused;
use std::array;

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
    let square = u * u;
    let mut value = powers[N - 1];
    for power in powers[..N - 1].iter().rev() {
        value = array::from_fn(|lane| fused::<FMA>(value[lane], square, power[lane]));
    }
    let [d_even, l_even, d_odd, l_odd] = value;
    [fused::<FMA>(d_odd, u, d_even), fused::<FMA>(l_odd, u, l_even)]
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
    }
}
