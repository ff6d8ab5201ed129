//! What `aggregate.csv` is to hold, for all verbs that write it.

use clap::Args;
use luckflow::sweep::aggregate::Form;

/// Its columns and its form.
#[derive(Args)]
pub struct Aggregate {
    /// Columns of the sweep that aggregate.csv has, separated by commas [default: all of numbers and of verdicts]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    columns: Vec<String>,
    /// Also write aggregate-long.csv, a row for each number: point, axes, column, statistic, value
    #[arg(long)]
    long: bool,
}

impl Aggregate {
    /// As the library has it.
    pub fn form(&self) -> Form {
        let named = self.columns.iter().map(|name| name.trim().to_owned());
        Form {
            columns: (!self.columns.is_empty()).then(|| named.collect()),
            long: self.long,
        }
    }

    /// Whether something was asked for.
    pub fn is_given(&self) -> bool {
        self.long || !self.columns.is_empty()
    }
}
