//! The keys of `experiment = "implicit-regularization"`.

use crate::config::section::Section;
use crate::config::{Fallback, Key, Range, keys};
use crate::experiment::Keys;
use crate::experiment::deep::keys::{
    AFFINE_OF, BATCH_NORM_ONE, Base, DEVIATION_ONE, EITHER_LAYERS, EPOCHS_OF, HIDDEN_LAYERS, Layout, MEASURED,
    ONE_BATCH_NORM, ONE_DEVIATION, ONE_WIDTH, REAL_IMAGES, RUNS, Result, SAMPLES, STEPS, STUDENT, Student, TEACHER,
    Teacher, UNTRAINED, WIDTH_ONE, hidden_layers, read_student,
};
use crate::experiment::two_layer::keys::TOP;
use serde::{Serialize, Serializer};

keys! {
    /// `[labels]`
    pub(in crate::experiment) LABELS {
        LARGE = Key::form("labels.large", HIDDEN_LAYERS)
            .means("nodes of the large teacher's hidden layers; `teacher` is the small one")
            .example("[200, 300]");
        MIXTURES = Key::number("labels.mixtures", Range::FRACTION)
            .or_list()
            .or(Fallback::Number(0.5))
            .means("part of the labels' variance that is noise, or the large teacher's");
    }
}

/// Labels from a small teacher, from a large one, from noise, and mixtures: what is fitted first?
#[derive(Clone, Debug, PartialEq)]
pub struct ImplicitRegularization {
    /// The small teacher, data and training.
    pub base: Base,
    /// `[student]`; its width is in units of the small teacher's.
    pub student: Student,
    /// Hidden layers of the large teacher.
    pub large: Vec<usize>,
    /// Part of the labels' variance that is not the small teacher's, in each mixture.
    pub mixtures: Vec<f64>,
}

impl Keys for ImplicitRegularization {
    const KEYS: &'static [&'static [&'static Key]] = &[
        TOP,
        RUNS,
        TEACHER,
        EITHER_LAYERS,
        UNTRAINED,
        ONE_WIDTH,
        ONE_BATCH_NORM,
        AFFINE_OF,
        STUDENT,
        LABELS,
        SAMPLES,
        MEASURED,
        ONE_DEVIATION,
        REAL_IMAGES,
        EPOCHS_OF,
        STEPS,
    ];

    fn read(mut root: Section) -> Result<Self> {
        let base = Base::read(&mut root, &DEVIATION_ONE, false, |section, _| Teacher::read_untrained(section))?;
        let section = root.section("student")?;
        let teacher = &base.teacher.architecture;
        let student = read_student(section, teacher, &WIDTH_ONE, Some(&BATCH_NORM_ONE))?;
        let mut section = root.section("labels")?;
        let large = section.form(&LARGE, hidden_layers)?;
        let mixtures = section.numbers(&MIXTURES)?;
        let small = &base.teacher;
        let (input, output) = (teacher.input_shape(), teacher.output());
        let possible = small.layers.architecture(input, large.clone(), output, small.bias);
        possible.map_err(|error| {
            let allowed = "layers that images are large enough for";
            section.contradiction(LARGE.path, error.to_string(), allowed)
        })?;
        if let Some(images) = base.data.images()
            && images.are_changed()
        {
            let allowed = "images as they are, without crop and flip: each has labels of its own";
            return Err(section.contradiction("data.crop", "changing images".into(), allowed));
        }
        section.finish()?;
        root.finish()?;
        Ok(Self {
            base,
            student,
            large,
            mixtures,
        })
    }

    fn name_and_seed(&self) -> (&str, u64) {
        (&self.base.name, self.base.seed)
    }
}

impl Serialize for ImplicitRegularization {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Labels<'a> {
            large: &'a [usize],
            mixtures: &'a [f64],
        }
        #[derive(Serialize)]
        struct Further<'a> {
            labels: Labels<'a>,
        }
        let labels = Labels {
            large: &self.large,
            mixtures: &self.mixtures,
        };
        let name = "implicit-regularization";
        Layout::write(name, &self.base, self.student.section(), Further { labels }, serializer)
    }
}
