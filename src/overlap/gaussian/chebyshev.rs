//! Interpolants at Chebyshev points, stored as powers of the local coordinate u in [−1, 1].

use std::f64::consts::PI;

/// The polynomials of degree N − 1 through K functions on [start, end]. O(N² K).
pub fn interpolate<const N: usize, const K: usize>(
    start: f64,
    end: f64,
    functions: impl Fn(f64) -> [f64; K],
) -> [[f64; K]; N] {
    let nodes: [f64; N] = std::array::from_fn(|i| (PI * (i as f64 + 0.5) / N as f64).cos());
    let values = nodes.map(|u| functions(start + 0.5 * (1.0 + u) * (end - start)));
    powers_from_values(&nodes, &values)
}

/// Power coefficients of the polynomials through `values` at the Chebyshev `nodes`.
fn powers_from_values<const N: usize, const K: usize>(
    nodes: &[f64; N],
    values: &[[f64; K]; N],
) -> [[f64; K]; N] {
    let mut powers = [[0.0; K]; N];
    // T_k as powers, from T_{k+1} = 2u T_k − T_{k−1} with T_{−1} = T_1 = u.
    let (mut current, mut previous) = ([0.0; N], [0.0; N]);
    (current[0], previous[1]) = (1.0, 1.0);
    for k in 0..N {
        for function in 0..K {
            let sum: f64 = nodes
                .iter()
                .zip(values)
                .map(|(u, value)| value[function] * (k as f64 * u.acos()).cos())
                .sum();
            let scale = if k == 0 { 1.0 } else { 2.0 } / N as f64;
            for (power, t) in powers.iter_mut().zip(&current) {
                power[function] += scale * sum * t;
            }
        }
        let next = std::array::from_fn(|i| {
            let shifted = if i == 0 { 0.0 } else { 2.0 * current[i - 1] };
            shifted - previous[i]
        });
        (current, previous) = (next, current);
    }
    powers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_polynomial_is_its_own_interpolant() {
        // 2x² − x + 3 on [1, 5], where x = 3 + 2u: 18 + 22u + 8u².
        let powers: [[f64; 1]; 5] = interpolate(1.0, 5.0, |x| [2.0 * x * x - x + 3.0]);
        for (power, expected) in powers.iter().zip([18.0, 22.0, 8.0, 0.0, 0.0]) {
            assert!((power[0] - expected).abs() < 1e-12, "{powers:?}");
        }
    }
}
