//! Certificate files, and a check of them that needs neither the search that found them nor its arithmetic.
//!
//! Everything is computed in intervals that are rounded outwards; what is confirmed is true of the numbers in the file, and
//! docs/theory.md, section 10, says why. docs/certificates.md describes the file.

mod comparison_form;
mod definite;
mod distance;
mod elementary;
pub mod entry;
mod gaussian;
mod geometry;
mod interval;
mod joint;
mod joint_inputs;
mod ledger;
mod profile;
mod reach;
mod read;
mod slopes;
mod weighted;
mod write;

pub use ledger::{Finding, Side};
pub use read::Mistake;
pub use write::{entered, theorem4, theorem5};

use ledger::Ledger;
use read::Node;

/// What a certificate file says that it is.
pub const FORMAT: &str = "luckflow certificate";

/// The version of the format that is written and read.
pub const VERSION: u64 = 1;

/// One certificate of a file, checked.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Checked {
    /// Which theorem's: 4 or 5.
    pub theorem: u64,
    /// The bound, as `run` names it.
    pub bound: &'static str,
    /// λ, as claimed; an entry has none of its own.
    pub rate: Option<f64>,
    /// Every ingredient.
    pub findings: Vec<Finding>,
}

impl Checked {
    /// Whether everything is confirmed.
    pub fn is_confirmed(&self) -> bool {
        self.findings.iter().all(|finding| finding.confirmed)
    }
}

/// Checks all certificates of a file.
///
/// # Errors
/// A text that is no certificate: not JSON, another version, a key that is missing, a number that is not finite, a wrong shape.
///
/// # Cost
/// Milliseconds; O((mk)³) for quadratic forms, a second at mk = 500.
pub fn check(text: &str) -> Result<Vec<Checked>, Mistake> {
    let value = read::parse(text)?;
    let root = Node::root(&value);
    root.word("format", &[FORMAT])?;
    root.whole("version", &[VERSION])?;
    let theorem = root.whole("theorem", &[4, 5])?;
    let inputs = root.at("inputs")?;
    let certificates = root.at("certificates")?.list(None)?;
    match theorem {
        4 => {
            let is_entry = |node: &Node| node.word("bound", &["entry"]).is_ok();
            let entry = certificates.iter().find(|node| is_entry(node));
            let given = distance::Inputs::read(&inputs, entry)?;
            let checked = certificates.iter().map(|node| {
                let bound = node.word("bound", &["entry", "euclidean"])?;
                checked(theorem, bound, node, |ledger| match bound {
                    "entry" => entry::check(&inputs, node, ledger),
                    _ => distance::check(&given, node, ledger),
                })
            });
            checked.collect()
        }
        _ => {
            let inputs = joint_inputs::Inputs::read(&inputs)?;
            let is_weighted = |node: &Node| node.word("bound", &["certified"]).is_ok();
            let weighted = certificates.iter().find(|node| is_weighted(node)).cloned();
            let checked = certificates.iter().map(|node| {
                let bound = node.word("bound", &["certified", "euclidean"])?;
                checked(theorem, bound, node, |ledger| match bound {
                    "certified" => weighted::check(&inputs, node, ledger),
                    _ => joint::check(&inputs, node, weighted.as_ref(), ledger),
                })
            });
            checked.collect()
        }
    }
}

fn checked(
    theorem: u64,
    bound: &'static str,
    node: &Node,
    check: impl FnOnce(&mut Ledger) -> Result<(), Mistake>,
) -> Result<Checked, Mistake> {
    let mut ledger = Ledger::new(node.path().into());
    check(&mut ledger)?;
    let rate = match bound {
        "entry" => None,
        _ => Some(node.number("rate")?),
    };
    let findings = ledger.findings;
    Ok(Checked {
        theorem,
        bound,
        rate,
        findings,
    })
}
