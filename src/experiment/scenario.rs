//! What a scenario means: one of the experiments, with its keys.

use super::{Experiment, ExperimentError, ExperimentKind, Hooks, KINDS, Nowhere, Outcome, Record, Report, Store};
use crate::config::document::{Node, Value};
use crate::config::section::Section;
use crate::config::{self, Document, ScenarioError};
use crate::integrate::RunEnd;
use crate::runs::Memory;
use serde::{Serialize, Serializer};
use std::any::Any;
use std::fmt::Debug;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

/// A scenario that makes sense. Cheap to clone.
///
/// ```
/// use luckflow::config::Document;
/// use luckflow::experiment::{Scenario, Silent};
/// use std::path::Path;
///
/// let text = r#"
///     experiment = "theorem4"
///     teacher = { input_dim = 4, nodes = 2, threshold = 2.0 }
///     student = { theta0 = 0.05 }
/// "#;
/// let scenario = Scenario::interpret(Document::parse(Path::new("small.toml"), text, &[])?)?;
/// let outcome = scenario.run(&Silent)?;
/// assert!(outcome.end().is_regular());
/// println!("{}", outcome.table());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Scenario {
    kind: &'static ExperimentKind,
    experiment: Arc<dyn Runnable>,
}

/// An [`Experiment`] of any kind.
pub(super) trait Runnable: Any + Debug + Send + Sync + erased_serde::Serialize {
    fn name_and_seed(&self) -> (&str, u64);
    fn memory(&self) -> Memory;
    fn prepare(&self) -> Result<Box<dyn Prepared>, ExperimentError>;
}

erased_serde::serialize_trait_object!(Runnable);

/// An experiment of any kind that is ready to run.
pub trait Prepared: Send {
    /// Runs it; see [`Experiment::run`].
    ///
    /// # Errors
    /// As there.
    fn run(self: Box<Self>, store: &dyn Store, hooks: &dyn Hooks) -> Result<Box<dyn Outcome>, ExperimentError>;

    /// Runs it for the row of a sweep; `None` if it was interrupted.
    ///
    /// # Errors
    /// As there.
    fn record(self: Box<Self>, hooks: &dyn Hooks) -> Result<Option<Record>, ExperimentError>;
}

struct Ready<E: Experiment> {
    experiment: E,
    setup: E::Setup,
}

impl<E: Report> Runnable for E {
    fn name_and_seed(&self) -> (&str, u64) {
        E::name_and_seed(self)
    }

    fn memory(&self) -> Memory {
        E::memory(self)
    }

    fn prepare(&self) -> Result<Box<dyn Prepared>, ExperimentError> {
        crate::blas::single_threaded();
        let setup = E::prepare(self)?;
        let experiment = self.clone();
        Ok(Box::new(Ready { experiment, setup }))
    }
}

impl<E: Report> Prepared for Ready<E> {
    fn run(self: Box<Self>, store: &dyn Store, hooks: &dyn Hooks) -> Result<Box<dyn Outcome>, ExperimentError> {
        Ok(Box::new(self.experiment.run(self.setup, store, hooks)?))
    }

    fn record(self: Box<Self>, hooks: &dyn Hooks) -> Result<Option<Record>, ExperimentError> {
        let experiment = self.experiment.for_row();
        let outcome = experiment.run(self.setup, &Nowhere, hooks)?;
        // What was broken off beside the run, as a search, is not in its end.
        let interrupted = matches!(outcome.end, RunEnd::Interrupted { .. }) || hooks.interrupted();
        Ok((!interrupted).then(|| Record::of(&outcome)))
    }
}

/// The experiments that a scenario may name.
static NAMES: LazyLock<Vec<&'static str>> = LazyLock::new(|| KINDS.iter().map(|kind| kind.name).collect());

impl Scenario {
    /// Gives a document its meaning.
    ///
    /// # Errors
    /// The first mistake, with its place.
    pub fn interpret(document: Document) -> Result<Self, ScenarioError> {
        let mut root = Section::root(document);
        if root.has("sweep")
            && let Some(sweep) = root.take("sweep")
        {
            let found = Node::new(Value::Text("[sweep]".into()), sweep.origin);
            let allowed = "no sweep here; luckflow sweep takes this file";
            return Err(root.wrong("sweep", &found, allowed));
        }
        let name = root.required_text("experiment", &NAMES)?;
        let kind = ExperimentKind::named(name).expect("only listed names are let through");
        let experiment = (kind.read)(root)?;
        Ok(Self { kind, experiment })
    }

    /// Which experiment it is.
    pub fn kind(&self) -> &'static ExperimentKind {
        self.kind
    }

    /// Its keys, if it is this experiment.
    pub fn get<E: Experiment>(&self) -> Option<&E> {
        let any: &dyn Any = self.experiment.as_ref();
        any.downcast_ref()
    }

    /// The files that it reads.
    pub fn inputs(&self) -> Vec<PathBuf> {
        let files = config::files(self).into_iter();
        files.map(|file| file.path).collect()
    }

    /// From which all its random numbers come.
    pub fn seed(&self) -> u64 {
        self.experiment.name_and_seed().1
    }

    /// What it is called: the name of its file.
    pub fn name(&self) -> &str {
        self.experiment.name_and_seed().0
    }

    /// What it takes of memory at one time, as far as its keys say.
    pub fn memory(&self) -> Memory {
        self.experiment.memory()
    }

    /// Finds what could be wrong with it before anything is computed.
    ///
    /// # Errors
    /// Values that do not go together, files that cannot be read.
    pub fn prepare(&self) -> Result<Box<dyn Prepared>, ExperimentError> {
        self.experiment.prepare()
    }

    /// Prepares and runs it, keeping no checkpoints.
    ///
    /// # Errors
    /// As [`Experiment::prepare`] and [`Experiment::run`].
    pub fn run(&self, hooks: &dyn Hooks) -> Result<Box<dyn Outcome>, ExperimentError> {
        self.prepare()?.run(&Nowhere, hooks)
    }
}

impl Serialize for Scenario {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        erased_serde::serialize(self.experiment.as_ref(), serializer)
    }
}
