//! The keys of `experiment = "flat-minima"`.

use crate::config::section::{Range, Section};
use crate::experiment::deep::keys::{Base, Result, Student, read_student, single};
use serde::Serialize;

/// The spectrum of the Hessian after training, for students of several widths.
#[derive(Clone, Debug, Serialize)]
pub struct FlatMinima {
    /// Teacher, data and training.
    #[serde(flatten)]
    pub base: Base,
    /// `[student]`
    pub student: Student,
    /// `[hessian]`
    pub hessian: Hessian,
}

/// `[hessian]`
#[derive(Clone, Debug, Serialize)]
pub struct Hessian {
    /// Training samples that it is taken on, the first ones.
    pub samples: usize,
    /// Parameters up to which the whole spectrum is computed.
    pub dense: usize,
    /// Lanczos steps beyond that.
    pub steps: usize,
    /// Random vectors that Lanczos begins with.
    pub probes: usize,
    /// An eigenvalue below this part of the largest is near zero.
    pub near_zero: f64,
}

impl FlatMinima {
    /// Reads the keys, all of them and no others.
    pub(super) fn read_keys(mut root: Section) -> Result<Self> {
        let base = Base::read(&mut root)?;
        let origin = root.origin_of("student");
        let student = read_student(root.section("student")?, &base.teacher.architecture)?;
        let mut section = root.section("hessian")?;
        let count = base.data.samples as u64;
        let small = Range::open(0.0, 1.0, "a number between 0 and 1, ends excluded");
        let hessian = Hessian {
            samples: section
                .integer("samples", 2, count)?
                .unwrap_or(count.min(2000)) as usize,
            dense: section.integer("dense", 0, 20_000)?.unwrap_or(1500) as usize,
            steps: section.integer("steps", 2, 10_000)?.unwrap_or(120) as usize,
            probes: section.integer("probes", 1, 1000)?.unwrap_or(8) as usize,
            near_zero: section.number("near_zero", small)?.unwrap_or(1e-4),
        };
        section.finish()?;
        let name = "flat-minima";
        single(&base.data.deviations, "data", "deviation", &root, name)?;
        if student.batch_norms != [None] {
            let found = "batch normalisation".to_owned();
            let allowed = "none with experiment = \"flat-minima\": samples must act alone";
            return Err(root.contradiction("student.batch_norm", origin, found, allowed));
        }
        root.finish()?;
        Ok(Self {
            base,
            student,
            hessian,
        })
    }
}
