//! Where a convolution reads: forward, and back as the same thing from above with its kernel turned round.

use crate::network::deep::Shape;

/// out[m, y, x] = Σ_{c, i, j} w[m, c, i, j] · in[c, y + i − frame, x + j − frame], zero outside the image, for each sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Correlation {
    pub from: Shape,
    pub to: Shape,
    /// k of a k × k kernel.
    pub kernel: usize,
    /// Zeros around the image.
    pub frame: usize,
}

impl Correlation {
    /// Aᵀ as a correlation: with w[c, m, k − 1 − i, k − 1 − j].
    pub fn transposed(&self) -> Self {
        Self {
            from: self.to,
            to: self.from,
            kernel: self.kernel,
            frame: self.kernel - 1 - self.frame,
        }
    }

    /// Positions of the kernel.
    pub fn taps(&self) -> usize {
        self.kernel * self.kernel
    }

    /// Inputs of a node.
    pub fn inputs(&self) -> usize {
        self.from.channels * self.taps()
    }

    /// The row that output row `y` reads with row `i` of the kernel, if it is one of the image's.
    pub fn row(&self, y: usize, i: usize) -> Option<usize> {
        (y + i).checked_sub(self.frame).filter(|&row| row < self.from.height)
    }

    /// Of the output columns `begin..end` of a row, (x, sample) as one index, those that column `j` of the kernel reads
    /// from the image; and where the first of them reads.
    pub fn columns(&self, batch: usize, j: usize, [begin, end]: [usize; 2]) -> ([usize; 2], usize) {
        let shift = (j as isize - self.frame as isize) * batch as isize;
        let width = (self.from.width * batch) as isize;
        let first = (begin as isize).max(-shift).min(end as isize);
        let last = (end as isize).min(width - shift).max(first);
        ([first as usize, last as usize], (first + shift).max(0) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_outside_the_image_are_left_out() {
        let shape = |width| Shape::image(1, 5, width);
        let forward = Correlation {
            from: shape(4),
            to: shape(4),
            kernel: 3,
            frame: 1,
        };
        assert_eq!(forward.columns(2, 0, [0, 8]), ([2, 8], 0));
        assert_eq!(forward.columns(2, 1, [3, 8]), ([3, 8], 3));
        assert_eq!(forward.columns(2, 2, [3, 8]), ([3, 6], 5));
        assert_eq!(forward.columns(2, 0, [0, 1]).0, [1, 1]);
        assert_eq!(forward.row(0, 0), None);
        assert_eq!(forward.row(4, 2), None);
        assert_eq!(forward.row(4, 1), Some(4));
        let back = forward.transposed();
        assert_eq!((back.frame, back.transposed()), (1, forward));
    }
}
