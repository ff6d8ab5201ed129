//! The keys of `experiment = "deep-training"`.

use crate::config::section::Section;
use crate::experiment::deep::keys::{Base, Result, Student, read_student};
use serde::Serialize;

/// Students of several widths, spreads and normalisations learn from a teacher: which nodes find which?
#[derive(Clone, Debug, Serialize)]
pub struct DeepTraining {
    /// Teacher, data and training.
    #[serde(flatten)]
    pub base: Base,
    /// `[student]`
    pub student: Student,
}

impl DeepTraining {
    /// Reads the keys, all of them and no others.
    pub(super) fn read_keys(mut root: Section) -> Result<Self> {
        let base = Base::read(&mut root)?;
        let student = read_student(root.section("student")?, &base.teacher.architecture)?;
        root.finish()?;
        Ok(Self { base, student })
    }
}
