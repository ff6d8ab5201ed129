//! Theorem 5 from perturbed teachers: fan-out norms for each width and perturbation, over seeds.

mod figures;
pub mod keys;
mod report;

pub use keys::{Grid, Panels};

use super::theorem5::{Biases, Certificates, Row, Setup, Simulation};
use super::{Ended, Experiment, ExperimentError, Hooks, Run, Store};
use crate::experiment::two_layer::memory;
use crate::integrate::{Described, RunEnd};
use crate::runs::Memory;
use crate::runs::{Weight, many};
use serde::{Serialize, Serializer};

/// Everything that the runs found.
#[derive(Serialize)]
pub struct Found {
    /// Number of teacher nodes m.
    pub nodes: usize,
    /// A panel per width and perturbation, width by width.
    pub panels: Vec<Panel>,
}

/// A run that is over.
pub type Outcome = Run<Panels>;

/// One width and one perturbation.
#[derive(Serialize)]
pub struct Panel {
    /// n
    pub students: usize,
    /// [s for W, s for V]
    pub signal: [f64; 2],
    /// Norms of the fan-out of u at the end, over nodes and seeds.
    pub u: Option<Spread>,
    /// Of r.
    pub r: Option<Spread>,
    /// Loss at the start, mean over seeds.
    pub loss_start: f64,
    /// Loss at the end, mean over seeds.
    pub loss_end: f64,
    /// Largest angle of u to its teacher node at the end, mean over seeds.
    pub largest_angle: f64,
    /// A run per seed.
    #[serde(rename = "ends", serialize_with = "ends")]
    pub runs: Vec<PanelRun>,
}

/// Of the runs their ends.
fn ends<S: Serializer>(runs: &[PanelRun], to: S) -> Result<S::Ok, S::Error> {
    let ends: Vec<Described> = runs.iter().map(|run| run.reason.described()).collect();
    ends.serialize(to)
}

/// What is kept of a run.
pub struct PanelRun {
    /// Seed.
    pub seed: u64,
    /// ‖v_j‖ at the start.
    pub start: Vec<f64>,
    /// ‖v_j‖ at the end.
    pub end: Vec<f64>,
    /// Loss at the start and at the end.
    pub loss: [f64; 2],
    /// Largest angle of u to its teacher node at the end.
    pub largest_angle: f64,
    /// Why it ended.
    pub reason: RunEnd,
    /// When it ended.
    pub time: f64,
}

impl Experiment for Panels {
    const NAME: &'static str = "fan-out-panels";
    const ABOUT: &'static str = "Theorem 5 from perturbed teachers over widths and seeds: which fan-out norms vanish?";

    type Setup = usize;
    type Found = Found;

    fn memory(&self) -> Memory {
        let nodes = self.base.teacher.hidden.nodes.unwrap_or(1);
        let most = self.grid.students.iter().max().map_or(0, |most| most - nodes);
        let runs = self.grid.students.len() * self.grid.signals.len() * self.grid.seeds as usize;
        let one = memory::Size {
            extra: most,
            dense: 0,
            ..self.base.size()
        };
        one.memory().times(runs.min(rayon::current_num_threads()))
    }

    fn prepare(&self) -> Result<usize, ExperimentError> {
        let first = Setup::prepare(&self.run_of(0, self.grid.signals[0], 0, 0))?;
        Ok(first.teacher_nodes())
    }

    /// Runs all panels and seeds, in parallel. What a run finds does not depend on the others.
    fn find(&mut self, nodes: usize, _: &dyn Store, hooks: &dyn Hooks) -> Ended<Found> {
        let Grid { students, signals, .. } = &self.grid;
        let cells = students.iter().flat_map(|&students| signals.iter().map(move |&signal| (students, signal)));
        let cells: Vec<(usize, [f64; 2])> = cells.collect();
        let seeds = self.grid.seeds as usize;
        let total = cells.len() * seeds;
        // A run's cost grows with its width.
        let weights: Vec<Weight> = (0..total).map(|index| Weight::narrow(cells[index / seeds].0 as f64)).collect();
        let runs = many(&weights, hooks, "panels", |index, hooks| {
            let (students, signal) = cells[index / seeds];
            one(self, students, signal, (index % seeds) as u64, nodes, hooks)
        })?;
        let interrupted = RunEnd::Interrupted { time: None };
        let mut ends = runs.iter().map(|run| run.as_ref().map_or(&interrupted, |run| &run.reason));
        // The first that is no regular one, if any.
        let end = ends.find(|end| !end.is_regular()).cloned();
        let mut runs = runs.into_iter();
        let panels = cells
            .into_iter()
            .filter_map(|(students, signal)| {
                let runs: Vec<PanelRun> = runs.by_ref().take(seeds).flatten().collect();
                (!runs.is_empty()).then(|| Panel::of(students, signal, nodes, runs))
            })
            .collect();
        Ok((Found { nodes, panels }, end.unwrap_or(RunEnd::Horizon)))
    }
}

fn one(
    scenario: &Panels,
    students: usize,
    signal: [f64; 2],
    seed: u64,
    nodes: usize,
    hooks: &dyn Hooks,
) -> Result<PanelRun, ExperimentError> {
    let scenario = scenario.run_of(students, signal, seed, nodes);
    let setup = Setup::prepare(&scenario)?;
    let (method, plan) = setup.plan(&scenario, &Certificates::default());
    let found = Simulation::run(&scenario, &setup, None, (method, &plan), hooks)?;
    let (first, last) = (&found.rows[0], &found.rows[found.rows.len() - 1]);
    // Without the constant node whose fan-out is the biases of the outputs.
    let norms = |row: &Row| row.fan_out_norms[..students].to_vec();
    Ok(PanelRun {
        seed: scenario.seed,
        start: norms(first),
        end: norms(last),
        loss: [first.loss, last.loss],
        largest_angle: last.largest()[0],
        reason: found.report.end,
        time: found.report.time,
    })
}

/// Mean, least and greatest.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Spread {
    /// mean
    pub mean: f64,
    /// least
    pub least: f64,
    /// greatest
    pub greatest: f64,
}

impl Spread {
    fn of(values: impl Iterator<Item = f64>) -> Self {
        let start = (0.0, 0.0, f64::INFINITY, f64::NEG_INFINITY);
        let (count, sum, least, greatest) = values
            .fold(start, |(count, sum, least, greatest), x| (count + 1.0, sum + x, x.min(least), x.max(greatest)));
        Self {
            mean: sum / count,
            least,
            greatest,
        }
    }
}

impl Outcome {
    /// What is said of V and of biases, as in "V free".
    fn variant(&self) -> String {
        let base = &self.scenario.base;
        let fan_out = match base.flow.normalized_fan_out {
            true => "V with columns of unit norm",
            false => "V free",
        };
        let biases = match base.biases {
            Biases::None => "",
            Biases::Learned => ", biases learned",
            Biases::Separated => ", biases learned with expectations taken apart",
        };
        format!("{fan_out}{biases}")
    }
}

impl Panel {
    fn of(students: usize, signal: [f64; 2], nodes: usize, runs: Vec<PanelRun>) -> Self {
        let mean = |of: fn(&PanelRun) -> f64| runs.iter().map(of).sum::<f64>() / runs.len() as f64;
        Self {
            students,
            signal,
            u: group(&runs, 0..nodes),
            r: group(&runs, nodes..students),
            loss_start: mean(|run| run.loss[0]),
            loss_end: mean(|run| run.loss[1]),
            largest_angle: mean(|run| run.largest_angle),
            runs,
        }
    }

    /// Norms of node j over the seeds, at the start and at the end.
    pub fn node(&self, j: usize) -> [Spread; 2] {
        [
            Spread::of(self.runs.iter().map(|run| run.start[j])),
            Spread::of(self.runs.iter().map(|run| run.end[j])),
        ]
    }
}

/// Norms at the end of the nodes in a range, over the seeds; `None` if there are none.
fn group(runs: &[PanelRun], nodes: std::ops::Range<usize>) -> Option<Spread> {
    let values = runs.iter().flat_map(|run| run.end[nodes.clone()].iter().copied());
    (!nodes.is_empty()).then(|| Spread::of(values))
}
