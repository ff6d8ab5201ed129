//! How far sweeps are, seen from beside them: nothing is locked, nothing is written.

use super::manifest::{self, Manifest};
use super::marks::Marks;
use super::store::{CELLS, PENDING, SECONDS, Tally};
use super::{Shard, row};
use crate::output::Folder;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
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
        let mut tally = Tally::default();
        for name in [CELLS, PENDING] {
            count(&path.join(name), &mut tally)?;
        }
        Ok(Self {
            points: shard.len_of(manifest.points),
            is_running: Folder::is_busy(path),
            seconds: mean_seconds(&path.join(SECONDS))?,
            path: path.into(),
            manifest,
            shard,
            tally,
        })
    }

    /// Seconds that are left, by one core; NaN where nothing is known of it.
    pub fn left(&self) -> f64 {
        match self.points.saturating_sub(self.tally.done) {
            0 => 0.0,
            points => self.seconds * points as f64,
        }
    }
}

/// Counts the rows of a table that are as they were written.
fn count(path: &Path, tally: &mut Tally) -> io::Result<()> {
    let mut marks = None;
    each_line(path, |line| match &marks {
        None => {
            let names = String::from_utf8_lossy(line);
            marks = Some(Marks::of(names.trim_end().split(',')));
        }
        Some(marks) => {
            if let Some(row) = row::verify(line) {
                tally.count(marks.failed(|i| row.get(i)), marks.violated(|i| row.get(i)));
            }
        }
    })
}

fn mean_seconds(path: &Path) -> io::Result<f64> {
    let (mut sum, mut count) = (0.0, 0.0);
    each_line(path, |line| {
        let text = String::from_utf8_lossy(line);
        let seconds = text.trim_end().rsplit(',').next();
        if let Some(seconds) = seconds.and_then(|text| text.parse::<f64>().ok()) {
            sum += seconds;
            count += 1.0;
        }
    })?;
    Ok(sum / count)
}

/// Shows every whole line; none where there is no such file.
fn each_line(path: &Path, mut show: impl FnMut(&[u8])) -> io::Result<()> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let mut reader = BufReader::new(file);
    let mut line = Vec::new();
    loop {
        line.clear();
        reader.read_until(b'\n', &mut line)?;
        if line.last() != Some(&b'\n') {
            return Ok(());
        }
        show(&line);
    }
}
