//! The folder of a sweep whose points run elsewhere.

use super::plan::{Fields, failed};
use super::{drawn, refused, refused_round, unshown, warn};
use crate::job;
use luckflow::output::Identities;
use luckflow::sweep::aggregate::Form;
use luckflow::sweep::{Plan, Rounds, Row, Shard, Store, of_point};
use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Hands out points that have no row, and keeps rows as they come.
#[pyclass(frozen, module = "luckflow._luckflow")]
pub struct SweepStore {
    plan: Arc<Plan>,
    identities: Identities,
    shard: Shard,
    /// What is drawn at the end.
    form: Option<Form>,
    open: Mutex<Option<Open>>,
}

/// A folder that takes rows.
struct Open {
    store: Store,
    rounds: Option<Box<dyn Rounds>>,
    /// Positions of the points of this round; `None` for all.
    listed: Option<Vec<u64>>,
    /// How many positions were looked at.
    looked: usize,
    /// Rows that there will be when the round ends.
    total: u64,
}

impl SweepStore {
    pub(super) fn open(
        plan: Arc<Plan>,
        identities: Identities,
        store: Store,
        shard: Shard,
        rounds: Option<Box<dyn Rounds>>,
        form: Option<Form>,
    ) -> PyResult<Self> {
        let mut open = Open {
            store,
            rounds,
            listed: None,
            looked: 0,
            total: shard.len_of(plan.points()),
        };
        open.next_round(&plan)?;
        Ok(Self {
            plan,
            identities,
            shard,
            form,
            open: Mutex::new(Some(open)),
        })
    }
}

#[pymethods]
impl SweepStore {
    /// So many indices of further points that have no row; fewer at the end of the round.
    fn next(&self, count: usize) -> PyResult<Vec<u64>> {
        let mut open = lock(&self.open);
        let open = opened(&mut open)?;
        let mut found = Vec::new();
        while found.len() < count
            && let Some(position) = open.position()
        {
            let index = self.shard.index(position);
            if !open.store.has(position) && !self.take_earlier(&mut open.store, index)? {
                found.push(index);
            }
        }
        Ok(found)
    }

    /// Begins another round, after the rows of the last are there; whether there is one.
    fn next_round(&self, py: Python<'_>) -> PyResult<bool> {
        py.detach(|| opened(&mut lock(&self.open))?.next_round(&self.plan))
    }

    /// Rows that there will be when the round ends.
    #[getter]
    fn total(&self) -> PyResult<u64> {
        Ok(opened(&mut lock(&self.open))?.total)
    }

    /// Keeps rows; when it returns they outlive the process. With `fail_fast` the first with an error ends the sweep.
    fn deliver(&self, rows: Vec<Fields>, fail_fast: bool) -> PyResult<()> {
        let mut open = lock(&self.open);
        let store = &mut opened(&mut open)?.store;
        let mut failure = None;
        for (index, id, fields, seconds) in rows {
            let error = fields.last().filter(|error| !error.is_empty());
            if let (Some(error), true) = (error, failure.is_none()) {
                failure = Some((index, error.clone()));
            }
            self.keep(store, index, id, &fields, Some(seconds))?;
        }
        match failure {
            Some((index, error)) if fail_fast => {
                let place = store.folder().path().display().to_string();
                Err(failed(index, &error, &place))
            }
            _ => Ok(()),
        }
    }

    /// Keeps the row of a point that could not be run.
    fn fail(&self, index: u64, error: &str) -> PyResult<()> {
        let record = self.plan.kind().failed(error);
        let mut open = lock(&self.open);
        let store = &mut opened(&mut open)?.store;
        self.keep(store, index, String::new(), record.fields(), None)
    }

    /// Points done, failed, and with a violated bound.
    fn tally(&self) -> PyResult<(u64, u64, u64)> {
        let tally = opened(&mut lock(&self.open))?.store.tally();
        Ok((tally.done, tally.failed, tally.violated))
    }

    /// Ends a sweep whose rows are all there, or those that were asked for, and draws what the command line draws.
    fn finish(&self, py: Python<'_>) -> PyResult<()> {
        let open = lock(&self.open).take();
        let Open { store, rounds, .. } = open.ok_or_else(|| PyOSError::new_err(ENDED))?;
        let folder = match rounds {
            Some(_) if store.tally().done < self.plan.points() => store.leave().map_err(refused)?,
            _ => {
                let (folder, remarks) = store.finish().map_err(refused)?;
                warn(py, &remarks)?;
                folder
            }
        };
        match self.form.clone() {
            Some(form) => job::wide(py, move || drawn(&folder, &form).map(drop))?.map_err(unshown),
            None => Ok(()),
        }
    }

    /// Lets go of the folder.
    fn close(&self) {
        lock(&self.open).take();
    }
}

impl Open {
    /// The next position of the round.
    fn position(&mut self) -> Option<u64> {
        let position = match &self.listed {
            Some(listed) => *listed.get(self.looked)?,
            None => Some(self.looked as u64).filter(|&position| position < self.total)?,
        };
        self.looked += 1;
        Some(position)
    }

    fn next_round(&mut self, plan: &Plan) -> PyResult<bool> {
        let Some(rounds) = &mut self.rounds else {
            return Ok(false);
        };
        let listed = rounds.next(plan, &self.store).map_err(refused_round)?;
        let missing = listed.iter().filter(|&&position| !self.store.has(position));
        self.total = self.store.tally().done + missing.count() as u64;
        self.looked = 0;
        let is_one = !listed.is_empty();
        self.listed = Some(listed);
        Ok(is_one)
    }
}

impl SweepStore {
    fn keep(&self, store: &mut Store, index: u64, id: String, fields: &[String], seconds: Option<f64>) -> PyResult<()> {
        let columns = self.plan.kind().columns();
        let row = Row::new(&self.plan.point(index), id, fields, &columns);
        store.deliver(row, seconds).and_then(|due| due.sync()).map_err(refused)
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

fn opened(open: &mut Option<Open>) -> PyResult<&mut Open> {
    open.as_mut().ok_or_else(|| PyOSError::new_err(ENDED))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
