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
use std::ops::Deref;
use std::time::Instant;

/// The keys of an experiment, read; they serialise as the scenario that they are.
pub trait Keys: Serialize + Clone + Debug + Send + Sync + 'static {
    /// All of them, group by group.
    const KEYS: &'static [&'static [&'static Key]];

    /// Reads all of them; what it leaves at the root is a mistake.
    ///
    /// # Errors
    /// The first mistake.
    fn read(root: &mut Section) -> Result<Self, ScenarioError>;

    /// What the scenario is called, as its file is, and from which all its random numbers come.
    fn name_and_seed(&self) -> (&str, u64);
}

/// An experiment, of which the keys are known: how it is run.
pub trait Experiment: Keys {
    /// As in `experiment = "…"`.
    const NAME: &'static str;
    /// One sentence for lists.
    const ABOUT: &'static str;
    /// Whether a run that was stopped can go on from checkpoints.
    const RESUMABLE: bool = false;

    /// All that is known before the first step.
    type Setup: Send;
    /// What a run finds. It serialises as the findings in `summary.json`.
    type Found: Serialize + Send + 'static;

    /// What it takes of memory at one time, as far as the keys say; by default too little to speak of.
    fn memory(&self) -> Memory {
        Memory::default()
    }

    /// Draws and loads everything; finds what could be wrong with the scenario before anything is computed.
    ///
    /// # Errors
    /// Values that do not go together, files that cannot be read.
    fn prepare(&self) -> Result<Self::Setup, ExperimentError>;

    /// Computes what is to be found, and says why it ended; fills in what was "auto". The numbers do not depend on
    /// threads, on `store` or on `hooks`.
    ///
    /// # Errors
    /// What only the run can find, checkpoints that do not fit among it.
    fn find(&mut self, setup: Self::Setup, store: &dyn Store, hooks: &dyn Hooks) -> Ended<Self::Found>;

    /// Runs what has been prepared.
    ///
    /// # Errors
    /// As [`Experiment::find`].
    fn run(&self, setup: Self::Setup, store: &dyn Store, hooks: &dyn Hooks) -> Result<Run<Self>, ExperimentError> {
        let started = Instant::now();
        let mut scenario = self.clone();
        let (found, end) = scenario.find(setup, store, hooks)?;
        Ok(Run {
            scenario,
            found,
            end,
            seconds: started.elapsed().as_secs_f64(),
        })
    }

    /// Prepares and runs it, keeping no checkpoints.
    ///
    /// # Errors
    /// As [`Experiment::prepare`] and [`Experiment::run`].
    fn simulate(&self, hooks: &dyn Hooks) -> Result<Run<Self>, ExperimentError> {
        crate::blas::single_threaded();
        self.run(self.prepare()?, &Nowhere, hooks)
    }

    /// The same as a sweep runs it: without what no column needs.
    fn for_row(&self) -> Self {
        self.clone()
    }
}

/// What was found, and why it ended; or why there was nothing to find.
pub type Ended<F> = Result<(F, RunEnd), ExperimentError>;

/// A run that is over; what it found is reached through it.
pub struct Run<E: Experiment> {
    /// The scenario with all that was "auto" filled in.
    pub scenario: E,
    /// What it found.
    pub found: E::Found,
    /// Why it ended; of several runs, why one of them was broken off, if one was.
    pub end: RunEnd,
    /// Seconds that it took.
    pub seconds: f64,
}

impl<E: Experiment> Deref for Run<E> {
    type Target = E::Found;

    fn deref(&self) -> &E::Found {
        &self.found
    }
}

/// What a run of an experiment leaves, and what a sweep over it shows.
pub trait Report: Experiment {
    /// What a sweep over it shows.
    const VIEW: View;

    /// What a sweep keeps of a run: a column each.
    fn columns() -> Vec<Reading<Run<Self>>>;

    /// The table that is printed.
    fn table(run: &Run<Self>) -> String;

    /// Tables for programs.
    fn tables(run: &Run<Self>) -> Vec<Table<'_>>;

    /// What the theory claims of it, and what it says of that.
    fn verdicts(_: &Run<Self>) -> Vec<Judged> {
        Vec::new()
    }

    /// Figures, with their names below the folder: `convergence`, `width2/rank`.
    fn figures(run: &Run<Self>) -> Vec<(String, Figure)>;

    /// Arrays and networks.
    fn files(_: &Run<Self>) -> Vec<ResultFile<'_>> {
        Vec::new()
    }
}

/// A [`Run`] of any experiment.
pub trait Outcome: Send {
    /// The scenario with all that was "auto" filled in.
    fn scenario(&self) -> &dyn erased_serde::Serialize;

    /// What it found, for `summary.json`.
    fn findings(&self) -> &dyn erased_serde::Serialize;

    /// Why it ended.
    fn end(&self) -> &RunEnd;

    /// Seconds that it took.
    fn seconds(&self) -> f64;

    /// As [`Report::table`].
    fn table(&self) -> String;

    /// As [`Report::tables`].
    fn tables(&self) -> Vec<Table<'_>>;

    /// As [`Report::verdicts`].
    fn verdicts(&self) -> Vec<Judged>;

    /// As [`Report::figures`].
    fn figures(&self) -> Vec<(String, Figure)>;

    /// As [`Report::files`].
    fn files(&self) -> Vec<ResultFile<'_>>;
}

impl<E: Report> Outcome for Run<E> {
    fn scenario(&self) -> &dyn erased_serde::Serialize {
        &self.scenario
    }

    fn findings(&self) -> &dyn erased_serde::Serialize {
        &self.found
    }

    fn end(&self) -> &RunEnd {
        &self.end
    }

    fn seconds(&self) -> f64 {
        self.seconds
    }

    fn table(&self) -> String {
        E::table(self)
    }

    fn tables(&self) -> Vec<Table<'_>> {
        E::tables(self)
    }

    fn verdicts(&self) -> Vec<Judged> {
        E::verdicts(self)
    }

    fn figures(&self) -> Vec<(String, Figure)> {
        E::figures(self)
    }

    fn files(&self) -> Vec<ResultFile<'_>> {
        E::files(self)
    }
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
