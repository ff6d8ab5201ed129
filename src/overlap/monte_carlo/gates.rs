//! Gates as packed bits: how often two nodes are active together is an AND and a population count.

use super::sample::PART;
use crate::processor::for_processor;
use crate::real::Real;
use ndarray::{ArrayView1, ArrayView2, ArrayViewMut2};

/// The gates of one node, 64 samples a word, the first sample lowest; zeros beyond the last sample.
pub type Gates = [u64; PART / 64];

for_processor! {
    /// Turns pre-activations z (nodes × at most [`PART`] samples) into max(z − b, 0), and packs the gates z > b. One pass.
    pub fn open<T: Real>(z: ArrayViewMut2<T>, thresholds: ArrayView1<T>, gates: &mut [Gates]) {
        ["avx2"] => open_portable(z, thresholds, gates),
        _ => open_portable(z, thresholds, gates),
    }
}

#[inline(always)]
fn open_portable<T: Real>(mut z: ArrayViewMut2<T>, thresholds: ArrayView1<T>, gates: &mut [Gates]) {
    let rows = z.rows_mut().into_iter().zip(thresholds);
    for ((mut row, &b), gates) in rows.zip(gates) {
        let row = row.as_slice_mut().expect("stored node by node");
        let (whole, rest) = row.as_chunks_mut::<64>();
        *gates = Gates::default();
        for (word, chunk) in gates.iter_mut().zip(&mut *whole) {
            *word = T::open(chunk, b);
        }
        if !rest.is_empty() {
            let mut last = [b; 64];
            last[..rest.len()].copy_from_slice(rest);
            gates[whole.len()] = T::open(&mut last, b);
            rest.copy_from_slice(&last[..rest.len()]);
        }
    }
}

/// How many gates are open.
pub fn count(gates: &[Gates]) -> u64 {
    gates.iter().map(|own| joint(own, own)).sum()
}

/// In how many samples two nodes are active together.
#[inline(always)]
fn joint(a: &Gates, b: &Gates) -> u64 {
    let both = a.iter().zip(b).map(|(a, b)| (a & b).count_ones());
    u64::from(both.sum::<u32>())
}

for_processor! {
    /// Adds to `counts` (n × nodes) how often node j < n and node k are active together; gives the total.
    ///
    /// Among the first n nodes only k ≥ j is counted. O(n · nodes · samples/64).
    pub fn count_joint(gates: &[Gates], counts: ArrayViewMut2<u64>) -> u64 {
        ["popcnt"] => count_joint_portable(gates, counts),
        _ => count_joint_portable(gates, counts),
    }
}

#[inline(always)]
fn count_joint_portable(gates: &[Gates], mut counts: ArrayViewMut2<u64>) -> u64 {
    let mut total = 0;
    for (j, mut row) in counts.rows_mut().into_iter().enumerate() {
        let row = row.as_slice_mut().expect("stored row by row");
        let others = &gates[j..];
        for (count, other) in row[j..].iter_mut().zip(others) {
            let both = joint(&gates[j], other);
            *count += both;
            total += both;
        }
    }
    total
}

/// What is summed over the samples of one pair of nodes.
#[derive(Clone, Copy, Default)]
pub struct PairSums {
    /// Samples in which both are active.
    pub both: u64,
    /// Σ f_j f_k
    pub products: f64,
    /// Σ (f_j f_k)²
    pub squares: f64,
}

for_processor! {
    /// Shows the sums of each pair j < n, k ≥ j to `add`, from the samples in which both are active alone; gives the total
    /// of those. O(n · nodes · samples/64 + samples with both active): for gates that are seldom open.
    pub fn sum_joint<T: Real>(
        gates: &[Gates],
        activations: ArrayView2<T>,
        n: usize,
        add: impl FnMut(usize, usize, PairSums),
    ) -> u64 {
        ["popcnt", "bmi1"] => sum_joint_portable(gates, activations, n, add),
        _ => sum_joint_portable(gates, activations, n, add),
    }
}

#[inline(always)]
fn sum_joint_portable<T: Real>(
    gates: &[Gates],
    activations: ArrayView2<T>,
    n: usize,
    mut add: impl FnMut(usize, usize, PairSums),
) -> u64 {
    let (nodes, samples) = activations.dim();
    let f = activations.to_slice().expect("stored node by node");
    let node = |j: usize| (&gates[j], &f[j * samples..(j + 1) * samples]);
    let mut total = 0;
    for j in 0..n {
        let (own_gates, own) = node(j);
        for k in j..nodes {
            let (other_gates, other) = node(k);
            let mut sums = PairSums::default();
            for (word, (a, b)) in own_gates.iter().zip(other_gates).enumerate() {
                let mut both = a & b;
                // Mostly nothing: that is why it is done like this.
                while both != 0 {
                    let i = 64 * word + both.trailing_zeros() as usize;
                    both &= both - 1;
                    let product = own[i].to_f64() * other[i].to_f64();
                    sums.both += 1;
                    sums.products += product;
                    sums.squares += product * product;
                }
            }
            if sums.both > 0 {
                total += sums.both;
                add(j, k, sums);
            }
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array1, Array2};

    /// Pre-activations with one in five gates open.
    fn opened() -> (Array2<f64>, Array2<f64>, Vec<Gates>) {
        let z = Array2::from_shape_fn((5, 150), |(j, i)| f64::from(((i * (j + 3)) % 7) as u8) - 3.0);
        let mut f = z.clone();
        let mut gates = vec![Gates::default(); 5];
        open(f.view_mut(), Array1::from_elem(5, 1.0).view(), &mut gates);
        (z, f, gates)
    }

    #[test]
    fn a_gate_is_open_above_its_threshold_and_closed_at_it() {
        let (z, f, gates) = opened();
        for ((j, i), &z) in z.indexed_iter() {
            let bit = gates[j][i / 64] >> (i % 64) & 1;
            assert_eq!(bit == 1, z > 1.0);
            assert_eq!(f[[j, i]], (z - 1.0).max(0.0));
        }
        let expected = z.iter().filter(|&&z| z > 1.0).count() as u64;
        assert_eq!(count(&gates), expected);
    }

    /// Every remainder of 64, both precisions, and the plain code beside the vectorised.
    #[test]
    fn gates_are_packed_in_the_same_way_for_any_number_of_samples() {
        fn check<T: Real>(samples: usize) {
            let z =
                Array2::from_shape_fn((3, samples), |(j, i)| T::from_f64(((i * 37 + j * 11) % 23) as f64 * 0.3 - 2.0));
            let b = Array1::from_iter([-0.5, 0.0, 0.7].map(T::from_f64));
            let (mut fast, mut plain) = (z.clone(), z.clone());
            let (mut gates, mut plain_gates) = ([[u64::MAX; 4]; 3], [[0; 4]; 3]);
            open(fast.view_mut(), b.view(), &mut gates);
            open_portable(plain.view_mut(), b.view(), &mut plain_gates);
            assert!(fast == plain && gates == plain_gates);
            for ((j, i), &z) in z.indexed_iter() {
                let bit = gates[j][i / 64] >> (i % 64) & 1;
                assert_eq!(bit == 1, z > b[j]);
                assert!(fast[[j, i]] == if z > b[j] { z - b[j] } else { T::zero() });
            }
            let expected = z.indexed_iter().filter(|((j, _), z)| **z > b[*j]).count();
            assert_eq!(count(&gates), expected as u64);
        }
        for samples in (1..=130).chain([255, 256]) {
            check::<f64>(samples);
            check::<f32>(samples);
        }
    }

    #[test]
    fn joint_sums_are_those_of_the_activations_dense_or_sparse() {
        let (_, f, gates) = opened();
        let mut counts = Array2::zeros((3, 5));
        let total = count_joint(&gates, counts.view_mut());
        assert_eq!(total, counts.sum());
        let mut seen = 0;
        let sparse = sum_joint(&gates, f.view(), 3, |j, k, sums| {
            let products: Vec<f64> = (0..150).map(|i| f[[j, i]] * f[[k, i]]).collect();
            let both = products.iter().filter(|&&x| x > 0.0).count() as u64;
            assert_eq!((sums.both, counts[[j, k]]), (both, both));
            assert!((sums.products - products.iter().sum::<f64>()).abs() < 1e-12);
            let squares: f64 = products.iter().map(|x| x * x).sum();
            assert!((sums.squares - squares).abs() < 1e-12);
            seen += 1;
        });
        assert_eq!((sparse, seen), (total, counts.iter().filter(|&&both| both > 0).count()));
    }
}
