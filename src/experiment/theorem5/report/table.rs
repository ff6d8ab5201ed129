//! The table that a run prints.

use crate::experiment::theorem5::Outcome;
use crate::plot::number::short;
use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{CellAlignment, Table};
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
    match (&outcome.certificate, &outcome.check) {
        (Some(certificate), Some(check)) => {
            let _ = writeln!(
                text,
                "Certified: rate {}, margins {} (W) and {} (V), W_r turns by {} at most (it did by {}).",
                short(certificate.rate),
                short(certificate.w_margin),
                short(certificate.v_margin),
                short(certificate.drift),
                short(check.turned),
            );
            let _ = writeln!(
                text,
                "z(t) ≤ exp(Mt) z(0) {} along the run: the largest ratio is {}.",
                if check.holds { "held" } else { "was VIOLATED" },
                short(check.largest_ratio),
            );
        }
        _ => {
            let _ = writeln!(text, "No certificate for this start.");
        }
    }
    let _ = writeln!(
        text,
        "Certified are starts with θ₀ = e₀ = v₀ up to {}.",
        short(outcome.largest_scale)
    );
    let _ = writeln!(text, "{}", limits(outcome));
    if let Some(claim) = outcome.gradient_descent {
        let _ = writeln!(
            text,
            "Gradient descent, η = {}: largest factor per step {:.9}, 1 − ηλ = {:.9}: {}",
            short(claim.step),
            claim.largest_ratio,
            claim.bound,
            claim.verdict,
        );
    }
    match &outcome.joint {
        Some(joint) => {
            let slowest = joint
                .slowest
                .map_or("not computed (too many unknowns)".into(), short);
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
    let _ = writeln!(
        text,
        "λ_min(L) in the last state: {}",
        short(outcome.final_smallest_l)
    );
    for shared in &outcome.shared {
        let students: Vec<String> = shared.students.iter().map(usize::to_string).collect();
        let _ = writeln!(
            text,
            "Teacher node {} is shared by student nodes {}.",
            shared.teacher,
            students.join(", ")
        );
    }
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

fn limits(outcome: &Outcome) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY);
    table.set_header(["limit", "error at the end", "fitted rate", "±", "verdict"]);
    for (part, name) in outcome
        .parts
        .iter()
        .zip(["W_u → W*", "V_u → V*", "V_r → 0"])
    {
        let number = |x: Option<f64>| x.map_or("too short".into(), short);
        table.add_row([
            name.to_owned(),
            short(part.last),
            number(part.fitted.map(|fit| fit.rate)),
            number(part.fitted.map(|fit| fit.standard_error)),
            part.verdict.to_string(),
        ]);
    }
    for column in table.column_iter_mut().skip(1).take(3) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}
