//! The keys of sections that all two-layer experiments share.

use super::settings::{InputSource, MethodName, OverlapName, Precision, Weights};
use crate::config::{Fallback, Key, Range, keys};
use crate::overlap::Resample;

keys! {
    /// What every experiment has at its top level.
    pub(in crate::experiment) TOP {
        SEED = Key::whole("seed", 0, i64::MAX as u64)
            .or(Fallback::Whole(1))
            .means("all random numbers come from it: teacher, student, samples and frame have streams of their own");
    }
}

keys! {
    /// `[teacher]`
    pub(in crate::experiment) TEACHER {
        INPUT_DIM = Key::whole("teacher.input_dim", 2, 1 << 40)
            .means("d; may be left out where the weights are a file")
            .label("input dimension d")
            .example("20");
        NODES = Key::whole("teacher.nodes", 1, 1 << 14)
            .means("m; may be left out where the weights are a file")
            .label("teacher nodes m")
            .example("3");
        WEIGHTS = Key::words::<Weights>("teacher.weights")
            .or(Fallback::Word("orthonormal"))
            .means("W\\*: orthonormal nodes, random directions, or entries from {±½, ±¼, 0} with normalised columns; a file is d × m, its columns are normalised");
        THRESHOLD = Key::number("teacher.threshold", Range::closed(-8.0, 8.0, "a number from −8 to 8"))
            .or(Fallback::Rule("0, or what epsilon gives"))
            .means("b of all nodes")
            .label("threshold b")
            .example("2.0");
        EPSILON = Key::number("teacher.epsilon", Range::FRACTION)
            .or(Fallback::Rule("what threshold gives"))
            .means("in place of threshold: the overlap ε that b must give")
            .label("overlap ε of teacher nodes")
            .example("0.01");
    }
}

keys! {
    /// `[overlap]`
    pub(in crate::experiment) OVERLAP {
        OVERLAP_METHOD = Key::words::<OverlapName>("overlap.method")
            .or(Fallback::Word("exact"))
            .means("closed form, or means over samples, to which the keys below belong");
        SAMPLES = Key::whole("overlap.samples", 2, 1 << 40)
            .or(Fallback::Whole(100_000))
            .means("N")
            .label("samples N");
        RESAMPLE = Key::words::<Resample>("overlap.resample")
            .or(Fallback::Word("never"))
            .means("one sample for the run (kept in memory: N·d numbers), or fresh ones");
        PRECISION = Key::words::<Precision>("overlap.precision")
            .or(Fallback::Word("f64"))
            .means("of samples and pre-activations");
        INPUT = Key::words::<InputSource>("overlap.input")
            .or(Fallback::Word("gaussian"))
            .means("N(0, I); N(0, Σ), Σ d × d; rows of a data set, samples × d");
    }
}

keys! {
    /// Where a run is repeated.
    pub(in crate::experiment) REPLICAS_OF {
        REPLICAS = Key::whole("overlap.replicas", 1, 10_000)
            .or(Fallback::Whole(1))
            .means("runs with independent samples, for the ± 2σ band");
    }
}

keys! {
    /// `[integrate]`: the method.
    pub(in crate::experiment) STEPPING {
        METHOD = Key::words::<MethodName>("integrate.method")
            .or(Fallback::Rule("\"dop853\"; \"rk4\" for samples"))
            .means("\"rkc\" is stabilized: far fewer evaluations where rates are widely spread, at moderate accuracy")
            .example("\"dop853\"");
        RTOL = Key::number("integrate.rtol", Range::FRACTION)
            .or(Fallback::Rule("1e-12; 1e-6 for \"rkc\"; 10/N for samples"))
            .means("relative tolerance of an adaptive method; not below 1/N")
            .example("1e-12");
        ATOL = Key::number("integrate.atol", Range::FRACTION)
            .or(Fallback::Rule("rtol/100"))
            .means("absolute tolerance of an adaptive method")
            .example("1e-14");
        STEP = Key::number("integrate.step", Range::POSITIVE)
            .or_auto()
            .means("step of a method of fixed step; η for gradient descent")
            .label("step η");
    }
}

keys! {
    /// The horizon of `[integrate]`, where it may be "auto".
    pub(in crate::experiment) AUTO_HORIZON {
        HORIZON = Key::number("integrate.horizon", Range::POSITIVE)
            .or_auto()
            .means("final time; \"auto\" is when the slowest mode should reach the noise floor, or the last of listed output times");
    }
}

keys! {
    /// The rest of `[integrate]`.
    pub(in crate::experiment) LOOKS {
        OUTPUTS = Key::form(
            "integrate.outputs",
            "a whole number from 10 to 1000000, a list of ascending positive times, or { log = a number of times, from = the first }",
        )
            .or(Fallback::Whole(240))
            .means("equal intervals between rows of the trajectory; or their times; or times of equal ratios up to the horizon, by default from a thousandth of it");
        MAX_STEPS = Key::whole("integrate.max_steps", 1, i64::MAX as u64)
            .or(Fallback::Whole(100_000_000))
            .means("accepted steps after which the run is given up");
    }
}

keys! {
    /// `[falsify]`
    pub(in crate::experiment) FALSIFY {
        STARTS = Key::whole("falsify.starts", 0, 1_000_000)
            .or(Fallback::Whole(0))
            .means("also searches, from so many random beginnings, for the start within the same limits whose distance falls most slowly (`slowest_found`), to be read beside what is certified");
    }
}

keys! {
    /// `[output]`
    pub(in crate::experiment) OUTPUT {
        STATES = Key::flag("output.states")
            .or(Fallback::Flag(false))
            .means("also write `weights.npy` (T × d × n), `times.npy`, `teacher.npy` and, if V runs, `fan_out.npy`");
    }
}
