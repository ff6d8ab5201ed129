//! Claims about Theorems 4 and 5, from short runs.

use super::{Claim, Standing};
use crate::config::{Document, Override};
use crate::experiment::theorem4::Theorem4;
use crate::experiment::theorem5::Theorem5;
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
    let trajectory = &outcome.primary.trajectory;
    let mut claims = vec![
        Claim::error(
            "Theorem 4: energy balance along the run, relative to the loss",
            trajectory.energy_residual(),
            1e-9,
        ),
        Claim::error(
            "Theorem 4: largest rise of the loss, relative",
            trajectory.largest_rise(),
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
    let (mut ratio, mut error, mut gap) = (0.0_f64, 0.0_f64, f64::INFINITY);
    let mut certified = 0;
    for seed in 1..=SEEDS {
        let scenario = scenario(THEOREM5, seed);
        let scenario: &Theorem5 = scenario.get().expect("as its file says");
        let outcome = scenario
            .simulate(&Silent)
            .expect("the shipped scenario can be run");
        if let (Some(certificate), Some(check)) = (&outcome.certificate, &outcome.check) {
            certified += u64::from(check.holds);
            ratio = ratio.max(check.largest_ratio);
            let fitted = outcome.parts.iter().filter_map(|part| part.fitted);
            gap = fitted
                .map(|fit| fit.rate / certificate.rate)
                .fold(gap, f64::min);
        }
        error = outcome
            .parts
            .iter()
            .map(|part| part.last)
            .fold(error, f64::max);
    }
    let verdict = |holds: bool| {
        if holds {
            Verdict::Holds
        } else {
            Verdict::Violated
        }
    };
    vec![
        Claim {
            claim: "Theorem 5: seeds with a certificate that held along the run",
            standing: Standing::Proven,
            measured: certified as f64,
            expected: format!("{SEEDS}"),
            verdict: verdict(certified == SEEDS),
        },
        Claim::error(
            "Theorem 5: largest z(t)/(exp(Mt) z(0)), less one",
            ratio - 1.0,
            1e-9,
        ),
        Claim::error(
            "Theorem 5: largest error of W_u, V_u, V_r at the end",
            error,
            1e-9,
        ),
        Claim {
            claim: "Theorem 5: smallest fitted rate over the certified one",
            standing: Standing::Proven,
            measured: gap,
            expected: "at least 1".into(),
            verdict: verdict(gap >= 1.0),
        },
    ]
}
