//! The keys of `experiment = "lottery-tickets"`.

use crate::config::section::Section;
use crate::experiment::deep::keys::{Base, Result, Student, read_student, single};
use serde::Serialize;

/// Winners restarted from their own initial weights, from fresh ones, and a random subset likewise.
#[derive(Clone, Debug, Serialize)]
pub struct LotteryTickets {
    /// Teacher, data and training.
    #[serde(flatten)]
    pub base: Base,
    /// `[student]`
    pub student: Student,
    /// How winners are told.
    pub keep: Vec<Keep>,
    /// Kept nodes of each layer, in units of the teacher's.
    pub size: usize,
}

/// How winners are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keep {
    /// By their correlation with teacher nodes.
    Correlation,
    /// By their fan-out norm.
    FanOut,
}

impl LotteryTickets {
    /// Reads the keys, all of them and no others.
    pub(super) fn read_keys(mut root: Section) -> Result<Self> {
        let base = Base::read(&mut root)?;
        let student = read_student(root.section("student")?, &base.teacher.architecture)?;
        let mut tickets = root.section("tickets")?;
        let choices = &["correlation", "fan-out"];
        let keep = tickets
            .texts("keep", choices)?
            .unwrap_or(vec!["correlation", "fan-out"]);
        let keep = keep.into_iter().map(|keep| match keep {
            "fan-out" => Keep::FanOut,
            _ => Keep::Correlation,
        });
        let origin = tickets.origin_of("size");
        let size = tickets.integer("size", 1, 1000)?.unwrap_or(1) as usize;
        let name = "lottery-tickets";
        let width = single(&student.widths, "student", "widths", &root, name)?;
        single(&base.data.deviations, "data", "deviation", &root, name)?;
        single(&student.batch_norms, "student", "batch_norm", &root, name)?;
        if size >= width {
            let found = format!("{size} with student.widths = {width}");
            return Err(tickets.contradiction(
                "size",
                origin,
                found,
                "less than the student's width",
            ));
        }
        tickets.finish()?;
        root.finish()?;
        Ok(Self {
            base,
            student,
            keep: keep.collect(),
            size,
        })
    }
}
