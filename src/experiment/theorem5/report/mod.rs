//! What a run of Theorem 5 leaves behind: a table, `trajectory.csv`, three figures, and states if asked for.

mod columns;
mod figures;
mod table;
mod trajectory;
mod verdicts;

pub use columns::{VIEW, columns};

use super::{Outcome, RateClaim};
use crate::check;
use crate::experiment::two_layer::states::States;
use crate::experiment::{self, About, Judged, ResultFile};
use crate::output::Table;
use crate::plot::Figure;
use crate::theory::Verdict;
use crate::theory::certificate::Problem;

impl experiment::Outcome for Outcome {
    fn about(&self) -> About<'_> {
        About {
            scenario: &self.scenario,
            end: &self.end,
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
        verdicts::all(self)
    }

    fn figures(&self) -> Vec<(String, Figure)> {
        // A run that ended at once has nothing to draw.
        if self.rows.len() < 2 {
            return Vec::new();
        }
        let mut figures =
            vec![("convergence".into(), figures::convergence(self)), ("fan_out".into(), figures::fan_out(self))];
        if let Some(joint) = &self.joint {
            figures.push(("spectrum".into(), figures::spectrum(self, joint)));
        }
        figures
    }

    fn files(&self) -> Vec<ResultFile<'_>> {
        let mut files = Vec::from_iter(self.certificate_file());
        if !self.scenario.output.states {
            return files;
        }
        let states = States {
            times: self.rows.iter().map(|row| row.time).collect(),
            states: &self.states,
            layout: self.layout,
            frame: &self.frame,
            teacher: &self.network.teacher.weights,
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
        Some(experiment::certificate(file))
    }
}
