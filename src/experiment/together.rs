//! Progress of many runs as one.

use super::Hooks;
use std::sync::Mutex;

/// Shares one user's attention among runs that go on side by side.
pub(super) struct Together<'a> {
    hooks: &'a dyn Hooks,
    of: &'a str,
    fractions: Mutex<Vec<f64>>,
}

/// One of the runs.
pub(super) struct Part<'a> {
    together: &'a Together<'a>,
    index: usize,
}

impl<'a> Together<'a> {
    pub fn new(hooks: &'a dyn Hooks, of: &'a str, runs: usize) -> Self {
        Self {
            hooks,
            of,
            fractions: Mutex::new(vec![0.0; runs]),
        }
    }

    pub fn part(&'a self, index: usize) -> Part<'a> {
        Part {
            together: self,
            index,
        }
    }
}

impl Hooks for Part<'_> {
    fn interrupted(&self) -> bool {
        self.together.hooks.interrupted()
    }

    fn progress(&self, fraction: f64, _of: &str) {
        let mut fractions = self
            .together
            .fractions
            .lock()
            .expect("nothing panics with it");
        fractions[self.index] = fraction;
        let mean = fractions.iter().sum::<f64>() / fractions.len() as f64;
        self.together.hooks.progress(mean, self.together.of);
    }
}
