//! What a run of Theorem 4 leaves behind: a table, `trajectory.csv`, two figures, and states if asked for.

mod columns;
mod convergence;
mod rates;
mod table;
mod trajectory;

pub use columns::{VIEW, columns};

use super::{Outcome, Way};
use crate::bound::Measure;
use crate::check;
use crate::experiment::two_layer::claim;
use crate::experiment::two_layer::states::States;
use crate::experiment::{self, About, Judged, ResultFile};
use crate::output::Table;
use crate::plot::Figure;
use crate::theory::euclidean::{Certificate, Start};

impl experiment::Outcome for Outcome {
    fn about(&self) -> About<'_> {
        About {
            scenario: &self.scenario,
            end: &self.primary.end,
            seconds: self.seconds,
        }
    }

    fn table(&self) -> String {
        table::table(self)
    }

    fn tables(&self) -> Vec<Table<'_>> {
        vec![trajectory::table(self)]
    }

    fn verdicts(&self) -> Vec<Judged> {
        let problem = self.asymptotic_problem.as_deref();
        let absent = match problem {
            Some(problem) => format!("The rate is not known: {problem}."),
            None => "The rate is not known.".into(),
        };
        self.claims.iter().map(|claim| claim.judged(&absent)).collect()
    }

    fn figures(&self) -> Vec<(String, Figure)> {
        // A run that ended at once has nothing to draw.
        if self.primary.trajectory.rows.len() < 2 {
            return Vec::new();
        }
        vec![("convergence".into(), convergence::chart(self)), ("rates".into(), rates::chart(self))]
    }

    fn files(&self) -> Vec<ResultFile<'_>> {
        let mut files = Vec::from_iter(self.certificate());
        if !self.scenario.output.states {
            return files;
        }
        let simulation = &self.primary;
        let rows = simulation.trajectory.rows.iter();
        let states = States {
            times: rows.map(|row| row.time).collect(),
            states: &simulation.trajectory.states,
            layout: simulation.layout,
            frame: &self.frame,
            teacher: &self.teacher,
        };
        files.extend(states.files());
        files
    }
}

impl Outcome {
    /// What `luckflow check` verifies: where the Euclidean rate claims something, of all starts within θ₀ or of this one.
    fn certificate(&self) -> Option<ResultFile<'static>> {
        let file = self.entry_file().or_else(|| self.start_file())?;
        Some(experiment::certificate(file))
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
