//! The slowest start within θ₀ that a search finds, beside the Euclidean certificate.

use super::setup::Setup;
use super::{RateClaim, Theorem4};
use crate::bound::Measure;
use crate::experiment::Hooks;
use crate::experiment::two_layer::claim;
use crate::experiment::two_layer::slowest::Slowest;
use crate::falsify;
use crate::measure::distance;

/// Where the scenario asks for it, and the Euclidean rate of the flow speaks of it.
pub fn find(scenario: &Theorem4, setup: &Setup, claims: &[RateClaim], hooks: &dyn Hooks) -> Option<Slowest> {
    scenario.falsify.slowest(scenario.seed, hooks, |search| {
        let claim = claim::of_flow(claims, Measure::Distance)?;
        let teacher = &setup.network.teacher.weights;
        let (b, theta0) = (setup.assumption.threshold, setup.assumption.theta0);
        let radius = distance(&vec![theta0; teacher.ncols()]);
        Some((falsify::distance(teacher.view(), b, [radius, theta0], 1.0, search), claim.value))
    })
}
