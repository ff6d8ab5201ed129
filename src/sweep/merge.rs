//! Shards become one sweep again: the same bytes as if it had never been divided.

mod partial;

use super::Shard;
use super::lines::each_line_of;
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
    let parts = in_order(folders, out, Part::complete)?;
    let shards = parts.iter().map(|part| part.manifest.shard);
    if !shards.eq(1..=parts[0].manifest.shards) {
        return Err(incomplete(&parts));
    }
    // Nobody is to change them meanwhile.
    let lock = |part: &Part| Folder::claim(&part.path, Claim::Beside);
    let _locks = parts.iter().map(lock).collect::<Result<Vec<_>, _>>()?;
    let folder = Folder::claim(out, claim)?;
    let mut tally = Tally::default();
    write(&folder, CELLS, |file| interleave(&parts, file, &mut tally))?;
    finish(&folder, &parts)?;
    Ok((folder, tally))
}

/// Joins what there is of the shards in `folders`, as a sweep that was broken off: `luckflow sweep --resume` in `out` runs the
/// points that are missing, whichever shard had them. Nothing is locked: shards may be running. Memory: a line of each, and
/// the rows of each that wait for their place.
///
/// # Errors
/// Shards that do not belong together, one of them twice or as `out`, damaged rows.
pub fn merge_partial(folders: &[PathBuf], out: &Path, claim: Claim) -> Result<(Folder, Tally), MergeError> {
    let parts = in_order(folders, out, Part::of)?;
    if parts.windows(2).any(|pair| pair[0].manifest.shard == pair[1].manifest.shard) {
        return Err(incomplete(&parts));
    }
    let folder = Folder::claim(out, claim)?;
    let mut tally = Tally::default();
    write(&folder, CELLS, |cells| {
        // Where it is the table that cannot be written, that is what is said.
        let path = folder.path().join(CELLS);
        let of_cells = |error| io::Error::other(MergeError::from(FolderError::at(&path)(error)));
        let both = write(&folder, PENDING, |pending| partial::join(&parts, [cells, pending], of_cells, &mut tally));
        both.map_err(io::Error::other)
    })?;
    finish(&folder, &parts)?;
    Ok((folder, tally))
}

/// All parts, which belong together, by the numbers of their shards.
fn in_order(
    folders: &[PathBuf],
    out: &Path,
    open: impl Fn(&Path) -> Result<Part, MergeError>,
) -> Result<Vec<Part>, MergeError> {
    let mut parts = folders.iter().map(|folder| open(folder)).collect::<Result<Vec<_>, _>>()?;
    belong_together(&parts, out)?;
    parts.sort_by_key(|part| part.manifest.shard);
    Ok(parts)
}

/// Seconds of all parts; manifest, scenarios and columns of the whole, from one of them.
fn finish(folder: &Folder, parts: &[Part]) -> Result<(), MergeError> {
    write(folder, SECONDS, |file| concatenate(parts, file))?;
    let mut whole = parts[0].manifest.clone();
    (whole.shard, whole.shards) = (1, 1);
    folder.write_json(manifest::FILE, &whole)?;
    for name in [SCENARIO, RESOLVED, COLUMNS] {
        if let Ok(text) = std::fs::read(parts[0].path.join(name)) {
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

fn incomplete(parts: &[Part]) -> MergeError {
    let shards: Vec<String> = parts.iter().map(|part| part.manifest.shard.to_string()).collect();
    MergeError::Incomplete {
        found: shards.join(", "),
        count: parts[0].manifest.shards,
    }
}

fn no_shard(path: &Path, found: String) -> MergeError {
    MergeError::NoShard {
        path: path.into(),
        found,
    }
}

/// [`Folder::write`]; what is wrong with a shard, or with a file beside this one, is said as such.
fn write(folder: &Folder, name: &str, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), MergeError> {
    match folder.write(name, |file| fill(file)) {
        Ok(_) => Ok(()),
        Err(FolderError::Io { path, source }) => {
            Err(source.downcast().unwrap_or_else(|source| FolderError::Io { path, source }.into()))
        }
        Err(error) => Err(error.into()),
    }
}

impl Part {
    /// A shard, as far as it is.
    fn of(path: &Path) -> Result<Self, MergeError> {
        let wrong = |found: String| no_shard(path, found);
        let manifest = Manifest::read(path).ok_or_else(|| wrong(format!("no {}", manifest::FILE)))?;
        manifest.shard().ok_or_else(|| wrong(format!("shard {}/{}", manifest.shard, manifest.shards)))?;
        Ok(Self {
            path: path.into(),
            manifest,
        })
    }

    /// One that is complete.
    fn complete(path: &Path) -> Result<Self, MergeError> {
        let part = Self::of(path)?;
        let wrong = |found: String| no_shard(path, found);
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
    fn wrong(&self, name: &str, found: String) -> io::Error {
        io::Error::other(no_shard(&self.path.join(name), found))
    }

    /// An error about a line of its table.
    fn damaged(&self, line: &[u8], how: &str) -> io::Error {
        let begin: String = String::from_utf8_lossy(line).chars().take(40).collect();
        self.wrong(CELLS, format!("\"{begin}…\"{how}; --resume computes it again"))
    }

    /// One of its files, behind its header.
    fn rows(&self, name: &str, header: &mut Vec<u8>) -> io::Result<BufReader<File>> {
        let open = File::open(self.path.join(name));
        let mut reader = BufReader::new(open.map_err(|error| self.wrong(name, error.to_string()))?);
        header.clear();
        reader.read_until(b'\n', header)?;
        Ok(reader)
    }
}

/// A row of each shard in each round.
fn interleave(parts: &[Part], out: &mut dyn Write, tally: &mut Tally) -> io::Result<()> {
    let mut header = Vec::new();
    let readers = parts.iter().map(|part| part.rows(CELLS, &mut header));
    let mut readers = readers.collect::<io::Result<Vec<_>>>()?;
    out.write_all(&header)?;
    let marks = Marks::of_header(&header);
    let mut line = Vec::new();
    let count = parts.len() as u64;
    let owners = (0..).flat_map(|round| Shard::owners(round, count));
    for (index, owner) in (0..parts[0].manifest.points).zip(owners) {
        line.clear();
        let shard = owner as usize - 1;
        let part = &parts[shard];
        readers[shard].read_until(b'\n', &mut line).map_err(|error| part.wrong(CELLS, error.to_string()))?;
        let row = row::verify(&line).filter(|row| row[0] == *index.to_string());
        let row = row.ok_or_else(|| part.damaged(&line, &format!(" in place of row {index} as it was written")))?;
        tally.count_row(&marks, &row);
        out.write_all(&line)?;
    }
    Ok(())
}

fn concatenate(parts: &[Part], out: &mut dyn Write) -> io::Result<()> {
    let mut header = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        let mut reader = part.rows(SECONDS, &mut header)?;
        if number == 0 {
            out.write_all(&header)?;
        }
        io::copy(&mut reader, out)?;
    }
    Ok(())
}

fn count_lines(path: &Path) -> io::Result<u64> {
    let mut lines = 0;
    each_line_of(File::open(path)?, |_, _| lines += 1)?;
    Ok(lines)
}
