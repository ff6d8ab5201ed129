//! The slowest start within θ₀ that a search finds, beside the Euclidean certificate.

use super::setup::Setup;
use super::{RateClaim, Theorem4};
use crate::bound::{Measure, Premise};
use crate::experiment::Hooks;
use crate::experiment::two_layer::slowest::Slowest;
use crate::falsify;
use crate::measure::distance;

/// Where the scenario asks for it, and the Euclidean rate of the flow speaks of it.
pub fn find(scenario: &Theorem4, setup: &Setup, claims: &[RateClaim], hooks: &dyn Hooks) -> Option<Slowest> {
    let search = scenario.falsify.search(scenario.seed, hooks)?;
    let mut claims = claims
        .iter()
        .filter(|claim| claim.bound.measure == Measure::Distance && claim.bound.premises.contains(&Premise::Flow));
    let claim = claims.find(|claim| claim.unmet.is_empty())?;
    let teacher = &setup.network.teacher.weights;
    let (b, theta0) = (setup.assumption.threshold, setup.assumption.theta0);
    let radius = distance(&vec![theta0; teacher.ncols()]);
    let found = falsify::distance(teacher.view(), b, [radius, theta0], 1.0, &search);
    // Half a search is none.
    let found = (!hooks.interrupted()).then_some(found)?;
    Slowest::of(&found, claim.value)
}
