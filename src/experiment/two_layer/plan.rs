//! Method and plan with everything "auto" filled in, and the premises that sampling leaves.

use crate::experiment::two_layer::settings::{Integrate, Sampling};
use crate::integrate::{Method, Plan, Step};
use crate::overlap::Resample;

/// "auto" steps, as fractions of the fastest time there is: stable, and for RK4 accurate to 5e-4 per fastest time.
const RK4_FRACTION: f64 = 0.5;
const GRADIENT_DESCENT_FRACTION: f64 = 0.1;

/// The plan to `horizon`, with steps that suit the rate `fastest`; output times are those that the method has.
pub(in crate::experiment) fn fill_in(
    settings: &Integrate,
    horizon: f64,
    fastest: f64,
) -> (Method, Plan) {
    let mut plan = Plan::uniform(horizon, settings.outputs as usize);
    plan.max_steps = settings.max_steps;
    // An automatic step divides the time from one output to the next.
    let interval = horizon / settings.outputs as f64;
    let automatic = |step: Step, fraction: f64| {
        let divided = interval / (interval * fastest / fraction).ceil();
        if step.step > 0.0 {
            step
        } else {
            Step { step: divided }
        }
    };
    let method = match settings.method {
        Method::Rk4(step) => Method::Rk4(automatic(step, RK4_FRACTION)),
        Method::GradientDescent(step) => {
            Method::GradientDescent(automatic(step, GRADIENT_DESCENT_FRACTION))
        }
        adaptive => adaptive,
    };
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
