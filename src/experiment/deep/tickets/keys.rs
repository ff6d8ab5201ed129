//! The keys of `experiment = "lottery-tickets"`.

use crate::config::section::Section;
use crate::config::words::words;
use crate::config::{Fallback, Key, keys};
use crate::experiment::Keys;
use crate::experiment::deep::keys::{
    AFFINE, BATCH_NORM_ONE, Base, DEVIATION_ONE, EITHER_LAYERS, EPOCHS_OF, FRESH, HELD_OUT, REAL_IMAGES, Result, SEEDS,
    STEPS, STUDENT_BIAS, Student, TEACHER, TEACHER_TRAINING, TRAINED, TRAINING_SAMPLES, Teacher, WIDTH_ONE,
};
use crate::experiment::two_layer::keys::TOP;
use serde::Serialize;

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
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "experiment", rename = "lottery-tickets")]
pub struct LotteryTickets {
    /// Teacher, student, data and training.
    #[serde(flatten)]
    pub base: Base,
    /// `[tickets]`
    pub tickets: Tickets,
}

/// `[tickets]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tickets {
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
        &[&SEEDS],
        TEACHER,
        EITHER_LAYERS,
        TRAINED,
        TEACHER_TRAINING,
        &[&WIDTH_ONE, &BATCH_NORM_ONE, &AFFINE, &STUDENT_BIAS],
        TICKETS,
        &[&TRAINING_SAMPLES, &HELD_OUT, &DEVIATION_ONE, &FRESH],
        REAL_IMAGES,
        EPOCHS_OF,
        STEPS,
    ];

    fn read(root: &mut Section) -> Result<Self> {
        let base = Base::read(root, &DEVIATION_ONE, true, Teacher::read, |section, teacher| {
            Student::read(section, teacher, &WIDTH_ONE, Some(&BATCH_NORM_ONE))
        })?;
        let mut section = root.section("tickets")?;
        let keep = section.several_words(&KEEP)?;
        let size = section.whole(&SIZE)? as usize;
        let width = base.student.widths[0];
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
        let tickets = Tickets { keep, size, rewind };
        Ok(Self { base, tickets })
    }

    fn name_and_seed(&self) -> (&str, u64) {
        (&self.base.name, self.base.seed)
    }
}
