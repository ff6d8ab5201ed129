//! What a point leaves in the table: one row, with the same columns whether it succeeds or fails.

mod theorem4;
mod theorem5;

use crate::experiment::Scenario;
use crate::experiment::{self, Hooks};
use crate::integrate::RunEnd;
use crate::theory::Verdict;

/// Ending of the names of columns that have verdicts.
pub const VERDICT: &str = "_verdict";

/// The last column: empty for a point that came to its end.
pub const ERROR: &str = "error";

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A floating-point number with all its digits; empty where there is none.
    Number,
    /// A whole number.
    Count,
    /// Words.
    Text,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// As in the header.
    pub name: String,
    /// What stands in it.
    pub kind: Kind,
}

/// One row, as text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    columns: Vec<Column>,
    fields: Vec<String>,
}

impl Record {
    /// A field per column.
    pub fn fields(&self) -> &[String] {
        &self.fields
    }

    fn push(&mut self, name: impl Into<String>, kind: Kind, field: String) {
        let name = name.into();
        self.columns.push(Column { name, kind });
        // A row is a line.
        self.fields.push(field.replace(['\n', '\r'], " "));
    }

    fn number(&mut self, name: impl Into<String>, value: Option<f64>) {
        self.push(name, Kind::Number, value.map_or(String::new(), number));
    }

    fn count(&mut self, name: impl Into<String>, value: Option<u64>) {
        let field = value.map_or(String::new(), |value| value.to_string());
        self.push(name, Kind::Count, field);
    }

    fn text(&mut self, name: impl Into<String>, value: Option<String>) {
        self.push(name, Kind::Text, value.unwrap_or_default());
    }

    fn verdict(&mut self, name: &str, verdict: Option<Verdict>) {
        let verdict = verdict.map(|verdict| verdict.to_string());
        self.text(format!("{name}{VERDICT}"), verdict);
    }

    /// How the run went, and the error column, which is the last.
    fn end(&mut self, end: Option<&RunEnd>, steps: Option<u64>, evaluations: Option<u64>) {
        self.text("reason", end.map(|end| end.kind().to_owned()));
        self.count("steps", steps);
        self.count("evaluations", evaluations);
        let early = end.filter(|end| !end.is_regular());
        let error = early.map(|end| format!("{end}; {}", end.advice().unwrap_or_default()));
        self.text(ERROR, error);
    }
}

/// A number that reads back exactly: 0.001, 1e-12, 5.
pub fn number(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        format!("{value}")
    } else {
        format!("{value:?}")
    }
}

/// What all points of a sweep run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Experiment {
    /// `theorem4`
    Theorem4,
    /// `theorem5`
    Theorem5,
}

impl Experiment {
    const ALL: [Self; 2] = [Self::Theorem4, Self::Theorem5];

    /// Of a scenario; `None` for one whose points would not be single runs.
    pub fn of(scenario: &Scenario) -> Option<Self> {
        match scenario {
            Scenario::Theorem4(_) => Some(Self::Theorem4),
            Scenario::Theorem5(_) => Some(Self::Theorem5),
            _ => None,
        }
    }

    /// Of a table, by the last columns of its header.
    pub fn of_header(header: &csv::StringRecord) -> Option<Self> {
        Self::ALL.into_iter().find(|experiment| {
            let columns = experiment.columns();
            let names = columns.iter().map(|column| column.name.as_str());
            let leading = header.len().checked_sub(columns.len());
            leading.is_some_and(|leading| header.iter().skip(leading).eq(names))
        })
    }

    /// The columns of all points, in their order.
    pub fn columns(self) -> Vec<Column> {
        self.empty().columns
    }

    /// A row for a point that failed before there was anything to say.
    pub fn failed(self, error: &str) -> Record {
        let mut record = self.empty();
        if let Some(last) = record.fields.last_mut() {
            *last = error.replace(['\n', '\r'], " ");
        }
        record
    }

    fn empty(self) -> Record {
        match self {
            Self::Theorem4 => theorem4::record(None),
            Self::Theorem5 => theorem5::record(None),
        }
    }
}

/// Runs a point; `None` if it was interrupted.
pub fn run(scenario: &Scenario, hooks: &dyn Hooks) -> Option<Record> {
    let (experiment, outcome) = match scenario {
        Scenario::Theorem4(scenario) => (
            Experiment::Theorem4,
            experiment::theorem4::run(scenario, hooks)
                .map(|outcome| (theorem4::record(Some(&outcome)), outcome.primary.end)),
        ),
        Scenario::Theorem5(scenario) => (
            Experiment::Theorem5,
            experiment::theorem5::run(scenario, hooks)
                .map(|outcome| (theorem5::record(Some(&outcome)), outcome.end)),
        ),
        _ => unreachable!("a plan has single runs only"),
    };
    match outcome {
        Ok((_, RunEnd::Interrupted { .. })) => None,
        Ok((record, _)) => Some(record),
        Err(error) => Some(experiment.failed(&error.to_string())),
    }
}
