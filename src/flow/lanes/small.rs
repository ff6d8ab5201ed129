//! A flow of few nodes: what a lane takes in of it.

use super::evaluate::Ask;
use super::{Lanes, desk};
use crate::blas::SMALL;
use crate::network::{TwoLayer, rows};
use crate::overlap::gaussian::{KernelTable, UNIT};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Sizes that flows in the lanes of one register share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Student nodes, n.
    pub n: usize,
    /// Student and teacher nodes, n + m.
    pub nodes: usize,
    /// Coordinates of a node, k.
    pub k: usize,
    /// Outputs C of a fan-out that runs, 0 where it is fixed.
    pub outputs: usize,
}

/// What is constant along a small flow with projection, exact overlaps and x ~ N(0, I).
#[derive(Debug)]
pub struct Constants {
    /// Its sizes.
    pub shape: Shape,
    /// Another for each flow; never 0.
    pub id: u64,
    /// Unit teacher nodes, m × k.
    pub teacher: Vec<f64>,
    /// V*, m × C, where V runs; [−β, β*], n × (n + m), where it is fixed.
    pub fan_out: Vec<f64>,
    /// Of the threshold that all nodes share.
    pub table: Arc<KernelTable>,
}

/// A small flow, with the working memory to evaluate it alone.
pub struct Small {
    pub(super) constants: Constants,
    alone: Lanes<1>,
}

impl Small {
    /// The small flow of a network whose V runs or, with its [−β, β*], is fixed; `None` where it is no such flow: too many
    /// nodes, thresholds that differ, teachers of other norms, a student node that is zero.
    pub fn of(network: &TwoLayer, fixed: Option<&[f64]>) -> Option<Self> {
        let (k, n) = network.student.weights.dim();
        let (m, outputs) = network.teacher_fan_out.dim();
        let shape = Shape {
            n,
            nodes: n + m,
            k,
            outputs: if fixed.is_some() { 0 } else { outputs },
        };
        let widest = k.max(shape.outputs);
        if n == 0 || m == 0 || n * (n + m) * widest > SMALL {
            return None;
        }
        let (student, teacher) = (&network.student, &network.teacher);
        let threshold = *student.thresholds.first()?;
        let mut thresholds = student.thresholds.iter().chain(&teacher.thresholds);
        let by_node = |weights: &ndarray::Array2<f64>| weights.t().iter().copied().collect();
        let (own, targets): (Vec<f64>, Vec<f64>) = (by_node(&student.weights), by_node(&teacher.weights));
        let (mut norms, mut target_norms) = (vec![0.0; n], vec![0.0; m]);
        rows::norms(&own, &mut norms);
        rows::norms(&targets, &mut target_norms);
        let is_small = thresholds.all(|&b| b == threshold)
            && norms.iter().all(|norm| *norm > 0.0)
            && target_norms.iter().all(|norm| (norm - 1.0).abs() <= UNIT);
        if !is_small {
            return None;
        }
        static FLOWS: AtomicU64 = AtomicU64::new(1);
        let constants = Constants {
            shape,
            id: FLOWS.fetch_add(1, Ordering::Relaxed),
            teacher: targets,
            fan_out: match fixed {
                Some(beta) => beta.to_vec(),
                None => network.teacher_fan_out.iter().copied().collect(),
            },
            table: KernelTable::shared(threshold),
        };
        Some(Self {
            alone: Lanes::new(shape),
            constants,
        })
    }

    /// dy/dt, and in its last place ‖Ẇ‖² + ‖V̇‖². Beside others where this thread collects them, with the same bytes.
    pub fn velocity(&mut self, y: &[f64], dy: &mut [f64]) {
        self.answer(y, dy, None);
    }

    /// The same; gives Σ β∘L − 2 Σ β\*∘L\*, of twice the loss what changes.
    pub fn velocity_and_loss(&mut self, y: &[f64], dy: &mut [f64]) -> f64 {
        let mut loss = 0.0;
        self.answer(y, dy, Some(&mut loss));
        loss
    }

    fn answer(&mut self, state: &[f64], velocity: &mut [f64], loss: Option<&mut f64>) {
        let ask = Ask {
            constants: &self.constants,
            state,
            velocity,
            loss,
        };
        if let Some(ask) = desk::hand_in(ask) {
            self.alone.evaluate([Some(ask)]);
        }
    }
}
