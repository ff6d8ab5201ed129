//! Interpolants at Chebyshev points, stored as powers of the local coordinate u in [−1, 1].

use std::array;
use std::f64::consts::PI;

/// What interpolants of degree N − 1 have in common, on whatever piece. Built in O(N²).
#[derive(Debug)]
pub struct Interpolation<const N: usize> {
    nodes: [f64; N],
    /// T_k at the nodes, k first.
    at_nodes: [[f64; N]; N],
    /// T_k as powers, k first.
    powers: [[f64; N]; N],
}

impl<const N: usize> Interpolation<N> {
    pub fn new() -> Self {
        let nodes: [f64; N] = array::from_fn(|i| (PI * (i as f64 + 0.5) / N as f64).cos());
        // From T_{k+1} = 2u T_k − T_{k−1} with T_{−1} = T_1 = u.
        let (mut current, mut previous) = ([0.0; N], [0.0; N]);
        (current[0], previous[1]) = (1.0, 1.0);
        let powers = array::from_fn(|_| {
            let this = current;
            let next = array::from_fn(|i| {
                let shifted = if i == 0 { 0.0 } else { 2.0 * current[i - 1] };
                shifted - previous[i]
            });
            (current, previous) = (next, current);
            this
        });
        Self {
            nodes,
            at_nodes: array::from_fn(|k| nodes.map(|u| (k as f64 * u.acos()).cos())),
            powers,
        }
    }

    /// The polynomials through K functions on [start, end], as powers of u. N evaluations and O(N² K).
    pub fn on<const K: usize>(&self, start: f64, end: f64, functions: impl Fn(f64) -> [f64; K]) -> [[f64; K]; N] {
        let values = self.nodes.map(|u| functions(start + 0.5 * (1.0 + u) * (end - start)));
        let mut powers = [[0.0; K]; N];
        for (k, (at_nodes, chebyshev)) in self.at_nodes.iter().zip(&self.powers).enumerate() {
            let scale = if k == 0 { 1.0 } else { 2.0 } / N as f64;
            for function in 0..K {
                let products = at_nodes.iter().zip(&values).map(|(t, value)| value[function] * t);
                let coefficient = scale * products.sum::<f64>();
                for (power, t) in powers.iter_mut().zip(chebyshev) {
                    power[function] += coefficient * t;
                }
            }
        }
        powers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_polynomial_is_its_own_interpolant() {
        // 2x² − x + 3 on [1, 5], where x = 3 + 2u: 18 + 22u + 8u².
        let powers: [[f64; 1]; 5] = Interpolation::new().on(1.0, 5.0, |x| [2.0 * x * x - x + 3.0]);
        for (power, expected) in powers.iter().zip([18.0, 22.0, 8.0, 0.0, 0.0]) {
            assert!((power[0] - expected).abs() < 1e-12, "{powers:?}");
        }
    }
}
