//! The keys of `experiment = "deep-training"`.

use crate::config::Key;
use crate::config::section::Section;
use crate::experiment::Keys;
use crate::experiment::deep::keys::{
    AFFINE_OF, BATCH_NORMS, Base, DEVIATIONS, EITHER_LAYERS, EPOCHS_OF, FRESH_SAMPLES, Layout, MEASURED, REAL_IMAGES,
    RUNS, Result, SAMPLES, SEVERAL_BATCH_NORMS, SEVERAL_DEVIATIONS, SEVERAL_WIDTHS, STEPS, STUDENT, Student, TEACHER,
    TEACHER_TRAINING, TRAINED, Teacher, WIDTHS, read_student,
};
use crate::experiment::deep::start::{START, Start};
use crate::experiment::two_layer::keys::TOP;
use serde::{Serialize, Serializer};

/// Students of several widths, spreads and normalisations learn from a teacher: which nodes find which?
#[derive(Clone, Debug, PartialEq)]
pub struct DeepTraining {
    /// Teacher, data and training.
    pub base: Base,
    /// `[student]`
    pub student: Student,
    /// Where it begins.
    pub start: Start,
}

impl Keys for DeepTraining {
    const KEYS: &'static [&'static [&'static Key]] = &[
        TOP,
        RUNS,
        TEACHER,
        EITHER_LAYERS,
        TRAINED,
        TEACHER_TRAINING,
        SEVERAL_WIDTHS,
        SEVERAL_BATCH_NORMS,
        AFFINE_OF,
        STUDENT,
        START,
        SAMPLES,
        MEASURED,
        SEVERAL_DEVIATIONS,
        FRESH_SAMPLES,
        REAL_IMAGES,
        EPOCHS_OF,
        STEPS,
    ];

    fn read(mut root: Section) -> Result<Self> {
        let base = Base::read(&mut root, &DEVIATIONS, true, Teacher::read)?;
        let mut section = root.section("student")?;
        let start = Start::read(&mut section)?;
        let student = read_student(section, &base.teacher.architecture, &WIDTHS, Some(&BATCH_NORMS))?;
        root.finish()?;
        Ok(Self { base, student, start })
    }

    fn name_and_seed(&self) -> (&str, u64) {
        (&self.base.name, self.base.seed)
    }
}

impl Serialize for DeepTraining {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Nothing {}
        let student = self.student.section().starting(&self.start);
        Layout::write("deep-training", &self.base, student, Nothing {}, serializer)
    }
}
