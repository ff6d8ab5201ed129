//! Theorem D: a start's way into a certified region, followed in intervals (docs/theory.md, section 5).

mod find;
mod point;
mod tube;

#[cfg(test)]
mod tests;

pub use find::{Entry, LARGEST, Missed, enter};

use super::gaussian::Gaussian;
use super::geometry::units;
use super::ledger::{Ledger, Side};
use super::read::{Mistake, Node};
use point::Field;
use tube::Tube;

/// Checks an entry from a start in `inputs`.
pub(super) fn check(inputs: &Node, node: &Node, ledger: &mut Ledger) -> Result<(), Mistake> {
    let teacher = inputs.matrix("teacher", None, None)?;
    let start = inputs.matrix("start", Some(teacher.nrows()), Some(teacher.ncols()))?;
    if start.len() > LARGEST {
        let allowed = format!("at most {LARGEST} numbers");
        return Err(inputs.at("start")?.mistake(allowed));
    }
    // None where the start is certified itself.
    let steps = node.at("steps")?.entries("a list")?;
    let steps: Vec<f64> = steps.iter().map(Node::as_positive).collect::<Result<_, _>>()?;
    let least = node.numbers("least", Some(steps.len()))?;
    let angles = node.numbers("angles", Some(teacher.nrows()))?;
    let kernel = Gaussian::new(inputs.number("threshold")?);
    let field = Field::new(kernel, units(&teacher));
    let mut tube = Tube::from(&field, &start);
    let mut found = Vec::new();
    for (i, (&step, &claimed)) in steps.iter().zip(&least).enumerate() {
        found.push(tube.least());
        if !tube.advance(step, claimed, f64::INFINITY) {
            let meaning = "a step on which the bounds that it supposes hold";
            ledger.note(&format!("steps[{i}]"), meaning, Side::AtMost, step, 0.0);
            return Ok(());
        }
    }
    let meaning = "of the loss's Hessian at each step's beginning, λ_min";
    ledger.row("least", meaning, Side::AtMost, &least, &found);
    ledger.at_least("time", "t₁, the steps' sum", node.number("time")?, tube.time);
    let meaning = "r: W(t₁) is within it of the last point";
    ledger.at_least("tube", meaning, node.number("tube")?, tube.radius);
    let reached = tube.angles();
    ledger.row("angles", "θ_j(t₁)", Side::AtLeast, &angles, &reached);
    Ok(())
}
