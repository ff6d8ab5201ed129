//! A scenario's bounds under attack: the start within their premises at which each comes closest to failing.

use crate::bound::{Bound, Measure, THEOREM4, THEOREM5};
use crate::experiment::theorem4::Theorem4;
use crate::experiment::theorem5::Theorem5;
use crate::experiment::{Experiment, ExperimentError, Scenario};
use crate::falsify::{self, Found, Search};
use crate::theory::euclidean::joint;
use ndarray::Array2;

/// What a search against one bound came to.
#[derive(Debug)]
pub struct Attack {
    /// Which bound.
    pub bound: &'static Bound,
    /// λ, for the scenario's θ₀ or start.
    pub claimed: f64,
    /// The smallest rate found over λ: below 1 the bound is refuted.
    pub found: Found,
}

/// All attacks on a scenario.
#[derive(Debug)]
pub struct Attacks {
    /// W*, in the dimensions of the starts that were found, a node per column.
    pub teacher: Array2<f64>,
    /// b
    pub threshold: f64,
    /// On each bound that claims something and that can be searched against.
    pub attacks: Vec<Attack>,
    /// Names of bounds that claim something and for which there is no search.
    pub without_search: Vec<&'static str>,
}

/// Whether a scenario has bounds that can be attacked: one of Theorem 4 or 5.
pub fn can_attack(scenario: &Scenario) -> bool {
    scenario.get::<Theorem4>().is_some() || scenario.get::<Theorem5>().is_some()
}

/// Attacks a scenario's bounds; `None` where [`can_attack`] says so. The same for any number of threads.
///
/// # Errors
/// A scenario that cannot be prepared.
pub fn attack(scenario: &Scenario, search: &Search) -> Result<Option<Attacks>, ExperimentError> {
    if let Some(scenario) = scenario.get::<Theorem4>() {
        return of_theorem4(scenario, search).map(Some);
    }
    scenario
        .get::<Theorem5>()
        .map(|scenario| of_theorem5(scenario, search))
        .transpose()
}

fn of_theorem4(scenario: &Theorem4, search: &Search) -> Result<Attacks, ExperimentError> {
    let setup = scenario.prepare()?;
    let unmet = setup.unmet(scenario);
    let facts = setup.facts(None);
    let teacher = setup.network.teacher.weights.view();
    let (b, theta0) = (setup.assumption.threshold, setup.assumption.theta0);
    let radius = (teacher.ncols() as f64).sqrt() * 2.0 * (0.5 * theta0).sin();
    let mut attacks = Vec::new();
    for bound in THEOREM4
        .iter()
        .filter(|bound| bound.is_lower() && bound.applies(&unmet))
    {
        let Some(claimed) = (bound.evaluate)(&facts).filter(|claimed| *claimed > 0.0) else {
            continue;
        };
        let found = match bound.measure {
            Measure::Distance => falsify::distance(teacher, b, [radius, theta0], claimed, search),
            measure => falsify::angle(teacher, b, theta0, (measure, claimed), search),
        };
        attacks.push(Attack {
            bound,
            claimed,
            found,
        });
    }
    Ok(Attacks {
        teacher: crate::network::draw::pad_rows(teacher, teacher.nrows() + falsify::EXTRA),
        threshold: b,
        attacks,
        without_search: Vec::new(),
    })
}

fn of_theorem5(scenario: &Theorem5, search: &Search) -> Result<Attacks, ExperimentError> {
    let setup = scenario.prepare()?;
    let mut found = Attacks {
        teacher: setup.network.teacher.weights.clone(),
        threshold: setup.network.teacher.thresholds[0],
        attacks: Vec::new(),
        without_search: Vec::new(),
    };
    let Some(problem) = setup.problem() else {
        return Ok(found);
    };
    if problem.certify().is_some() {
        found.without_search.push(THEOREM5[0].name);
    }
    if let Some(certificate) = joint::Certificate::of(&problem) {
        found.attacks.push(Attack {
            bound: &THEOREM5[1],
            claimed: certificate.rate,
            found: falsify::joint(&problem, &certificate, certificate.rate, search),
        });
    }
    Ok(found)
}
