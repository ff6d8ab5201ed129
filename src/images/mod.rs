//! Real images: sets of one size with a class each, read from the files in which they are published.
//!
//! Pixels are kept as the bytes of the file. They are normalised, cropped at random and flipped when a batch is
//! gathered ([`Images::gather`]), so a set takes a quarter of its size in `f32`.
//!
//! [`ImageFolder::open`] knows a set by the names of its files ([`Format`]).

mod arrays;
mod cifar;
mod error;
mod folder;
mod gather;
mod idx;
mod moments;
mod mosaic;
mod pictures;
mod sheet;

pub use error::ImageError;
pub use folder::{Format, ImageFolder};
pub use gather::{Augmentation, View};
pub use moments::Moments;
pub use mosaic::Mosaic;

use crate::network::deep::Shape;

/// Images of one size, each with its class.
#[derive(Clone, Debug, PartialEq)]
pub struct Images {
    shape: Shape,
    /// Image × channel × row × column.
    pixels: Vec<u8>,
    labels: Vec<u8>,
}

impl Images {
    /// Images whose pixels stand as image × channel × row × column.
    ///
    /// # Panics
    /// If there are not as many pixels as the labels and the shape ask for.
    pub fn new(shape: Shape, pixels: Vec<u8>, labels: Vec<u8>) -> Self {
        assert_eq!(pixels.len(), labels.len() * shape.len(), "pixels of {} images", labels.len());
        Self { shape, pixels, labels }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Channels, rows and columns of each.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Class of each, from 0.
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// Pixels of an image: channel × row × column.
    ///
    /// # Panics
    /// If there are fewer images.
    pub fn image(&self, index: usize) -> &[u8] {
        let length = self.shape.len();
        &self.pixels[index * length..][..length]
    }

    /// How many there are of each class.
    ///
    /// # Panics
    /// If a label is `classes` or more.
    pub fn counts(&self, classes: usize) -> Vec<usize> {
        let mut counts = vec![0; classes];
        for &label in &self.labels {
            counts[usize::from(label)] += 1;
        }
        counts
    }
}
