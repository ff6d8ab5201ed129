//! Progress of many runs as one.

use super::Hooks;
use std::sync::Mutex;

/// Shares one user's attention among runs that go on side by side.
pub struct JointProgress<'a> {
    hooks: &'a dyn Hooks,
    of: &'a str,
    /// Parts of the whole work, which sum to 1.
    shares: Vec<f64>,
    fractions: Mutex<Vec<f64>>,
}

/// One of the runs.
pub struct Part<'a> {
    joint: &'a JointProgress<'a>,
    index: usize,
}

impl<'a> JointProgress<'a> {
    /// Runs that are equally long.
    pub fn new(hooks: &'a dyn Hooks, of: &'a str, runs: usize) -> Self {
        Self::weighted(hooks, of, &vec![1.0; runs])
    }

    /// Runs that are not equally long.
    pub fn weighted(hooks: &'a dyn Hooks, of: &'a str, weights: &[f64]) -> Self {
        let total: f64 = weights.iter().sum();
        Self {
            hooks,
            of,
            shares: weights.iter().map(|weight| weight / total).collect(),
            fractions: Mutex::new(vec![0.0; weights.len()]),
        }
    }

    /// The attention of one run.
    pub fn part(&'a self, index: usize) -> Part<'a> {
        Part { joint: self, index }
    }
}

impl Hooks for Part<'_> {
    fn interrupted(&self) -> bool {
        self.joint.hooks.interrupted()
    }

    fn remark(&self, text: &str) {
        self.joint.hooks.remark(text);
    }

    fn progress(&self, fraction: f64, _of: &str) {
        let mut fractions = self.joint.fractions.lock().expect("nothing panics with it");
        fractions[self.index] = fraction;
        let done = fractions.iter().zip(&self.joint.shares);
        let done = done.map(|(fraction, share)| fraction * share).sum();
        self.joint.hooks.progress(done, self.joint.of);
    }
}
