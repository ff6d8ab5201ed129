//! How far sweeps are, seen from beside them: nothing is locked, nothing is written.

use super::Shard;
use super::lines::{self, each_line};
use super::load::load;
use super::manifest::{self, Manifest};
use super::store::{CELLS, PENDING, SECONDS, Tally};
use crate::output::Folder;
use std::io;
use std::path::{Path, PathBuf};

/// How far the sweep in a folder is.
#[derive(Clone, Debug)]
pub struct Status {
    /// The folder.
    pub path: PathBuf,
    /// What sweep, which shard of it.
    pub manifest: Manifest,
    /// Which part of the sweep.
    pub shard: Shard,
    /// Rows that are there.
    pub tally: Tally,
    /// Points of this shard.
    pub points: u64,
    /// Whether a process works on it.
    pub is_running: bool,
    /// Mean seconds that a point took on one core; NaN if none did.
    pub seconds: f64,
}

impl Status {
    /// Of a folder.
    ///
    /// # Errors
    /// A folder without a sweep, or one that cannot be read.
    pub fn of(path: &Path) -> io::Result<Self> {
        let no_sweep = || io::Error::new(io::ErrorKind::NotFound, format!("no {}", manifest::FILE));
        let manifest = Manifest::read(path).ok_or_else(no_sweep)?;
        let shard = manifest.shard().ok_or_else(no_sweep)?;
        let [cells, pending] = [CELLS, PENDING].map(|name| path.join(name));
        let header = lines::first(&cells)?;
        let loaded = load([&cells, &pending], &header, shard, manifest.points)?;
        Ok(Self {
            points: shard.len_of(manifest.points),
            is_running: Folder::is_busy(path),
            seconds: mean_seconds(&path.join(SECONDS))?,
            path: path.into(),
            manifest,
            shard,
            tally: loaded.tally,
        })
    }

    /// "running", "complete" or "stopped".
    pub fn state(&self) -> &'static str {
        match (self.is_running, self.tally.done >= self.points) {
            (true, _) => "running",
            (_, true) => "complete",
            _ => "stopped",
        }
    }

    /// Seconds that are left, by one core; NaN where nothing is known of it.
    pub fn left(&self) -> f64 {
        match self.points.saturating_sub(self.tally.done) {
            0 => 0.0,
            points => self.seconds * points as f64,
        }
    }
}

fn mean_seconds(path: &Path) -> io::Result<f64> {
    let (mut sum, mut count) = (0.0, 0.0);
    each_line(path, |_, line| {
        let text = String::from_utf8_lossy(line);
        let seconds = text.trim_end().rsplit(',').next();
        if let Some(seconds) = seconds.and_then(|text| text.parse::<f64>().ok()) {
            sum += seconds;
            count += 1.0;
        }
    })?;
    Ok(sum / count)
}
