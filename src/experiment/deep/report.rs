//! What the reports of experiments with deep networks share.

use super::keys::Teacher;
use crate::experiment::{Experiment, Run};
use crate::integrate::RunEnd;
use crate::measure::Span;

/// A line of the table that says how a run went.
pub(super) fn ending<E: Experiment>(run: &Run<E>) -> String {
    let seconds = run.seconds;
    match &run.end {
        RunEnd::Finished => format!("{seconds:.1} s\n"),
        RunEnd::Interrupted { .. } => {
            format!("Stopped by the user after {seconds:.1} s; --resume goes on.\n")
        }
        early => format!("Ended early after {seconds:.1} s: {early}\n"),
    }
}

/// What a run was, in a line for tables and captions.
pub(super) fn heading(teacher: &Teacher) -> String {
    format!("teacher {}", teacher.architecture.widths())
}

/// Of all values but NaN; `None` if there are none.
pub(super) fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    Span::of(values).map(|span| span.median)
}
