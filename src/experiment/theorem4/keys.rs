//! The keys of `experiment = "theorem4"`.

use super::entry::CertificateSection;
use crate::config::section::Section;
use crate::config::{Fallback, Key, Range, ScenarioError, keys};
use crate::experiment::Keys;
use crate::experiment::two_layer::keys::{
    AUTO_HORIZON, FALSIFY, HORIZON, LOOKS, OUTPUT, OVERLAP, REPLICAS_OF, SEED, STEPPING, TEACHER, TOP,
};
use crate::experiment::two_layer::settings::{
    FileTable, Integrate, Output, Overlap, Teacher, read_integrate, read_output, read_overlap, read_teacher,
};
use crate::experiment::two_layer::slowest::Falsify;
use crate::flow::FanOut;
use serde::Serialize;
use std::f64::consts::FRAC_PI_2;

type Result<T> = std::result::Result<T, ScenarioError>;

keys! {
    /// `[student]`
    pub(in crate::experiment) STUDENT {
        THETA0 = Key::number(
            "student.theta0",
            Range::open(0.0, FRAC_PI_2, "an angle in (0, π/2), ends excluded"),
        )
            .means("θ₀: each student node starts at this angle to its teacher node, in a random direction")
            .unit("radians")
            .label("start angle θ₀ (radians)")
            .example("0.1");
        WEIGHTS = Key::file("student.weights", &[("file", ".npy")])
            .or(Fallback::Rule("drawn, as theta0 says"))
            .means("in place of theta0: W at the start, d × m, columns normalised");
        FAN_OUT = Key::file("student.fan_out", &[("file", ".npy")])
            .or(Fallback::Rule("ones"))
            .means("V at the start, m × 1");
    }
}

keys! {
    /// `[flow]`
    pub(in crate::experiment) FLOW {
        PROJECTION = Key::flag("flow.projection")
            .or(Fallback::Flag(true))
            .means("apply P⊥");
        RUNNING = Key::words::<FanOut>("flow.fan_out")
            .or(Fallback::Word("fixed"))
            .means("whether V moves");
    }
}

keys! {
    /// `[certificate]`
    pub(in crate::experiment) CERTIFICATE {
        ENTRY = Key::flag("certificate.entry")
            .or(Fallback::Flag(false))
            .means("where the start is not certified, also follows the exact solution in intervals, until it enters a region that is (`certified_from`): a proof that it converges. A second or so for 5 nodes, up to 400 unknowns");
    }
}

/// A student of as many nodes as its teacher, fan-out weights one: does it converge at the stated rates?
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "experiment", rename = "theorem4")]
pub struct Theorem4 {
    /// The file's name without its ending; no key.
    #[serde(skip)]
    pub name: String,
    /// From which all random numbers come.
    pub seed: u64,
    /// `[teacher]`
    pub teacher: Teacher,
    /// `[student]`
    pub student: Student,
    /// `[overlap]`
    pub overlap: Overlap,
    /// `[flow]`
    pub flow: Flow,
    /// `[integrate]`
    pub integrate: Integrate,
    /// `[falsify]`
    pub falsify: Falsify,
    /// `[certificate]`
    pub certificate: CertificateSection,
    /// `[output]`
    pub output: Output,
}

/// `[student]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Student {
    /// Where W starts.
    #[serde(flatten)]
    pub start: Start,
    /// V at the start, m × 1; `None` for ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fan_out: Option<FileTable>,
}

/// Where W starts.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Start {
    /// Every student node at this angle to its teacher node.
    Angle {
        /// θ₀
        theta0: f64,
    },
    /// From a file.
    File {
        /// d × m, columns to be normalised.
        weights: FileTable,
    },
}

/// `[flow]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Flow {
    /// Apply P⊥.
    pub projection: bool,
    /// Whether V runs; Theorem 4 has it fixed.
    #[serde(serialize_with = "crate::config::words::as_word")]
    pub fan_out: FanOut,
}

impl Keys for Theorem4 {
    const KEYS: &'static [&'static [&'static Key]] = &[
        TOP,
        TEACHER,
        STUDENT,
        OVERLAP,
        REPLICAS_OF,
        FLOW,
        STEPPING,
        AUTO_HORIZON,
        LOOKS,
        FALSIFY,
        CERTIFICATE,
        OUTPUT,
    ];

    fn read(root: &mut Section) -> Result<Self> {
        let name = root.name();
        let seed = root.whole(&SEED)?;
        let mut section = root.section("teacher")?;
        let teacher = read_teacher(&mut section)?;
        section.finish()?;
        let student = read_student(root.section("student")?)?;
        let overlap = read_overlap(root.section("overlap")?, true)?;
        let flow = read_flow(root.section("flow")?)?;
        let integrate = read_integrate(root.section("integrate")?, &overlap, &HORIZON)?;
        let falsify = Falsify::read(root.section("falsify")?)?;
        let certificate = CertificateSection::read(root.section("certificate")?)?;
        let output = read_output(root.section("output")?)?;
        Ok(Self {
            name,
            seed,
            teacher,
            student,
            overlap,
            flow,
            integrate,
            falsify,
            certificate,
            output,
        })
    }

    fn name_and_seed(&self) -> (&str, u64) {
        (&self.name, self.seed)
    }
}

fn read_student(mut section: Section) -> Result<Student> {
    let start = match section.file_if(&WEIGHTS)? {
        Some(file) => {
            section.refuse([&&THETA0], "nothing here where weights are a file")?;
            Start::File {
                weights: FileTable { file },
            }
        }
        None => Start::Angle {
            theta0: section.number(&THETA0)?,
        },
    };
    let fan_out = section.file_if(&FAN_OUT)?.map(|file| FileTable { file });
    section.finish()?;
    Ok(Student { start, fan_out })
}

fn read_flow(mut section: Section) -> Result<Flow> {
    let projection = section.flag(&PROJECTION)?;
    let fan_out = section.word(&RUNNING)?;
    section.finish()?;
    Ok(Flow { projection, fan_out })
}
