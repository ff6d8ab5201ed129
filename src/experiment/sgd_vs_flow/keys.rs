//! The keys of `experiment = "sgd-vs-flow"`.

use crate::config::ScenarioError;
use crate::config::section::{Range, Section};
use crate::experiment::theorem5::Theorem5;
use serde::Serialize;

type Result<T> = std::result::Result<T, ScenarioError>;

/// Two-layer SGD and the flow from the same start: how far apart do they come?
#[derive(Clone, Debug, Serialize)]
pub struct SgdVsFlow {
    /// Teacher, student, overlaps and integration: those of the flow.
    #[serde(flatten)]
    pub base: Theorem5,
    /// η: the steps that are tried.
    pub steps: Vec<f64>,
    /// B: the mini-batches that are tried.
    pub batches: Vec<usize>,
    /// Runs of each pair.
    pub seeds: u64,
    /// Apply P⊥ and renormalise.
    pub projection: bool,
    /// Whether V moves.
    pub running_fan_out: bool,
}

impl SgdVsFlow {
    /// Reads the keys, all of them and no others.
    pub(in crate::experiment) fn read_keys(mut root: Section) -> Result<Self> {
        let mut section = root.section("sgd")?;
        let words = "η, positive numbers, as in [0.1, 0.05]";
        let steps = section
            .numbers("steps", Range::POSITIVE)?
            .ok_or_else(|| section.missing("steps", words))?;
        let batches = section
            .integers("batches", 1, 1 << 24)?
            .ok_or_else(|| section.missing("batches", "B, whole numbers, as in [16, 64]"))?;
        let seeds = section.integer("seeds", 1, 10_000)?.unwrap_or(8);
        let projection = section.boolean("projection")?.unwrap_or(true);
        let fan_out = section.text("fan_out", &["running", "fixed"])?;
        section.finish()?;
        let origin = root.origin_of("flow").or(root.origin_of("integrate"));
        let base = Theorem5::read_section(&mut root)?;
        let problem = if base.normalized_fan_out {
            Some((
                "flow.normalized_fan_out",
                "true",
                "false: SGD here leaves V free",
            ))
        } else if base.integrate.horizon.is_none() {
            Some((
                "integrate.horizon",
                "\"auto\"",
                "a number: the gap is that over a fixed horizon",
            ))
        } else {
            None
        };
        if let Some((key, found, allowed)) = problem {
            return Err(root.contradiction(key, origin, found.into(), allowed));
        }
        root.finish()?;
        Ok(Self {
            base,
            steps,
            batches,
            seeds,
            projection,
            running_fan_out: fan_out != Some("fixed"),
        })
    }
}
