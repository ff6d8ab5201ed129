//! The keys of `experiment = "theorem4"`.

use crate::config::ScenarioError;
use crate::config::section::{Range, Section};
use crate::experiment::two_layer::settings::{
    Integrate, Output, Overlap, Teacher, read_integrate, read_output, read_overlap, read_teacher,
};
use serde::Serialize;
use std::f64::consts::FRAC_PI_2;

type Result<T> = std::result::Result<T, ScenarioError>;

/// A student of as many nodes as its teacher, fan-out weights one: does it converge at the stated rates?
#[derive(Clone, Debug, Serialize)]
pub struct Theorem4 {
    /// The file's name without its ending.
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
    /// `[output]`
    pub output: Output,
}

/// `[student]`
#[derive(Clone, Debug, Serialize)]
pub struct Student {
    /// θ₀: every student node starts at this angle to its teacher node.
    pub theta0: f64,
}

/// `[flow]`
#[derive(Clone, Debug, Serialize)]
pub struct Flow {
    /// Apply P⊥.
    pub projection: bool,
    /// Let V run; Theorem 4 has it fixed.
    pub running_fan_out: bool,
}

impl Theorem4 {
    /// Reads the keys, all of them and no others.
    pub(in crate::experiment) fn read_keys(mut root: Section) -> Result<Self> {
        let name = root.name();
        let seed = root.integer("seed", 0, i64::MAX as u64)?.unwrap_or(1);
        let mut section = root.section("teacher")?;
        let teacher = read_teacher(&mut section)?;
        section.finish()?;
        let student = read_student(root.section("student")?)?;
        let overlap = read_overlap(root.section("overlap")?)?;
        let flow = read_flow(root.section("flow")?)?;
        let integrate = read_integrate(root.section("integrate")?, &overlap)?;
        let output = read_output(root.section("output")?)?;
        root.finish()?;
        Ok(Self {
            name,
            seed,
            teacher,
            student,
            overlap,
            flow,
            integrate,
            output,
        })
    }
}

fn read_student(mut section: Section) -> Result<Student> {
    let words = "an angle in radians in (0, π/2), ends excluded";
    let range = Range::open(0.0, FRAC_PI_2, words);
    let theta0 = section.number("theta0", range)?;
    let theta0 = theta0.ok_or_else(|| section.missing("theta0", words))?;
    section.finish()?;
    Ok(Student { theta0 })
}

fn read_flow(mut section: Section) -> Result<Flow> {
    let projection = section.boolean("projection")?.unwrap_or(true);
    let fan_out = section.text("fan_out", &["fixed", "running"])?;
    section.finish()?;
    Ok(Flow {
        projection,
        running_fan_out: fan_out == Some("running"),
    })
}
