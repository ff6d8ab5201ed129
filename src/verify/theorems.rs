//! Claims about Theorems 4 and 5, from short runs.

use super::{Claim, Standing};
use crate::bound::{self, Bound, Measure};
use crate::config::{Document, Override};
use crate::experiment::theorem4::Theorem4;
use crate::experiment::theorem5::{self, Theorem5};
use crate::experiment::{Experiment, Scenario, Silent};
use crate::theory::Verdict;
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
    document
        .and_then(Scenario::interpret)
        .expect("shipped scenarios are valid")
}

fn on_theorem4() -> Vec<Claim> {
    let scenario = scenario(THEOREM4, 1);
    let scenario: &Theorem4 = scenario.get().expect("as its file says");
    let outcome = scenario
        .simulate(&Silent)
        .expect("the shipped scenario can be run");
    let readings = &outcome.primary.readings;
    let mut claims = vec![
        Claim::error(
            "Theorem 4: energy balance along the run, relative to the loss",
            readings.energy_residual(),
            1e-9,
        ),
        Claim::error(
            "Theorem 4: largest rise of the loss, relative",
            readings.largest_rise(),
            1e-10,
        ),
    ];
    for (name, claim, standing) in [
        (
            "derived",
            "Theorem 4: worst rate against `derived`",
            Standing::Proven,
        ),
        (
            "sharp",
            "Theorem 4: worst rate against `sharp`",
            Standing::Proven,
        ),
        (
            "exact",
            "Theorem 4: rate of the slowest mode against the Jacobian's spectrum",
            Standing::Proven,
        ),
        (
            "printed_d0",
            "Theorem 4: worst rate against the poster's times d₀",
            Standing::Stated,
        ),
    ] {
        let rate = outcome
            .claims
            .iter()
            .find(|rate| rate.bound.name == name)
            .expect("one of the rates");
        claims.push(Claim {
            claim,
            standing,
            measured: rate.simulated.unwrap_or(f64::NAN),
            expected: match (name, rate.value) {
                ("exact", Some(value)) => format!("{value:.6e}"),
                (_, Some(value)) => format!("at least {value:.3e}"),
                (_, None) => "unknown".into(),
            },
            verdict: rate.verdict,
        });
    }
    claims
}

fn on_theorem5() -> Vec<Claim> {
    let run = |seed| {
        let scenario = scenario(THEOREM5, seed);
        let scenario: &Theorem5 = scenario.get().expect("as its file says");
        scenario
            .simulate(&Silent)
            .expect("the shipped scenario can be run")
    };
    let outcomes: Vec<_> = (1..=SEEDS).map(run).collect();
    let largest = |of: fn(&theorem5::Outcome) -> f64| outcomes.iter().map(of).fold(0.0, f64::max);
    let mut claims: Vec<Claim> = bound::THEOREM5
        .iter()
        .map(|bound| on_bound(bound, &outcomes))
        .collect();
    let ratio = largest(|outcome| {
        let envelope = outcome.envelope.as_ref();
        let ratio = envelope.and_then(|envelope| envelope.largest_ratio);
        ratio.unwrap_or(f64::INFINITY)
    });
    claims.push(Claim {
        claim: "Theorem 5: largest z(t)/(exp(Mt) z(0)) at t > 0",
        standing: Standing::Proven,
        measured: ratio,
        expected: "at most 1".into(),
        verdict: verdict(ratio <= 1.0 + 1e-9),
    });
    claims.push(Claim::error(
        "Theorem 5: largest error of W_u, V_u, V_r at the end",
        largest(|outcome| {
            outcome
                .parts
                .iter()
                .map(|part| part.last)
                .fold(0.0, f64::max)
        }),
        1e-9,
    ));
    claims
}

/// The smallest simulated rate over the certified one; no seed without a certificate.
fn on_bound(bound: &'static Bound, outcomes: &[theorem5::Outcome]) -> Claim {
    let ratio = |outcome: &theorem5::Outcome| {
        let claim = outcome
            .claims
            .iter()
            .find(|claim| claim.bound.name == bound.name)?;
        Some(claim.simulated? / claim.value?)
    };
    let ratios = outcomes.iter().map(|outcome| ratio(outcome).unwrap_or(0.0));
    let smallest = ratios.fold(f64::INFINITY, f64::min);
    Claim {
        claim: match bound.measure {
            Measure::WeightedNorm => "Theorem 5: simulated over certified rate, weighted norm",
            _ => "Theorem 5: simulated over certified rate, joint distance",
        },
        standing: Standing::Proven,
        measured: smallest,
        expected: "at least 1".into(),
        verdict: verdict(smallest >= 1.0 - 1e-6),
    }
}

fn verdict(holds: bool) -> Verdict {
    if holds {
        Verdict::Holds
    } else {
        Verdict::Violated
    }
}
