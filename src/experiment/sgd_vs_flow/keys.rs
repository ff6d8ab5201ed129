//! The keys of `experiment = "sgd-vs-flow"`.

use crate::config::section::Section;
use crate::config::{Fallback, Key, Range, ScenarioError, keys};
use crate::experiment::Keys;
use crate::experiment::theorem5::Theorem5;
use crate::experiment::theorem5::keys::{STUDENT, Student, TEACHER_FAN_OUT, TeacherSection};
use crate::experiment::two_layer::keys::{LOOKS, OVERLAP, STEPPING, TEACHER, TOP};
use crate::experiment::two_layer::settings::{Integrate, Overlap};
use crate::flow::FanOut;
use serde::{Serialize, Serializer};

type Result<T> = std::result::Result<T, ScenarioError>;

keys! {
    /// `[sgd]`
    pub(in crate::experiment) SGD {
        STEPS = Key::number("sgd.steps", Range::POSITIVE)
            .or_list()
            .means("η")
            .example("[0.1, 0.05]");
        BATCHES = Key::whole("sgd.batches", 1, 1 << 24)
            .or_list()
            .means("B")
            .example("[16, 64]");
        SEEDS = Key::whole("sgd.seeds", 1, 10_000)
            .or(Fallback::Whole(8))
            .means("runs of each pair");
        DRAWS = Key::whole("sgd.draws", 0, 1 << 20)
            .or(Fallback::Whole(1024))
            .means("draws of the linear noise approximation, which predicts the gaps; 0 for no prediction");
        PROJECTION = Key::flag("sgd.projection")
            .or(Fallback::Flag(true))
            .means("apply P⊥ and renormalise nodes; without, what differs from the prediction's premises is said");
        FAN_OUT = Key::words::<FanOut>("sgd.fan_out")
            .or(Fallback::Word("running"))
            .means("whether V moves, in the flow too");
    }
}

keys! {
    /// The horizon, which must be given.
    pub(in crate::experiment) GIVEN_HORIZON {
        HORIZON = Key::number(
            "integrate.horizon",
            Range::open(0.0, f64::INFINITY, "a positive number: the gap is that over a fixed horizon"),
        )
            .means("final time; also the last of listed output times; a method of fixed step gets one that divides SGD's")
            .example("10.0");
    }
}

/// Two-layer SGD and the flow from the same start: how far apart do they come?
#[derive(Clone, Debug, PartialEq)]
pub struct SgdVsFlow {
    /// Teacher, student, overlaps and integration: those of the flow.
    pub base: Theorem5,
    /// `[sgd]`
    pub sgd: Sgd,
}

/// `[sgd]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sgd {
    /// η: the steps that are tried.
    pub steps: Vec<f64>,
    /// B: the mini-batches that are tried.
    pub batches: Vec<usize>,
    /// Runs of each pair.
    pub seeds: u64,
    /// Draws of the linear noise approximation.
    pub draws: usize,
    /// Apply P⊥ and renormalise.
    pub projection: bool,
    /// Whether V moves.
    #[serde(serialize_with = "crate::config::words::as_word")]
    pub fan_out: FanOut,
}

impl Keys for SgdVsFlow {
    const KEYS: &'static [&'static [&'static Key]] =
        &[TOP, TEACHER, TEACHER_FAN_OUT, STUDENT, SGD, OVERLAP, STEPPING, GIVEN_HORIZON, LOOKS];

    fn read(root: &mut Section) -> Result<Self> {
        let base = Theorem5::read_shared(root, &HORIZON)?;
        let mut section = root.section("sgd")?;
        let sgd = Sgd {
            steps: section.numbers(&STEPS)?,
            batches: section.wholes(&BATCHES)?.into_iter().map(|batch| batch as usize).collect(),
            seeds: section.whole(&SEEDS)?,
            draws: section.whole(&DRAWS)? as usize,
            projection: section.flag(&PROJECTION)?,
            fan_out: section.word(&FAN_OUT)?,
        };
        section.finish()?;
        Ok(Self { base, sgd })
    }

    fn name_and_seed(&self) -> (&str, u64) {
        (&self.base.name, self.base.seed)
    }
}

impl Serialize for SgdVsFlow {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(tag = "experiment", rename = "sgd-vs-flow")]
        struct Layout<'a> {
            seed: u64,
            teacher: &'a TeacherSection,
            student: &'a Student,
            overlap: &'a Overlap,
            integrate: &'a Integrate,
            sgd: &'a Sgd,
        }
        let layout = Layout {
            seed: self.base.seed,
            teacher: &self.base.teacher,
            student: &self.base.student,
            overlap: &self.base.overlap,
            integrate: &self.base.integrate,
            sgd: &self.sgd,
        };
        layout.serialize(serializer)
    }
}
