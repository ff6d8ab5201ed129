//! What a run of Theorem 4 leaves behind: a table, `trajectory.csv`, two figures, and states if asked for.

mod columns;
mod convergence;
mod rates;
mod table;
mod trajectory;

use super::{Outcome, Theorem4, Way};
use crate::bound::Measure;
use crate::check;
use crate::experiment::two_layer::claim;
use crate::experiment::two_layer::states::States;
use crate::experiment::{Judged, Reading, Report, ResultFile, View, certificate};
use crate::output::Table;
use crate::plot::Figure;
use crate::theory::euclidean::{Certificate, Start};

impl Report for Theorem4 {
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
        let problem = outcome.asymptotic_problem.as_deref();
        let absent = match problem {
            Some(problem) => format!("The rate is not known: {problem}."),
            None => "The rate is not known.".into(),
        };
        outcome.claims.iter().map(|claim| claim.judged(&absent)).collect()
    }

    fn figures(outcome: &Outcome) -> Vec<(String, Figure)> {
        // A run that ended at once has nothing to draw.
        if outcome.primary.trajectory.rows.len() < 2 {
            return Vec::new();
        }
        vec![("convergence".into(), convergence::chart(outcome)), ("rates".into(), rates::chart(outcome))]
    }

    fn files(outcome: &Outcome) -> Vec<ResultFile<'_>> {
        let mut files = Vec::from_iter(outcome.certificate());
        if !outcome.scenario.output.states {
            return files;
        }
        let simulation = &outcome.primary;
        let rows = simulation.trajectory.rows.iter();
        let states = States {
            times: rows.map(|row| row.time).collect(),
            states: &simulation.trajectory.states,
            layout: simulation.layout,
            frame: &outcome.frame,
            teacher: &outcome.teacher,
        };
        files.extend(states.files());
        files
    }
}

impl Outcome {
    /// What `luckflow check` verifies: where the Euclidean rate claims something, of all starts within θ₀ or of this one.
    fn certificate(&self) -> Option<ResultFile<'static>> {
        let file = self.entry_file().or_else(|| self.start_file())?;
        Some(certificate(file))
    }

    fn entry_file(&self) -> Option<serde_json::Value> {
        let Some(Way::Entered(entry)) = &self.way else {
            return None;
        };
        check::entered(self.teacher.view(), self.assumption.threshold, self.start.view(), entry)
    }

    fn start_file(&self) -> Option<serde_json::Value> {
        let claim = claim::of_flow(&self.claims, Measure::Distance)?;
        claim.value.filter(|rate| *rate > 0.0)?;
        let (b, theta0) = (self.assumption.threshold, self.assumption.theta0);
        let teacher = self.teacher.view();
        let found = Certificate::of(teacher, b, Start::Within(theta0))?;
        check::theorem4(teacher, b, theta0, &found)
    }
}
