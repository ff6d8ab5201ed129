//! The runs of a sweep in which a bound is violated.

use super::html::{Html, cell, head, table, tag};
use crate::experiment::{ERROR, simulated, verdict};
use crate::plot::number::short;
use crate::sweep::table::Head;
use crate::theory::Verdict;
use csv::StringRecord;

/// So many are listed without scripts.
const LISTED: usize = 100;

/// The first violations, and how many runs have one.
pub(super) struct Violations {
    /// Of each bound: what it is called, and the places of its verdict, of what it claims and of what it is compared with.
    bounds: Vec<(&'static str, [usize; 3])>,
    axes: std::ops::Range<usize>,
    error: Option<usize>,
    listed: Vec<Violation>,
    pub(super) runs: usize,
}

/// A run in which a bound is violated.
struct Violation {
    index: String,
    axes: Vec<String>,
    label: &'static str,
    numbers: [String; 2],
}

impl Violations {
    /// None yet, of a table whose rows have columns of these names.
    pub(super) fn new(table: &Head, names: &[&str]) -> Self {
        let place = |name: &str| names.iter().position(|known| *known == name);
        let bounds = table.experiment.view.bounds.iter().filter_map(|bound| {
            let columns = [place(&verdict(bound.name))?, place(bound.name)?, place(&simulated(bound.name))?];
            Some((bound.label, columns))
        });
        Self {
            bounds: bounds.collect(),
            axes: 2..2 + table.axes.len(),
            error: place(ERROR),
            listed: Vec::new(),
            runs: 0,
        }
    }

    /// Looks at a row.
    pub(super) fn see(&mut self, row: &StringRecord) {
        let field = |at: usize| row.get(at).unwrap_or_default();
        let failed = self.error.is_some_and(|at| !field(at).is_empty());
        let mut any = false;
        for &(label, [judged, claimed, simulated]) in &self.bounds {
            let violated = field(judged) == Verdict::Violated.name();
            any |= violated;
            if violated && !failed && self.listed.len() < LISTED {
                self.listed.push(Violation {
                    index: field(0).into(),
                    axes: self.axes.clone().map(|at| field(at).into()).collect(),
                    label,
                    numbers: [claimed, simulated].map(|at| field(at).into()),
                });
            }
        }
        self.runs += usize::from(any);
    }

    /// All that are listed, and how many there are; `axes` are the keys that change.
    pub(super) fn section(&self, axes: &[String]) -> Html {
        if self.listed.is_empty() {
            return tag("p").text("No bound is violated in any run.");
        }
        let rows = self.listed.iter().map(|violation| {
            let [claimed, simulated] = violation.numbers.each_ref().map(|text| {
                let number = text.parse().map_or("–".into(), short);
                cell(number).class("number").with("title", text)
            });
            let axes = axes.iter().zip(&violation.axes);
            let axes: Vec<String> = axes.map(|(key, value)| format!("{key} = {value}")).collect();
            [head(&violation.index), cell(axes.join(", ")), cell(violation.label), claimed, simulated]
        });
        let listed = self.listed.len();
        let note = match self.runs {
            all if listed >= LISTED => format!(
                "{all} runs violate a bound; the first {listed} violations are listed, and the table above filters all."
            ),
            all => format!("{all} runs violate a bound."),
        };
        tag("div").child(tag("p").text(note)).child(table(
            "short",
            ["run", "axes", "claim", "claimed", "simulated"],
            rows,
        ))
    }
}
