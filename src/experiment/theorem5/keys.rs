//! The keys of `experiment = "theorem5"`.

mod declared;
mod student;

pub(in crate::experiment) use declared::{FLOW, STUDENT, TEACHER_FAN_OUT};
pub(in crate::experiment) use student::pair;
pub use student::{ExtraWeights, Start, StartFanOut, StartWeights, Student};

use crate::config::section::Section;
use crate::config::words::words;
use crate::config::{Key, ScenarioError};
use crate::experiment::Keys;
use crate::experiment::theorem5::Biases;
use crate::experiment::two_layer::keys::{
    AUTO_HORIZON, FALSIFY, HORIZON, LOOKS, OUTPUT, OVERLAP, SEED, STEPPING, TEACHER, TOP,
};
use crate::experiment::two_layer::settings::{
    Integrate, Output, Overlap, Teacher, read_integrate, read_output, read_overlap, read_teacher,
};
use crate::experiment::two_layer::slowest::Falsify;
use declared::{CERTIFICATE, FAN_OUT, LARGEST_START, NORMALIZED_FAN_OUT, OUTPUTS};
use serde::Serialize;

type Result<T> = std::result::Result<T, ScenarioError>;

/// An over-parameterized student, W and V running: do W_u and V_u reach the teacher, and does V_r vanish?
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "experiment", rename = "theorem5")]
pub struct Theorem5 {
    /// The file's name without its ending; no key.
    #[serde(skip)]
    pub name: String,
    /// From which all random numbers come.
    pub seed: u64,
    /// `[teacher]`
    pub teacher: TeacherSection,
    /// `[student]`
    pub student: Student,
    /// `[overlap]`
    pub overlap: Overlap,
    /// `[flow]`
    pub flow: Flow,
    /// Biases that are learned; no key of this experiment.
    #[serde(skip)]
    pub biases: Biases,
    /// `[certificate]`
    pub certificate: CertificateSection,
    /// `[integrate]`
    pub integrate: Integrate,
    /// `[falsify]`
    pub falsify: Falsify,
    /// `[output]`
    pub output: Output,
}

/// `[teacher]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TeacherSection {
    /// W* and b.
    #[serde(flatten)]
    pub hidden: Teacher,
    /// C, the number of outputs; `None` takes the file's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outputs: Option<usize>,
    /// V*.
    pub fan_out: FanOutWeights,
}

/// `[flow]`
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Flow {
    /// V's columns are kept at unit norm, as the poster's authors do.
    pub normalized_fan_out: bool,
}

/// `[certificate]`
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct CertificateSection {
    /// Whether to look for the largest start that is certified.
    pub largest_start: bool,
}

words! {
    /// Where the teacher's fan-out weights come from.
    pub enum FanOutWeights {
        /// Orthonormal rows.
        Orthonormal = "orthonormal",
        /// Independent N(0, 1/C) entries.
        Random = "random",
        /// All ones.
        Ones = "ones",
        /// Entries from {±½, ±¼, 0}, columns normalised and distinct: as the authors draw them.
        Grid = "grid",
    }
    files {
        /// A `.npy` file, m × C.
        File("file", ".npy"),
    }
}

impl Keys for Theorem5 {
    const KEYS: &'static [&'static [&'static Key]] = &[
        TOP,
        TEACHER,
        TEACHER_FAN_OUT,
        STUDENT,
        OVERLAP,
        FLOW,
        CERTIFICATE,
        STEPPING,
        AUTO_HORIZON,
        LOOKS,
        FALSIFY,
        OUTPUT,
    ];

    fn read(root: &mut Section) -> Result<Self> {
        let mut scenario = Self::read_shared(root, &HORIZON)?;
        scenario.flow = Flow::read(root.section("flow")?)?;
        let mut section = root.section("certificate")?;
        scenario.certificate.largest_start = section.flag(&LARGEST_START)?;
        section.finish()?;
        scenario.falsify = Falsify::read(root.section("falsify")?)?;
        scenario.output = read_output(root.section("output")?)?;
        Ok(scenario)
    }

    fn name_and_seed(&self) -> (&str, u64) {
        (&self.name, self.seed)
    }
}

impl Theorem5 {
    /// Reads what experiments that compare with the flow have too: neither `[flow]` nor `[output]`.
    pub(in crate::experiment) fn read_shared(root: &mut Section, horizon: &'static Key) -> Result<Self> {
        let name = root.name();
        let seed = root.whole(&SEED)?;
        let teacher = TeacherSection::read(root.section("teacher")?)?;
        let student = Student::read(root.section("student")?, &teacher.hidden)?;
        let overlap = read_overlap(root.section("overlap")?, false)?;
        let integrate = read_integrate(root.section("integrate")?, &overlap, horizon)?;
        Ok(Self {
            name,
            seed,
            teacher,
            student,
            overlap,
            flow: Flow::default(),
            biases: Biases::None,
            certificate: CertificateSection::default(),
            integrate,
            falsify: Falsify::default(),
            output: Output::default(),
        })
    }
}

impl Flow {
    /// Reads the section.
    pub(in crate::experiment) fn read(mut section: Section) -> Result<Self> {
        let normalized_fan_out = section.flag(&NORMALIZED_FAN_OUT)?;
        section.finish()?;
        Ok(Self { normalized_fan_out })
    }
}

impl TeacherSection {
    /// Reads the section.
    pub(in crate::experiment) fn read(mut section: Section) -> Result<Self> {
        let hidden = read_teacher(&mut section)?;
        let outputs = section.whole_if(&OUTPUTS)?.map(|outputs| outputs as usize);
        let fan_out: FanOutWeights = section.word(&FAN_OUT)?;
        if outputs.is_none() && !matches!(fan_out, FanOutWeights::File(_)) {
            return Err(section.lacking(&OUTPUTS));
        }
        if let (Some(outputs), Some(nodes)) = (outputs, hidden.nodes)
            && fan_out == FanOutWeights::Orthonormal
            && nodes > outputs
        {
            return Err(section.contradiction(
                OUTPUTS.path,
                format!("{outputs} outputs for {nodes} nodes with orthonormal fan-out"),
                "at least as many outputs as nodes, or fan_out = \"random\"",
            ));
        }
        section.finish()?;
        Ok(Self {
            hidden,
            outputs,
            fan_out,
        })
    }
}
