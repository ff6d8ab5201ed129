//! The keys of `experiment = "lottery-tickets"`.

use crate::config::section::Section;
use crate::config::words::words;
use crate::config::{Fallback, Key, keys};
use crate::experiment::Keys;
use crate::experiment::deep::keys::{
    AFFINE_OF, BATCH_NORM_ONE, Base, DEVIATION_ONE, EITHER_LAYERS, EPOCHS_OF, FRESH_SAMPLES, Layout, MEASURED,
    ONE_BATCH_NORM, ONE_DEVIATION, ONE_WIDTH, REAL_IMAGES, RUNS, Result, SAMPLES, STEPS, STUDENT, Student, TEACHER,
    TEACHER_TRAINING, TRAINED, Teacher, WIDTH_ONE, read_student,
};
use crate::experiment::two_layer::keys::TOP;
use serde::{Serialize, Serializer};

keys! {
    /// `[tickets]`
    pub(in crate::experiment) TICKETS {
        KEEP = Key::words::<Keep>("tickets.keep")
            .or_list()
            .or(Fallback::Words(&["correlation", "fan-out"]))
            .means("how winners are told: the best students of each teacher node, or the largest fan-out");
        SIZE = Key::whole("tickets.size", 1, 1000)
            .or(Fallback::Whole(1))
            .means("kept nodes of each layer, in units of the teacher's; less than the width");
        REWIND = Key::whole("tickets.rewind", 0, 1_000_000)
            .or(Fallback::Whole(0))
            .means("kept nodes begin with what they were after so many epochs of the whole student; at most its epochs")
            .label("epoch to which tickets are rewound");
    }
}

/// Winners restarted from their own initial weights, from fresh ones, and a random subset likewise.
#[derive(Clone, Debug, PartialEq)]
pub struct LotteryTickets {
    /// Teacher, data and training.
    pub base: Base,
    /// `[student]`
    pub student: Student,
    /// How winners are told.
    pub keep: Vec<Keep>,
    /// Kept nodes of each layer, in units of the teacher's.
    pub size: usize,
    /// With what they were after so many epochs they begin.
    pub rewind: u64,
}

words! {
    /// How winners are told.
    pub enum Keep {
        /// By their correlation with teacher nodes.
        Correlation = "correlation",
        /// By their fan-out norm.
        FanOut = "fan-out",
    }
}

impl Keys for LotteryTickets {
    const KEYS: &'static [&'static [&'static Key]] = &[
        TOP,
        RUNS,
        TEACHER,
        EITHER_LAYERS,
        TRAINED,
        TEACHER_TRAINING,
        ONE_WIDTH,
        ONE_BATCH_NORM,
        AFFINE_OF,
        STUDENT,
        TICKETS,
        SAMPLES,
        MEASURED,
        ONE_DEVIATION,
        FRESH_SAMPLES,
        REAL_IMAGES,
        EPOCHS_OF,
        STEPS,
    ];

    fn read(mut root: Section) -> Result<Self> {
        let base = Base::read(&mut root, &DEVIATION_ONE, true, Teacher::read)?;
        let section = root.section("student")?;
        let teacher = &base.teacher.architecture;
        let student = read_student(section, teacher, &WIDTH_ONE, Some(&BATCH_NORM_ONE))?;
        let mut section = root.section("tickets")?;
        let keep = section.several_words(&KEEP)?;
        let size = section.whole(&SIZE)? as usize;
        let width = student.widths[0];
        if size >= width {
            let found = format!("{size} with student.widths = {width}");
            let allowed = "less than the student's width";
            return Err(section.contradiction(SIZE.path, found, allowed));
        }
        let rewind = section.whole(&REWIND)?;
        let epochs = base.training.epochs;
        if rewind > epochs {
            let found = format!("{rewind} with training.epochs = {epochs}");
            let allowed = "at most the epochs of the whole student";
            return Err(section.contradiction(REWIND.path, found, allowed));
        }
        section.finish()?;
        root.finish()?;
        Ok(Self {
            base,
            student,
            keep,
            size,
            rewind,
        })
    }

    fn name_and_seed(&self) -> (&str, u64) {
        (&self.base.name, self.base.seed)
    }
}

impl Serialize for LotteryTickets {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Tickets<'a> {
            keep: &'a [Keep],
            size: usize,
            rewind: u64,
        }
        #[derive(Serialize)]
        struct Further<'a> {
            tickets: Tickets<'a>,
        }
        let tickets = Tickets {
            keep: &self.keep,
            size: self.size,
            rewind: self.rewind,
        };
        let name = "lottery-tickets";
        Layout::write(name, &self.base, self.student.section(), Further { tickets }, serializer)
    }
}
