//! Gates as packed bits: how often two nodes are active together is an AND and a population count.

use super::real::Real;
use ndarray::{ArrayView2, ArrayViewMut2};

/// Packs `activations` > 0 (nodes × samples) into words, 64 samples each, node by node.
pub fn pack<T: Real>(activations: ArrayView2<T>, words: &mut [u64]) {
    let per_node = activations.ncols().div_ceil(64);
    for (row, words) in activations
        .rows()
        .into_iter()
        .zip(words.chunks_exact_mut(per_node))
    {
        let row = row.to_slice().expect("activations are stored node by node");
        for (word, chunk) in words.iter_mut().zip(row.chunks(64)) {
            *word = chunk
                .iter()
                .enumerate()
                .fold(0, |word, (i, &x)| word | (u64::from(x > T::zero()) << i));
        }
    }
}

/// Adds to `counts` (n × nodes) how often node j < n and node k are active together.
///
/// Among the first n nodes only k ≥ j is counted. O(n · nodes · samples/64).
pub fn count_joint(words: &[u64], per_node: usize, counts: ArrayViewMut2<u64>) {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("popcnt") {
        // SAFETY: the processor has the instruction.
        return unsafe { count_joint_popcnt(words, per_node, counts) };
    }
    count_joint_portable(words, per_node, counts);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "popcnt")]
fn count_joint_popcnt(words: &[u64], per_node: usize, counts: ArrayViewMut2<u64>) {
    count_joint_portable(words, per_node, counts);
}

#[inline(always)]
fn count_joint_portable(words: &[u64], per_node: usize, mut counts: ArrayViewMut2<u64>) {
    for (j, mut row) in counts.rows_mut().into_iter().enumerate() {
        let node = &words[j * per_node..(j + 1) * per_node];
        let others = words[j * per_node..].chunks_exact(per_node);
        for (count, other) in row.iter_mut().skip(j).zip(others) {
            *count += node
                .iter()
                .zip(other)
                .map(|(a, b)| u64::from((a & b).count_ones()))
                .sum::<u64>();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    #[test]
    fn joint_counts_are_those_of_the_gates() {
        let activations =
            Array2::from_shape_fn(
                (5, 150),
                |(j, i)| {
                    if (i * (j + 3)) % 7 < 3 { 1.0_f64 } else { 0.0 }
                },
            );
        let mut words = vec![0; 5 * 3];
        pack(activations.view(), &mut words);
        let mut counts = Array2::zeros((3, 5));
        count_joint(&words, 3, counts.view_mut());
        for j in 0..3 {
            for k in j..5 {
                let both = (0..150)
                    .filter(|&i| activations[[j, i]] > 0.0 && activations[[k, i]] > 0.0)
                    .count();
                assert_eq!(counts[[j, k]], both as u64);
            }
        }
    }

    #[test]
    fn a_gate_is_closed_at_zero() {
        let mut words = vec![0];
        pack(array![[0.0_f64, 1.0, -0.0, 2.0]].view(), &mut words);
        assert_eq!(words, [0b1010]);
    }
}
