//! The keys of `experiment = "deep-flow"`.

use crate::config::section::{Range, Section};
use crate::config::{Fallback, Key, keys};
use crate::experiment::Keys;
use crate::experiment::deep::keys::{
    AFFINE, BATCH, BATCH_NORM_ONE, Base, DEVIATION_ONE, Data, EPOCHS_OF, HELD_OUT, Inputs, NORMALIZE_NODES, Result,
    SEEDS, STEPS, STUDENT_BIAS, Student, TEACHER, TRAINING_SAMPLES, Teacher, TrainingSection, UNTRAINED_WEIGHTS,
    WIDTH_ONE,
};
use crate::experiment::two_layer::keys::{SEED, TOP};
use crate::sgd::{Loss, Schedule, Training};
use serde::{Serialize, Serializer};

keys! {
    /// `[flow]`, and the one step that both have.
    pub(in crate::experiment) FLOW {
        FLOW_SAMPLES = Key::whole("flow.samples", 2, 1 << 20)
            .or(Fallback::Whole(256))
            .means("fresh samples of each step of the matrix flow; SGD has `training.batch`");
        FLOW_STEPS = Key::whole("flow.steps", 1, 1 << 30)
            .or(Fallback::Whole(2000))
            .means("steps of η");
        FLOW_OUTPUTS = Key::whole("flow.outputs", 2, 10_000)
            .or(Fallback::Whole(40))
            .means("how often both are looked at, at most once a step");
        STEP = Key::number("training.step", Range::POSITIVE)
            .means("η")
            .label("step η")
            .example("0.02");
    }
}

/// The matrix flow under separation of expectations beside SGD from the same start.
#[derive(Clone, Debug, PartialEq)]
pub struct DeepFlow {
    /// Teacher, student, data and training: the flow takes the same steps. There are no epochs, and no samples but fresh
    /// ones.
    pub base: Base,
    /// Fresh samples of each step of the flow.
    pub samples: usize,
    /// Steps of both.
    pub steps: usize,
    /// Times at which both are looked at.
    pub outputs: usize,
}

impl Keys for DeepFlow {
    const KEYS: &'static [&'static [&'static Key]] = &[
        TOP,
        TEACHER,
        &[&UNTRAINED_WEIGHTS, &WIDTH_ONE, &STUDENT_BIAS],
        FLOW,
        &[&HELD_OUT, &DEVIATION_ONE],
        STEPS,
    ];

    fn read(mut root: Section) -> Result<Self> {
        let unused = "nothing here with experiment = \"deep-flow\": one run of fresh samples, \
                      plain steps of the mean-squared loss";
        let name = root.name();
        let seed = root.whole(&SEED)?;
        root.refuse(&[&SEEDS], unused)?;
        let teacher = Teacher::read_dense(root.section("teacher")?)?;
        let mut section = root.section("student")?;
        section.refuse(&[&BATCH_NORM_ONE, &AFFINE], unused)?;
        let student = Student::read(section, &teacher.architecture, &WIDTH_ONE, None)?;
        let mut section = root.section("flow")?;
        let samples = section.whole(&FLOW_SAMPLES)? as usize;
        let steps = section.whole(&FLOW_STEPS)? as usize;
        let outputs = section.whole(&FLOW_OUTPUTS)? as usize;
        section.finish()?;
        let mut section = root.section("data")?;
        section.refuse(&[&TRAINING_SAMPLES], unused)?;
        let data = Data {
            samples,
            held_out: section.whole(&HELD_OUT)? as usize,
            inputs: Inputs::Gaussian {
                deviation: section.numbers(&DEVIATION_ONE)?,
                fresh: None,
            },
        };
        section.finish()?;
        let mut section = root.section("training")?;
        section.refuse(EPOCHS_OF.iter().filter(|key| key.path != STEP.path), unused)?;
        let training = Training {
            batch: section.whole(&BATCH)? as usize,
            schedule: Schedule(vec![(0, section.number(&STEP)?)]),
            momentum: 0.0,
            weight_decay: 0.0,
            loss: Loss::MeanSquared,
            normalize_nodes: section.flag(&NORMALIZE_NODES)?,
        };
        section.finish()?;
        root.finish()?;
        Ok(Self {
            base: Base {
                name,
                seed,
                seeds: 1,
                teacher,
                student,
                data,
                training: TrainingSection { epochs: 1, training },
            },
            samples,
            steps,
            outputs: outputs.min(steps),
        })
    }

    fn name_and_seed(&self) -> (&str, u64) {
        (&self.base.name, self.base.seed)
    }
}

impl Serialize for DeepFlow {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Flow {
            samples: usize,
            steps: usize,
            outputs: usize,
        }
        #[derive(Serialize)]
        struct Measured<'a> {
            held_out: usize,
            deviation: &'a [f64],
        }
        #[derive(Serialize)]
        struct Steps<'a> {
            batch: usize,
            step: &'a Schedule,
            normalize_nodes: bool,
        }
        #[derive(Serialize)]
        #[serde(tag = "experiment", rename = "deep-flow")]
        struct Layout<'a> {
            seed: u64,
            teacher: &'a Teacher,
            student: &'a Student,
            flow: Flow,
            data: Measured<'a>,
            training: Steps<'a>,
        }
        let training = &self.base.training.training;
        let layout = Layout {
            seed: self.base.seed,
            teacher: &self.base.teacher,
            student: &self.base.student,
            flow: Flow {
                samples: self.samples,
                steps: self.steps,
                outputs: self.outputs,
            },
            data: Measured {
                held_out: self.base.data.held_out,
                deviation: self.base.data.deviations(),
            },
            training: Steps {
                batch: training.batch,
                step: &training.schedule,
                normalize_nodes: training.normalize_nodes,
            },
        };
        layout.serialize(serializer)
    }
}
