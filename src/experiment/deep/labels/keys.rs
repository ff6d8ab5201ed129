//! The keys of `experiment = "implicit-regularization"`.

use crate::config::section::Section;
use crate::config::{Fallback, Key, Range, keys};
use crate::experiment::Keys;
use crate::experiment::deep::keys::{
    AFFINE, BATCH_NORM_ONE, Base, DEVIATION_ONE, EITHER_LAYERS, EPOCHS_OF, HELD_OUT, HIDDEN_LAYERS, REAL_IMAGES,
    Result, SEEDS, STEPS, STUDENT_BIAS, Student, TEACHER, TRAINING_SAMPLES, Teacher, UNTRAINED_WEIGHTS, WIDTH_ONE,
    hidden_layers,
};
use crate::experiment::two_layer::keys::TOP;
use serde::Serialize;

keys! {
    /// `[labels]`
    pub(in crate::experiment) LABELS {
        LARGE = Key::form("labels.large", HIDDEN_LAYERS)
            .means("nodes of the large teacher's hidden layers; `teacher` is the small one")
            .example("[200, 300]");
        MIXTURES = Key::number("labels.mixtures", Range::FRACTION)
            .or_list()
            .or(Fallback::Number(0.5))
            .means("part of the labels' variance that is noise, or the large teacher's");
    }
}

/// Labels from a small teacher, from a large one, from noise, and mixtures: what is fitted first?
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "experiment", rename = "implicit-regularization")]
pub struct ImplicitRegularization {
    /// The small teacher, the student, whose width is in units of that, data and training.
    #[serde(flatten)]
    pub base: Base,
    /// `[labels]`
    #[serde(rename = "labels")]
    pub made_of: Components,
}

/// `[labels]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Components {
    /// Hidden layers of the large teacher.
    pub large: Vec<usize>,
    /// Part of the labels' variance that is not the small teacher's, in each mixture.
    pub mixtures: Vec<f64>,
}

impl Keys for ImplicitRegularization {
    const KEYS: &'static [&'static [&'static Key]] = &[
        TOP,
        &[&SEEDS],
        TEACHER,
        EITHER_LAYERS,
        &[&UNTRAINED_WEIGHTS, &WIDTH_ONE, &BATCH_NORM_ONE, &AFFINE, &STUDENT_BIAS],
        LABELS,
        &[&TRAINING_SAMPLES, &HELD_OUT, &DEVIATION_ONE],
        REAL_IMAGES,
        EPOCHS_OF,
        STEPS,
    ];

    fn read(root: &mut Section) -> Result<Self> {
        let teacher = |section, _: &_| Teacher::read_untrained(section);
        let base = Base::read(root, &DEVIATION_ONE, false, teacher, |section, teacher| {
            Student::read(section, teacher, &WIDTH_ONE, Some(&BATCH_NORM_ONE))
        })?;
        let mut section = root.section("labels")?;
        let large = section.form(&LARGE, hidden_layers)?;
        let mixtures = section.numbers(&MIXTURES)?;
        let possible = base.teacher.with_hidden(large.clone());
        possible.map_err(|error| {
            let allowed = "layers that images are large enough for";
            section.contradiction(LARGE.path, error.to_string(), allowed)
        })?;
        if let Some(images) = base.data.images()
            && images.are_changed()
        {
            let allowed = "images as they are, without crop and flip: each has labels of its own";
            return Err(section.contradiction("data.crop", "changing images".into(), allowed));
        }
        section.finish()?;
        let made_of = Components { large, mixtures };
        Ok(Self { base, made_of })
    }

    fn name_and_seed(&self) -> (&str, u64) {
        (&self.base.name, self.base.seed)
    }
}
