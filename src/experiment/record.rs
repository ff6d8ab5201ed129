//! What a sweep keeps of a run: one row, with the same columns whether the run succeeds or fails.

use super::{Report, Run};
use crate::output::table::ColumnKind;
use crate::output::{Cell, Column, Reading};
use crate::theory::Verdict;

/// Ending of the names of columns that have verdicts.
pub const VERDICT: &str = "_verdict";

/// Ending of the names of columns that a verdict rests on.
const SIMULATED: &str = "_simulated";

/// The last column: empty for a run that came to its end.
pub const ERROR: &str = "error";

/// The column of a claim's verdict.
pub fn verdict(claim: &str) -> String {
    format!("{claim}{VERDICT}")
}

/// The column of what a claim was judged by.
pub fn simulated(claim: &str) -> String {
    format!("{claim}{SIMULATED}")
}

impl<O> Reading<O> {
    /// The verdict on a claim, in a column named after it.
    pub fn verdict<T: Into<Option<Verdict>>>(claim: &str, read: impl Fn(&O) -> T + Send + Sync + 'static) -> Self {
        let column = Column::verdict(verdict(claim), format!("what the run says of {claim}"));
        Self::new(column, move |outcome| read(outcome).into())
    }
}

/// One row, as text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    fields: Vec<String>,
}

impl Record {
    /// A field per column.
    pub fn fields(&self) -> &[String] {
        &self.fields
    }

    /// Of a run.
    pub(super) fn of<E: Report>(run: &Run<E>) -> Self {
        let own = E::columns();
        let end = &run.end;
        let error = (!end.is_regular()).then(|| format!("{end}; {}", end.advice().unwrap_or_default()));
        let cells = own.iter().map(|reading| reading.of(run)).chain([end.kind().into(), error.into()]);
        Self {
            fields: cells.map(Cell::field).collect(),
        }
    }

    /// For a run that failed before there was anything to say.
    pub(super) fn failed(columns: usize, error: &str) -> Self {
        let mut fields = vec![String::new(); columns];
        if let Some(last) = fields.last_mut() {
            *last = Cell::from(error).field();
        }
        Self { fields }
    }
}

/// The columns of all runs of an experiment, in their order: its own, then how the run went.
pub(super) fn columns<E: Report>() -> Vec<Column> {
    let own = E::columns().into_iter().map(|reading| reading.column);
    own.chain([
        Column::text("reason", "why the run ended, in a word"),
        Column::text(ERROR, "why it did not come to its end"),
    ])
    .collect()
}

impl Column {
    /// The claim whose verdict stands in it.
    pub fn claim(&self) -> Option<&str> {
        (self.kind == ColumnKind::Verdict).then(|| self.name.trim_end_matches(VERDICT))
    }
}
