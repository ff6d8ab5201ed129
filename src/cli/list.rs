//! `luckflow list`: experiments, and the scenarios inside the program.

use super::Failure;
use luckflow::config::shipped_scenarios;
use luckflow::experiment::KINDS;

/// Prints both lists.
pub fn execute() -> Result<(), Failure> {
    super::say("Experiments (luckflow new NAME begins a scenario, luckflow explain NAME shows its keys):\n")?;
    for kind in KINDS {
        super::say(format_args!("  {:26}{}", kind.name, kind.about))?;
    }
    super::say("\nScenarios (luckflow run NAME from any folder; those with a sweep by luckflow sweep NAME):\n")?;
    for (name, about) in shipped_scenarios() {
        super::say(format_args!("  {name:26}{}", first_sentence(&about)))?;
    }
    Ok(())
}

/// Up to the first mark that ends one.
fn first_sentence(text: &str) -> &str {
    let ends = text.match_indices(['.', '?', ':']).map(|(at, mark)| at + mark.len());
    let end = ends.filter(|&at| text[at..].starts_with(' ')).min();
    &text[..end.unwrap_or(text.len())]
}
