//! The points of a sweep, and running them on threads of this process.

use super::store::SweepStore;
use super::{Manner, drawn, refused, refused_round, unshown, warn};
use crate::run::{Given, Target};
use crate::{errors, job};
use luckflow::experiment::Hooks;
use luckflow::output::{Folder, Identities};
use luckflow::runs::workers;
use luckflow::sweep::axes::{AxisOption, Sweep};
use luckflow::sweep::table_value;
use luckflow::sweep::{Opening, Options, Plan, RoundsError, Shard, Store, SweepEnd, of_point, run_rounds};
use pyo3::exceptions::{PyKeyboardInterrupt, PyRuntimeError};
use pyo3::prelude::*;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// A row before it is kept: index, identity, fields, seconds.
pub(super) type Fields = (u64, String, Vec<String>, f64);

/// A point before it is run: index, values of the axes, seed.
type Listed = (u64, Vec<String>, u64);

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

    /// Number of points of a shard.
    fn points(&self, manner: Manner) -> PyResult<u64> {
        Ok(manner.shard(&self.plan)?.len_of(self.plan.points()))
    }

    /// The keys that change.
    #[getter]
    fn axes(&self) -> Vec<String> {
        self.plan.keys().map(String::from).collect()
    }

    /// The points of a shard, none of which is run.
    fn listed(&self, manner: Manner) -> PyResult<Vec<Listed>> {
        let shard = manner.shard(&self.plan)?;
        let positions = 0..shard.len_of(self.plan.points());
        let listed = positions.map(|position| {
            let point = self.plan.point(shard.index(position));
            let values = point.values.iter().map(table_value);
            (point.index, values.collect(), point.seed)
        });
        Ok(listed.collect())
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
                rows.lock().unwrap_or_else(PoisonError::into_inner).extend(done);
            });
            rows.into_inner().unwrap_or_else(PoisonError::into_inner)
        })
    }

    /// Opens a folder for rows that come from elsewhere.
    fn open(&self, py: Python<'_>, target: Target, manner: Manner) -> PyResult<SweepStore> {
        let shard = manner.shard(&self.plan)?;
        let form = manner.form(&self.plan, shard)?;
        let rounds = manner.rounds(&self.plan)?;
        let (store, identities) = self.store(&target, shard)?;
        warn(py, store.remarks())?;
        let plan = Arc::clone(&self.plan);
        SweepStore::open(plan, identities, store, shard, rounds, form)
    }

    /// Runs all points that have no row yet, or those that rounds ask for, and draws what the command line draws.
    fn run(&self, py: Python<'_>, target: Target, manner: Manner, progress: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let shard = manner.shard(&self.plan)?;
        let form = manner.form(&self.plan, shard)?;
        let rounds = manner.rounds(&self.plan)?;
        let (store, identities) = self.store(&target, shard)?;
        let place = store.folder().path().display().to_string();
        let plan = Arc::clone(&self.plan);
        let options = Options {
            jobs: manner.jobs,
            shard,
            fail_fast: manner.fail_fast,
        };
        let ended = job::watched(py, progress, move |hooks| {
            let ended = match rounds {
                Some(mut rounds) => run_rounds(&plan, &identities, store, options, hooks, &mut *rounds),
                None => luckflow::sweep::run(&plan, &identities, store, options, hooks).map_err(RoundsError::from),
            };
            ended.map(|(end, _)| Ended::of(end, |folder| form.map_or(Ok(()), |form| drawn(folder, &form).map(drop))))
        })?;
        match ended.map_err(refused_round)? {
            Ended::Drawn(drawn) => drawn.map_err(unshown),
            Ended::Interrupted => Err(PyKeyboardInterrupt::new_err(())),
            Ended::Failed(index, error) => Err(failed(index, &error, &place)),
        }
    }
}

/// How a sweep ended, and its drawing.
enum Ended<T> {
    Drawn(T),
    Interrupted,
    Failed(u64, String),
}

impl<T> Ended<T> {
    fn of(end: SweepEnd, draw: impl FnOnce(&Folder) -> T) -> Self {
        match end {
            SweepEnd::Complete(folder) | SweepEnd::Refined(folder) => Self::Drawn(draw(&folder)),
            SweepEnd::Interrupted => Self::Interrupted,
            SweepEnd::Failed { index, error } => Self::Failed(index, error),
        }
    }
}

/// A point that failed where that ends the sweep.
pub(super) fn failed(index: u64, error: &str, place: &str) -> PyErr {
    PyRuntimeError::new_err(format!("point {index} failed: {error}; the rows until then are in {place}"))
}

impl SweepPlan {
    fn store(&self, target: &Target, shard: Shard) -> PyResult<(Store, Identities)> {
        let opening = Opening {
            resume: target.resume,
            force: target.force,
        };
        let identities = Identities::default();
        let path = target.out.clone().unwrap_or_else(|| PathBuf::from("."));
        let store = Store::open(&path, &self.plan, &identities, shard, opening);
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
