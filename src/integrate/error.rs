//! What cannot be integrated, found before the first step.

use super::{Method, Plan};
use thiserror::Error;

/// Steps that can be counted, and told from each other by their times.
const MOST_STEPS: f64 = (1_u64 << 50) as f64;

/// The last of many equal intervals may end so much, as a part of it, after the horizon.
const ROUNDING: f64 = 1e-12;

/// A method that does not fit the field.
#[derive(Debug, Error, PartialEq)]
#[non_exhaustive]
pub enum IntegrateError {
    /// An adaptive method on a random field.
    #[error(
        "an adaptive method compares evaluations of the flow to choose its step, and fresh samples at \
         each evaluation differ by chance, not by the step; allowed with them: rk4, gradient-descent \
         (or keep one sample for the whole run)"
    )]
    AdaptiveOnFreshSamples,
    /// A tolerance finer than the steps in a sampled field.
    #[error(
        "rtol = {rtol:e} asks for more than a sample can give: with a fixed sample the flow jumps by \
         about 1/N = {resolution:e}; allowed: rtol of at least that, or more samples, or a method of fixed step"
    )]
    FinerThanTheSample {
        /// what was asked for
        rtol: f64,
        /// what there is
        resolution: f64,
    },
    /// A horizon, a step or a tolerance that is zero, negative, infinite or no number.
    #[error("{what} = {found}; allowed: a positive, finite number")]
    NotPositive {
        /// which
        what: &'static str,
        /// its value
        found: f64,
    },
    /// More steps than can be told from each other.
    #[error(
        "a step of {step:e} to the horizon {horizon:e}: more than 2^50 steps, which cannot be told from each \
         other; allowed: a larger step, or a shorter horizon"
    )]
    StepLost {
        /// the step
        step: f64,
        /// the horizon
        horizon: f64,
    },
    /// Output times that are not ascending or not within the run.
    #[error("output times must ascend within (0, {horizon}]; found {time} in place {place}")]
    Outputs {
        /// the first such time
        time: f64,
        /// where it stands
        place: usize,
        /// the horizon
        horizon: f64,
    },
    /// A start that is not a state.
    #[error("component {component} of the start is {found}; allowed: finite numbers, and at least one of them")]
    Start {
        /// the first such component
        component: usize,
        /// its value
        found: f64,
    },
}

/// Whether `method` can integrate a field with these properties.
///
/// # Errors
/// An adaptive method on a field that is not repeatable, or with a tolerance below its resolution.
pub fn check(method: &Method, repeatable: bool, resolution: f64) -> Result<(), IntegrateError> {
    let Some(tolerance) = method.tolerance() else {
        return Ok(());
    };
    if !repeatable {
        return Err(IntegrateError::AdaptiveOnFreshSamples);
    }
    if tolerance.rtol < resolution {
        return Err(IntegrateError::FinerThanTheSample {
            rtol: tolerance.rtol,
            resolution,
        });
    }
    Ok(())
}

/// Whether a method and a plan are numbers that can be meant.
pub(super) fn check_plan(method: &Method, plan: &Plan) -> Result<(), IntegrateError> {
    let positive = |what, found: f64| {
        if found > 0.0 && found.is_finite() {
            Ok(())
        } else {
            Err(IntegrateError::NotPositive { what, found })
        }
    };
    let horizon = plan.horizon;
    positive("horizon", horizon)?;
    if let Some(tolerance) = method.tolerance() {
        positive("rtol", tolerance.rtol)?;
        positive("atol", tolerance.atol)?;
    }
    if let Some(step) = method.fixed_step() {
        positive("step", step)?;
        if !(horizon / step <= MOST_STEPS) {
            return Err(IntegrateError::StepLost { step, horizon });
        }
    }
    // What a method of fixed step makes of its plan may end a step later.
    let end = (horizon + method.fixed_step().unwrap_or(0.0)) * (1.0 + ROUNDING);
    let mut before = 0.0;
    for (place, &time) in plan.outputs.iter().enumerate() {
        if !(time > before && time <= end) {
            return Err(IntegrateError::Outputs { time, place, horizon });
        }
        before = time;
    }
    Ok(())
}

/// Whether a start is a state.
pub(super) fn check_start(y: &[f64]) -> Result<(), IntegrateError> {
    let bad = (0..).zip(y).find(|(_, x)| !x.is_finite()).map(|(component, &found)| (component, found));
    match bad.or(y.is_empty().then_some((0, f64::NAN))) {
        Some((component, found)) => Err(IntegrateError::Start { component, found }),
        None => Ok(()),
    }
}
