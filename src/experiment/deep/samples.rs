//! What a student is trained on.

use crate::sgd::{self, DataSet, Source};

/// Training samples: kept with what is to be said to them, or other ones in each epoch.
pub enum Samples {
    /// Kept.
    Kept(DataSet<f32>),
    /// Images that are changed, inputs that are drawn anew.
    Changing(sgd::Changing<f32>),
}

impl Samples {
    /// For a trainer.
    pub fn source(&self) -> &dyn Source<f32> {
        match self {
            Self::Kept(data) => data,
            Self::Changing(samples) => samples,
        }
    }

    /// The first `count` of them, images as they are, or as many drawn inputs, with what is to be said to them.
    pub fn head(&self, count: usize) -> DataSet<f32> {
        match self {
            Self::Kept(data) => data.head(count),
            Self::Changing(samples) => samples.unchanged(count),
        }
    }
}
