//! The keys of `experiment = "deep-flow"`.

use crate::config::section::{Range, Section};
use crate::config::{Fallback, Key, keys};
use crate::experiment::Keys;
use crate::experiment::deep::keys::{
    AFFINE, BATCH, BATCH_NORM_ONE, DEVIATION_ONE, EPOCHS_OF, HELD_OUT, NORMALIZE_NODES, Result, SEEDS, STEPS,
    STUDENT_BIAS, Student, TEACHER, TRAINING_SAMPLES, Teacher, UNTRAINED_WEIGHTS, WIDTH_ONE,
};
use crate::experiment::two_layer::keys::{SEED, TOP};
use serde::Serialize;

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

/// The matrix flow under separation of expectations beside SGD from the same start: fresh samples, plain steps.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "experiment", rename = "deep-flow")]
pub struct DeepFlow {
    /// The file's name without its ending; no key.
    #[serde(skip)]
    pub name: String,
    /// From which all random numbers come.
    pub seed: u64,
    /// `[teacher]`
    pub teacher: Teacher,
    /// `[student]`
    pub student: Student,
    /// `[flow]`
    pub flow: Flow,
    /// `[data]`
    pub data: Measured,
    /// `[training]`
    pub training: Steps,
}

/// `[flow]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Flow {
    /// Fresh samples of each step of the flow.
    pub samples: usize,
    /// Steps of both.
    pub steps: usize,
    /// Times at which both are looked at.
    pub outputs: usize,
}

/// `[data]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measured {
    /// Held-out samples.
    pub held_out: usize,
    /// Standard deviation of the inputs, one.
    pub deviation: Vec<f64>,
}

/// `[training]`: the step that both have.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Steps {
    /// Fresh samples of each step of SGD.
    pub batch: usize,
    /// η
    pub step: f64,
    /// Whether hidden nodes are put back to unit norm after each step.
    pub normalize_nodes: bool,
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

    fn read(root: &mut Section) -> Result<Self> {
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
        let mut flow = Flow {
            samples: section.whole(&FLOW_SAMPLES)? as usize,
            steps: section.whole(&FLOW_STEPS)? as usize,
            outputs: section.whole(&FLOW_OUTPUTS)? as usize,
        };
        flow.outputs = flow.outputs.min(flow.steps);
        section.finish()?;
        let mut section = root.section("data")?;
        section.refuse(&[&TRAINING_SAMPLES], unused)?;
        let data = Measured {
            held_out: section.whole(&HELD_OUT)? as usize,
            deviation: section.numbers(&DEVIATION_ONE)?,
        };
        section.finish()?;
        let mut section = root.section("training")?;
        section.refuse(EPOCHS_OF.iter().filter(|key| key.path != STEP.path), unused)?;
        let training = Steps {
            batch: section.whole(&BATCH)? as usize,
            step: section.number(&STEP)?,
            normalize_nodes: section.flag(&NORMALIZE_NODES)?,
        };
        section.finish()?;
        Ok(Self {
            name,
            seed,
            teacher,
            student,
            flow,
            data,
            training,
        })
    }

    fn name_and_seed(&self) -> (&str, u64) {
        (&self.name, self.seed)
    }
}
