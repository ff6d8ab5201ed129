//! The settings in the layout of the keys: written out, they are the scenario with everything filled in.

use super::{Base, BatchNormPlace, Data, Student, Teacher, TrainingSection};
use crate::experiment::deep::start::Start;
use crate::network::deep::BatchNorm;
use serde::{Serialize, Serializer};

/// The top level of a training by epochs: what all have, and one further section.
#[derive(Serialize)]
pub(in crate::experiment::deep) struct Layout<'a, F: Serialize> {
    experiment: &'static str,
    seed: u64,
    seeds: u64,
    teacher: &'a Teacher,
    student: &'a StudentSection<'a>,
    data: &'a Data,
    training: &'a TrainingSection,
    #[serde(flatten)]
    further: F,
}

/// `[student]`, with batch normalisation where the experiment has it.
#[derive(Serialize)]
pub(in crate::experiment::deep) struct StudentSection<'a> {
    widths: &'a [usize],
    #[serde(skip_serializing_if = "Option::is_none")]
    batch_norm: Option<Vec<BatchNormPlace>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    batch_norm_affine: Option<bool>,
    bias: bool,
    #[serde(flatten)]
    start: Option<&'a Start>,
}

impl<'a> StudentSection<'a> {
    /// With where training begins, where the experiment says so.
    pub(in crate::experiment::deep) fn starting(self, start: &'a Start) -> Self {
        Self {
            start: Some(start),
            ..self
        }
    }
}

impl<F: Serialize> Layout<'_, F> {
    /// Writes it.
    pub fn write<S: Serializer>(
        experiment: &'static str,
        base: &Base,
        student: StudentSection,
        further: F,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let layout = Layout {
            experiment,
            seed: base.seed,
            seeds: base.seeds,
            teacher: &base.teacher,
            student: &student,
            data: &base.data,
            training: &base.training,
            further,
        };
        layout.serialize(serializer)
    }
}

impl Student {
    /// The section of an experiment that has batch normalisation.
    pub(in crate::experiment::deep) fn section(&self) -> StudentSection<'_> {
        let place = |norm: &Option<BatchNorm>| BatchNormPlace::of(*norm);
        let norms = self.batch_norms.iter();
        StudentSection {
            batch_norm: Some(norms.clone().map(place).collect()),
            batch_norm_affine: Some(norms.flatten().any(|norm| norm.affine)),
            ..self.plain_section()
        }
    }

    /// The section of one that has none.
    pub(in crate::experiment::deep) fn plain_section(&self) -> StudentSection<'_> {
        StudentSection {
            widths: &self.widths,
            batch_norm: None,
            batch_norm_affine: None,
            bias: self.bias,
            start: None,
        }
    }
}
