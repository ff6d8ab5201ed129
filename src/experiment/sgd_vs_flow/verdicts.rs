//! The predicted gaps, each step and all together, with the reason for the verdict.

use super::{Agreement, Outcome};
use crate::experiment::Judged;
use crate::plot::number::short;
use crate::theory::Verdict;

/// None where nothing was predicted.
pub(super) fn all(outcome: &Outcome) -> Vec<Judged> {
    let Some(prediction) = &outcome.prediction else {
        return Vec::new();
    };
    let steps = prediction.steps.iter().map(|agreement| {
        let step = short(agreement.step);
        judged(format!("gaps, η = {step}"), agreement.found)
    });
    steps.chain([judged("all gaps".into(), prediction.all)]).collect()
}

fn judged(label: String, found: Agreement) -> Judged {
    let pairs = found.pairs as f64;
    let (chi_squared, most) = (short(found.chi_squared), short(pairs + found.allowed()));
    let ratio =
        format!("found over predicted is {} ± {}", short(found.ratio), short(found.ratio * found.standard_error));
    let than = match found.verdict {
        Verdict::Holds => "at most",
        _ => "more than",
    };
    Judged {
        claim: label.clone(),
        label,
        formula: "χ² of the largest gaps over those of the linear noise approximation: one for each pair of η and B"
            .into(),
        source: "docs/theory.md §8".into(),
        claimed: Some(pairs),
        simulated: Some(found.chi_squared),
        tolerance: Some(found.allowed()),
        verdict: found.verdict,
        why: format!("χ² = {chi_squared} is {than} {most}, what chance gives; {ratio}."),
    }
}
