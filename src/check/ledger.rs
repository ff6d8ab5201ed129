//! What was checked: for each ingredient what the file claims, what was recomputed, and whether the claim is confirmed.

use super::interval::Interval;
use ndarray::Array2;
use serde::Serialize;
use std::cmp::Ordering;

/// One ingredient of a certificate.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// Which, as a path in the file: `certificates[0].rate`. Of an array the entry that is closest to failing.
    pub item: String,
    /// What it is.
    pub meaning: &'static str,
    /// What the file says.
    pub claimed: f64,
    /// What it must not fall short of, or exceed: the safe end of an interval.
    pub recomputed: f64,
    /// Which of the two.
    pub side: Side,
    /// Whether the claim is confirmed.
    pub confirmed: bool,
}

/// On which side of what is recomputed a claim must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// Claimed ≥ recomputed: an upper bound.
    AtLeast,
    /// Claimed ≤ recomputed: a lower bound.
    AtMost,
    /// Claimed > recomputed: something that is never reached.
    Above,
}

impl Finding {
    fn margin(&self) -> f64 {
        match self.side {
            Side::AtMost => self.recomputed - self.claimed,
            Side::AtLeast | Side::Above => self.claimed - self.recomputed,
        }
    }

    /// What is closer to failing comes first.
    fn by_failing(&self, other: &Self) -> Ordering {
        let first = self.confirmed.cmp(&other.confirmed);
        first.then(self.margin().total_cmp(&other.margin()))
    }
}

/// Findings as they come, each with the path of its part of the file.
pub struct Ledger {
    /// All of them.
    pub findings: Vec<Finding>,
    part: String,
}

impl Ledger {
    /// For a part of the file, such as `certificates[0]`.
    pub fn new(part: String) -> Self {
        let findings = Vec::new();
        Self { findings, part }
    }

    /// The claim as a bound of which only what the file says is used from here on.
    pub fn note(&mut self, item: &str, meaning: &'static str, side: Side, claimed: f64, recomputed: f64) -> Interval {
        let finding = self.finding(item, meaning, side, claimed, recomputed);
        self.findings.push(finding);
        claimed.into()
    }

    /// An upper bound.
    pub fn at_least(&mut self, item: &str, meaning: &'static str, claimed: f64, recomputed: Interval) -> Interval {
        self.note(item, meaning, Side::AtLeast, claimed, recomputed.high)
    }

    /// A lower bound.
    pub fn at_most(&mut self, item: &str, meaning: &'static str, claimed: f64, recomputed: Interval) -> Interval {
        self.note(item, meaning, Side::AtMost, claimed, recomputed.low)
    }

    /// A table of bounds: one finding, of the entry that is closest to failing.
    pub fn table(
        &mut self,
        item: &str,
        meaning: &'static str,
        side: Side,
        claimed: &Array2<f64>,
        recomputed: impl Fn(usize, usize) -> Option<f64>,
    ) {
        let entries = claimed.indexed_iter().filter_map(|((i, j), &claimed)| {
            let name = format!("{item}[{i}][{j}]");
            Some(self.finding(&name, meaning, side, claimed, recomputed(i, j)?))
        });
        let worst = entries.min_by(Finding::by_failing);
        self.findings.extend(worst);
    }

    /// A row of bounds: one finding.
    pub fn row(&mut self, item: &str, meaning: &'static str, side: Side, claimed: &[f64], recomputed: &[f64]) {
        let pairs = claimed.iter().zip(recomputed).enumerate();
        let entries = pairs.map(|(i, (&claimed, &recomputed))| {
            self.finding(&format!("{item}[{i}]"), meaning, side, claimed, recomputed)
        });
        let worst = entries.min_by(Finding::by_failing);
        self.findings.extend(worst);
    }

    fn finding(&self, item: &str, meaning: &'static str, side: Side, claimed: f64, recomputed: f64) -> Finding {
        Finding {
            item: format!("{}.{item}", self.part),
            meaning,
            claimed,
            recomputed,
            side,
            confirmed: match side {
                Side::AtLeast => claimed >= recomputed,
                Side::AtMost => claimed <= recomputed,
                // What is 0 stays 0.
                Side::Above => claimed > recomputed || recomputed == 0.0 && claimed == 0.0,
            },
        }
    }
}
