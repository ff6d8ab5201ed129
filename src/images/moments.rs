//! Mean and deviation of each channel.

use super::Images;

/// Of the pixels of each channel, from 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Moments {
    /// One per channel.
    pub mean: Vec<f64>,
    /// √ of the mean squared distance from the mean; one per channel.
    pub deviation: Vec<f64>,
}

impl Moments {
    /// Over all images and positions, from exact sums of the bytes.
    pub fn of(images: &Images) -> Self {
        let shape = images.shape();
        let mut sums = vec![(0_u64, 0_u64); shape.channels];
        for index in 0..images.len() {
            let planes = images.image(index).chunks_exact(shape.positions());
            for (sum, plane) in sums.iter_mut().zip(planes) {
                for &byte in plane {
                    let byte = u64::from(byte);
                    sum.0 += byte;
                    sum.1 += byte * byte;
                }
            }
        }
        let count = (images.len() * shape.positions()) as f64;
        let (mean, deviation) = sums
            .iter()
            .map(|&(sum, squares)| {
                let mean = sum as f64 / count;
                let variance = squares as f64 / count - mean * mean;
                (mean / 255.0, variance.max(0.0).sqrt() / 255.0)
            })
            .unzip();
        Self { mean, deviation }
    }
}
