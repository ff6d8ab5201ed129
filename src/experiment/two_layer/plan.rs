//! Method and plan with everything "auto" filled in, and the premises that sampling leaves.

use crate::experiment::two_layer::settings::{Integrate, Sampling, Stepping};
use crate::integrate::{Method, Plan};
use crate::overlap::Resample;

/// "auto" steps, as fractions of the fastest time there is: stable, and for RK4 accurate to 5e-4 per fastest time.
const RK4_FRACTION: f64 = 0.5;
const GRADIENT_DESCENT_FRACTION: f64 = 0.1;

/// The plan to `horizon`, with steps that suit the rate `fastest`; output times are those that the method has.
pub(in crate::experiment) fn fill_in(settings: &Integrate, horizon: f64, fastest: f64) -> (Method, Plan) {
    let plan = Plan {
        horizon,
        outputs: settings.outputs.times(horizon),
        max_steps: settings.max_steps,
    };
    // An automatic step divides the time from one output to the next.
    let interval = settings.outputs.interval(horizon);
    let fraction = match settings.method {
        Stepping::Rk4(_) => RK4_FRACTION,
        _ => GRADIENT_DESCENT_FRACTION,
    };
    let automatic = interval / (interval * fastest / fraction).ceil();
    let method = settings.method.with_step(automatic);
    let plan = plan.times_of(&method);
    (method, plan)
}

/// What sampling does otherwise than the theorems, in words.
pub(in crate::experiment) fn sampling_premise(sampling: &Sampling) -> String {
    let kind = match sampling.resample {
        Resample::Never => "one fixed sample",
        Resample::EveryEvaluation => "fresh samples at each evaluation",
    };
    let count = sampling.samples;
    format!("overlaps are estimated from {kind} of {count}; the theorem has expectations")
}
