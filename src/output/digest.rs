//! Digests: by which what is read back is told from what has been damaged.

use sha2::{Digest, Sha256};
use std::fmt::Write;

/// The first bytes of SHA-256 of some parts, each with its length: so many hexadecimal digits as `N` is twice.
pub fn digest<const N: usize>(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let mut text = String::with_capacity(2 * N);
    for byte in &hash.finalize()[..N] {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Digits of a seal: all of SHA-256.
const SEAL: usize = 64;

/// What stands before a seal.
const BEFORE: &[u8] = b"seal=";

/// A seal that has not been set: text for [`seal`] to find, once in a file.
pub fn unsealed() -> String {
    "0".repeat(SEAL)
}

/// Sets the seal of a file that holds `seal=` and [`unsealed`]: the digest of all its bytes with zeros in the seal's place.
pub fn seal(bytes: &mut [u8]) {
    if let Some(at) = place_of_seal(bytes) {
        let digits = digest::<32>(&[bytes]);
        bytes[at..at + SEAL].copy_from_slice(digits.as_bytes());
    }
}

/// Whether a file is as it was sealed, every bit of it.
pub fn is_sealed(bytes: &[u8]) -> bool {
    let Some(at) = place_of_seal(bytes) else {
        return false;
    };
    let mut open = bytes.to_vec();
    open[at..at + SEAL].fill(b'0');
    digest::<32>(&[&open]).as_bytes() == &bytes[at..at + SEAL]
}

fn place_of_seal(bytes: &[u8]) -> Option<usize> {
    let at = bytes.windows(BEFORE.len()).position(|part| part == BEFORE)?;
    let begin = at + BEFORE.len();
    (begin + SEAL <= bytes.len()).then_some(begin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_flipped_bit_breaks_a_seal() {
        let mut bytes = format!("some text, seal={}, and more", unsealed()).into_bytes();
        assert!(!is_sealed(&bytes));
        seal(&mut bytes);
        assert!(is_sealed(&bytes));
        for bit in 0..8 * bytes.len() {
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(!is_sealed(&bytes), "bit {bit}");
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        assert!(!is_sealed(b"") && !is_sealed(b"seal=00"));
    }

    #[test]
    fn parts_are_told_apart() {
        assert_eq!(digest::<4>(&[b"ab"]).len(), 8);
        assert_ne!(digest::<12>(&[b"a", b"b"]), digest::<12>(&[b"ab"]));
        assert_eq!(digest::<12>(&[b"a", b"b"]), digest::<12>(&[b"a", b"b"]));
    }
}
