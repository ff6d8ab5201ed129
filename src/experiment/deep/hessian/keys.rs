//! The keys of `experiment = "flat-minima"`.

use crate::config::section::Section;
use crate::config::{Fallback, Key, Range, keys};
use crate::experiment::Keys;
use crate::experiment::deep::keys::{
    AFFINE, BATCH_NORM_ONE, Base, DEVIATION_ONE, EITHER_LAYERS, EPOCHS_OF, FRESH, HELD_OUT, REAL_IMAGES, Result, SEEDS,
    STEPS, STUDENT_BIAS, Student, TEACHER, TEACHER_TRAINING, TRAINED, TRAINING_SAMPLES, Teacher, WIDTHS,
};
use crate::experiment::two_layer::keys::TOP;
use serde::Serialize;

keys! {
    /// `[hessian]`
    pub(in crate::experiment) HESSIAN {
        HESSIAN_SAMPLES = Key::whole("hessian.samples", 2, 1 << 24)
            .or(Fallback::Rule("2000, or all there are"))
            .means("the first training samples, no more than data.samples")
            .example("2000");
        DENSE = Key::whole("hessian.dense", 0, 20_000)
            .or(Fallback::Whole(1500))
            .means("parameters up to which the whole spectrum is computed");
        LANCZOS_STEPS = Key::whole("hessian.steps", 2, 10_000)
            .or(Fallback::Whole(120))
            .means("steps of Lanczos beyond that");
        PROBES = Key::whole("hessian.probes", 1, 1000)
            .or(Fallback::Whole(8))
            .means("random vectors that Lanczos begins with");
        NEAR_ZERO = Key::number("hessian.near_zero", Range::FRACTION)
            .or(Fallback::Number(1e-4))
            .means("an eigenvalue below this part of the largest is near zero");
    }
}

/// The spectrum of the Hessian after training, for students of several widths.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "experiment", rename = "flat-minima")]
pub struct FlatMinima {
    /// Teacher, students, data and training.
    #[serde(flatten)]
    pub base: Base,
    /// `[hessian]`
    pub hessian: Hessian,
}

/// `[hessian]`
#[derive(Clone, Debug, PartialEq, Serialize)]
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

impl Keys for FlatMinima {
    const KEYS: &'static [&'static [&'static Key]] = &[
        TOP,
        &[&SEEDS],
        TEACHER,
        EITHER_LAYERS,
        TRAINED,
        TEACHER_TRAINING,
        &[&WIDTHS, &STUDENT_BIAS],
        HESSIAN,
        &[&TRAINING_SAMPLES, &HELD_OUT, &DEVIATION_ONE, &FRESH],
        REAL_IMAGES,
        EPOCHS_OF,
        STEPS,
    ];

    fn read(root: &mut Section) -> Result<Self> {
        let base = Base::read(root, &DEVIATION_ONE, true, Teacher::read, |mut section, teacher| {
            let allowed = "nothing here with experiment = \"flat-minima\": samples must act alone";
            section.refuse(&[&BATCH_NORM_ONE, &AFFINE], allowed)?;
            Student::read(section, teacher, &WIDTHS, None)
        })?;
        let mut section = root.section("hessian")?;
        let count = base.data.samples;
        let samples = section.whole_if(&HESSIAN_SAMPLES)?;
        let samples = samples.map_or(count.min(2000), |samples| samples as usize);
        if samples > count {
            let found = format!("{samples} with data.samples = {count}");
            let allowed = "no more than there are training samples";
            return Err(section.contradiction(HESSIAN_SAMPLES.path, found, allowed));
        }
        let hessian = Hessian {
            samples,
            dense: section.whole(&DENSE)? as usize,
            steps: section.whole(&LANCZOS_STEPS)? as usize,
            probes: section.whole(&PROBES)? as usize,
            near_zero: section.number(&NEAR_ZERO)?,
        };
        section.finish()?;
        Ok(Self { base, hessian })
    }

    fn name_and_seed(&self) -> (&str, u64) {
        (&self.base.name, self.base.seed)
    }
}
