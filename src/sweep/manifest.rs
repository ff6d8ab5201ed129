//! `sweep.json`: which sweep a folder holds.

use super::{Identities, Plan, RESULT_VERSION, Shard, of_plan};
use crate::output::Provenance;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Name of the file.
pub const FILE: &str = "sweep.json";

/// Which sweep a folder holds, and which part of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// The scenario file's name without its ending.
    pub name: String,
    /// Digest of the plan: equal for parts that belong together.
    pub plan: String,
    /// Version of the table's contents.
    pub result_version: u32,
    /// Points of the whole sweep.
    pub points: u64,
    /// Runs at each of its cells.
    pub seeds: u64,
    /// Keys that change.
    pub axes: Vec<String>,
    /// i of i/k.
    pub shard: u64,
    /// k of i/k.
    pub shards: u64,
    /// Program, commit and time of its beginning.
    pub program: String,
    /// Commit that the program was built from.
    pub commit: String,
    /// UTC, RFC 3339.
    pub time: String,
}

impl Manifest {
    /// Of a part of a plan, begun now.
    pub fn new(plan: &Plan, identities: &Identities, shard: Shard) -> Self {
        let provenance = Provenance::now();
        Self {
            name: plan.name().to_owned(),
            plan: of_plan(identities, plan),
            result_version: RESULT_VERSION,
            points: plan.points(),
            seeds: plan.seeds(),
            axes: plan.keys().map(String::from).collect(),
            shard: shard.number(),
            shards: shard.count(),
            program: provenance.program.to_owned(),
            commit: provenance.commit.to_owned(),
            time: provenance.time,
        }
    }

    /// Of a folder; `None` if there is none that can be read.
    pub fn read(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(folder.join(FILE)).ok()?).ok()
    }

    /// Whether a folder with the other manifest goes on as this one.
    pub fn continues(&self, other: &Self) -> bool {
        (&self.plan, self.shard, self.shards) == (&other.plan, other.shard, other.shards)
    }

    /// The part of the sweep.
    pub fn shard(&self) -> Option<Shard> {
        Shard::new(self.shard, self.shards)
    }
}
