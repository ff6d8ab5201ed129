//! All keys that there are, by experiment: for documentation and answers.

use super::{deep, panels, sgd_vs_flow, theorem4, theorem5};
use crate::config::Key;

/// The keys of one experiment.
pub struct Declared {
    /// As in `experiment = "…"`.
    pub experiment: &'static str,
    /// One sentence.
    pub about: &'static str,
    groups: &'static [&'static [&'static Key]],
}

impl Declared {
    /// Its keys, section by section.
    pub fn keys(&self) -> Vec<&'static Key> {
        self.groups.concat()
    }
}

/// Every experiment with its keys.
pub static DECLARED: &[Declared] = &[
    Declared {
        experiment: "theorem4",
        about: "A student of the teacher's width, V fixed: does the largest angle fall at the claimed rates?",
        groups: theorem4::keys::KEYS,
    },
    Declared {
        experiment: "theorem5",
        about: "An over-parameterized student, W and V running: W_u → W*, V_u → V*, V_r → 0, with a certificate",
        groups: theorem5::keys::KEYS,
    },
    Declared {
        experiment: "fan-out-panels",
        about: "Theorem 5 from perturbed teachers over widths and seeds: which fan-out norms vanish?",
        groups: panels::keys::KEYS,
    },
    Declared {
        experiment: "sgd-vs-flow",
        about: "Two-layer SGD beside the flow from the same start: how does the gap fall with step and batch?",
        groups: sgd_vs_flow::keys::KEYS,
    },
    Declared {
        experiment: "deep-training",
        about: "Students of several widths, spreads and normalisations learn from a deep teacher: which nodes find which?",
        groups: deep::training::keys::KEYS,
    },
    Declared {
        experiment: "deep-flow",
        about: "The matrix flow of a deep network, expectations apart, beside SGD from the same start",
        groups: deep::flow::keys::KEYS,
    },
    Declared {
        experiment: "implicit-regularization",
        about: "Labels from a small teacher, a large one, noise, and mixtures: what is fitted first?",
        groups: deep::labels::keys::KEYS,
    },
    Declared {
        experiment: "lottery-tickets",
        about: "Winners restarted from their own initial weights, and from fresh ones",
        groups: deep::tickets::keys::KEYS,
    },
    Declared {
        experiment: "flat-minima",
        about: "The spectrum of the Hessian after training, for students of several widths",
        groups: deep::hessian::keys::KEYS,
    },
];

/// The experiment of a name.
pub fn declared(experiment: &str) -> Option<&'static Declared> {
    DECLARED
        .iter()
        .find(|declared| declared.experiment == experiment)
}

/// What an axis along which a key changes is called; `None` where no declaration says so.
pub fn label(path: &str) -> Option<&'static str> {
    let keys = DECLARED.iter().flat_map(Declared::keys);
    keys.filter(|key| key.path == path)
        .find_map(|key| key.label)
}

/// Each declaration of a key, with the experiments that have it so.
pub fn declarations(path: &str) -> Vec<(&'static Key, Vec<&'static str>)> {
    let mut found: Vec<(&'static Key, Vec<&'static str>)> = Vec::new();
    for declared in DECLARED {
        for key in declared.keys().into_iter().filter(|key| key.path == path) {
            match found
                .iter_mut()
                .find(|(other, _)| std::ptr::eq(*other, key))
            {
                Some((_, experiments)) => experiments.push(declared.experiment),
                None => found.push((key, vec![declared.experiment])),
            }
        }
    }
    found
}
