//! Lottery tickets: winners restarted from their own initial weights, from fresh ones, and random nodes likewise.

mod figures;
mod findings;
pub mod keys;
mod report;

pub use findings::{StartSummary, ratios};
pub use keys::LotteryTickets;

pub use keys::Keep;

use crate::experiment::deep::image_data::ImageData;
use crate::experiment::deep::memory::of_trainings;
use crate::experiment::deep::plan::TrainingPlan;
use crate::experiment::deep::problem;
use crate::experiment::deep::teachers::Teachers;
use crate::experiment::deep::trajectory::TrainingTrajectory;
use crate::experiment::{Ended, Experiment, ExperimentError, Hooks, Run, Store};
use crate::integrate::RunEnd;
use crate::network::deep::{Architecture, Deep, NodeSelection, subnetwork, uniform};
use crate::rng;
use crate::runs::Memory;
use crate::runs::joint_progress::JointProgress;
use rand::seq::index::sample;
use serde::Serialize;

/// Everything that the runs found.
#[derive(Serialize)]
pub struct Found {
    /// What was seen of each kind of start: medians over the seeds.
    pub findings: Vec<StartSummary>,
    /// Seed by seed: the whole student, then each ticket.
    #[serde(skip)]
    pub tickets: Vec<Ticket>,
}

/// A run that is over.
pub type Outcome = Run<LotteryTickets>;

/// What a training begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// All nodes.
    Whole,
    /// Winners with the weights that they had at the start of the whole student, or some epochs after it.
    Winners(Keep),
    /// As many random nodes with theirs.
    Random,
    /// As many nodes with fresh weights of the same law.
    Fresh,
}

/// One training.
pub struct Ticket {
    /// From what.
    pub start: Start,
    /// Its seed.
    pub seed: u64,
    /// Nodes of each hidden layer.
    pub hidden: Vec<usize>,
    /// Held-out loss at the start and after each epoch.
    pub held_out: Vec<f64>,
    /// ρ̄ of each layer at the end.
    pub rho: Vec<f64>,
    /// Why it ended.
    pub end: RunEnd,
}

impl Start {
    /// As in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole student",
            Self::Winners(Keep::Correlation) => "winners by correlation, own start",
            Self::Winners(Keep::FanOut) => "winners by fan-out, own start",
            Self::Random => "random nodes, own start",
            Self::Fresh => "fresh start",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Winners(Keep::Correlation) => "correlation",
            Self::Winners(Keep::FanOut) => "fan-out",
            Self::Random => "random",
            Self::Fresh => "fresh",
        }
    }
}

impl LotteryTickets {
    /// The whole student, then what is restarted.
    pub fn starts(&self) -> Vec<Start> {
        let winners = self.tickets.keep.iter().map(|&keep| Start::Winners(keep));
        [Start::Whole].into_iter().chain(winners).chain([Start::Random, Start::Fresh]).collect()
    }

    /// The whole student.
    pub fn student_architecture(&self) -> Architecture {
        self.base.student.only_architecture(&self.base.teacher.architecture)
    }

    /// Kept nodes of each layer.
    fn sizes(&self) -> Vec<usize> {
        self.base.teacher.architecture.hidden().iter().map(|m| m * self.tickets.size).collect()
    }
}

impl Experiment for LotteryTickets {
    const NAME: &'static str = "lottery-tickets";
    const ABOUT: &'static str = "Winners restarted from their own initial weights, and from fresh ones";
    const RESUMABLE: bool = true;

    type Setup = Option<ImageData>;
    type Found = Found;

    fn memory(&self) -> Memory {
        of_trainings(&self.base, &self.student_architecture(), self.base.seeds as usize)
    }

    fn prepare(&self) -> Result<Option<ImageData>, ExperimentError> {
        problem::prepare(&self.base)
    }

    /// Trains the whole students, finds their winners, and trains these again.
    fn find(&mut self, images: Option<ImageData>, store: &dyn Store, hooks: &dyn Hooks) -> Ended<Found> {
        let base = &self.base;
        let teachers = Teachers::of(base, images, store, hooks)?;
        let network = |(): &()| self.student_architecture();
        let (found, end) = teachers.trainings(&[()], network, (hooks, "tickets"), |(), network, seed, hooks| {
            of_seed(self, &teachers, network, seed, store, hooks)
        })?;
        let tickets: Vec<Ticket> = found.into_iter().flatten().collect();
        let starts = self.starts().into_iter();
        let findings = starts.map(|start| StartSummary::of(start, base.depth(), &tickets)).collect();
        Ok((Found { findings, tickets }, end))
    }
}

/// Trains the whole student of a seed, finds its winners, and trains these again.
fn of_seed(
    scenario: &LotteryTickets,
    teachers: &Teachers,
    architecture: &Architecture,
    seed: u64,
    store: &dyn Store,
    hooks: &dyn Hooks,
) -> Ended<Vec<Ticket>> {
    let base = &scenario.base;
    let deviation = base.data.deviations()[0];
    let problem = teachers.problem(seed, deviation)?;
    let whole = base.student.at_start(seed, architecture)?;
    let progress = JointProgress::new(hooks, "tickets", scenario.starts().len());
    let further = (architecture, scenario.tickets.size, scenario.tickets.rewind, deviation);
    let train = |label: &str, epochs: u64, student: Deep<f32>, hooks: &dyn Hooks| {
        let plan = TrainingPlan {
            epochs,
            ..TrainingPlan::of(base, format!("{label}-seed{seed}"), student, seed, further)
        };
        TrainingTrajectory::run(&problem, plan, store, hooks)
    };
    let epochs = base.training.epochs;
    let trained = train(Start::Whole.label(), epochs, whole.clone(), &progress.part(0))?;
    let mut tickets = vec![Ticket::of(Start::Whole, seed, &trained)];
    if trained.end != RunEnd::Finished {
        return Ok((tickets, trained.end));
    }
    // The whole student some epochs after its start, to which tickets are rewound.
    let rewound = match scenario.tickets.rewind {
        0 => whole,
        epoch => {
            let early = train("rewound", epoch, whole, &progress.part(0))?;
            if early.end != RunEnd::Finished {
                return Ok((tickets, early.end));
            }
            early.student
        }
    };
    for (i, start) in scenario.starts().into_iter().enumerate().skip(1) {
        let ticket = match start {
            Start::Winners(Keep::Correlation) => subnetwork(&rewound, &by_correlation(&trained, &scenario.sizes())),
            Start::Winners(Keep::FanOut) => subnetwork(&rewound, &by_fan_out(&trained, &scenario.sizes())),
            Start::Random => subnetwork(&rewound, &at_random(architecture, &scenario.sizes(), seed)),
            _ => {
                let mut stream = rng::stream(seed, "fresh student", &[]);
                let other = uniform(&mut stream, architecture);
                subnetwork(&other, &at_random(architecture, &scenario.sizes(), seed))
            }
        };
        let hooks = progress.part(i);
        if hooks.interrupted() {
            return Ok((tickets, RunEnd::Interrupted { time: None }));
        }
        let trajectory = train(start.label(), epochs, ticket, &hooks)?;
        tickets.push(Ticket::of(start, seed, &trajectory));
    }
    let end = RunEnd::worst(tickets.iter().map(|ticket| &ticket.end));
    Ok((tickets, end))
}

/// Round by round the best student of each teacher node that is not taken yet; then by fan-out, should there be too few.
fn by_correlation(trajectory: &TrainingTrajectory, sizes: &[usize]) -> NodeSelection {
    let by_fan_out = by_fan_out_order(trajectory);
    let layers = trajectory.last().correlations.iter().zip(sizes).enumerate();
    layers
        .map(|(l, (correlations, &size))| {
            let matrix = correlations.matrix();
            let mut kept: Vec<usize> = Vec::new();
            let rows = matrix.rows().into_iter();
            let orders: Vec<Vec<usize>> = rows.map(|row| descending(row.len(), |j| f64::from(row[j]))).collect();
            let rounds = size.div_ceil(orders.len());
            for _ in 0..rounds {
                for order in &orders {
                    let free = order.iter().find(|node| !kept.contains(node));
                    kept.extend(free.filter(|_| kept.len() < size));
                }
            }
            let rest = by_fan_out[l].iter().filter(|node| !kept.contains(node));
            let missing: Vec<usize> = rest.take(size - kept.len()).copied().collect();
            kept.extend(missing);
            sorted(kept)
        })
        .collect()
}

/// The nodes of the largest fan-out norms.
fn by_fan_out(trajectory: &TrainingTrajectory, sizes: &[usize]) -> NodeSelection {
    let layers = by_fan_out_order(trajectory).into_iter().zip(sizes);
    layers.map(|(order, &size)| sorted(order[..size].to_vec())).collect()
}

fn by_fan_out_order(trajectory: &TrainingTrajectory) -> Vec<Vec<usize>> {
    let layers = trajectory.last().fan_out.iter();
    layers.map(|norms| descending(norms.len(), |j| norms[j])).collect()
}

/// Nodes from the one with the greatest value to that with the least.
fn descending(nodes: usize, value: impl Fn(usize) -> f64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..nodes).collect();
    order.sort_by(|&a, &b| value(b).total_cmp(&value(a)));
    order
}

fn at_random(architecture: &Architecture, sizes: &[usize], seed: u64) -> NodeSelection {
    let mut stream = rng::stream(seed, "random ticket", &[]);
    let layers = architecture.hidden().into_iter().zip(sizes);
    layers.map(|(n, &size)| sorted(sample(&mut stream, n, size).into_vec())).collect()
}

fn sorted(mut nodes: Vec<usize>) -> Vec<usize> {
    nodes.sort_unstable();
    nodes
}

impl Ticket {
    fn of(start: Start, seed: u64, trajectory: &TrainingTrajectory) -> Self {
        Self {
            start,
            seed,
            hidden: trajectory.student.architecture.hidden(),
            held_out: trajectory.epochs.iter().map(|record| record.held_out.loss).collect(),
            rho: trajectory.last().rho(),
            end: trajectory.end.clone(),
        }
    }

    /// The last held-out loss.
    pub fn last(&self) -> f64 {
        self.held_out[self.held_out.len() - 1]
    }
}

impl Outcome {
    /// The trainings from one kind of start, seed by seed.
    pub fn of(&self, start: Start) -> impl Iterator<Item = &Ticket> {
        self.tickets.iter().filter(move |ticket| ticket.start == start)
    }

    /// What was seen of one kind of start.
    pub fn finding(&self, start: Start) -> Option<&StartSummary> {
        self.findings.iter().find(|finding| finding.start == start.name())
    }
}
