//! Batches: pixels normalised, and shifted and flipped at random where wanted.

use super::{Images, Moments};
use crate::real::Real;
use crate::rng;
use ndarray::{Array2, ArrayViewMut2};
use rand::RngExt;

/// How images are changed at random, anew in each epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Augmentation {
    /// Zeros (after normalisation) around an image, from which a part of its size is cut at random.
    pub padding: usize,
    /// Whether half of them are mirrored left to right.
    pub flip: bool,
    /// Of the random numbers.
    pub seed: u64,
}

/// What of an image a network sees: a window of its size, moved by rows and columns, perhaps mirrored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// Rows by which the window moves down.
    pub down: isize,
    /// Columns by which the window moves right.
    pub right: isize,
    /// Whether left and right of the window are exchanged.
    pub mirrored: bool,
}

impl Augmentation {
    /// The view of an image in an epoch: a function of seed, epoch and image alone, so that a resumed run, any order
    /// of batches and any number of threads see the same.
    pub fn view(&self, epoch: u64, image: usize) -> View {
        let mut stream = rng::stream(self.seed, "augmentation", &[epoch, image as u64]);
        let reach = self.padding as i64;
        let mut shift = || stream.random_range(-reach..=reach) as isize;
        let (down, right) = (shift(), shift());
        View {
            down,
            right,
            mirrored: self.flip && stream.random(),
        }
    }
}

impl Images {
    /// The first `count` images as they are, normalised: N × (channel, row, column).
    ///
    /// # Panics
    /// If there are fewer.
    pub fn matrix<T: Real>(&self, count: usize, moments: &Moments) -> Array2<T> {
        let mut inputs = Array2::zeros((count, self.shape.len()));
        let all = (0..count).map(|image| (image, View::default()));
        self.gather(all, moments, inputs.view_mut().reversed_axes());
        inputs
    }

    /// Writes a batch as convolutions read it: (channel, row, column) × sample, each pixel (x/255 − mean)/deviation
    /// of its channel. `chosen` are images with their views; a channel that never varies is only centred.
    ///
    /// # Panics
    /// If `out` is not (channels · rows · columns) × images, or if there is no such image.
    pub fn gather<T: Real>(
        &self,
        chosen: impl ExactSizeIterator<Item = (usize, View)>,
        moments: &Moments,
        mut out: ArrayViewMut2<T>,
    ) {
        let shape = self.shape;
        assert_eq!(out.dim(), (shape.len(), chosen.len()), "room for a batch");
        let place = |at: usize, shift: isize, side: usize| at.checked_add_signed(shift).filter(|&place| place < side);
        for (sample, (image, view)) in chosen.enumerate() {
            let pixels = self.image(image);
            let mut column = out.column_mut(sample);
            for channel in 0..shape.channels {
                let deviation = moments.deviation[channel];
                let scale = if deviation > 0.0 { deviation.recip() } else { 1.0 };
                for y in 0..shape.height {
                    let row = place(y, view.down, shape.height);
                    for x in 0..shape.width {
                        let seen = if view.mirrored { shape.width - 1 - x } else { x };
                        let source = row.zip(place(seen, view.right, shape.width));
                        let value = source.map_or(0.0, |(row, at)| {
                            let byte = pixels[(channel * shape.height + row) * shape.width + at];
                            (f64::from(byte) / 255.0 - moments.mean[channel]) * scale
                        });
                        let index = (channel * shape.height + y) * shape.width + x;
                        column[index] = T::from_f64(value);
                    }
                }
            }
        }
    }
}
