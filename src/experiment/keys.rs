//! All keys that there are, by experiment: for documentation and answers.

use super::registry::KINDS;
use crate::config::Key;

/// What an axis along which a key changes is called; `None` where no declaration says so.
pub fn label(path: &str) -> Option<&'static str> {
    let keys = KINDS.iter().flat_map(|kind| kind.keys());
    keys.filter(|key| key.path == path).find_map(|key| key.label)
}

/// Each declaration of a key, with the experiments that have it so.
pub fn declarations(path: &str) -> Vec<(&'static Key, Vec<&'static str>)> {
    let mut found: Vec<(&'static Key, Vec<&'static str>)> = Vec::new();
    for kind in KINDS {
        for key in kind.keys().into_iter().filter(|key| key.path == path) {
            match found.iter_mut().find(|(other, _)| std::ptr::eq(*other, key)) {
                Some((_, experiments)) => experiments.push(kind.name),
                None => found.push((key, vec![kind.name])),
            }
        }
    }
    found
}
