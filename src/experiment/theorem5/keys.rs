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
use serde::{Serialize, Serializer};

type Result<T> = std::result::Result<T, ScenarioError>;

/// An over-parameterized student, W and V running: do W_u and V_u reach the teacher, and does V_r vanish?
#[derive(Clone, Debug, PartialEq)]
pub struct Theorem5 {
    /// The file's name without its ending; no key.
    pub name: String,
    /// From which all random numbers come.
    pub seed: u64,
    /// `[teacher]`
    pub teacher: Teacher,
    /// C, the number of outputs; `None` takes the file's.
    pub outputs: Option<usize>,
    /// V*.
    pub teacher_fan_out: FanOutWeights,
    /// `[student]`
    pub student: Student,
    /// `[overlap]`
    pub overlap: Overlap,
    /// `[flow]`: V's columns are kept at unit norm, as the poster's authors do.
    pub normalized_fan_out: bool,
    /// Biases that are learned; no key of this experiment.
    pub biases: Biases,
    /// Whether to look for the largest start that is certified.
    pub largest_start: bool,
    /// `[integrate]`
    pub integrate: Integrate,
    /// `[falsify]`
    pub falsify: Falsify,
    /// `[output]`
    pub output: Output,
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

/// The sections, in the layout of the keys, of which each experiment that is built on this one has some.
#[derive(Serialize)]
pub(in crate::experiment) struct Sections<'a> {
    pub teacher: TeacherSection<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub student: Option<&'a Student>,
    pub overlap: &'a Overlap,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flow: Option<Flow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<CertificateSection>,
    pub integrate: &'a Integrate,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub falsify: Option<&'a Falsify>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<&'a Output>,
}

#[derive(Serialize)]
pub(in crate::experiment) struct TeacherSection<'a> {
    #[serde(flatten)]
    teacher: &'a Teacher,
    #[serde(skip_serializing_if = "Option::is_none")]
    outputs: Option<usize>,
    fan_out: &'a FanOutWeights,
}

#[derive(Serialize)]
pub(in crate::experiment) struct Flow {
    normalized_fan_out: bool,
}

#[derive(Serialize)]
pub(in crate::experiment) struct CertificateSection {
    largest_start: bool,
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

    fn read(mut root: Section) -> Result<Self> {
        let mut scenario = Self::read_shared(&mut root, &HORIZON)?;
        scenario.normalized_fan_out = read_flow(root.section("flow")?)?;
        let mut section = root.section("certificate")?;
        scenario.largest_start = section.flag(&LARGEST_START)?;
        section.finish()?;
        scenario.falsify = Falsify::read(root.section("falsify")?)?;
        scenario.output = read_output(root.section("output")?)?;
        root.finish()?;
        Ok(scenario)
    }

    fn name_and_seed(&self) -> (&str, u64) {
        (&self.name, self.seed)
    }
}

impl Theorem5 {
    /// Its sections, all of them.
    pub(in crate::experiment) fn sections(&self) -> Sections<'_> {
        Sections {
            teacher: TeacherSection {
                teacher: &self.teacher,
                outputs: self.outputs,
                fan_out: &self.teacher_fan_out,
            },
            student: Some(&self.student),
            overlap: &self.overlap,
            flow: Some(Flow {
                normalized_fan_out: self.normalized_fan_out,
            }),
            certificate: Some(CertificateSection {
                largest_start: self.largest_start,
            }),
            integrate: &self.integrate,
            falsify: Some(&self.falsify),
            output: Some(&self.output),
        }
    }

    /// Reads what experiments that compare with the flow have too: neither `[flow]` nor `[output]`.
    pub(in crate::experiment) fn read_shared(root: &mut Section, horizon: &'static Key) -> Result<Self> {
        let name = root.name();
        let seed = root.whole(&SEED)?;
        let mut section = root.section("teacher")?;
        let teacher = read_teacher(&mut section)?;
        let (outputs, teacher_fan_out) = read_fan_out(section, &teacher)?;
        let student = Student::read(root.section("student")?, &teacher)?;
        let overlap = read_overlap(root.section("overlap")?, false)?;
        let integrate = read_integrate(root.section("integrate")?, &overlap, horizon)?;
        Ok(Self {
            name,
            seed,
            teacher,
            outputs,
            teacher_fan_out,
            student,
            overlap,
            normalized_fan_out: false,
            biases: Biases::None,
            largest_start: false,
            integrate,
            falsify: Falsify::default(),
            output: Output { states: false },
        })
    }
}

impl Serialize for Theorem5 {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(tag = "experiment", rename = "theorem5")]
        struct Layout<'a> {
            seed: u64,
            #[serde(flatten)]
            sections: Sections<'a>,
        }
        let layout = Layout {
            seed: self.seed,
            sections: self.sections(),
        };
        layout.serialize(serializer)
    }
}

/// Whether V's columns are kept at unit norm.
pub(in crate::experiment) fn read_flow(mut section: Section) -> Result<bool> {
    let normalized = section.flag(&NORMALIZED_FAN_OUT)?;
    section.finish()?;
    Ok(normalized)
}

pub(in crate::experiment) fn read_fan_out(
    mut section: Section,
    teacher: &Teacher,
) -> Result<(Option<usize>, FanOutWeights)> {
    let outputs = section.whole_if(&OUTPUTS)?.map(|outputs| outputs as usize);
    let fan_out: FanOutWeights = section.word(&FAN_OUT)?;
    if outputs.is_none() && !matches!(fan_out, FanOutWeights::File(_)) {
        return Err(section.lacking(&OUTPUTS));
    }
    if let (Some(outputs), Some(nodes)) = (outputs, teacher.nodes)
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
    Ok((outputs, fan_out))
}
