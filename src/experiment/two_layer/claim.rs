//! A claimed rate, and what a run says of it.

use crate::bound::{Bound, Measure, Premise};
use crate::experiment::{Judged, Reading, simulated};
use crate::plot::number::short;
use crate::theory::Verdict;
use serde::{Serialize, Serializer};

/// A rate with its verdict.
#[derive(Clone, Debug, Serialize)]
pub struct RateClaim {
    /// Which rate.
    #[serde(skip)]
    pub bound: &'static Bound,
    /// λ; `None` if it could not be computed, or nothing is claimed.
    pub value: Option<f64>,
    /// From this run.
    pub verdict: Verdict,
    /// What it was judged by.
    pub simulated: Option<f64>,
    /// For gradient descent: 1 − ηλ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
    /// How far the two may be apart: below a bound, on either side of a value.
    #[serde(skip)]
    pub tolerance: Option<f64>,
    /// Premises of the bound that the run lacks.
    #[serde(skip)]
    pub unmet: Vec<Premise>,
}

/// Claims by their names.
pub(in crate::experiment) fn by_name<S: Serializer>(claims: &[RateClaim], to: S) -> Result<S::Ok, S::Error> {
    to.collect_map(claims.iter().map(|claim| (claim.bound.name, claim)))
}

/// The claim on the flow's rate of this measure, if all its premises are met.
pub(in crate::experiment) fn of_flow(claims: &[RateClaim], measure: Measure) -> Option<&RateClaim> {
    claims.iter().find(|claim| {
        let bound = claim.bound;
        let of_flow = bound.measure == measure && bound.premises.contains(&Premise::Flow);
        of_flow && claim.unmet.is_empty()
    })
}

/// The columns of a bound: value, verdict and what it rests on, the rate of its measure, which `simulated_rate` introduces.
pub(in crate::experiment) fn columns<O: 'static>(
    bound: &'static Bound,
    simulated_rate: &str,
    claims: fn(&O) -> &[RateClaim],
) -> [Reading<O>; 3] {
    let claim = move |o: &O| claims(o).iter().find(|claim| claim.bound.name == bound.name).cloned();
    let (name, unit) = (bound.name, "1/time");
    let meaning = format!("{simulated_rate} {}", bound.measure.symbol());
    [
        Reading::number(name, unit, format!("rate: {}", bound.source), move |o| claim(o).and_then(|claim| claim.value)),
        Reading::verdict(name, move |o| claim(o).map(|claim| claim.verdict)),
        Reading::number(simulated(name), unit, meaning, move |o| claim(o).and_then(|claim| claim.simulated)),
    ]
}

impl RateClaim {
    /// With the reason for its verdict. `absent` is why there is no value, where there is none.
    pub(in crate::experiment) fn judged(&self, absent: &str) -> Judged {
        let bound = self.bound;
        Judged {
            claim: bound.name.into(),
            label: bound.label.into(),
            formula: bound.formula.into(),
            source: bound.source.into(),
            claimed: self.value,
            simulated: self.simulated,
            tolerance: self.tolerance,
            verdict: self.verdict,
            why: self.why(absent),
        }
    }

    fn why(&self, absent: &str) -> String {
        let number = |x: Option<f64>| x.map_or("none".into(), short);
        let (claimed, simulated) = (number(self.value), number(self.simulated));
        let what = match self.bound.measure.symbol() {
            name if name.starts_with(|c: char| c.is_ascii_lowercase()) && !name.contains('(') => {
                format!("the {name}")
            }
            symbol => symbol.to_owned(),
        };
        match (self.verdict, self.bound.is_lower()) {
            (Verdict::NotApplicable, _) => {
                let reasons: Vec<&str> = self.unmet.iter().map(|premise| premise.unmet()).collect();
                format!("A premise is not met: {}.", reasons.join("; "))
            }
            (Verdict::Vacuous | Verdict::Untested, _) if self.value.is_none() => absent.into(),
            (Verdict::Vacuous, _) => {
                format!("The rate {claimed} is not positive for this start, so that nothing is claimed.")
            }
            (Verdict::Untested, true) => {
                format!("Nowhere along the run was {what} far enough above the noise to read its rate.")
            }
            (Verdict::Untested, false) => "The run has no tail that is long enough to fit the slowest mode.".into(),
            (Verdict::Holds, true) => {
                format!("All along the run {what} fell at a rate of at least {simulated}; {claimed} was claimed.")
            }
            (Verdict::Violated, true) => {
                format!("At some time {what} fell at a rate of only {simulated}; at least {claimed} was claimed.")
            }
            (Verdict::Undecided, true) => format!(
                "At some time {what} fell at a rate of only {simulated}, less than {claimed}; but the overlaps are \
                 sampled, and the sample's error may be all of it."
            ),
            (Verdict::Holds, false) => {
                format!("The slowest mode's tail falls at {simulated}: {claimed} within its error.")
            }
            (Verdict::Violated | Verdict::Undecided, false) => {
                format!("The slowest mode's tail falls at {simulated}: away from {claimed} by more than its error.")
            }
        }
    }
}
