//! Sweeps: in this process, or point by point wherever Python runs them.

use crate::run::{Given, Target};
use crate::{errors, job};
use luckflow::experiment::Hooks;
use luckflow::output::Folder;
use luckflow::output::Identities;
use luckflow::runs::workers;
use luckflow::sweep::axes::{AxisOption, Sweep};
use luckflow::sweep::{
    Opening, Options, Plan, Row, Shard, Store, StoreError, SweepEnd, of_point, report,
};
use pyo3::exceptions::{PyKeyboardInterrupt, PyOSError, PyRuntimeError};
use pyo3::prelude::*;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// A row before it is kept: index, identity, fields, seconds.
type Fields = (u64, String, Vec<String>, f64);

/// The points of a sweep.
#[pyclass(frozen, module = "luckflow._luckflow")]
pub struct SweepPlan {
    plan: Arc<Plan>,
    /// The scenario as it was given.
    kept: String,
}

#[pymethods]
impl SweepPlan {
    /// Reads a scenario, with axes as on the command line.
    #[new]
    fn new(given: Given, axes: Vec<String>) -> PyResult<Self> {
        let mut document = given.document()?;
        for axis in &axes {
            let axis = AxisOption::parse(axis).map_err(errors::scenario)?;
            axis.apply(&mut document).map_err(errors::scenario)?;
        }
        let kept = given.kept("sweep", &document);
        let sweep = Sweep::read(document).map_err(errors::scenario)?;
        let plan = Plan::new(sweep).map_err(errors::scenario)?;
        Ok(Self {
            plan: Arc::new(plan),
            kept,
        })
    }

    /// Number of points.
    #[getter]
    fn points(&self) -> u64 {
        self.plan.points()
    }

    /// Runs the points with these indices, one after another on one thread.
    fn rows(&self, py: Python<'_>, indices: Vec<u64>) -> PyResult<Vec<Fields>> {
        let plan = Arc::clone(&self.plan);
        if let Some(index) = indices.iter().find(|&&index| index >= plan.points()) {
            let allowed = format!("0 to {}", plan.points() - 1);
            return Err(errors::argument("indices", index, allowed));
        }
        job::watched(py, None, move |hooks| {
            let rows = Mutex::new(Vec::new());
            let identities = Identities::default();
            workers(1, || {
                let all = indices.iter();
                let done = all.map_while(|&index| row(&plan, &identities, index, hooks));
                lock(&rows).extend(done);
            });
            rows.into_inner().unwrap_or_else(PoisonError::into_inner)
        })
    }

    /// Opens a folder for the rows.
    fn open(&self, target: Target) -> PyResult<SweepStore> {
        let (store, identities) = self.store(&target)?;
        Ok(SweepStore {
            plan: Arc::clone(&self.plan),
            identities,
            store: Mutex::new(Some(store)),
        })
    }

    /// Runs all points that have no row yet on so many threads, and draws what the command line draws.
    fn run(
        &self,
        py: Python<'_>,
        target: Target,
        jobs: usize,
        draw: bool,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let (store, identities) = self.store(&target)?;
        let plan = Arc::clone(&self.plan);
        let options = Options {
            jobs,
            shard: Shard::WHOLE,
            fail_fast: false,
        };
        let ended = job::watched(py, progress, move |hooks| {
            let (end, _) = luckflow::sweep::run(&plan, &identities, store, options, hooks)?;
            Ok::<_, StoreError>(match end {
                SweepEnd::Complete(folder) | SweepEnd::Refined(folder) => {
                    Some(drawn(&folder, draw))
                }
                _ => None,
            })
        })?;
        match ended.map_err(refused)? {
            Some(drawn) => drawn.map_err(PyRuntimeError::new_err),
            None => Err(PyKeyboardInterrupt::new_err(())),
        }
    }
}

impl SweepPlan {
    fn store(&self, target: &Target) -> PyResult<(Store, Identities)> {
        let opening = Opening {
            resume: target.resume,
            force: target.force,
        };
        let identities = Identities::default();
        let path = target.out.clone().unwrap_or_else(|| PathBuf::from("."));
        let store = Store::open(&path, &self.plan, &identities, Shard::WHOLE, opening);
        let store = store.map_err(refused)?;
        store
            .folder()
            .write("scenario.toml", |out| out.write_all(self.kept.as_bytes()))
            .map_err(|error| errors::folder(&error))?;
        Ok((store, identities))
    }
}

/// One point's row; `None` if it was interrupted.
fn row(plan: &Plan, identities: &Identities, index: u64, hooks: &dyn Hooks) -> Option<Fields> {
    if hooks.interrupted() {
        return None;
    }
    let started = Instant::now();
    let (id, record) = match plan.scenario(&plan.point(index)) {
        Err(mistake) => (String::new(), plan.kind().failed(&mistake.to_string())),
        Ok(scenario) => {
            let run = scenario.prepare().and_then(|ready| ready.record(hooks));
            let record = match run {
                Ok(record) => record?,
                Err(error) => plan.kind().failed(&error.to_string()),
            };
            (of_point(identities, &scenario), record)
        }
    };
    let seconds = started.elapsed().as_secs_f64();
    Some((index, id, record.fields().to_vec(), seconds))
}

/// The folder of a sweep whose points run elsewhere.
#[pyclass(frozen, module = "luckflow._luckflow")]
pub struct SweepStore {
    plan: Arc<Plan>,
    identities: Identities,
    store: Mutex<Option<Store>>,
}

#[pymethods]
impl SweepStore {
    /// The first `count` points from `begin` on that have no row, and where to go on.
    fn missing(&self, begin: u64, count: usize) -> PyResult<(Vec<u64>, u64)> {
        let mut store = lock(&self.store);
        let store = opened(store.as_mut())?;
        let (mut found, mut index) = (Vec::new(), begin);
        while found.len() < count && index < self.plan.points() {
            if !store.has(index) && !self.take_earlier(store, index)? {
                found.push(index);
            }
            index += 1;
        }
        Ok((found, index))
    }

    /// Keeps rows; when it returns they outlive the process.
    fn deliver(&self, rows: Vec<Fields>) -> PyResult<()> {
        let mut store = lock(&self.store);
        let store = opened(store.as_mut())?;
        for (index, id, fields, seconds) in rows {
            self.keep(store, index, id, &fields, Some(seconds))?;
        }
        Ok(())
    }

    /// Keeps the row of a point that could not be run.
    fn fail(&self, index: u64, error: &str) -> PyResult<()> {
        let record = self.plan.kind().failed(error);
        let mut store = lock(&self.store);
        let store = opened(store.as_mut())?;
        self.keep(store, index, String::new(), record.fields(), None)
    }

    /// Points done, failed, and with a violated bound.
    fn tally(&self) -> PyResult<(u64, u64, u64)> {
        let mut store = lock(&self.store);
        let tally = opened(store.as_mut())?.tally();
        Ok((tally.done, tally.failed, tally.violated))
    }

    /// Ends a sweep whose rows are all there, and draws what the command line draws.
    fn finish(&self, py: Python<'_>, draw: bool) -> PyResult<()> {
        let store = lock(&self.store).take();
        let store = store.ok_or_else(|| PyOSError::new_err(ENDED))?;
        let (folder, _) = store.finish().map_err(refused)?;
        job::wide(py, move || drawn(&folder, draw))?.map_err(PyRuntimeError::new_err)
    }

    /// Lets go of the folder.
    fn close(&self) {
        lock(&self.store).take();
    }
}

impl SweepStore {
    fn keep(
        &self,
        store: &mut Store,
        index: u64,
        id: String,
        fields: &[String],
        seconds: Option<f64>,
    ) -> PyResult<()> {
        let columns = self.plan.kind().columns();
        let row = Row::new(&self.plan.point(index), id, fields, &columns);
        store.deliver(row, seconds).map_err(refused)
    }

    /// Whether an earlier sweep in the folder had this point: then its row is kept again.
    fn take_earlier(&self, store: &mut Store, index: u64) -> PyResult<bool> {
        let Ok(scenario) = self.plan.scenario(&self.plan.point(index)) else {
            return Ok(false);
        };
        let id = of_point(&self.identities, &scenario);
        let Some(fields) = store.earlier(&id) else {
            return Ok(false);
        };
        self.keep(store, index, id, &fields, None)?;
        Ok(true)
    }
}

/// What is said of a store that is no more.
const ENDED: &str = "the sweep has ended";

fn opened(store: Option<&mut Store>) -> PyResult<&mut Store> {
    store.ok_or_else(|| PyOSError::new_err(ENDED))
}

fn drawn(folder: &Folder, draw: bool) -> Result<(), String> {
    match draw {
        true => report::show(folder)
            .map(drop)
            .map_err(|error| error.to_string()),
        false => Ok(()),
    }
}

fn refused(error: StoreError) -> PyErr {
    match error {
        StoreError::Folder(error) => errors::folder(&error),
        other => PyOSError::new_err(errors::in_python(&other.to_string())),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
