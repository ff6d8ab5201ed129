//! From when on the run's own start is certified to converge, where the scenario asks for it.

use super::setup::Setup;
use super::{RateClaim, Theorem4};
use crate::bound::Measure;
use crate::check::entry::{Entry, Missed, enter};
use crate::config::ScenarioError;
use crate::config::section::Section;
use crate::experiment::Hooks;
use crate::experiment::theorem4::keys::ENTRY;
use crate::experiment::two_layer::claim;
use crate::experiment::two_layer::settings::Overlap;
use crate::plot::number::short;
use serde::{Serialize, Serializer};
use std::fmt;

/// `[certificate]`
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct CertificateSection {
    /// Follow the start in intervals until a rate is certified.
    pub entry: bool,
}

impl CertificateSection {
    /// Reads the section.
    pub(super) fn read(mut section: Section) -> Result<Self, ScenarioError> {
        let entry = section.flag(&ENTRY)?;
        section.finish()?;
        Ok(Self { entry })
    }
}

/// What is proved of the start that the run has, by Theorem D.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// All starts within its θ₀ are certified.
    FromTheStart,
    /// It enters a certified region.
    Entered(Entry),
    /// Nothing is proved, and why.
    #[serde(serialize_with = "in_words")]
    Missed(Missed),
}

fn in_words<S: Serializer>(missed: &Missed, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(missed)
}

/// Where the scenario asks for it, and the Euclidean rate of the flow speaks of the run.
pub fn find(scenario: &Theorem4, setup: &Setup, claims: &[RateClaim], horizon: f64, hooks: &dyn Hooks) -> Option<Way> {
    if !scenario.certificate.entry || scenario.overlap != Overlap::Exact {
        return None;
    }
    let claim = claim::of_flow(claims, Measure::Distance)?;
    if claim.value.is_some_and(|rate| rate > 0.0) {
        return Some(Way::FromTheStart);
    }
    let network = &setup.network;
    let [teacher, start] = [&network.teacher, &network.student].map(|layer| layer.weights.view());
    let b = setup.assumption.threshold;
    let found = enter(teacher, b, start, horizon, || hooks.interrupted());
    Some(found.map_or_else(Way::Missed, Way::Entered))
}

impl Way {
    /// t₁.
    pub(super) fn time(&self) -> Option<f64> {
        match self {
            Self::FromTheStart => Some(0.0),
            Self::Entered(entry) => Some(entry.time),
            Self::Missed(_) => None,
        }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FromTheStart => {
                write!(f, "Certified from the start on, as are all within its θ₀")
            }
            Self::Entered(entry) => write!(
                f,
                "Certified from t = {} on: from there ‖W − W*‖ falls to 0 at a rate of {} or more ({} steps in intervals, to within {})",
                short(entry.time),
                short(entry.certificate.rate),
                entry.steps.len(),
                short(entry.tube),
            ),
            Self::Missed(why) => write!(f, "Not certified at any time: {why}"),
        }
    }
}
