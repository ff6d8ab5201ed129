//! Points in parallel, rows in order.

use super::row::Row;
use super::store::{StoreError, Tally};
use super::{Identities, Plan, Point, Shard, Store, of_point};
use crate::blas;
use crate::flow::lanes::{alone, side_by_side};
use crate::output::{Column, Folder};
use crate::runs::{Bytes, Hooks, Memory, STACK, free_memory, workers};
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::Instant;

/// No point is begun that is so many rows ahead of the first one missing: memory is O(AHEAD), whatever the plan.
const AHEAD: u64 = 4096;

/// A point that takes less, in bytes, is run without a look at what is free.
const LITTLE: f64 = 1e8;

/// How to go about it.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Points at a time.
    pub jobs: usize,
    /// Which part of the sweep.
    pub shard: Shard,
    /// Stop at the first point that fails.
    pub fail_fast: bool,
}

/// How a sweep ended.
#[derive(Clone, Debug)]
pub enum SweepEnd {
    /// All rows are there, in this folder.
    Complete(Folder),
    /// Somebody pressed Ctrl-C.
    Interrupted,
    /// The rows that were asked for are there, in this folder, and not all of the plan's.
    Refined(Folder),
    /// With `fail_fast`: a point failed.
    Failed {
        /// its index
        index: u64,
        /// its error
        error: String,
    },
}

/// What all workers share.
struct Sweep<'a> {
    plan: &'a Plan,
    identities: &'a Identities,
    columns: Vec<Column>,
    options: Options,
    /// Positions of the points to run; `None` for all.
    listed: Option<&'a [u64]>,
    total: u64,
    hooks: &'a dyn Hooks,
    state: Mutex<State>,
    /// A row came to its place, or the sweep ended.
    moved: Condvar,
}

struct State {
    store: Store,
    claimed: u64,
    /// Rows that were there at the beginning.
    before: u64,
    end: Option<Result<SweepEnd, StoreError>>,
}

/// Runs all points of a shard that have no row yet.
///
/// # Errors
/// A row that could not be kept. Those before it are in the folder.
pub fn run(
    plan: &Plan,
    identities: &Identities,
    store: Store,
    options: Options,
    hooks: &dyn Hooks,
) -> Result<(SweepEnd, Tally), StoreError> {
    tell(store.remarks(), hooks);
    let (store, end) = points(plan, identities, store, options, hooks, None);
    let tally = store.tally();
    match end {
        None => Ok((complete(store, hooks)?, tally)),
        Some(end) => Ok((end?, tally)),
    }
}

/// Ends a sweep whose rows are all there.
pub(super) fn complete(store: Store, hooks: &dyn Hooks) -> Result<SweepEnd, StoreError> {
    let (folder, remarks) = store.finish()?;
    tell(&remarks, hooks);
    Ok(SweepEnd::Complete(folder))
}

/// Hands on what the user should know of the folder.
pub(super) fn tell(remarks: &[String], hooks: &dyn Hooks) {
    remarks.iter().for_each(|remark| hooks.remark(remark));
}

/// Runs the points of a shard that have no row yet, or those of them at the `listed` positions, which ascend; gives the store
/// back, and the end if it did not come to the last of them.
pub(super) fn points(
    plan: &Plan,
    identities: &Identities,
    store: Store,
    options: Options,
    hooks: &dyn Hooks,
    listed: Option<&[u64]>,
) -> (Store, Option<Result<SweepEnd, StoreError>>) {
    blas::single_threaded();
    let before = store.tally().done;
    let missing = |listed: &[u64]| listed.iter().filter(|&&at| !store.has(at)).count() as u64;
    let sweep = Sweep {
        plan,
        identities,
        columns: plan.kind().columns(),
        options,
        listed,
        total: listed.map_or(options.shard.len_of(plan.points()), |listed| before + missing(listed)),
        hooks,
        state: Mutex::new(State {
            claimed: listed.map_or(store.next(), |_| 0),
            before,
            store,
            end: None,
        }),
        moved: Condvar::new(),
    };
    workers(options.jobs, || sweep.work());
    let state = sweep.state.into_inner().expect("no worker panics with it");
    (state.store, state.end)
}

impl Sweep<'_> {
    /// One worker, with some points under way at a time: small flows are evaluated together.
    fn work(&self) {
        let under_way = Cell::new(0);
        side_by_side(STACK, |idle| {
            let position = self.claim(idle)?;
            let under_way = &under_way;
            under_way.update(|count| count + 1);
            Some(move || {
                let point = self.plan.point(self.options.shard.index(position));
                self.point(&point, || f64::from(under_way.get()));
                under_way.update(|count: u32| count - 1);
            })
        });
    }

    /// The next position without a row, once it is not too far ahead; `None` also where it would have to wait for that and
    /// the worker is not idle: the rows that are missing may be its own.
    fn claim(&self, idle: bool) -> Option<u64> {
        let mut state = self.lock();
        loop {
            if state.end.is_some() {
                return None;
            }
            if self.hooks.interrupted() {
                self.stop(&mut state, Ok(SweepEnd::Interrupted));
                return None;
            }
            if let Some(listed) = self.listed {
                return self.next_of(listed, &mut state);
            }
            while state.store.has(state.claimed) {
                state.claimed += 1;
            }
            if state.claimed >= self.total {
                return None;
            }
            if state.claimed < state.store.next() + AHEAD {
                state.claimed += 1;
                return Some(state.claimed - 1);
            }
            if !idle {
                return None;
            }
            state = self.moved.wait(state).expect("no worker panics with it");
        }
    }

    /// The next of the listed positions without a row. There are few: however far ahead they are, their rows may wait.
    fn next_of(&self, listed: &[u64], state: &mut State) -> Option<u64> {
        loop {
            let position = *listed.get(state.claimed as usize)?;
            state.claimed += 1;
            if !state.store.has(position) {
                return Some(position);
            }
        }
    }

    /// Runs a point, or finds its row; `beside` tells how many share the time.
    fn point(&self, point: &Point, beside: impl Fn() -> f64) {
        let started = Instant::now();
        let failed = |why: &str| self.plan.kind().failed(why);
        let scenario = match self.plan.scenario(point) {
            Ok(scenario) => scenario,
            Err(mistake) => return self.deliver(point, String::new(), failed(&mistake.to_string()).fields(), None),
        };
        let id = of_point(self.identities, &scenario);
        let earlier = self.lock().store.earlier(&id);
        if let Some(fields) = earlier {
            return self.deliver(point, id, &fields, None);
        }
        let needed = scenario.memory();
        if let Some(refusal) = self.too_large(&needed) {
            return self.deliver(point, String::new(), failed(&refusal).fields(), None);
        }
        let run = || scenario.prepare()?.record(&Quiet(self.hooks));
        // What takes much is not to wait with it for others.
        let run = AssertUnwindSafe(|| match needed.total() < LITTLE {
            true => run(),
            false => alone(run),
        });
        let record = match catch_unwind(run) {
            Ok(Ok(Some(record))) => record,
            // Interrupted: the point is not done.
            Ok(Ok(None)) => return self.stop(&mut self.lock(), Ok(SweepEnd::Interrupted)),
            Ok(Err(error)) => failed(&error.to_string()),
            Err(panic) => failed(&describe(panic.as_ref())),
        };
        let seconds = started.elapsed().as_secs_f64() / beside();
        self.deliver(point, id, record.fields(), Some(seconds));
    }

    /// Why a point would take more memory than is free to each of the jobs.
    fn too_large(&self, needed: &Memory) -> Option<String> {
        if needed.total() < LITTLE {
            return None;
        }
        let free = free_memory()?.0 / self.options.jobs as f64;
        let free = (needed.total() > free).then_some(Bytes(free))?;
        Some(format!("needs about {needed}; {free} are free to a job"))
    }

    fn deliver(&self, point: &Point, id: String, fields: &[String], seconds: Option<f64>) {
        let row = Row::new(point, id, fields, &self.columns);
        let mut state = self.lock();
        // A row that is done is kept, also when the sweep has ended meanwhile; not after one that could not be.
        if matches!(state.end, Some(Err(_))) {
            return;
        }
        let due = match state.store.deliver(row, seconds) {
            Ok(due) => due,
            Err(error) => return self.stop(&mut state, Err(error)),
        };
        let error = fields.last().filter(|error| !error.is_empty());
        if let Some(error) = error.filter(|_| self.options.fail_fast) {
            let (index, error) = (point.index, error.clone());
            self.stop(&mut state, Ok(SweepEnd::Failed { index, error }));
        }
        let Tally { done, failed, violated } = state.store.tally();
        let fraction = (done - state.before) as f64 / (self.total - state.before).max(1) as f64;
        let total = self.total;
        drop(state);
        self.moved.notify_all();
        let text = format!("{done} of {total} points, {failed} failed, {violated} violated");
        self.hooks.progress(fraction, &text);
        // Others keep their rows meanwhile.
        if let Err(error) = due.sync() {
            self.stop(&mut self.lock(), Err(error));
        }
    }

    /// Ends the sweep, unless it has ended; a row that could not be kept is told all the same.
    fn stop(&self, state: &mut State, end: Result<SweepEnd, StoreError>) {
        if state.end.is_none() || end.is_err() && matches!(state.end, Some(Ok(_))) {
            state.end = Some(end);
        }
        self.moved.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no worker panics with it")
    }
}

/// Hands interruptions on; the progress of single points is nobody's concern.
struct Quiet<'a>(&'a dyn Hooks);

impl Hooks for Quiet<'_> {
    fn interrupted(&self) -> bool {
        self.0.interrupted()
    }
}

fn describe(panic: &(dyn std::any::Any + Send)) -> String {
    let words = panic.downcast_ref::<String>().map(String::as_str);
    let words = words.or_else(|| panic.downcast_ref::<&str>().copied());
    format!("a mistake in the program, please report it: {}", words.unwrap_or("it panicked"))
}
