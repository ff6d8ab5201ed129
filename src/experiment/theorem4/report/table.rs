//! The table that a run prints.

use super::convergence::with_error;
use crate::experiment::theorem4::Outcome;
use crate::measure::Fit;
use crate::output::terminal;
use crate::plot::number::short;
use comfy_table::Table;
use std::fmt::Write;

/// Assumption, rates with verdicts, and how the run went.
pub fn table(outcome: &Outcome) -> String {
    let assumption = &outcome.assumption;
    let mut text = String::new();
    let teacher = &outcome.scenario.teacher;
    let _ = writeln!(
        text,
        "{}: m = {} nodes in d = {} dimensions, b = {}, θ₀ = {}",
        outcome.scenario.name,
        assumption.nodes,
        teacher.input_dim.unwrap_or_default(),
        short(assumption.threshold),
        short(assumption.theta0),
    );
    let _ = writeln!(
        text,
        "Assumption 3: ε = {}, K_d = {}, d₀ = {}",
        short(assumption.epsilon),
        short(assumption.k_d),
        short(assumption.d0),
    );
    for premise in &outcome.premises_not_met {
        let _ = writeln!(text, "Not a premise of the theorem: {premise}.");
    }
    let _ = writeln!(text, "{}", rates(outcome));
    if let Some(slowest) = outcome.slowest_found {
        let _ = writeln!(text, "{slowest}");
    }
    if let Some(way) = &outcome.way {
        let _ = writeln!(text, "{way}");
    }
    measurements(outcome, &mut text);
    let run = &outcome.primary;
    let _ = writeln!(
        text,
        "The run {}: largest angle {}, {} steps, {} evaluations, {:.2} s",
        run.end,
        short(outcome.measured.final_angle),
        run.steps,
        run.evaluations,
        outcome.seconds
    );
    if let Some(advice) = run.end.advice() {
        let _ = writeln!(text, "  → {advice}");
    }
    text
}

/// What was fitted, and what was measured beside.
fn measurements(outcome: &Outcome, text: &mut String) {
    let measured = &outcome.measured;
    let fit = |fit: Option<Fit>| fit.as_ref().map_or("too short a tail".into(), with_error);
    let _ = writeln!(
        text,
        "Fitted to the tail: {} (slowest mode), {} (largest angle, a mixture of modes)",
        fit(measured.slowest_mode),
        fit(measured.largest_angle)
    );
    if let Some(exact) = &outcome.measured_exact {
        let worst = exact.worst.map_or("none".into(), |worst| short(worst.theta));
        let _ = writeln!(text, "With exact overlaps beside it: worst rate {worst}, fitted {}", fit(exact.fitted()));
    }
    if let Some(claim) = measured.gradient_descent {
        let _ = writeln!(
            text,
            "Gradient descent, η = {}: largest factor per step {:.9} (θ), {:.9} (tan θ/2), {:.9} (‖W − W*‖)",
            short(claim.step),
            claim.largest_ratio,
            claim.largest_ratio_tan,
            claim.largest_ratio_distance
        );
    }
    if let Some(problem) = &outcome.asymptotic_problem {
        let _ = writeln!(text, "The exact rate is not known: {problem}.");
    }
}

fn rates(outcome: &Outcome) -> Table {
    let descent = outcome.measured.gradient_descent.is_some();
    let mut header = vec!["rate", "λ", "λ/d₀", "simulated", "verdict"];
    if descent {
        header.push("1 − ηλ");
    }
    let mut table = terminal::table(header, 1..4);
    for claim in &outcome.claims {
        let value = |x: Option<f64>| x.map_or("unknown".into(), short);
        let mut row = vec![
            claim.bound.name.to_string(),
            value(claim.value),
            value(claim.value.map(|value| value / outcome.assumption.d0)),
            value(claim.simulated),
            claim.verdict.to_string(),
        ];
        if descent {
            row.push(value(claim.ratio));
        }
        table.add_row(row);
    }
    table
}
