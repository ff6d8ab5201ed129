//! The declarations of what experiments with deep networks share.

use super::BatchNormPlace;
use super::data::ImageSource;
use super::teacher::{LayerKind, UntrainedWeights, Weights};
use crate::config::{Fallback, Key, Range, keys};
use crate::sgd::Loss;

/// Nodes of a layer, at most.
pub(super) const MOST_NODES: u64 = 1 << 16;

/// Hidden layers, in words.
pub(in crate::experiment) const HIDDEN_LAYERS: &str =
    "hidden layers from the bottom: a list of whole numbers from 1 to 65536, as in [10, 15]";

/// What is repeated with other seeds.
pub(in crate::experiment::deep) static SEEDS: Key = Key::whole("seeds", 1, 10_000)
    .or(Fallback::Whole(1))
    .means("runs of each kind, with seeds counted up from `seed`; teacher, start, samples and their order are drawn anew for each");

keys! {
    /// `[teacher]`
    pub(in crate::experiment::deep) TEACHER {
        INPUT_DIM = Key::whole("teacher.input_dim", 1, MOST_NODES)
            .or(Fallback::Whole(20))
            .means("d")
            .label("input dimension d");
        HIDDEN = Key::form("teacher.hidden", HIDDEN_LAYERS)
            .means("nodes of the teacher's hidden layers")
            .example("[10, 15, 20, 25]");
        OUTPUTS = Key::whole("teacher.outputs", 1, MOST_NODES)
            .or(Fallback::Whole(100))
            .means("C")
            .label("outputs C");
        TEACHER_BIAS = Key::flag("teacher.bias")
            .or(Fallback::Flag(true))
            .means("whether the teacher's nodes have biases");
    }
}

/// Weights that are drawn or read.
pub(in crate::experiment::deep) static UNTRAINED_WEIGHTS: Key = Key::words::<UntrainedWeights>("teacher.weights")
    .or(Fallback::Word("grid"))
    .means("{±½, ±¼, 0} with biases uniform in ±½, each node scaled to unit norm (as the authors draw them); uniform in ±1/√inputs; the teacher of an earlier run");

keys! {
    /// Hidden layers of either kind.
    pub(in crate::experiment::deep) EITHER_LAYERS {
        LAYERS = Key::words::<LayerKind>("teacher.layers")
            .or(Fallback::Word("dense"))
            .means("fully connected; or convolutional, with `teacher.hidden` channels, stride 1, flattened below the output. The student's are of the same kind");
        IMAGE = Key::form("teacher.image", "channels, rows and columns, each from 1 to 1024, as in [3, 32, 32]")
            .or(Fallback::Rule("none; needed by a convolution, in place of `input_dim`"))
            .means("what a convolution reads")
            .example("[1, 16, 16]");
        KERNEL = Key::whole("teacher.kernel", 1, 15)
            .or(Fallback::Whole(3))
            .means("k of a convolution's k × k kernels")
            .label("size k of the kernels");
        PADDING = Key::whole("teacher.padding", 0, 7)
            .or(Fallback::Whole(0))
            .means("zeros around what a convolution reads");
    }
}

keys! {
    /// A teacher that may have learned before it teaches.
    pub(in crate::experiment::deep) TRAINED {
        WEIGHTS = Key::words::<Weights>("teacher.weights")
            .or(Fallback::Word("grid"))
            .means("{±½, ±¼, 0} with biases uniform in ±½, each node scaled to unit norm (as the authors draw them); uniform in ±1/√inputs; learned from the classes of `data.images`, as `[teacher.training]` says; the teacher of an earlier run");
        BATCH_NORM_OF_TEACHER = Key::words::<BatchNormPlace>("teacher.batch_norm")
            .or(Fallback::Word("none"))
            .means("batch normalisation of the teacher's hidden layers, by running means and variances once it teaches");
        AFFINE_OF_TEACHER = Key::flag("teacher.batch_norm_affine")
            .or(Fallback::Flag(false))
            .means("with a gain and a shift for each node");
        UNIT_OUTPUTS = Key::flag("teacher.unit_outputs")
            .or(Fallback::Rule("true for a teacher that is trained"))
            .means("scale the output layer so that its outputs on the training samples, all together, have unit standard deviation: steps then mean the same for any teacher");
    }
}

keys! {
    /// `[teacher.training]`
    pub(in crate::experiment::deep) TEACHER_TRAINING {
        TEACHER_EPOCHS = Key::whole("teacher.training.epochs", 1, 1_000_000)
            .or(Fallback::Whole(10))
            .means("passes through all samples, by cross-entropy");
        TEACHER_BATCH = Key::whole("teacher.training.batch", 1, 1 << 20)
            .or(Fallback::Whole(64))
            .means("B");
        TEACHER_STEP = Key::form("teacher.training.step", STEP_FORM)
            .or(Fallback::Number(0.02))
            .means("η");
        TEACHER_MOMENTUM = Key::number("teacher.training.momentum", MOMENTUM_RANGE)
            .or(Fallback::Number(0.9))
            .means("μ");
        TEACHER_WEIGHT_DECAY = Key::number("teacher.training.weight_decay", DECAY_RANGE)
            .or(Fallback::Number(5e-4))
            .means("λ");
    }
}

keys! {
    /// Images in place of inputs that are drawn.
    pub(in crate::experiment::deep) REAL_IMAGES {
        IMAGES = Key::words::<ImageSource>("data.images")
            .or(Fallback::Rule("none: x ~ N(0, σ² I)"))
            .means("a folder with CIFAR-10, CIFAR-100 (binary), IDX files (MNIST, Fashion-MNIST), NumPy arrays or PNG pictures by class: the first `data.samples` images to train on, the first `data.held_out` of those to test on; `luckflow data` says what a folder holds");
        MOMENTS = Key::form("data.moments", "\"auto\", or means and deviations of the channels (pixels from 0 to 1), as in [[0.5], [0.25]]")
            .or(Fallback::Word("auto"))
            .means("pixels are normalised to (x − mean)/deviation; auto: of the training images");
        CROP = Key::whole("data.crop", 0, 16)
            .or(Fallback::Whole(0))
            .means("zeros around a training image, from which a part of its size is cut at random in each epoch");
        FLIP = Key::flag("data.flip")
            .or(Fallback::Flag(false))
            .means("mirror half of the training images, at random in each epoch");
    }
}

const WIDTH: Key = Key::whole("student.widths", 1, 1000)
    .or(Fallback::Whole(10))
    .means("hidden layers in units of the teacher's, at most 2.5·10⁸ parameters; the start is uniform in ±1/√inputs")
    .label("width over the teacher's");

const BATCH_NORM: Key = Key::words::<BatchNormPlace>("student.batch_norm")
    .or(Fallback::Word("none"))
    .means("batch normalisation of hidden layers")
    .label("batch normalisation");

/// What belongs to any kind of it.
pub(in crate::experiment::deep) static AFFINE: Key = Key::flag("student.batch_norm_affine")
    .or(Fallback::Flag(false))
    .means("with a gain and a shift for each node");

/// The student's width, where there is one.
pub(in crate::experiment::deep) static WIDTH_ONE: Key = WIDTH;

/// The student's widths, where there may be several.
pub(in crate::experiment::deep) static WIDTHS: Key = WIDTH.or_list();

/// What every student has.
pub(in crate::experiment::deep) static STUDENT_BIAS: Key =
    Key::flag("student.bias").or(Fallback::Flag(true)).means("whether the student's nodes have biases");

/// Batch normalisation.
pub(in crate::experiment::deep) static BATCH_NORM_ONE: Key = BATCH_NORM;

/// Several kinds of it.
pub(in crate::experiment::deep) static BATCH_NORMS: Key = BATCH_NORM.or_list();

const DEVIATION: Key = Key::number("data.deviation", Range::POSITIVE)
    .or(Fallback::Number(1.0))
    .means("σ of the inputs, x ~ N(0, σ² I)")
    .label("standard deviation σ of the input");

/// σ, where there is one.
pub(in crate::experiment::deep) static DEVIATION_ONE: Key = DEVIATION;

/// σ, where there may be several.
pub(in crate::experiment::deep) static DEVIATIONS: Key = DEVIATION.or_list();

/// Samples that are trained on.
pub(in crate::experiment::deep) static TRAINING_SAMPLES: Key =
    Key::whole("data.samples", 2, 1 << 24).or(Fallback::Whole(100_000)).means("training samples");

/// Drawn samples that are other ones in each epoch.
pub(in crate::experiment::deep) static FRESH: Key = Key::flag("data.fresh")
    .or(Fallback::Flag(false))
    .means("draw the training samples anew in each epoch: no sample is seen twice");

/// Samples that are measured on.
pub(in crate::experiment::deep) static HELD_OUT: Key = Key::whole("data.held_out", 2, 1 << 20)
    .or(Fallback::Whole(1024))
    .means("samples on which networks are measured");

keys! {
    /// What a step is, also where there are no epochs.
    pub(in crate::experiment::deep) STEPS {
        BATCH = Key::whole("training.batch", 1, 1 << 20)
            .or(Fallback::Whole(64))
            .means("B");
        NORMALIZE_NODES = Key::flag("training.normalize_nodes")
            .or(Fallback::Flag(false))
            .means("scale each node to unit norm of its weights after each step");
    }
}

/// A step, or steps by epoch.
const STEP_FORM: &str = "a positive number, or pairs of an epoch and the step from there on, the first for epoch 0, as in [[0, 0.1], [20, 0.01]]";

const MOMENTUM_RANGE: Range = Range::closed(0.0, 0.9999, "a number from 0 to 0.9999");

const DECAY_RANGE: Range = Range::closed(0.0, 1.0, "a number from 0 to 1");

keys! {
    /// Training by epochs.
    pub(in crate::experiment::deep) EPOCHS_OF {
        EPOCHS = Key::whole("training.epochs", 1, 1_000_000)
            .or(Fallback::Whole(40))
            .means("passes through all samples");
        STEP = Key::form("training.step", STEP_FORM)
            .means("η")
            .label("step η")
            .example("0.1");
        MOMENTUM = Key::number("training.momentum", MOMENTUM_RANGE)
            .or(Fallback::Number(0.0))
            .means("μ: u ← μu + g + λw, w ← w − ηu")
            .label("momentum μ");
        WEIGHT_DECAY = Key::number("training.weight_decay", DECAY_RANGE)
            .or(Fallback::Number(0.0))
            .means("λ")
            .label("weight decay λ");
        LOSS = Key::words::<Loss>("training.loss")
            .or(Fallback::Word("mean-squared"))
            .means("mean over samples and outputs; or with the teacher's largest output as class");
    }
}
