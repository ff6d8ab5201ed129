//! The keys of `experiment = "fan-out-panels"`.

use crate::config::ScenarioError;
use crate::config::document::Value;
use crate::config::section::{Range, Section};
use crate::experiment::theorem5::keys::{
    ExtraWeights, Start, Student, Theorem5, numbers, read_fan_out,
};
use crate::experiment::two_layer::settings::{Output, read_integrate, read_overlap, read_teacher};
use serde::Serialize;

type Result<T> = std::result::Result<T, ScenarioError>;

/// Theorem 5 from perturbed teachers, for several widths, perturbations and seeds: the check of the poster's authors.
#[derive(Clone, Debug, Serialize)]
pub struct Panels {
    /// What all runs share; width, start and seed are replaced for each.
    #[serde(flatten)]
    pub base: Theorem5,
    /// Numbers of student nodes n: a row of panels each.
    pub students: Vec<usize>,
    /// [s for W, s for V]: a column of panels each.
    pub signals: Vec<[f64; 2]>,
    /// Standard deviation of the noise.
    pub noise: f64,
    /// Number of seeds, counted up from the scenario's.
    pub seeds: u64,
}

impl Panels {
    /// Reads the keys, all of them and no others.
    pub(super) fn read_keys(mut root: Section) -> Result<Self> {
        let name = root.name();
        let seed = root.integer("seed", 0, 1 << 62)?.unwrap_or(1);
        let mut section = root.section("teacher")?;
        let teacher = read_teacher(&mut section)?;
        let (outputs, teacher_fan_out) = read_fan_out(section, &teacher)?;
        let (students, signals, noise, seeds) =
            read_panels(root.section("panels")?, teacher.nodes)?;
        let overlap = read_overlap(root.section("overlap")?)?;
        let mut flow = root.section("flow")?;
        let normalized_fan_out = flow.boolean("normalized_fan_out")?.unwrap_or(false);
        flow.finish()?;
        let integrate = read_integrate(root.section("integrate")?, &overlap)?;
        root.finish()?;
        let student = Student {
            extra: 0,
            extra_weights: ExtraWeights::Random,
            start: Start::Perturbed {
                signal: signals[0],
                noise,
            },
        };
        let output = Output { states: false };
        let base = Theorem5 {
            name,
            seed,
            teacher,
            outputs,
            teacher_fan_out,
            student,
            overlap,
            normalized_fan_out,
            integrate,
            output,
        };
        Ok(Self {
            base,
            students,
            signals,
            noise,
            seeds,
        })
    }

    /// The run of one panel and seed; `nodes` is the teacher's m.
    pub fn run_of(&self, students: usize, signal: [f64; 2], seed: u64, nodes: usize) -> Theorem5 {
        let mut run = self.base.clone();
        run.student.extra = students.saturating_sub(nodes);
        run.student.start = Start::Perturbed {
            signal,
            noise: self.noise,
        };
        run.seed = self.base.seed + seed;
        run
    }
}

type Layout = (Vec<usize>, Vec<[f64; 2]>, f64, u64);

fn read_panels(mut section: Section, nodes: Option<usize>) -> Result<Layout> {
    let least = nodes.unwrap_or(1);
    let words = format!("a list of numbers of student nodes, none below the teacher's {least}");
    let students = match section.take("students") {
        None => return Err(section.missing("students", &words)),
        Some(node) => {
            let whole = |x: &f64| x.fract() == 0.0 && *x >= least as f64 && *x <= 1e6;
            let list =
                numbers(&node.value).filter(|list| !list.is_empty() && list.iter().all(whole));
            let list = list.ok_or_else(|| section.wrong("students", &node, &words))?;
            list.into_iter().map(|x| x as usize).collect()
        }
    };
    let words = "a list of pairs [s for W, s for V], as in [[1.0, 0.0], [1.0, 0.3]]";
    let signals = match section.take("signals") {
        None => return Err(section.missing("signals", words)),
        Some(node) => {
            let pairs = match &node.value {
                Value::Array(items) => items
                    .iter()
                    .map(|item| numbers(&item.value)?.try_into().ok())
                    .collect::<Option<Vec<[f64; 2]>>>(),
                _ => None,
            };
            pairs
                .filter(|pairs| !pairs.is_empty())
                .ok_or_else(|| section.wrong("signals", &node, words))?
        }
    };
    let noise = section.number("noise", Range::POSITIVE)?.unwrap_or(0.1);
    let seeds = section.integer("seeds", 1, 10_000)?.unwrap_or(3);
    section.finish()?;
    Ok((students, signals, noise, seeds))
}
