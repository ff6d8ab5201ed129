//! What every experiment is, and what it leaves.

use super::{ExperimentError, Hooks, Judged, Nowhere, Reading, Store, View};
use crate::config::section::Section;
use crate::config::{Key, ScenarioError};
use crate::integrate::RunEnd;
use crate::output::Table;
use crate::plot::Figure;
use crate::runs::Memory;
use serde::Serialize;
use std::fmt::Debug;
use std::io::{self, Write};

/// An experiment: the keys of a scenario, read; it serialises as the scenario that it is.
pub trait Experiment: Serialize + Clone + Debug + Send + Sync + 'static {
    /// As in `experiment = "…"`.
    const NAME: &'static str;
    /// One sentence for lists.
    const ABOUT: &'static str;
    /// Whether a run that was stopped can go on from checkpoints.
    const RESUMABLE: bool = false;
    /// Its keys, group by group.
    const KEYS: &'static [&'static [&'static Key]];
    /// What a sweep over it shows.
    const VIEW: View;

    /// All that is known before the first step.
    type Setup: Send;
    /// What a run finds.
    type Outcome: Outcome + 'static;

    /// Reads the keys, all of them and no others.
    ///
    /// # Errors
    /// The first mistake.
    fn read(root: Section) -> Result<Self, ScenarioError>;

    /// What it is called: the name of its file.
    fn name(&self) -> &str;

    /// From which all its random numbers come.
    fn seed(&self) -> u64;

    /// What it takes of memory at one time, as far as the keys say; by default too little to speak of.
    fn memory(&self) -> Memory {
        Memory::default()
    }

    /// Draws and loads everything; finds what could be wrong with the scenario before anything is computed.
    ///
    /// # Errors
    /// Values that do not go together, files that cannot be read.
    fn prepare(&self) -> Result<Self::Setup, ExperimentError>;

    /// Runs what has been prepared. The numbers do not depend on threads, on `store` or on `hooks`.
    ///
    /// # Errors
    /// What only the run can find, checkpoints that do not fit among it.
    fn run(&self, setup: Self::Setup, store: &dyn Store, hooks: &dyn Hooks) -> Result<Self::Outcome, ExperimentError>;

    /// Prepares and runs it, keeping no checkpoints.
    ///
    /// # Errors
    /// As [`Experiment::prepare`] and [`Experiment::run`].
    fn simulate(&self, hooks: &dyn Hooks) -> Result<Self::Outcome, ExperimentError> {
        crate::blas::single_threaded();
        self.run(self.prepare()?, &Nowhere, hooks)
    }

    /// The same as a sweep runs it: without what no column needs.
    fn for_row(&self) -> Self {
        self.clone()
    }

    /// What a sweep keeps of a run: a column each.
    fn columns() -> Vec<Reading<Self::Outcome>>;
}

/// What a run found. It serialises as the findings in `summary.json`; scenario, end and time stand beside them.
pub trait Outcome: erased_serde::Serialize + Send {
    /// Of what, how it ended, and how long it took.
    fn about(&self) -> About<'_>;

    /// Why the run ended.
    fn end(&self) -> &RunEnd {
        self.about().end
    }

    /// The table that is printed.
    fn table(&self) -> String;

    /// Tables for programs.
    fn tables(&self) -> Vec<Table<'_>>;

    /// What the theory claims of it, and what it says of that.
    fn verdicts(&self) -> Vec<Judged> {
        Vec::new()
    }

    /// Figures, with their names below the folder: `convergence`, `width2/rank`.
    fn figures(&self) -> Vec<(String, Figure)>;

    /// Arrays and networks.
    fn files(&self) -> Vec<ResultFile<'_>> {
        Vec::new()
    }
}

erased_serde::serialize_trait_object!(Outcome);

/// What is said of every run.
pub struct About<'a> {
    /// The scenario with all that was "auto" filled in.
    pub scenario: &'a dyn erased_serde::Serialize,
    /// Why it ended.
    pub end: &'a RunEnd,
    /// Seconds that it took.
    pub seconds: f64,
}

/// Fills a file.
type Fill<'a> = Box<dyn FnOnce(&mut dyn Write) -> io::Result<()> + 'a>;

/// A file that is neither table nor figure.
pub struct ResultFile<'a> {
    /// Below the folder of the results, as in `students/width2.safetensors`.
    pub name: String,
    /// Writes its contents.
    pub fill: Fill<'a>,
    /// Of a picture: what there is to see.
    pub caption: Option<String>,
}

impl<'a> ResultFile<'a> {
    /// A file and how it is filled.
    pub fn new(name: impl Into<String>, fill: impl FnOnce(&mut dyn Write) -> io::Result<()> + 'a) -> Self {
        Self {
            name: name.into(),
            fill: Box::new(fill),
            caption: None,
        }
    }

    /// The same, a picture (PNG) that pages show with a caption.
    #[must_use]
    pub fn captioned(self, caption: &str) -> Self {
        Self {
            caption: Some(caption.into()),
            ..self
        }
    }
}

/// `certificate.json`, which `luckflow check` verifies.
pub(super) fn certificate(file: serde_json::Value) -> ResultFile<'static> {
    ResultFile::new("certificate.json", move |out: &mut dyn Write| {
        serde_json::to_writer(&mut *out, &file).map_err(io::Error::from)?;
        writeln!(out)
    })
}
