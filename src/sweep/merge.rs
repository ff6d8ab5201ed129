//! Shards become one sweep again: the same bytes as if it had never been divided.

mod partial;

use super::Shard;
use super::manifest::{self, Manifest};
use super::marks::Marks;
use super::row;
use super::store::{CELLS, COLUMNS, PENDING, SECONDS, Tally};
use crate::experiment::{RESOLVED, SCENARIO};
use crate::output::{Claim, Folder, FolderError};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why folders cannot be joined.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MergeError {
    /// A folder that holds no sweep, or one that cannot be read.
    #[error("{path}: found {found}; allowed: the folder of a shard whose sweep is complete", path = path.display())]
    NoShard {
        /// the folder
        path: PathBuf,
        /// what is there
        found: String,
    },
    /// Parts of different sweeps.
    #[error(
        "{path}: found a shard of another sweep than in {first} ({difference}); allowed: shards of one sweep, by one version",
        path = path.display(), first = first.display()
    )]
    Foreign {
        /// the folder
        path: PathBuf,
        /// the one that it was compared with
        first: PathBuf,
        /// what differs
        difference: String,
    },
    /// A shard is missing, or there twice.
    #[error("found shards {found}; allowed: each of 1 to {count} once")]
    Incomplete {
        /// those that are there
        found: String,
        /// how many there should be
        count: u64,
    },
    /// The folder of the whole is that of a part.
    #[error("--out: {path}: found one of the shards; allowed: another folder", path = path.display())]
    Out {
        /// the folder
        path: PathBuf,
    },
    /// A folder cannot be had, or the merged one not be written.
    #[error(transparent)]
    Folder(#[from] FolderError),
}

/// A shard that is complete.
struct Part {
    path: PathBuf,
    manifest: Manifest,
}

/// Joins the shards in `folders` into `out`, which is had as `claim` says. Memory: a line of each.
///
/// # Errors
/// Shards that do not belong together, that are not complete, or not all there; one of them as `out`.
pub fn merge(folders: &[PathBuf], out: &Path, claim: Claim) -> Result<(Folder, Tally), MergeError> {
    let mut parts = folders.iter().map(|folder| Part::open(folder)).collect::<Result<Vec<_>, _>>()?;
    belong_together(&parts, out)?;
    parts.sort_by_key(|part| part.manifest.shard);
    let shards: Vec<u64> = parts.iter().map(|part| part.manifest.shard).collect();
    let count = parts[0].manifest.shards;
    if !shards.iter().copied().eq(1..=count) {
        return Err(incomplete(&shards, count));
    }
    // Nobody is to change them meanwhile.
    let lock = |part: &Part| Folder::claim(&part.path, Claim::Beside);
    let _locks = parts.iter().map(lock).collect::<Result<Vec<_>, _>>()?;
    let folder = Folder::claim(out, claim)?;
    let mut tally = Tally::default();
    write(&folder, CELLS, |file| interleave(&parts, file, &mut tally))?;
    write(&folder, SECONDS, |file| concatenate(&parts, file))?;
    say_what_it_is(&folder, &parts[0])?;
    Ok((folder, tally))
}

/// Joins what there is of the shards in `folders`, as a sweep that was broken off: `luckflow sweep --resume` in `out` runs the
/// points that are missing, whichever shard had them. Nothing is locked: shards may be running. Memory: a line of each, and
/// the rows of each that wait for their place.
///
/// # Errors
/// Shards that do not belong together, one of them twice or as `out`, damaged rows.
pub fn merge_partial(folders: &[PathBuf], out: &Path, claim: Claim) -> Result<(Folder, Tally), MergeError> {
    let open = |folder: &PathBuf| Part::of(folder);
    let mut parts = folders.iter().map(open).collect::<Result<Vec<_>, _>>()?;
    belong_together(&parts, out)?;
    parts.sort_by_key(|part| part.manifest.shard);
    let shards: Vec<u64> = parts.iter().map(|part| part.manifest.shard).collect();
    if shards.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(incomplete(&shards, parts[0].manifest.shards));
    }
    let folder = Folder::claim(out, claim)?;
    let mut tally = Tally::default();
    let mut next = 0;
    write(&folder, CELLS, |file| {
        next = partial::in_place(&parts, file, &mut tally)?;
        Ok(())
    })?;
    write(&folder, PENDING, |file| partial::waiting(&parts, next, file, &mut tally))?;
    write(&folder, SECONDS, |file| concatenate(&parts, file))?;
    say_what_it_is(&folder, &parts[0])?;
    Ok((folder, tally))
}

/// Manifest, scenarios and columns of the whole, from one of its parts.
fn say_what_it_is(folder: &Folder, part: &Part) -> Result<(), MergeError> {
    let mut whole = part.manifest.clone();
    (whole.shard, whole.shards) = (1, 1);
    folder.write_json(manifest::FILE, &whole)?;
    for name in [SCENARIO, RESOLVED, COLUMNS] {
        if let Ok(text) = std::fs::read(part.path.join(name)) {
            folder.write(name, |out| out.write_all(&text))?;
        }
    }
    Ok(())
}

/// Refuses parts of different sweeps, and a whole in the place of one: --force would clear it before it is read.
fn belong_together(parts: &[Part], out: &Path) -> Result<(), MergeError> {
    let first = &parts[0];
    for part in &parts[1..] {
        if let Some(difference) = part.differs(first) {
            return Err(MergeError::Foreign {
                path: part.path.clone(),
                first: first.path.clone(),
                difference,
            });
        }
    }
    let whole = out.canonicalize().ok();
    let is_out = |part: &&Part| whole.is_some() && part.path.canonicalize().ok() == whole;
    match parts.iter().find(is_out) {
        Some(part) => Err(MergeError::Out {
            path: part.path.clone(),
        }),
        None => Ok(()),
    }
}

fn incomplete(shards: &[u64], count: u64) -> MergeError {
    let shards: Vec<String> = shards.iter().map(u64::to_string).collect();
    MergeError::Incomplete {
        found: shards.join(", "),
        count,
    }
}

/// What goes wrong while a file is put together: in the shard that is read, or where it is written.
enum Trouble {
    Shard(MergeError),
    Out(io::Error),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Out(error)
    }
}

/// [`Folder::write`], with an error that says which of the two it was.
fn write(
    folder: &Folder,
    name: &str,
    fill: impl FnOnce(&mut dyn Write) -> Result<(), Trouble>,
) -> Result<(), MergeError> {
    let mut shard = None;
    let written = folder.write(name, |file| {
        fill(file).map_err(|trouble| match trouble {
            Trouble::Out(error) => error,
            Trouble::Shard(error) => {
                shard = Some(error);
                io::ErrorKind::InvalidData.into()
            }
        })
    });
    match shard {
        Some(error) => Err(error),
        None => Ok(written.map(drop)?),
    }
}

impl Part {
    /// A shard, as far as it is.
    fn of(path: &Path) -> Result<Self, MergeError> {
        let wrong = |found: String| MergeError::NoShard {
            path: path.into(),
            found,
        };
        let manifest = Manifest::read(path).ok_or_else(|| wrong(format!("no {}", manifest::FILE)))?;
        manifest.shard().ok_or_else(|| wrong(format!("shard {}/{}", manifest.shard, manifest.shards)))?;
        Ok(Self {
            path: path.into(),
            manifest,
        })
    }

    /// One that is complete.
    fn open(path: &Path) -> Result<Self, MergeError> {
        let part = Self::of(path)?;
        let wrong = |found: String| MergeError::NoShard {
            path: path.into(),
            found,
        };
        let shard = part.manifest.shard().expect("its part is one");
        let lines = count_lines(&path.join(CELLS)).map_err(|error| wrong(error.to_string()))?;
        let wanted = shard.len_of(part.manifest.points);
        if lines != wanted + 1 {
            let found = lines.saturating_sub(1);
            return Err(wrong(format!(
                "{found} of {wanted} points of shard {shard}; --resume finishes them, --partial takes what there is"
            )));
        }
        Ok(part)
    }

    fn differs(&self, other: &Self) -> Option<String> {
        let (a, b) = (&self.manifest, &other.manifest);
        if a.plan != b.plan {
            Some(format!("its plan is {}, not {}", a.plan, b.plan))
        } else if a.shards != b.shards {
            Some(format!("one of {} shards, not {}", a.shards, b.shards))
        } else {
            None
        }
    }

    /// An error about one of its files.
    fn wrong(&self, name: &str, found: String) -> Trouble {
        Trouble::Shard(MergeError::NoShard {
            path: self.path.join(name),
            found,
        })
    }

    fn reader(&self, name: &str) -> Result<BufReader<File>, Trouble> {
        let open = File::open(self.path.join(name));
        let open = open.map_err(|error| self.wrong(name, error.to_string()))?;
        Ok(BufReader::new(open))
    }
}

/// A row of each shard in each round.
fn interleave(parts: &[Part], out: &mut dyn Write, tally: &mut Tally) -> Result<(), Trouble> {
    let mut readers = Vec::new();
    let mut header = Vec::new();
    for part in parts {
        let mut reader = part.reader(CELLS)?;
        header.clear();
        reader.read_until(b'\n', &mut header)?;
        readers.push(reader);
    }
    out.write_all(&header)?;
    let names = String::from_utf8_lossy(&header);
    let marks = Marks::of(names.trim_end().split(','));
    let mut line = Vec::new();
    let count = parts.len() as u64;
    let owners = (0..).flat_map(|round| Shard::owners(round, count));
    for (index, owner) in (0..parts[0].manifest.points).zip(owners) {
        line.clear();
        let shard = owner as usize - 1;
        let wrong = |found: String| parts[shard].wrong(CELLS, found);
        readers[shard].read_until(b'\n', &mut line).map_err(|error| wrong(error.to_string()))?;
        let row = row::verify(&line).filter(|row| row[0] == *index.to_string());
        let Some(row) = row else {
            let found: String = String::from_utf8_lossy(&line).chars().take(40).collect();
            return Err(wrong(format!(
                "\"{found}…\" in place of row {index} as it was written; --resume computes it again"
            )));
        };
        tally.count(marks.failed(|i| row.get(i)), marks.violated(|i| row.get(i)));
        out.write_all(&line)?;
    }
    Ok(())
}

fn concatenate(parts: &[Part], out: &mut dyn Write) -> Result<(), Trouble> {
    for (number, part) in parts.iter().enumerate() {
        let mut reader = part.reader(SECONDS)?;
        let mut header = String::new();
        reader.read_line(&mut header)?;
        if number == 0 {
            out.write_all(header.as_bytes())?;
        }
        io::copy(&mut reader, out)?;
    }
    Ok(())
}

fn count_lines(path: &Path) -> io::Result<u64> {
    let mut reader = BufReader::new(File::open(path)?);
    let (mut lines, mut line) = (0, Vec::new());
    loop {
        line.clear();
        match reader.read_until(b'\n', &mut line)? {
            0 => return Ok(lines),
            // Half a line, left by a process that was killed, is none.
            _ => lines += u64::from(line.ends_with(b"\n")),
        }
    }
}
