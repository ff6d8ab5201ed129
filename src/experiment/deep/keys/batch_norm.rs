//! Where hidden layers are normalised.

use super::Result;
use crate::config::Key;
use crate::config::section::Section;
use crate::config::words::words;
use crate::network::deep::{BatchNorm, Place};
use serde::{Serialize, Serializer};

words! {
    /// Where hidden layers are normalised, if they are.
    pub enum BatchNormPlace {
        /// Nowhere.
        None = "none",
        /// Pre-activations.
        BeforeRelu = "before-relu",
        /// Activations.
        AfterRelu = "after-relu",
    }
}

impl BatchNormPlace {
    /// The word for what a network has.
    pub fn of(batch_norm: Option<BatchNorm>) -> Self {
        match batch_norm.map(|norm| norm.place) {
            None => Self::None,
            Some(Place::BeforeRelu) => Self::BeforeRelu,
            Some(Place::AfterRelu) => Self::AfterRelu,
        }
    }

    fn place(self) -> Option<Place> {
        match self {
            Self::None => None,
            Self::BeforeRelu => Some(Place::BeforeRelu),
            Self::AfterRelu => Some(Place::AfterRelu),
        }
    }
}

/// As many places as the key allows, and whether all have gains and shifts.
pub(super) fn read(
    section: &mut Section,
    places: &'static Key,
    affine_key: &'static Key,
) -> Result<Vec<Option<BatchNorm>>> {
    let places: Vec<BatchNormPlace> = section.several_words(places)?;
    let affine = section.flag(affine_key)?;
    if affine && places == [BatchNormPlace::None] {
        let allowed = "false, or batch_norm = \"before-relu\" or \"after-relu\"";
        let found = "true without batch_norm".into();
        return Err(section.contradiction(affine_key.path, found, allowed));
    }
    let batch_norm = |word: BatchNormPlace| {
        let place = word.place()?;
        Some(BatchNorm { place, affine })
    };
    Ok(places.into_iter().map(batch_norm).collect())
}

/// As the keys are; nothing where there are none.
pub(super) fn as_keys<S: Serializer>(
    norms: &[Option<BatchNorm>],
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Keys {
        batch_norm: Vec<BatchNormPlace>,
        batch_norm_affine: bool,
    }
    let keys = (!norms.is_empty()).then(|| Keys {
        batch_norm: norms.iter().copied().map(BatchNormPlace::of).collect(),
        batch_norm_affine: norms.iter().flatten().any(|norm| norm.affine),
    });
    keys.serialize(serializer)
}
