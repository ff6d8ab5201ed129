//! Vectors of one length, each of which begins with a cache line: a vector register that crosses one takes twice as long.

use super::tableau::Combination;

/// Numbers of a cache line.
pub(super) const LINE: usize = 8;

/// Lines that may be read beyond the last row: zeros.
const BEYOND: usize = 2;

/// Rows of so many entries, one after another, with zeros between them.
pub(super) struct Rows {
    memory: Vec<f64>,
    /// Where the first row begins.
    first: usize,
    /// From a row to the next.
    stride: usize,
    length: usize,
}

impl Rows {
    /// So many rows.
    pub fn zeros(rows: usize, length: usize) -> Self {
        let stride = length.next_multiple_of(LINE);
        let memory = vec![0.0; rows * stride + (BEYOND + 1) * LINE];
        // Where that cannot be told, rows begin anywhere: slower, and no less right.
        let first = memory.as_ptr().align_offset(LINE * size_of::<f64>()).min(LINE);
        Self {
            memory,
            first,
            stride,
            length,
        }
    }

    /// A row.
    pub fn row(&self, row: usize) -> &[f64] {
        &self.memory[self.first + row * self.stride..][..self.length]
    }

    /// A row.
    pub fn row_mut(&mut self, row: usize) -> &mut [f64] {
        &mut self.memory[self.first + row * self.stride..][..self.length]
    }

    /// One row becomes as another.
    pub fn copy(&mut self, from: usize, to: usize) {
        let [from, to] = [from, to].map(|row| self.first + row * self.stride);
        self.memory.copy_within(from..from + self.length, to);
    }

    /// Σ a_j row_j of the N entries from `begin` on; what is beyond the rows' end is of no meaning.
    #[inline(always)]
    pub fn combined<const N: usize>(&self, begin: usize, combination: Combination) -> [f64; N] {
        let mut sums = [0.0; N];
        let from = &self.memory[self.first + begin..];
        for &(row, a) in combination {
            let entries = &from[row * self.stride..][..N];
            for (sum, x) in sums.iter_mut().zip(entries) {
                *sum += a * x;
            }
        }
        sums
    }
}
