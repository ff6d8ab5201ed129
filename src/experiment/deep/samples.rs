//! What a student is trained on.

use crate::sgd::{DataSet, ImageSamples, Source};

/// Training samples: kept with what is to be said to them, or images that are changed in each epoch.
pub enum Samples {
    /// Kept.
    Kept(DataSet<f32>),
    /// Changed.
    Changing(ImageSamples<f32>),
}

impl Samples {
    /// For a trainer.
    pub fn source(&self) -> &dyn Source<f32> {
        match self {
            Self::Kept(data) => data,
            Self::Changing(images) => images,
        }
    }

    /// The first `count` of them, images as they are, with what is to be said to them.
    pub fn head(&self, count: usize) -> DataSet<f32> {
        match self {
            Self::Kept(data) => data.head(count),
            Self::Changing(images) => images.unchanged(count),
        }
    }
}
