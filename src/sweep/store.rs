//! The folder of a sweep: a row is in it as soon as its point ends, and in its place at the end.
//!
//! `cells.csv` grows in the order of points. A row that is early goes to `pending.csv` until those before it are
//! there. Both are only ever added to, line by line, so a process that is killed at any moment leaves whole rows and
//! at most half a line, which the next one takes away. What cells.csv holds is at all times a beginning of what it
//! will hold in the end, so the end has the same bytes however often the sweep was broken off.

use super::earlier::Earlier;
use super::lines::Lines;
use super::manifest::{self, Manifest};
use super::marks::Marks;
use super::{Point, Shard};
use crate::config::document::Value;
use crate::output::{Column, Folder, FolderError, table};
use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use thiserror::Error;

/// The table.
pub const CELLS: &str = "cells.csv";
/// Rows that wait for those before them.
const PENDING: &str = "pending.csv";
/// How long each point took; apart, since it is never the same twice.
pub const SECONDS: &str = "seconds.csv";
const LOCK: &str = ".lock";

/// A power failure takes away the rows of so much time at most; a kill takes none.
const SYNC: Duration = Duration::from_secs(1);

/// Why a folder cannot take a sweep, or no more of it.
#[derive(Debug, Error)]
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
    /// The folder cannot be written to.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// Another sweep is at work there.
    #[error("--out: {path}: found a sweep that is still running; allowed: a folder of its own", path = path.display())]
    Locked {
        /// the folder
        path: PathBuf,
    },
    /// An earlier sweep is there.
    #[error(
        "--out: {path}: found an earlier sweep; allowed: --resume to go on with it (rows that are still valid \
         are used again), or another folder",
        path = path.display()
    )]
    Occupied {
        /// the folder
        path: PathBuf,
    },
    /// A table that this program did not write.
    #[error("{path}:{line}: found {found}; allowed: the rows that the sweep wrote, unchanged", path = path.display())]
    Foreign {
        /// the table
        path: PathBuf,
        /// from 1
        line: u64,
        /// what stands there
        found: String,
    },
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

/// A folder with its lock.
pub struct Store {
    path: PathBuf,
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
    /// Held as long as the store lives; the system lets it go when the process ends, however it ends.
    _lock: File,
}

impl Store {
    /// Opens a folder for a sweep. With `resume`, goes on with what is there; of another sweep, keeps rows that are
    /// the same points.
    ///
    /// # Errors
    /// A folder that cannot be written to, that another sweep works in, or that holds one and `resume` is false.
    pub fn open(
        path: &Path,
        manifest: &Manifest,
        columns: &[Column],
        resume: bool,
    ) -> Result<Self, StoreError> {
        let failed = |source| StoreError::Io {
            path: path.into(),
            source,
        };
        let folder = Folder::open(path)?;
        let lock = take_lock(path)?;
        let header = header(&manifest.axes, columns);
        let shard = manifest.shard().unwrap_or(Shard::WHOLE);
        let before = Manifest::read(path);
        if !resume && (before.is_some() || path.join(CELLS).exists()) {
            return Err(StoreError::Occupied { path: path.into() });
        }
        if !before.is_some_and(|before| before.continues(manifest)) {
            // The table makes way before the manifest changes: a kill in between leaves rows that are used again.
            for name in [CELLS, PENDING] {
                Earlier::set_aside(path, name).map_err(failed)?;
            }
            folder.write_json(manifest::FILE, manifest)?;
        }
        let open = |name: &str, header: &[u8]| {
            let path = path.join(name);
            Lines::open(&path, header).map_err(|source| StoreError::Io { path, source })
        };
        let mut store = Self {
            path: path.into(),
            shard,
            cells: open(CELLS, &header)?,
            pending: open(PENDING, &header)?,
            seconds: open(SECONDS, b"id,seconds\n")?,
            next: 0,
            waiting: BTreeMap::new(),
            earlier: Earlier::find(path, columns).map_err(failed)?,
            tally: Tally::default(),
            synced: Instant::now(),
            _lock: lock,
        };
        store.count_cells(&header)?;
        store.read_pending(&header)?;
        store.settle()?;
        Ok(store)
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
    pub fn earlier(&self, id: &str) -> Option<Vec<String>> {
        self.earlier.fields(id)
    }

    /// Keeps a row. When this returns, the row outlives the process.
    pub fn deliver(&mut self, row: Row, seconds: Option<f64>) -> Result<(), StoreError> {
        let position = self
            .shard
            .position(row.index)
            .expect("a point of this shard");
        if position != self.next {
            self.pending
                .add(&row.line)
                .map_err(|source| self.failed(PENDING, source))?;
        }
        self.tally.count(row.failed, row.violated);
        self.waiting.insert(position, row.line);
        self.settle()?;
        if let Some(seconds) = seconds {
            let line = format!("{},{}\n", row.id, table::number(seconds));
            self.seconds
                .add(line.as_bytes())
                .map_err(|source| self.failed(SECONDS, source))?;
        }
        if self.synced.elapsed() > SYNC {
            self.sync()?;
        }
        Ok(())
    }

    /// Ends a sweep whose rows are all in their places.
    pub fn finish(self) -> Result<(), StoreError> {
        self.sync_all()?;
        let remove = |name: &str| {
            let path = self.path.join(name);
            std::fs::remove_file(&path).map_err(|source| StoreError::Io { path, source })
        };
        remove(PENDING)?;
        self.earlier
            .remove()
            .map_err(|source| self.failed(CELLS, source))
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
        self.cells
            .add(&lines)
            .map_err(|source| self.failed(CELLS, source))?;
        self.waiting = self.waiting.split_off(&next);
        self.next = next;
        if self.waiting.is_empty() {
            self.pending
                .clear()
                .map_err(|source| self.failed(PENDING, source))?;
        }
        Ok(())
    }

    fn sync(&mut self) -> Result<(), StoreError> {
        self.sync_all()?;
        self.synced = Instant::now();
        Ok(())
    }

    fn sync_all(&self) -> Result<(), StoreError> {
        for (lines, name) in [(&self.cells, CELLS), (&self.pending, PENDING)] {
            lines.sync().map_err(|source| self.failed(name, source))?;
        }
        Ok(())
    }

    /// Counts the rows that are in their places, and sees to it that they are.
    fn count_cells(&mut self, header: &[u8]) -> Result<(), StoreError> {
        let shard = self.shard;
        let mut next = 0;
        let mut tally = Tally::default();
        self.read(CELLS, header, |index, row, marks| {
            tally.count(marks.failed(|i| row.get(i)), marks.violated(|i| row.get(i)));
            next += 1;
            index == shard.index(next - 1)
        })?;
        self.next = next;
        self.tally = tally;
        Ok(())
    }

    fn read_pending(&mut self, header: &[u8]) -> Result<(), StoreError> {
        let (shard, next) = (self.shard, self.next);
        let mut waiting = BTreeMap::new();
        let mut tally = self.tally;
        self.read(PENDING, header, |index, row, marks| {
            let Some(position) = shard.position(index) else {
                return false;
            };
            // One that has come to its place, if the process was killed just then.
            if position >= next {
                tally.count(marks.failed(|i| row.get(i)), marks.violated(|i| row.get(i)));
                waiting.insert(position, line(row.iter()));
            }
            true
        })?;
        self.waiting = waiting;
        self.tally = tally;
        Ok(())
    }

    /// Shows each row with its index to `check`, which says whether it may stand there.
    fn read(
        &self,
        name: &str,
        header: &[u8],
        mut check: impl FnMut(u64, &csv::StringRecord, &Marks) -> bool,
    ) -> Result<(), StoreError> {
        let path = self.path.join(name);
        let failed = |source: csv::Error| StoreError::Io {
            path: path.clone(),
            source: source.into(),
        };
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_path(&path)
            .map_err(failed)?;
        let names = reader.headers().map_err(failed)?.clone();
        let foreign = |line, found: String| {
            Err(StoreError::Foreign {
                path: path.clone(),
                line,
                found,
            })
        };
        if line(names.iter()) != header {
            return foreign(1, "another header".into());
        }
        let marks = Marks::of(names.iter());
        let mut row = csv::StringRecord::new();
        while reader.read_record(&mut row).map_err(failed)? {
            let index = row.get(0).and_then(|index| index.parse().ok());
            let right =
                row.len() == names.len() && index.is_some_and(|index| check(index, &row, &marks));
            if !right {
                let at = row.position().map_or(0, csv::Position::line);
                return foreign(at, format!("a row with index {}", &row[0]));
            }
        }
        Ok(())
    }

    fn failed(&self, name: &str, source: io::Error) -> StoreError {
        StoreError::Io {
            path: self.path.join(name),
            source,
        }
    }
}

impl Tally {
    /// One more row.
    pub(super) fn count(&mut self, failed: bool, violated: bool) {
        self.done += 1;
        self.failed += u64::from(failed);
        self.violated += u64::from(violated);
    }
}

/// A row ready to be kept.
pub struct Row {
    index: u64,
    id: String,
    failed: bool,
    violated: bool,
    line: Vec<u8>,
}

impl Row {
    /// Of a point with the fields of its record.
    pub fn new(point: &Point, id: String, fields: &[String], columns: &[Column]) -> Self {
        let marks = Marks::of(columns.iter().map(|column| &*column.name));
        let field = |place: usize| fields.get(place).map(String::as_str);
        let of_values = point.values.iter().map(value);
        let first = [point.index.to_string(), id.clone()].into_iter();
        let all = first
            .chain(of_values)
            .chain([point.seed.to_string()])
            .chain(fields.iter().cloned());
        Self {
            index: point.index,
            id,
            failed: marks.failed(field),
            violated: marks.violated(field),
            line: line(all),
        }
    }
}

/// A value of an axis, as the table has it: words without quotes.
pub fn value(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Float(x) => table::number(*x),
        other => other.to_string(),
    }
}

fn header(axes: &[String], columns: &[Column]) -> Vec<u8> {
    let first = ["index", "id"].into_iter();
    let rest = columns.iter().map(|column| &*column.name);
    line(
        first
            .chain(axes.iter().map(String::as_str))
            .chain(["seed"])
            .chain(rest),
    )
}

fn line(fields: impl Iterator<Item = impl AsRef<[u8]>>) -> Vec<u8> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record(fields)
        .expect("writing into memory does not fail");
    csv.into_inner().expect("writing into memory does not fail")
}

fn take_lock(folder: &Path) -> Result<File, StoreError> {
    let path = folder.join(LOCK);
    let failed = |source| StoreError::Io {
        path: path.clone(),
        source,
    };
    let file = File::create(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked {
            path: folder.into(),
        }),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}
