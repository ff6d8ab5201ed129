//! Certificates, envelope and limits, each with the reason for its verdict.

use crate::experiment::Judged;
use crate::experiment::theorem5::limits::vanished;
use crate::experiment::theorem5::{Envelope, Outcome, PartClaim};
use crate::plot::number::short;
use crate::theory::Verdict;

/// In the order of the printed table.
pub fn all(outcome: &Outcome) -> Vec<Judged> {
    let absent = "There is no certificate for this start, so that nothing is claimed.";
    let rates = outcome.claims.iter().map(|claim| claim.judged(absent));
    let limits = outcome.parts.iter().map(|part| limit(outcome, part));
    rates.chain(outcome.envelope.as_ref().map(envelope)).chain(limits).collect()
}

fn envelope(envelope: &Envelope) -> Judged {
    let ratio = envelope.largest_ratio.map_or("none".into(), short);
    let error = short(envelope.integration_error);
    Judged {
        claim: "envelope".into(),
        label: "envelope".into(),
        formula: "z(t) ≤ e^{Mt} z(0), entry by entry: the largest ratio is at most 1".into(),
        source: "docs/theory.md §6".into(),
        claimed: Some(1.0),
        simulated: envelope.largest_ratio,
        tolerance: Some(envelope.integration_error),
        verdict: envelope.verdict,
        why: match envelope.verdict {
            Verdict::Holds => {
                format!("No error came above its bound: the largest ratio is {ratio}.")
            }
            Verdict::Violated => format!(
                "An error came above its bound, or W_r turned farther than allowed, by more than the integrator's \
                 error of {error}; the largest ratio is {ratio}."
            ),
            Verdict::Undecided => {
                format!("An error came above its bound, but by less than the integrator's error of {error}.")
            }
            _ => "No error was above the noise floor after the start.".into(),
        },
    }
}

fn limit(outcome: &Outcome, part: &PartClaim) -> Judged {
    let label = part.label;
    let (last, least) = (short(part.last), short(vanished(outcome.floor)));
    Judged {
        claim: part.name.into(),
        label: label.into(),
        formula: format!("{label} as t → ∞: the largest error vanishes"),
        source: "Theorem 5".into(),
        claimed: Some(0.0),
        simulated: Some(part.last),
        tolerance: Some(vanished(outcome.floor)),
        verdict: part.verdict,
        why: match part.verdict {
            Verdict::Holds => {
                format!("The largest error fell to {last}, and below {least} it has vanished.")
            }
            Verdict::Violated => {
                format!("The run came to rest with an error of {last}, above {least}.")
            }
            Verdict::Undecided => {
                format!("The run ended with an error of {last}, above {least}, before it came to rest.")
            }
            Verdict::Untested => {
                format!("The error was not above {least} at the start, or nothing was integrated.")
            }
            Verdict::NotApplicable | Verdict::Vacuous => {
                format!("A premise is not met: {}.", outcome.premises_not_met.join("; "))
            }
        },
    }
}
