//! `[data]`: inputs that are drawn, or images of a folder.

use super::Result;
use super::declared::{CROP, FLIP, FRESH, HELD_OUT, IMAGES, MOMENTS, TRAINING_SAMPLES};
use crate::config::document::Value;
use crate::config::section::Section;
use crate::config::words::words;
use crate::config::{InputFile, Key};
use crate::experiment::two_layer::settings::or_auto;
use crate::images::Moments;
use serde::Serialize;

/// `[data]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Data {
    /// Training samples.
    pub samples: usize,
    /// Samples on which networks are measured.
    pub held_out: usize,
    /// What they are.
    #[serde(flatten)]
    pub inputs: Inputs,
}

/// What samples are.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Inputs {
    /// x ~ N(0, σ² I)
    Gaussian {
        /// σ; an axis of some experiments.
        deviation: Vec<f64>,
        /// Whether they are drawn anew in each epoch, where an experiment has that.
        #[serde(skip_serializing_if = "Option::is_none")]
        fresh: Option<bool>,
    },
    /// Images of a folder.
    Images(Images),
}

/// Images, and how they are shown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Images {
    /// Where they are.
    #[serde(rename = "images")]
    pub source: ImageSource,
    /// By which pixels are normalised; `None` for those of the training images.
    #[serde(serialize_with = "or_auto")]
    pub moments: Option<[Vec<f64>; 2]>,
    /// Zeros around an image, from which a part of its size is cut at random.
    pub crop: usize,
    /// Whether half of them are mirrored.
    pub flip: bool,
}

words! {
    /// Where images are.
    pub enum ImageSource {}
    files {
        /// A folder as they are published in.
        Folder("folder", ""),
    }
}

impl ImageSource {
    /// The folder.
    pub fn folder(&self) -> &InputFile {
        let Self::Folder(folder) = self;
        folder
    }
}

impl Images {
    /// Whether images differ from epoch to epoch.
    pub fn are_changed(&self) -> bool {
        self.crop > 0 || self.flip
    }

    /// What was given to normalise by.
    pub fn moments(&self) -> Option<Moments> {
        let [mean, deviation] = self.moments.clone()?;
        Some(Moments { mean, deviation })
    }
}

impl Data {
    /// `deviation` says whether there may be several.
    pub(super) fn read(mut section: Section, deviation: &'static Key, has_fresh: bool) -> Result<Self> {
        let samples = section.whole(&TRAINING_SAMPLES)? as usize;
        let held_out = section.whole(&HELD_OUT)? as usize;
        let inputs = match section.word_if(&IMAGES)? {
            None => {
                section.refuse(&[&MOMENTS, &CROP, &FLIP], "only with data.images")?;
                Inputs::Gaussian {
                    deviation: section.numbers(deviation)?,
                    fresh: match has_fresh {
                        true => Some(section.flag(&FRESH)?),
                        false => None,
                    },
                }
            }
            Some(source) => {
                let allowed = "nothing with data.images: data.moments says how they are normalised";
                section.refuse(&[deviation], allowed)?;
                if has_fresh {
                    section.refuse(&[&FRESH], "nothing with data.images: data.crop and data.flip change them")?;
                }
                Inputs::Images(Images {
                    source,
                    moments: section.form(&MOMENTS, moments)?,
                    crop: section.whole(&CROP)? as usize,
                    flip: section.flag(&FLIP)?,
                })
            }
        };
        section.finish()?;
        Ok(Self {
            samples,
            held_out,
            inputs,
        })
    }

    /// σ of drawn inputs, one or several; 1 of images.
    pub fn deviations(&self) -> &[f64] {
        match &self.inputs {
            Inputs::Gaussian { deviation, .. } => deviation,
            Inputs::Images(_) => &[1.0],
        }
    }

    /// Whether drawn samples are other ones in each epoch.
    pub fn is_fresh(&self) -> bool {
        matches!(&self.inputs, Inputs::Gaussian { fresh: Some(true), .. })
    }

    /// σ, one or several; `None` of images.
    pub fn spreads(&self) -> Vec<Option<f64>> {
        match &self.inputs {
            Inputs::Gaussian { deviation, .. } => deviation.iter().copied().map(Some).collect(),
            Inputs::Images(_) => vec![None],
        }
    }

    /// Images, if they are.
    pub fn images(&self) -> Option<&Images> {
        match &self.inputs {
            Inputs::Gaussian { .. } => None,
            Inputs::Images(images) => Some(images),
        }
    }
}

/// "auto", or means and deviations of as many channels.
fn moments(value: &Value) -> Option<Option<[Vec<f64>; 2]>> {
    if let Value::Text(text) = value {
        return (text == "auto").then_some(None);
    }
    let numbers =
        |value: &Value| -> Option<Vec<f64>> { value.items()?.iter().map(|item| item.value.number()).collect() };
    let [means, deviations] = value.items()? else {
        return None;
    };
    let (means, deviations) = (numbers(&means.value)?, numbers(&deviations.value)?);
    let is_whole = !means.is_empty() && means.len() == deviations.len();
    let is_positive = deviations.iter().all(|&deviation| deviation > 0.0);
    let is_finite = means.iter().chain(&deviations).all(|x| x.is_finite());
    (is_whole && is_positive && is_finite).then_some(Some([means, deviations]))
}
