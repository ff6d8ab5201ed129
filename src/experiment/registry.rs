//! All experiments there are.

use super::scenario::Runnable;
use super::{Record, Report, View, deep, panels, record, sgd_vs_flow, theorem4, theorem5};
use crate::config::section::Section;
use crate::config::{Key, ScenarioError};
use crate::output::Column;
use std::sync::Arc;

/// One kind of experiment, as the rest of the program knows it.
pub struct ExperimentKind {
    /// As in `experiment = "…"`.
    pub name: &'static str,
    /// One sentence.
    pub about: &'static str,
    /// Whether a run that was stopped can go on from checkpoints.
    pub resumable: bool,
    /// What a sweep over it shows.
    pub view: View,
    keys: &'static [&'static [&'static Key]],
    pub(super) read: fn(Section) -> Result<Arc<dyn Runnable>, ScenarioError>,
    columns: fn() -> Vec<Column>,
}

/// Every kind; a new experiment is a folder beside the others and a line here.
pub static KINDS: &[ExperimentKind] = &[
    ExperimentKind::of::<theorem4::Theorem4>(),
    ExperimentKind::of::<theorem5::Theorem5>(),
    ExperimentKind::of::<panels::Panels>(),
    ExperimentKind::of::<sgd_vs_flow::SgdVsFlow>(),
    ExperimentKind::of::<deep::training::DeepTraining>(),
    ExperimentKind::of::<deep::flow::DeepFlow>(),
    ExperimentKind::of::<deep::labels::ImplicitRegularization>(),
    ExperimentKind::of::<deep::tickets::LotteryTickets>(),
    ExperimentKind::of::<deep::hessian::FlatMinima>(),
];

impl std::fmt::Debug for ExperimentKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl ExperimentKind {
    /// The kind of an experiment.
    pub const fn of<E: Report>() -> Self {
        Self {
            name: E::NAME,
            about: E::ABOUT,
            resumable: E::RESUMABLE,
            view: E::VIEW,
            keys: E::KEYS,
            read: |mut root| {
                let experiment = E::read(&mut root)?;
                root.finish()?;
                Ok(Arc::new(experiment))
            },
            columns: record::columns::<E>,
        }
    }

    /// The kind of a name.
    pub fn named(name: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.name == name)
    }

    /// Its keys, section by section.
    pub fn keys(&self) -> Vec<&'static Key> {
        self.keys.concat()
    }

    /// The columns of a sweep over it, axes apart.
    pub fn columns(&self) -> Vec<Column> {
        (self.columns)()
    }

    /// A row for a run that failed before there was anything to say.
    pub fn failed(&self, error: &str) -> Record {
        Record::failed(self.columns().len(), error)
    }
}
