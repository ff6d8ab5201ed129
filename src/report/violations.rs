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
    error: Option<usize>,
    /// Rows, and which of the bounds is violated.
    listed: Vec<(StringRecord, usize)>,
    pub(super) runs: usize,
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
            error: place(ERROR),
            listed: Vec::new(),
            runs: 0,
        }
    }

    /// Looks at a row.
    pub(super) fn see(&mut self, row: &StringRecord) {
        let failed = self.error.is_some_and(|at| !field(row, at).is_empty());
        let mut any = false;
        for (bound, &(_, [judged, ..])) in self.bounds.iter().enumerate() {
            let violated = field(row, judged) == Verdict::Violated.name();
            any |= violated;
            if violated && !failed && self.listed.len() < LISTED {
                self.listed.push((row.clone(), bound));
            }
        }
        self.runs += usize::from(any);
    }

    /// All that are listed, and how many there are; `axes` are the keys that change.
    pub(super) fn section(&self, axes: &[String]) -> Html {
        if self.listed.is_empty() {
            return tag("p").text("No bound is violated in any run.");
        }
        let rows = self.listed.iter().map(|(row, bound)| {
            let (label, [_, claimed, simulated]) = self.bounds[*bound];
            let [claimed, simulated] = [claimed, simulated].map(|at| {
                let number = field(row, at).parse().map_or("–".into(), short);
                cell(number).class("number").with("title", field(row, at))
            });
            // Behind the run's number and its digest.
            let axes = axes.iter().zip(2..);
            let axes: Vec<String> = axes.map(|(key, at)| format!("{key} = {}", field(row, at))).collect();
            [head(field(row, 0)), cell(axes.join(", ")), cell(label), claimed, simulated]
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

fn field(row: &StringRecord, at: usize) -> &str {
    row.get(at).unwrap_or_default()
}
