//! The keys of `experiment = "deep-training"`.

use crate::config::Key;
use crate::config::section::Section;
use crate::experiment::Keys;
use crate::experiment::deep::keys::{
    AFFINE, BATCH_NORMS, Base, DEVIATIONS, EITHER_LAYERS, EPOCHS_OF, FRESH, HELD_OUT, REAL_IMAGES, Result, SEEDS,
    STEPS, STUDENT_BIAS, Student, TEACHER, TEACHER_TRAINING, TRAINED, TRAINING_SAMPLES, Teacher, WIDTHS,
};
use crate::experiment::deep::start::{START, Start};
use crate::experiment::two_layer::keys::TOP;
use serde::Serialize;

/// Students of several widths, spreads and normalisations learn from a teacher: which nodes find which?
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "experiment", rename = "deep-training")]
pub struct DeepTraining {
    /// Teacher, students, data and training.
    #[serde(flatten)]
    pub base: Base,
}

impl Keys for DeepTraining {
    const KEYS: &'static [&'static [&'static Key]] = &[
        TOP,
        &[&SEEDS],
        TEACHER,
        EITHER_LAYERS,
        TRAINED,
        TEACHER_TRAINING,
        &[&WIDTHS, &BATCH_NORMS, &AFFINE, &STUDENT_BIAS],
        START,
        &[&TRAINING_SAMPLES, &HELD_OUT, &DEVIATIONS, &FRESH],
        REAL_IMAGES,
        EPOCHS_OF,
        STEPS,
    ];

    fn read(root: &mut Section) -> Result<Self> {
        let base = Base::read(root, &DEVIATIONS, true, Teacher::read, |mut section, teacher| {
            let start = Some(Start::read(&mut section)?);
            let student = Student::read(section, teacher, &WIDTHS, Some(&BATCH_NORMS))?;
            Ok(Student { start, ..student })
        })?;
        Ok(Self { base })
    }

    fn name_and_seed(&self) -> (&str, u64) {
        (&self.base.name, self.base.seed)
    }
}
