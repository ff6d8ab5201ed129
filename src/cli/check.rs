//! `luckflow check`: a certificate file, verified by itself.

use super::Failure;
use super::quiet::Quiet;
use clap::Args;
use comfy_table::Table;
use luckflow::check::{self, Checked, Finding, Side};
use luckflow::output::terminal;
use std::path::PathBuf;

/// Which file.
#[derive(Args)]
pub struct Arguments {
    /// A certificate.json as `luckflow run` writes it
    file: PathBuf,
    #[command(flatten)]
    quiet: Quiet,
}

/// Prints every ingredient; fails if one is not confirmed.
pub fn execute(arguments: &Arguments) -> Result<(), Failure> {
    let file = arguments.file.display();
    let text = std::fs::read_to_string(&arguments.file).map_err(|error| Failure::usage(format!("{file}: {error}")))?;
    let checked = check::check(&text).map_err(|mistake| Failure::usage(format!("{file}: {mistake}")))?;
    for certificate in &checked {
        arguments.quiet.say(table(certificate))?;
        arguments.quiet.say(verdict(certificate))?;
    }
    let findings = checked.iter().flat_map(|certificate| &certificate.findings);
    let failed: Vec<String> = findings
        .filter(|finding| !finding.confirmed)
        .map(|finding| format!("{file}: {}", sentence(finding)))
        .collect();
    match failed.is_empty() {
        true => Ok(()),
        false => Err(Failure::runtime(failed.join("\n"))),
    }
}

fn verdict(certificate: &Checked) -> String {
    let Checked {
        theorem, bound, rate, ..
    } = certificate;
    let said = if certificate.is_confirmed() {
        "confirmed"
    } else {
        "not confirmed"
    };
    let rate = rate.map_or(String::new(), |rate| format!("rate {rate:.6} "));
    format!("Theorem {theorem}, {bound}: {rate}{said}")
}

fn relation(side: Side) -> &'static str {
    match side {
        Side::AtLeast => "at least",
        Side::AtMost => "at most",
        Side::Above => "above",
    }
}

fn sentence(finding: &Finding) -> String {
    let Finding {
        item,
        meaning,
        claimed,
        recomputed,
        side,
        ..
    } = finding;
    format!("{item} ({meaning}): found {claimed:.9e}; allowed: {} {recomputed:.9e}", relation(*side))
}

fn table(certificate: &Checked) -> Table {
    let mut table = terminal::table(["item", "meaning", "claimed", "must be", "recomputed", ""], [2, 4]);
    for finding in &certificate.findings {
        table.add_row([
            finding.item.clone(),
            finding.meaning.to_owned(),
            format!("{:.9e}", finding.claimed),
            relation(finding.side).to_owned(),
            format!("{:.9e}", finding.recomputed),
            if finding.confirmed {
                "confirmed"
            } else {
                "NOT CONFIRMED"
            }
            .to_owned(),
        ]);
    }
    table
}
