//! Claims about Theorems 4 and 5, from short runs.

use super::{Claim, Expected, Standing, measured, proven};
use crate::bound::{self, Bound};
use crate::config::{Document, Override};
use crate::experiment::theorem4::{RateClaim, Theorem4};
use crate::experiment::theorem5::{self, Theorem5};
use crate::experiment::{Experiment, Scenario, Silent};
use std::path::Path;

const THEOREM4: &str = include_str!("../../scenarios/theorem4.toml");
const THEOREM5: &str = include_str!("../../scenarios/theorem5.toml");

/// Seeds that Theorem 5 is run for.
const SEEDS: u64 = 5;

pub(super) fn claims() -> Vec<Claim> {
    [on_theorem4(), on_theorem5()].concat()
}

fn scenario(text: &str, seed: u64) -> Scenario {
    let seed = Override::parse(&format!("seed={seed}")).expect("a valid override");
    let document = Document::parse(Path::new("shipped.toml"), text, &[seed]);
    document.and_then(Scenario::interpret).expect("shipped scenarios are valid")
}

fn on_theorem4() -> Vec<Claim> {
    let scenario = scenario(THEOREM4, 1);
    let scenario: &Theorem4 = scenario.get().expect("as its file says");
    let outcome = scenario.simulate(&Silent).expect("the shipped scenario can be run");
    let readings = &outcome.primary.readings;
    let of_run = [
        measured("Theorem 4: energy balance along the run, relative to the loss", readings.energy_residual(), 1e-9),
        proven("Theorem 4: largest rise of the loss, relative", readings.largest_rise(), 1e-10),
    ];
    let rates = outcome.claims.iter().map(on_rate);
    of_run.into_iter().chain(rates).collect()
}

/// A rate that is claimed of the run. What cannot be computed claims nothing.
fn on_rate(rate: &RateClaim) -> Claim {
    let (bound, value) = (rate.bound, rate.value.unwrap_or(f64::NAN));
    let (claim, expected) = match bound.is_lower() {
        true => (format!("Theorem 4: worst rate against `{}`", bound.name), Expected::AtLeast(value)),
        false => (
            "Theorem 4: rate of the slowest mode against the Jacobian's spectrum".into(),
            Expected::Near(value, rate.tolerance.unwrap_or(f64::NAN)),
        ),
    };
    Claim {
        claim,
        standing: standing(bound),
        measured: rate.simulated.unwrap_or(f64::NAN),
        expected,
    }
}

/// What stands behind a line on a bound.
fn standing(bound: &Bound) -> Standing {
    match bound.standing {
        bound::Standing::Proven => Standing::Proven,
        bound::Standing::Stated => Standing::Stated,
        // A fit beside a spectrum.
        bound::Standing::Asymptotic => Standing::Measured,
    }
}

fn on_theorem5() -> Vec<Claim> {
    let run = |seed| {
        let scenario = scenario(THEOREM5, seed);
        let scenario: &Theorem5 = scenario.get().expect("as its file says");
        scenario.simulate(&Silent).expect("the shipped scenario can be run")
    };
    let outcomes: Vec<_> = (1..=SEEDS).map(run).collect();
    let largest = |of: fn(&theorem5::Outcome) -> f64| outcomes.iter().map(of).fold(0.0, f64::max);
    let ratio = largest(|outcome| {
        let envelope = outcome.envelope.as_ref();
        let ratio = envelope.and_then(|envelope| envelope.largest_ratio);
        ratio.unwrap_or(f64::INFINITY)
    });
    let last = largest(|outcome| {
        let parts = outcome.parts.iter().map(|part| part.last);
        parts.fold(0.0, f64::max)
    });
    let rates = bound::THEOREM5.iter();
    let rates = rates.map(|bound| on_certificate(bound, &outcomes));
    let of_runs = [
        proven("Theorem 5: largest z(t)/(exp(Mt) z(0)) at t > 0", ratio, 1.0),
        measured("Theorem 5: largest error of W_u, V_u, V_r at the end", last, 1e-9),
    ];
    rates.chain(of_runs).collect()
}

/// The smallest simulated rate over the certified one; 0 where a seed has no certificate.
fn on_certificate(bound: &'static Bound, outcomes: &[theorem5::Outcome]) -> Claim {
    let ratio = |outcome: &theorem5::Outcome| {
        let mut claims = outcome.claims.iter();
        let claim = claims.find(|claim| claim.bound.name == bound.name)?;
        Some(claim.simulated? / claim.value?)
    };
    let ratios = outcomes.iter().map(|outcome| ratio(outcome).unwrap_or(0.0));
    Claim {
        claim: format!("Theorem 5: simulated over certified rate, {}", bound.measure.symbol()),
        standing: standing(bound),
        measured: ratios.fold(f64::INFINITY, f64::min),
        expected: Expected::AtLeast(1.0),
    }
}
