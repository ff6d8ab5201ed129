//! Headers of NumPy's format, before a library reads them.

/// Brackets within brackets of a header, at most: there are two in one that NumPy writes of plain numbers.
const DEEPEST: usize = 8;

/// Refuses a header whose reading would take for ever: that of a bracket begins anew for each kind that it may be of, and
/// so for each bracket within. O(bytes).
pub(crate) fn check_npy_header(bytes: &[u8]) -> Result<(), String> {
    let size = match bytes.get(6) {
        Some(1) => 2,
        _ => 4,
    };
    let length = bytes.get(8..8 + size).unwrap_or_default().iter();
    let length = length.rev().fold(0, |length, &byte| (length << 8) | usize::from(byte));
    let header = bytes.get(8 + size..).unwrap_or_default();
    let mut depth = 0_usize;
    for byte in header.iter().take(length) {
        match byte {
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return Err(format!("a header of more than {DEEPEST} brackets within each other"));
        }
    }
    Ok(())
}
