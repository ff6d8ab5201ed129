//! `luckflow verify`: every claim of the project in a short form.

use super::Failure;
use luckflow::output::terminal;
use luckflow::plot::number::short;
use luckflow::verify::{self, Standing};

/// Prints the table; fails if something does not hold that is not only stated by others.
pub fn execute() -> Result<(), Failure> {
    let claims = verify::all();
    let mut table = terminal::table(["claim", "measured", "expected", "standing", "verdict"], [1]);
    for claim in &claims {
        table.add_row([
            claim.claim.clone(),
            short(claim.measured),
            claim.expected.to_string(),
            claim.standing.to_string(),
            claim.verdict().to_string(),
        ]);
    }
    super::say(table)?;
    let failures = claims.iter().filter(|claim| claim.is_a_failure()).count();
    if failures == 0 {
        return Ok(());
    }
    let judged = claims.iter().filter(|claim| claim.standing != Standing::Stated).count();
    Err(Failure::runtime(format!(
        "{failures} of {judged} claims that are proved, measured or statistical do not hold"
    )))
}
