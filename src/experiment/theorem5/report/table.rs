//! The table that a run prints.

use crate::experiment::theorem5::Outcome;
use crate::output::terminal;
use crate::plot::number::short;
use comfy_table::Table;
use std::fmt::Write;

/// Certificate, the three limits with verdicts, spectra, and how the run went.
pub fn table(outcome: &Outcome) -> String {
    let mut text = String::new();
    let network = &outcome.network;
    let m = network.teacher.weights.ncols();
    let n = network.student.weights.ncols();
    let _ = writeln!(
        text,
        "{}: m = {m} teacher and n = {n} student nodes, C = {} outputs, d = {}, b = {}",
        outcome.scenario.name,
        network.fan_out.ncols(),
        outcome.frame.dim(),
        short(outcome.threshold),
    );
    for premise in &outcome.premises_not_met {
        let _ = writeln!(text, "Not a premise of the theorem: {premise}.");
    }
    certificates(outcome, &mut text);
    if let Some(slowest) = outcome.slowest_found {
        let _ = writeln!(text, "{slowest}");
    }
    let _ = writeln!(text, "{}", limits(outcome));
    if let Some(factor) = outcome.gradient_descent {
        let _ = writeln!(
            text,
            "Gradient descent, η = {}: largest factor of the weighted norm per step {:.9}; 1 − ηλ = {:.9} (nothing is proved of steps)",
            short(factor.step),
            factor.largest_ratio,
            factor.from_rate,
        );
    }
    spectra(outcome, &mut text);
    let _ = writeln!(
        text,
        "The run {}: {} steps, {} evaluations, {:.2} s",
        outcome.end, outcome.steps, outcome.evaluations, outcome.seconds
    );
    if let Some(advice) = outcome.end.advice() {
        let _ = writeln!(text, "  → {advice}");
    }
    text
}

/// The flow at its limit, and the last state.
fn spectra(outcome: &Outcome, text: &mut String) {
    match &outcome.joint {
        Some(joint) => {
            let slowest = joint.slowest.map_or("not computed (too many unknowns)".into(), short);
            let _ = writeln!(
                text,
                "At the limit: slowest rate {slowest}, λ_min(L) = {}, {} neutral directions ({} predicted).",
                short(joint.smallest_l()),
                joint.neutral,
                joint.neutral_expected,
            );
        }
        None => {
            let problem = outcome.joint_problem.as_deref().unwrap_or_default();
            let _ = writeln!(text, "The spectrum at the limit is not known: {problem}.");
        }
    }
    let _ = writeln!(text, "λ_min(L) in the last state: {}", short(outcome.final_smallest_l));
    for shared in &outcome.shared {
        let students: Vec<String> = shared.students.iter().map(usize::to_string).collect();
        let _ = writeln!(text, "Teacher node {} is shared by student nodes {}.", shared.teacher, students.join(", "));
    }
}

/// What is certified, and what the run says of it.
fn certificates(outcome: &Outcome, text: &mut String) {
    for claim in &outcome.claims {
        let (bound, best) = (claim.bound, outcome.best == Some(claim.bound.name));
        let Some(value) = claim.value else {
            let _ = writeln!(text, "{}: no certificate for this start.", capital(bound.label));
            continue;
        };
        let _ = writeln!(
            text,
            "{}: rate {} of the {}{}, simulated {}: {}",
            capital(bound.label),
            short(value),
            bound.measure.symbol(),
            if best { ", the better of the two" } else { "" },
            claim.simulated.map_or("none".into(), short),
            claim.verdict,
        );
    }
    if let (Some(certificate), Some(envelope)) = (&outcome.certificate, &outcome.envelope) {
        let _ = writeln!(
            text,
            "Envelope z(t) ≤ exp(Mt) z(0): {}; largest ratio at t > 0 {}, integration error {} at most.",
            envelope.verdict,
            envelope.largest_ratio.map_or("none".into(), short),
            short(envelope.integration_error),
        );
        let _ = writeln!(
            text,
            "Margins {} (W) and {} (V); W_r turns by {} at most (it did by {}).",
            short(certificate.w_margin),
            short(certificate.v_margin),
            short(certificate.drift),
            short(envelope.turned),
        );
    }
    if let Some(largest) = outcome.largest_scales {
        let [comparison, euclidean] = largest.map(short);
        let _ = writeln!(
            text,
            "Certified are starts with θ₀ = e₀ = v₀ up to {comparison} (certified) and {euclidean} (Euclidean)."
        );
    }
}

fn capital(label: &str) -> String {
    let mut letters = label.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

fn limits(outcome: &Outcome) -> Table {
    let mut table = terminal::table(["limit", "error at the end", "fitted rate", "±", "verdict"], 1..4);
    for part in &outcome.parts {
        let number = |x: Option<f64>| x.map_or("too short".into(), short);
        table.add_row([
            part.label.to_owned(),
            short(part.last),
            number(part.fitted.map(|fit| fit.rate)),
            number(part.fitted.map(|fit| fit.standard_error)),
            part.verdict.to_string(),
        ]);
    }
    table
}
