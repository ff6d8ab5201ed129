//! One training, observed at the end of each epoch, kept so that it can go on.

use super::super::{ExperimentError, Hooks, Store};
use super::checkpoint::{Checkpoint, Standing};
use super::head_step::stable_step;
use super::plan::{Metric, Observation, TrainingPlan};
use super::problem::Problem;
use super::record::{EpochRecord, RecordShape};
use crate::integrate::RunEnd;
use crate::measure::{CorrelationSums, Correlations, Standardized};
use crate::network::deep::{Architecture, Deep};
use crate::sgd::{Evaluation, Mode, Pass, Trainer, Training, piece};
use ndarray::ArrayView2;
use std::time::Instant;

/// A training and what was seen of it.
pub struct TrainingTrajectory {
    /// The start, then each epoch.
    pub epochs: Vec<EpochRecord>,
    /// The student before.
    pub start: Deep<f32>,
    /// And after.
    pub student: Deep<f32>,
    /// Why it ended.
    pub end: RunEnd,
    /// Names of further metrics.
    pub extra: Vec<String>,
    /// Seconds of this run; those of an earlier one that it went on from are not in it.
    pub seconds: f64,
}

impl TrainingTrajectory {
    /// Trains and observes. Goes on from what `store` has of the same plan.
    ///
    /// # Errors
    /// A training that diverges, checkpoints that cannot be kept or do not fit.
    pub fn run(
        problem: &Problem,
        plan: TrainingPlan,
        store: &dyn Store,
        hooks: &dyn Hooks,
    ) -> Result<Self, ExperimentError> {
        let started = Instant::now();
        let mut checkpoint = Checkpoint::new(&plan, store);
        let mut trainer = Trainer::new(plan.training, problem.training.source(), plan.student.clone(), plan.seed);
        let mut observer = Observer::new(problem, &plan);
        let shape = observer.shape(&plan.student.architecture);
        let mut epochs = match checkpoint.load(&plan.student, &shape, hooks)? {
            Some(Standing { state, epochs }) => {
                trainer.resume(state);
                epochs
            }
            None => {
                warn_of_step(problem, &plan, hooks);
                let first = observer.observe(trainer.network(), 0, f64::NAN);
                checkpoint.begin(&trainer, &first)?;
                vec![first]
            }
        };
        let mut end = RunEnd::Finished;
        while trainer.epochs() < plan.epochs {
            let done = trainer.epochs() as f64;
            let progress = |part: f64| {
                hooks.progress((done + part) / plan.epochs as f64, "training");
                !hooks.interrupted() && !checkpoint.is_due()
            };
            match trainer.epoch(progress) {
                Ok(Some(loss)) => {
                    let record = observer.observe(trainer.network(), trainer.epochs(), loss);
                    checkpoint.keep(&trainer, &record)?;
                    epochs.push(record);
                }
                Ok(None) if !hooks.interrupted() => checkpoint.flush(&trainer)?,
                Ok(None) => {
                    end = RunEnd::Interrupted { time: None };
                    break;
                }
                Err(diverged) => {
                    end = RunEnd::LossDiverged {
                        run: plan.label.clone(),
                        found: diverged.to_string(),
                    };
                    break;
                }
            }
        }
        checkpoint.flush(&trainer)?;
        if end == RunEnd::Finished {
            checkpoint.finish()?;
        }
        Ok(Self {
            epochs,
            extra: plan.metrics.iter().map(|metric| metric.name()).collect(),
            start: plan.student,
            student: trainer.into_network(),
            end,
            seconds: started.elapsed().as_secs_f64(),
        })
    }

    /// The last epoch.
    pub fn last(&self) -> &EpochRecord {
        self.epochs.last().expect("there is the start")
    }

    /// For each epoch and layer: the mean, over teacher nodes, of the rank at which the final winner stood, as a part of the
    /// students; 0 where all were the best already.
    pub fn winners_ranks(&self) -> Vec<Vec<f64>> {
        let winners = self.last().winners();
        let of = |record: &EpochRecord| {
            let layers = record.correlations.iter().zip(&winners);
            layers
                .map(|(correlations, winners)| {
                    let ranks = correlations.ranks(winners);
                    let students = correlations.matrix().ncols();
                    ranks.iter().sum::<usize>() as f64 / (ranks.len() * students) as f64
                })
                .collect()
        };
        self.epochs.iter().map(of).collect()
    }
}

/// Tells the user of a step that is too large at the start.
fn warn_of_step(problem: &Problem, plan: &TrainingPlan, hooks: &dyn Hooks) {
    let step = plan.training.schedule.step(0);
    let stable = stable_step(&plan.student, problem.training.source(), plan.training);
    if step > stable {
        hooks.remark(&format!(
            "{}: the step, {step}, is above {stable:.1e}, beyond which descent in the output layer is unstable at the start; the loss may grow",
            plan.label
        ));
    }
}

/// Reads off a student what is read off after each epoch.
struct Observer<'a> {
    problem: &'a Problem,
    metrics: &'a [Box<dyn Metric + 'a>],
    pass: Pass<f32>,
    training: &'a Training,
    comparison: Comparison,
}

/// How a student's layers are compared with the teacher's.
enum Comparison {
    /// Not at all.
    Nothing,
    /// All held-out samples at once, with the teacher's layers.
    Whole(Vec<Standardized>),
    /// Piece by piece, the teacher beside the student: their activations are too many.
    Pieces(Box<Pass<f32>>),
}

impl Comparison {
    fn of(problem: &Problem, student: &Architecture, piece: usize) -> Self {
        let teacher = &problem.teacher;
        if !problem.is_compared || teacher.depth() != student.depth() {
            return Self::Nothing;
        }
        let mut pass = Pass::new(&teacher.architecture, piece);
        if piece < problem.held_out.len() {
            return Self::Pieces(Box::new(pass));
        }
        pass.forward(teacher, problem.held_out.inputs.t(), Mode::Evaluation);
        let layers = (0..teacher.depth()).map(|l| Standardized::of(pass.activations(l)));
        Self::Whole(layers.collect())
    }
}

impl<'a> Observer<'a> {
    fn new(problem: &'a Problem, plan: &'a TrainingPlan) -> Self {
        let student = &plan.student.architecture;
        let piece = piece(student, problem.held_out.len());
        Self {
            problem,
            metrics: &plan.metrics,
            pass: Pass::new(student, piece),
            training: plan.training,
            comparison: Comparison::of(problem, student, piece),
        }
    }

    /// Of what it observes.
    fn shape(&self, student: &Architecture) -> RecordShape {
        let fan_out = student.hidden();
        let teacher = match self.comparison {
            Comparison::Nothing => Vec::new(),
            _ => self.problem.teacher.architecture.hidden(),
        };
        RecordShape {
            correlations: teacher.into_iter().zip(fan_out.iter().copied()).collect(),
            fan_out,
            extra: self.metrics.len(),
        }
    }

    fn observe(&mut self, network: &Deep<f32>, epoch: u64, training_loss: f64) -> EpochRecord {
        let (held_out, correlations) = self.evaluate(network);
        let observation = Observation {
            epoch,
            network,
            held_out: &self.problem.held_out,
            correlations: &correlations,
        };
        EpochRecord {
            epoch,
            training_loss,
            held_out,
            fan_out: (0..network.depth()).map(|l| network.fan_out_norms(l)).collect(),
            extra: self.metrics.iter().map(|metric| metric.measure(&observation)).collect(),
            correlations,
        }
    }

    /// One forward pass of the held-out samples; of the teacher too, where they go in pieces.
    fn evaluate(&mut self, network: &Deep<f32>) -> (Evaluation, Vec<Correlations>) {
        let Self {
            problem,
            pass,
            training,
            comparison,
            ..
        } = self;
        let (data, loss) = (&problem.held_out, training.loss);
        match comparison {
            Comparison::Nothing => (Evaluation::of(network, data, loss, pass), Vec::new()),
            Comparison::Whole(teacher) => {
                let held_out = Evaluation::of(network, data, loss, pass);
                let layers = teacher.iter().enumerate().map(|(l, teacher)| {
                    let student = Standardized::of(pass.activations(l));
                    Correlations::between(teacher, &student)
                });
                (held_out, layers.collect())
            }
            Comparison::Pieces(beside) => {
                let teacher = &problem.teacher;
                let hidden = teacher.architecture.hidden().into_iter();
                let mut sums: Vec<CorrelationSums> =
                    hidden.zip(network.architecture.hidden()).map(|(m, n)| CorrelationSums::new(m, n)).collect();
                let see = |pass: &Pass<f32>, x: ArrayView2<f32>| {
                    beside.forward(teacher, x, Mode::Evaluation);
                    for (l, sums) in sums.iter_mut().enumerate() {
                        sums.add(beside.activations(l), pass.activations(l));
                    }
                };
                let held_out = Evaluation::seen(network, data, loss, pass, see);
                let layers = sums.iter().map(CorrelationSums::correlations);
                (held_out, layers.collect())
            }
        }
    }
}
