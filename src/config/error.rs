//! One kind of error for everything a scenario can get wrong.

use thiserror::Error;

/// A mistake in a scenario: where it is, what was found, what is allowed.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{place}: {key}: found {found}; allowed: {allowed}")]
pub struct ScenarioError {
    /// File and line, or `--set`.
    pub place: String,
    /// The key with its section, as in `teacher.nodes`.
    pub key: String,
    /// What stands there.
    pub found: String,
    /// What may stand there.
    pub allowed: String,
}
