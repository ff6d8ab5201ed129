//! The keys of `experiment = "fan-out-panels"`.

use crate::config::document::Value;
use crate::config::section::Section;
use crate::config::{Fallback, Key, Range, ScenarioError, keys};
use crate::experiment::Keys;
use crate::experiment::theorem5::Biases;
use crate::experiment::theorem5::keys::{
    CertificateSection, ExtraWeights, FLOW, Flow, Start, Student, TEACHER_FAN_OUT, TeacherSection, Theorem5, pair,
};
use crate::experiment::two_layer::keys::{AUTO_HORIZON, HORIZON, LOOKS, OVERLAP, SEED, STEPPING, TEACHER, TOP};
use crate::experiment::two_layer::settings::{Integrate, Output, Overlap, read_integrate, read_overlap};
use crate::experiment::two_layer::slowest::Falsify;
use serde::{Serialize, Serializer};

type Result<T> = std::result::Result<T, ScenarioError>;

/// Student nodes of a panel, at most.
const MOST_STUDENTS: u64 = 1_000_000;

keys! {
    /// `[panels]`
    pub(in crate::experiment) PANELS {
        STUDENTS = Key::form(
            "panels.students",
            "a list of whole numbers of student nodes, none below the number of teacher nodes",
        )
            .means("n: a row of panels each")
            .example("[6, 12]");
        SIGNALS = Key::form(
            "panels.signals",
            "a list of pairs [s for W, s for V], as in [[1.0, 0.0], [1.0, 0.3]]",
        )
            .means("[s_W, s_V], a column of panels each: teacher·s + noise for u, noise for r")
            .example("[[1.0, 0.0], [1.0, 0.3]]");
        NOISE = Key::number("panels.noise", Range::POSITIVE)
            .or(Fallback::Number(0.1))
            .means("standard deviation of the noise");
        SEEDS = Key::whole("panels.seeds", 1, 10_000)
            .or(Fallback::Whole(3))
            .means("runs per panel, with seeds counted up from `seed`");
        BIASES = Key::words::<Biases>("panels.biases")
            .or(Fallback::Word("none"))
            .means("thresholds of the student's nodes and biases of its outputs, begun at noise: none; learned by the gradient; as the authors learn them, with expectations of gates and input taken apart");
    }
}

/// Theorem 5 from perturbed teachers, for several widths, perturbations and seeds: the check of the poster's authors.
#[derive(Clone, Debug, PartialEq)]
pub struct Panels {
    /// What all runs share; width, start and seed are replaced for each.
    pub base: Theorem5,
    /// `[panels]`
    pub grid: Grid,
}

/// `[panels]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Grid {
    /// Numbers of student nodes n: a row of panels each.
    pub students: Vec<usize>,
    /// [s for W, s for V]: a column of panels each.
    pub signals: Vec<[f64; 2]>,
    /// Standard deviation of the noise.
    pub noise: f64,
    /// Number of seeds, counted up from the scenario's.
    pub seeds: u64,
    /// Of the students, and of their outputs.
    pub biases: Biases,
}

impl Keys for Panels {
    const KEYS: &'static [&'static [&'static Key]] =
        &[TOP, TEACHER, TEACHER_FAN_OUT, PANELS, OVERLAP, FLOW, STEPPING, AUTO_HORIZON, LOOKS];

    fn read(root: &mut Section) -> Result<Self> {
        let name = root.name();
        let seed = root.whole(&SEED)?;
        let teacher = TeacherSection::read(root.section("teacher")?)?;
        let mut section = root.section("panels")?;
        let least = teacher.hidden.nodes.unwrap_or(1);
        let grid = Grid {
            students: section.form(&STUDENTS, |value| numbers_of_nodes(value, least))?,
            signals: section.form(&SIGNALS, pairs)?,
            noise: section.number(&NOISE)?,
            seeds: section.whole(&SEEDS)?,
            biases: section.word(&BIASES)?,
        };
        section.finish()?;
        let overlap = read_overlap(root.section("overlap")?, false)?;
        let flow = Flow::read(root.section("flow")?)?;
        let integrate = read_integrate(root.section("integrate")?, &overlap, &HORIZON)?;
        let student = Student {
            extra: 0,
            extra_weights: Some(ExtraWeights::Random),
            start: Start::Perturbed {
                signal: grid.signals[0],
                noise: grid.noise,
            },
        };
        let base = Theorem5 {
            name,
            seed,
            teacher,
            student,
            overlap,
            flow,
            biases: grid.biases,
            certificate: CertificateSection::default(),
            integrate,
            falsify: Falsify::default(),
            output: Output::default(),
        };
        Ok(Self { base, grid })
    }

    fn name_and_seed(&self) -> (&str, u64) {
        (&self.base.name, self.base.seed)
    }
}

impl Panels {
    /// The run of one panel and seed; `nodes` is the teacher's m.
    pub fn run_of(&self, students: usize, signal: [f64; 2], seed: u64, nodes: usize) -> Theorem5 {
        let mut run = self.base.clone();
        run.student.extra = students.saturating_sub(nodes);
        run.student.start = Start::Perturbed {
            signal,
            noise: self.grid.noise,
        };
        run.seed = self.base.seed + seed;
        run
    }
}

impl Serialize for Panels {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(tag = "experiment", rename = "fan-out-panels")]
        struct Layout<'a> {
            seed: u64,
            teacher: &'a TeacherSection,
            overlap: &'a Overlap,
            flow: Flow,
            integrate: &'a Integrate,
            panels: &'a Grid,
        }
        let layout = Layout {
            seed: self.base.seed,
            teacher: &self.base.teacher,
            overlap: &self.base.overlap,
            flow: self.base.flow,
            integrate: &self.base.integrate,
            panels: &self.grid,
        };
        layout.serialize(serializer)
    }
}

fn numbers_of_nodes(value: &Value, least: usize) -> Option<Vec<usize>> {
    let count = |value: &Value| {
        let count = value.whole()?;
        (least as u64..=MOST_STUDENTS).contains(&count).then_some(count as usize)
    };
    let items = value.items()?.iter();
    let counts: Vec<usize> = items.map(|item| count(&item.value)).collect::<Option<_>>()?;
    (!counts.is_empty()).then_some(counts)
}

fn pairs(value: &Value) -> Option<Vec<[f64; 2]>> {
    let items = value.items()?.iter();
    let pairs: Vec<_> = items.map(|item| pair(&item.value)).collect::<Option<_>>()?;
    (!pairs.is_empty()).then_some(pairs)
}
