//! What a run of Theorem 5 leaves behind: a table, `trajectory.csv`, three figures, and states if asked for.

mod columns;
mod figures;
mod table;
mod trajectory;
mod verdicts;

use super::{Outcome, RateClaim, Theorem5};
use crate::check;
use crate::experiment::two_layer::states::States;
use crate::experiment::{Judged, Reading, Report, ResultFile, View, certificate};
use crate::output::Table;
use crate::plot::Figure;
use crate::theory::Verdict;
use crate::theory::certificate::Problem;

impl Report for Theorem5 {
    const VIEW: View = columns::VIEW;

    fn columns() -> Vec<Reading<Outcome>> {
        columns::columns()
    }

    fn table(outcome: &Outcome) -> String {
        table::table(outcome)
    }

    fn tables(outcome: &Outcome) -> Vec<Table<'_>> {
        vec![trajectory::table(outcome)]
    }

    fn verdicts(outcome: &Outcome) -> Vec<Judged> {
        verdicts::all(outcome)
    }

    fn figures(outcome: &Outcome) -> Vec<(String, Figure)> {
        // A run that ended at once has nothing to draw.
        if outcome.rows.len() < 2 {
            return Vec::new();
        }
        let mut figures =
            vec![("convergence".into(), figures::convergence(outcome)), ("fan_out".into(), figures::fan_out(outcome))];
        if let Some(joint) = &outcome.joint {
            figures.push(("spectrum".into(), figures::spectrum(outcome, joint)));
        }
        figures
    }

    fn files(outcome: &Outcome) -> Vec<ResultFile<'_>> {
        let mut files = Vec::from_iter(outcome.certificate_file());
        if !outcome.scenario.output.states {
            return files;
        }
        let states = States {
            times: outcome.rows.iter().map(|row| row.time).collect(),
            states: &outcome.states,
            layout: outcome.layout,
            frame: &outcome.frame,
            teacher: &outcome.network.teacher.weights,
        };
        files.extend(states.files());
        files
    }
}

impl Outcome {
    /// What `luckflow check` verifies: whatever is certified of the start.
    fn certificate_file(&self) -> Option<ResultFile<'static>> {
        let applies = |claim: &RateClaim| claim.verdict != Verdict::NotApplicable;
        if !self.claims.iter().all(applies) {
            return None;
        }
        let problem = Problem::of(&self.network, self.threshold);
        let file = check::theorem5(&problem, self.certificate.as_ref(), self.euclidean.as_ref())?;
        Some(certificate(file))
    }
}
