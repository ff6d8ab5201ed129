//! Theorem 5: a rate of the joint Euclidean distance by Theorem C (docs/theory.md, section 6).

mod closing;
mod form;
mod limits;
mod remainders;

use super::geometry::{arc, chord, largest};
use super::interval::Interval;
use super::joint_inputs::Inputs;
use super::ledger::{Ledger, Side};
use super::read::{Mistake, Node};
use limits::{Limits, Region};

/// Rows of V* whose products are at most this part of the largest square are orthogonal: what is left is rounding of the file's numbers.
const ORTHOGONAL: f64 = 1e-13;

/// The numbers that the proof chooses.
pub struct Choice {
    /// ω
    share: f64,
    /// μ
    split: Interval,
}

/// Checks one certificate against what is given; `other` is the region of the file's other certificate, if it has one.
pub fn check(inputs: &Inputs, node: &Node, other: Option<&Node>, ledger: &mut Ledger) -> Result<(), Mistake> {
    let rate = node.positive("rate")?;
    let region = Region::read(node)?;
    let choice = Choice {
        share: node.not_negative("share")?,
        split: node.positive("split")?.into(),
    };
    ledger.note("share", "0 ≤ ω ≤ 1", Side::AtMost, choice.share, 1.0);
    let squares: Interval = inputs.angles.iter().map(|&theta| chord(theta.into()).squared()).sum();
    let errors: Interval = inputs.errors.iter().map(|&error| Interval::from(error).squared()).sum();
    ledger.at_least("radius", "ϱ ≥ √(R² + a²) at the start", region.radius.high, (squares + errors).sqrt());
    ledger.note("radius", "ϱ, as far as the theorem goes", Side::AtMost, region.radius.high, 1.2);
    ledger.note("single_drift", "ψ_m, as far as the theorem goes", Side::AtMost, region.single_drift.high, 0.5);
    let bounds = node.at("bounds")?;
    let limits = Limits::read(inputs, region, &choice, &bounds, ledger)?;
    let found = form::rate(inputs, &limits, &choice);
    ledger.note("rate", "λ of √(‖W_u − W*‖² + ‖V − [V*; 0]‖²)", Side::AtMost, rate, found);
    match (node.word("region", &["itself", "certified"])?, other) {
        ("itself", _) => closing::note(inputs, &limits, rate, ledger),
        (_, Some(other)) => within(inputs, &limits.region, other, ledger)?,
        (_, None) => {
            return Err(Mistake {
                key: format!("{}.region", node.path()),
                found: "\"certified\" in a file without such a certificate".into(),
                allowed: "\"itself\"".into(),
            });
        }
    }
    Ok(())
}

/// That the other certificate's region, which holds by itself, lies within this one.
fn within(inputs: &Inputs, region: &Region, other: &Node, ledger: &mut Ledger) -> Result<(), Mistake> {
    let (m, n) = (inputs.teacher_nodes, inputs.nodes.len());
    let errors = other.numbers("region", Some(m + n))?;
    let drift = other.numbers("drift", Some(n - m))?;
    let single = chord(largest(&drift).into());
    let together = Interval::from((n - m) as f64).sqrt() * single;
    let ball = arc(region.radius);
    let limited = |part: &[f64], cap: Interval| Interval::from(largest(part)).min(cap.low * (1.0 - 1e-12));
    // Both are computed from the same angle: a part of 1e-11 is room for rounding.
    let room = Interval::from(1.0 - 1e-11);
    for (item, meaning, held, found) in [
        ("largest_angle", "θ̂ of the other region", region.theta, limited(&errors[..m], ball)),
        ("largest_error", "ê of the other region", region.error, limited(&errors[m..2 * m], region.radius)),
        ("largest_extra", "v̂ of the other region", region.extra, limited(&errors[2 * m..], region.radius)),
        ("drift", "ψ of the other region", region.drift, together * room),
        ("single_drift", "ψ_m of the other region", region.single_drift, single * room),
    ] {
        ledger.at_least(item, meaning, held.high, found);
    }
    Ok(())
}
