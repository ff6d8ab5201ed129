//! The folder of a sweep: a row is in it as soon as its point ends, and in its place at the end.
//!
//! `cells.csv` grows in the order of points. A row that is early goes to `pending.csv` until those before it are
//! there. Both are only ever added to, line by line, so a process that is killed at any moment leaves whole rows and
//! at most half a line, which the next one takes away. What cells.csv holds is at all times a beginning of what it
//! will hold in the end, so the end has the same bytes however often the sweep was broken off. Each row is verified
//! when it is read back; one that is not what was written is computed again.

use super::earlier::Earlier;
use super::lines::{self, Lines};
use super::load;
use super::manifest::{self, Manifest};
use super::marks::Marks;
use super::row::{Row, header};
use super::{Identities, Plan, Shard, of_point};
use crate::experiment::{RESOLVED, resolved};
use crate::output::{Claim, Column, Folder, FolderError, table};
use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use thiserror::Error;

/// The table.
pub const CELLS: &str = "cells.csv";
/// What stands in its columns.
pub const COLUMNS: &str = "columns.json";
/// Rows that wait for those before them.
pub const PENDING: &str = "pending.csv";
/// How long each point took; apart, since it is never the same twice.
pub const SECONDS: &str = "seconds.csv";

/// A power failure takes away the rows of so much time at most; a kill takes none.
const SYNC: Duration = Duration::from_secs(1);

/// Points of a plan that are looked for among earlier rows before it counts as another sweep altogether.
const TRIED: u64 = 100_000;

/// Why a folder cannot take a sweep, or no more of it.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Reading or writing failed.
    #[error(
        "{path}: found {source}; allowed: a folder with room that can be written to. The rows in it are \
         whole: make room and go on with --resume",
        path = path.display()
    )]
    Io {
        /// which file
        path: PathBuf,
        /// what the system said
        source: io::Error,
    },
    /// The folder cannot be had.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The folder holds another part of the sweep.
    #[error("--shard: {path}: found shard {found}; allowed: that one, or another folder", path = path.display())]
    Shard {
        /// the folder
        path: PathBuf,
        /// as i/k
        found: String,
    },
    /// The folder holds a sweep that has no point in common with this one.
    #[error(
        "--resume: {path}: found a sweep without a point of this one; allowed: the scenario that it was begun with, \
         another folder, or --force, which keeps its rows in a file of their own",
        path = path.display()
    )]
    Unrelated {
        /// the folder
        path: PathBuf,
    },
}

impl StoreError {
    /// Of a file that could not be read or written.
    pub(super) fn at(path: &Path) -> impl Fn(io::Error) -> Self + Copy {
        move |source| Self::Io {
            path: path.into(),
            source,
        }
    }
}

/// How many points are done, and how they ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Rows in the folder.
    pub done: u64,
    /// Rows with an error.
    pub failed: u64,
    /// Rows with a violated bound.
    pub violated: u64,
}

/// How a folder is opened for a sweep.
#[derive(Clone, Copy, Debug, Default)]
pub struct Opening {
    /// Go on with what is there.
    pub resume: bool,
    /// Replace earlier results; with `resume`, also those of a sweep that has nothing in common with this one.
    pub force: bool,
}

/// A folder with its lock.
pub struct Store {
    folder: Folder,
    shard: Shard,
    cells: Lines,
    pending: Lines,
    seconds: Lines,
    /// Position of the row that cells.csv gets next.
    next: u64,
    waiting: BTreeMap<u64, Vec<u8>>,
    earlier: Earlier,
    tally: Tally,
    synced: Instant,
    remarks: Vec<String>,
}

impl Store {
    /// Where it keeps all of it.
    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Opens a folder for a part of a sweep. When it goes on with one, rows of points that are still in the plan are kept
    /// in the table, and those of others in a file of their own.
    ///
    /// # Errors
    /// A folder that cannot be written to, that another process works in, or that holds what `opening` does not allow.
    pub fn open(
        path: &Path,
        plan: &Plan,
        identities: &Identities,
        shard: Shard,
        opening: Opening,
    ) -> Result<Self, StoreError> {
        let claim = match opening {
            Opening { resume: true, .. } => Claim::Resume,
            Opening { force: true, .. } => Claim::Force,
            _ => Claim::New,
        };
        let folder = Folder::claim(path, claim)?;
        let failed = StoreError::at(path);
        let manifest = Manifest::new(plan, identities, shard);
        let columns = plan.kind().columns();
        let before = Manifest::read(path).filter(|_| folder.owns(manifest::FILE));
        let goes_on = before.as_ref().is_some_and(|before| before.continues(&manifest));
        if let Some(before) = before.filter(|_| !goes_on) {
            check_related(&folder, &before, (plan, identities, shard), &columns, opening.force)?;
            // The table makes way before the manifest changes: a kill in between leaves rows that are used again.
            for name in [CELLS, PENDING] {
                Earlier::set_aside(&folder, name)?;
            }
        }
        if !goes_on {
            folder.write_json(manifest::FILE, &manifest)?;
        }
        // What each point changes a few keys of.
        if let Ok(first) = plan.scenario(&plan.point(0)) {
            folder.write(RESOLVED, |out| out.write_all(resolved(&first).as_bytes()))?;
        }
        // Each time: a kill may have come between the two.
        folder.write_json(COLUMNS, &BTreeMap::from([(CELLS, &columns)]))?;
        let header = header(&manifest.axes, &columns);
        let [cells, pending] = [CELLS, PENDING].map(|name| own(&folder, name));
        let loaded = load::load([&cells, &pending], &header, shard, plan.points()).map_err(failed)?;
        let open = |name: &str, header: &[u8]| Lines::of(folder.append(name)?, folder.path().join(name), header);
        let mut store = Self {
            shard,
            cells: open(CELLS, &header)?,
            pending: open(PENDING, &header)?,
            seconds: open(SECONDS, b"id,seconds\n")?,
            next: loaded.next,
            waiting: loaded.waiting,
            earlier: Earlier::find(&folder, &columns).map_err(failed)?,
            tally: loaded.tally,
            synced: Instant::now(),
            remarks: Vec::new(),
            folder,
        };
        store.repair(loaded.damaged, loaded.whole)?;
        store.settle()?;
        Ok(store)
    }

    /// Takes what was damaged out of the files: behind so many bytes of the table nothing is in its place.
    fn repair(&mut self, damaged: u64, whole: u64) -> Result<(), StoreError> {
        let rows = match damaged {
            0 => return Ok(()),
            1 => "1 row was".to_owned(),
            many => format!("{many} rows were"),
        };
        self.remarks.push(format!("{rows} not what this program wrote, and computed again"));
        // Rows that are right but not in their places any more wait for those before them.
        self.cells.cut(whole)?;
        let kept: Vec<u8> = self.waiting.values().flatten().copied().collect();
        self.pending.clear()?;
        self.pending.add(&kept)
    }

    /// What the user should know of the folder.
    pub fn remarks(&self) -> &[String] {
        &self.remarks
    }

    /// How many points are done.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// Position of the first point whose row is not in its place.
    pub fn next(&self) -> u64 {
        self.next
    }

    /// Whether the row of this position is here.
    pub fn has(&self, position: u64) -> bool {
        position < self.next || self.waiting.contains_key(&position)
    }

    /// The fields of an earlier sweep's row for the same point.
    pub fn earlier(&mut self, id: &str) -> Option<Vec<String>> {
        self.earlier.fields(id)
    }

    /// Keeps a row. When this returns, the row outlives the process; and a power failure when what is due is synced.
    ///
    /// # Errors
    /// A row that cannot be written.
    pub fn deliver(&mut self, row: Row, seconds: Option<f64>) -> Result<Due, StoreError> {
        let position = self.shard.position(row.index).expect("a point of this shard");
        if position != self.next {
            self.pending.add(&row.line)?;
        }
        self.tally.count(row.failed, row.violated);
        self.waiting.insert(position, row.line);
        self.settle()?;
        if let Some(seconds) = seconds {
            let line = format!("{},{}\n", row.id, table::number(seconds));
            self.seconds.add(line.as_bytes())?;
        }
        if self.synced.elapsed() < SYNC {
            return Ok(Due::default());
        }
        self.synced = Instant::now();
        Ok(self.due())
    }

    /// Ends a sweep whose rows are all in their places; gives back the folder, and what the user should know of it.
    ///
    /// # Errors
    /// Files that cannot be removed.
    pub fn finish(self) -> Result<(Folder, Vec<String>), StoreError> {
        self.due().sync()?;
        let path = self.folder.path();
        self.folder.remove(PENDING).map_err(StoreError::at(&path.join(PENDING)))?;
        let kept = self.earlier.finish(&self.folder, CELLS).map_err(StoreError::at(path))?;
        Ok((self.folder, kept))
    }

    /// Ends a sweep of which some points are left out: the rows beyond the first of them stay beside the table, in their order.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn leave(self) -> Result<Folder, StoreError> {
        self.due().sync()?;
        let rows: Vec<&[u8]> = self.waiting.values().map(Vec::as_slice).collect();
        let header = lines::first(&own(&self.folder, CELLS));
        let header = header.map_err(StoreError::at(&self.folder.path().join(CELLS)))?;
        let text = [header, rows.concat()].concat();
        self.folder.write(PENDING, |out| out.write_all(&text))?;
        Ok(self.folder)
    }

    /// Moves the rows whose turn it is to their places.
    fn settle(&mut self) -> Result<(), StoreError> {
        let mut lines = Vec::new();
        let mut next = self.next;
        while let Some(line) = self.waiting.get(&next) {
            lines.extend_from_slice(line);
            next += 1;
        }
        if lines.is_empty() {
            return Ok(());
        }
        self.cells.add(&lines)?;
        self.waiting = self.waiting.split_off(&next);
        self.next = next;
        if self.waiting.is_empty() {
            self.pending.clear()?;
        }
        Ok(())
    }

    fn due(&self) -> Due {
        let of = |lines: &Lines| {
            let (file, path) = lines.file();
            (file, path.to_owned())
        };
        // Rows go from the former to the latter: one that does meanwhile is on the disk in one of them.
        Due([&self.pending, &self.cells].map(of).into())
    }
}

/// Files to be synced: most of the time none.
#[derive(Default)]
#[must_use]
pub struct Due(Vec<(Arc<File>, PathBuf)>);

impl Due {
    /// Waits until what is in the files is on the disk. That takes milliseconds, in which others may keep rows.
    ///
    /// # Errors
    /// A file that the system cannot write.
    pub fn sync(&self) -> Result<(), StoreError> {
        let mut files = self.0.iter();
        files.try_for_each(|(file, path)| file.sync_data().map_err(StoreError::at(path)))
    }
}

/// A file of a folder; one of other origin is not looked into, as if there were none.
fn own(folder: &Folder, name: &str) -> PathBuf {
    match folder.owns(name) {
        true => folder.path().join(name),
        false => PathBuf::new(),
    }
}

/// Refuses a folder with another part of the sweep, and one whose sweep has nothing in common with this one.
fn check_related(
    folder: &Folder,
    before: &Manifest,
    (plan, identities, shard): (&Plan, &Identities, Shard),
    columns: &[Column],
    force: bool,
) -> Result<(), StoreError> {
    let path = folder.path();
    if before.shard() != Some(shard) {
        return Err(StoreError::Shard {
            path: path.into(),
            found: format!("{}/{}", before.shard, before.shards),
        });
    }
    let known = Earlier::of(folder, columns, |name| name == CELLS).map_err(StoreError::at(path))?;
    let tried = shard.len_of(plan.points()).min(TRIED);
    let shares = |position| {
        let point = plan.point(shard.index(position));
        let scenario = plan.scenario(&point);
        scenario.is_ok_and(|scenario| known.knows(&of_point(identities, &scenario)))
    };
    if force || known.is_empty() || (0..tried).any(shares) {
        Ok(())
    } else {
        Err(StoreError::Unrelated { path: path.into() })
    }
}

impl Tally {
    /// One more row.
    fn count(&mut self, failed: bool, violated: bool) {
        self.done += 1;
        self.failed += u64::from(failed);
        self.violated += u64::from(violated);
    }

    /// One more row, as it was read back.
    pub(super) fn count_row(&mut self, marks: &Marks, row: &csv::StringRecord) {
        self.count(marks.failed(|i| row.get(i)), marks.violated(|i| row.get(i)));
    }
}
