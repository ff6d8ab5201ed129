//! The keys of `experiment = "implicit-regularization"`.

use crate::config::section::{Range, Section};
use crate::experiment::deep::keys::{Base, Result, Student, read_hidden, read_student, single};
use serde::Serialize;

/// Labels from a small teacher, from a large one, from noise, and mixtures: what is fitted first?
#[derive(Clone, Debug, Serialize)]
pub struct ImplicitRegularization {
    /// The small teacher, data and training.
    #[serde(flatten)]
    pub base: Base,
    /// `[student]`; its width is in units of the small teacher's.
    pub student: Student,
    /// Hidden layers of the large teacher.
    pub large: Vec<usize>,
    /// Part of the labels' variance that is not the small teacher's, in each mixture.
    pub mixtures: Vec<f64>,
}

impl ImplicitRegularization {
    /// Reads the keys, all of them and no others.
    pub(super) fn read_keys(mut root: Section) -> Result<Self> {
        let base = Base::read(&mut root)?;
        let student = read_student(root.section("student")?, &base.teacher.architecture)?;
        let mut labels = root.section("labels")?;
        let large = read_hidden(&mut labels, "large", "the large teacher's hidden layers")?;
        let part = Range::open(0.0, 1.0, "a number between 0 and 1, ends excluded");
        let mixtures = labels.numbers("mixtures", part)?.unwrap_or(vec![0.5]);
        labels.finish()?;
        let name = "implicit-regularization";
        single(&base.data.deviations, "data", "deviation", &root, name)?;
        single(&student.widths, "student", "widths", &root, name)?;
        single(&student.batch_norms, "student", "batch_norm", &root, name)?;
        root.finish()?;
        Ok(Self {
            base,
            student,
            large,
            mixtures,
        })
    }
}
