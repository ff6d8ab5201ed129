//! What a folder holds, and the scenarios whose folders are tried.
// Not each test that takes this in takes all of it.
#![allow(dead_code)]

use std::collections::BTreeMap;
use std::path::Path;

/// A run of Theorem 4 in milliseconds.
pub const RUN: &str = r#"
experiment = "theorem4"
teacher = { input_dim = 6, nodes = 3, threshold = 2.0 }
student = { theta0 = 0.05 }
integrate = { outputs = 20 }
"#;

/// Six of them.
pub const SWEEP: &str = r#"
experiment = "theorem4"
teacher = { input_dim = 6, nodes = 3, threshold = 2.0 }
student = { theta0 = 0.05 }
integrate = { outputs = 20 }
[[sweep.axis]]
key = "student.theta0"
values = [0.01, 0.02, 0.03, 0.04, 0.05, 0.06]
"#;

/// A training with checkpoints.
pub const TRAINING: &str = r#"
experiment = "deep-training"
teacher = { input_dim = 6, hidden = [4, 5], outputs = 3 }
student = { widths = 2 }
data = { samples = 400, held_out = 100 }
training = { epochs = 3, step = 0.05 }
"#;

/// Every file below a folder, by its path in there.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut left = vec![folder.to_owned()];
    while let Some(at) = left.pop() {
        for entry in std::fs::read_dir(&at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                left.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy();
                found.insert(name.into_owned(), std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// The last part of a path as [`files`] has it.
pub fn last(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
