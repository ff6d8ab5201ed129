//! The keys of `experiment = "deep-flow"`.

use crate::config::section::Section;
use crate::experiment::deep::keys::{Base, Result, Student, read_student, single};
use serde::Serialize;

/// The matrix flow under separation of expectations beside SGD from the same start.
#[derive(Clone, Debug, Serialize)]
pub struct DeepFlow {
    /// Teacher, data and training: the flow takes the same steps.
    #[serde(flatten)]
    pub base: Base,
    /// `[student]`
    pub student: Student,
    /// Fresh samples of each step of the flow.
    pub samples: usize,
    /// Steps of both.
    pub steps: usize,
    /// Times at which both are looked at.
    pub outputs: usize,
}

impl DeepFlow {
    /// Reads the keys, all of them and no others.
    pub(super) fn read_keys(mut root: Section) -> Result<Self> {
        let base = Base::read(&mut root)?;
        let origin = root.origin_of("student");
        let student = read_student(root.section("student")?, &base.teacher.architecture)?;
        let mut flow = root.section("flow")?;
        let samples = flow.integer("samples", 2, 1 << 20)?.unwrap_or(256) as usize;
        let steps = flow.integer("steps", 1, 1 << 30)?.unwrap_or(2000) as usize;
        let outputs = flow.integer("outputs", 2, 10_000)?.unwrap_or(40) as usize;
        flow.finish()?;
        let name = "deep-flow";
        single(&base.data.deviations, "data", "deviation", &root, name)?;
        single(&student.widths, "student", "widths", &root, name)?;
        let training = &base.training.training;
        let wrong = [
            (student.batch_norms != [None], "student.batch_norm", "none"),
            (
                training.loss != crate::sgd::Loss::MeanSquared,
                "training.loss",
                "\"mean-squared\"",
            ),
            (training.momentum > 0.0, "training.momentum", "0"),
            (training.weight_decay > 0.0, "training.weight_decay", "0"),
        ];
        if let Some((_, key, allowed)) = wrong.into_iter().find(|wrong| wrong.0) {
            let found = "something else".to_owned();
            let allowed = format!("{allowed}, with experiment = \"{name}\"");
            return Err(root.contradiction(key, origin, found, &allowed));
        }
        root.finish()?;
        Ok(Self {
            base,
            student,
            samples,
            steps,
            outputs: outputs.min(steps),
        })
    }
}
