//! A file to which whole lines are added, and which a process that was killed may have left with half of one.

use super::StoreError;
use crate::output::if_there;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes that are looked through at a time for the last line's end.
const BLOCK: u64 = 1 << 16;

/// A file of whole lines, the first of them a header.
pub struct Lines {
    file: Arc<File>,
    path: PathBuf,
    header: Vec<u8>,
    /// Bytes of whole lines.
    len: u64,
}

impl Lines {
    /// Of a file that is open for reading and adding; takes away half a line at its end. A file without its header gets
    /// it.
    pub fn of(mut file: File, path: PathBuf, header: &[u8]) -> Result<Self, StoreError> {
        let whole = end_of_last_line(&mut file).map_err(StoreError::at(&path))?;
        let mut lines = Self {
            file: Arc::new(file),
            path,
            header: header.to_vec(),
            len: whole,
        };
        lines.cut(whole)?;
        Ok(lines)
    }

    /// Adds whole lines. If that fails none of them is left in the file.
    pub fn add(&mut self, lines: &[u8]) -> Result<(), StoreError> {
        (&*self.file).write_all(lines).map_err(|error| {
            // If that fails too, the next one to open the file does it.
            let _ = self.file.set_len(self.len);
            StoreError::at(&self.path)(error)
        })?;
        self.len += lines.len() as u64;
        Ok(())
    }

    /// Takes everything behind so many bytes away; what has no header gets it.
    pub fn cut(&mut self, len: u64) -> Result<(), StoreError> {
        self.file.set_len(len).map_err(StoreError::at(&self.path))?;
        self.len = len;
        match len {
            0 => self.add(&self.header.clone()),
            _ => Ok(()),
        }
    }

    /// Takes all lines away but the header.
    pub fn clear(&mut self) -> Result<(), StoreError> {
        let header = self.header.len() as u64;
        match self.len > header {
            true => self.cut(header),
            false => Ok(()),
        }
    }

    /// The file, for whoever syncs it while lines are added.
    pub fn file(&self) -> (Arc<File>, &Path) {
        (Arc::clone(&self.file), &self.path)
    }
}

/// The first line of a file; empty where there is none.
pub(super) fn first(path: &Path) -> io::Result<Vec<u8>> {
    let mut first = Vec::new();
    if let Some(file) = if_there(File::open(path))? {
        BufReader::new(file).read_until(b'\n', &mut first)?;
    }
    Ok(first)
}

/// Shows every whole line of a file with its number; none where there is no such file.
pub(super) fn each_line(path: &Path, show: impl FnMut(u64, &[u8])) -> io::Result<()> {
    match if_there(File::open(path))? {
        Some(file) => each_line_of(file, show),
        None => Ok(()),
    }
}

/// Shows every whole line of a file that is open, with its number.
pub(super) fn each_line_of(file: File, mut show: impl FnMut(u64, &[u8])) -> io::Result<()> {
    let mut reader = BufReader::new(file);
    let mut line = Vec::new();
    for number in 0.. {
        line.clear();
        reader.read_until(b'\n', &mut line)?;
        if line.last() != Some(&b'\n') {
            break;
        }
        show(number, &line);
    }
    Ok(())
}

fn end_of_last_line(file: &mut File) -> io::Result<u64> {
    let mut end = file.seek(SeekFrom::End(0))?;
    let mut block = Vec::new();
    while end > 0 {
        let begin = end.saturating_sub(BLOCK);
        file.seek(SeekFrom::Start(begin))?;
        block.resize((end - begin) as usize, 0);
        file.read_exact(&mut block)?;
        if let Some(at) = block.iter().rposition(|&byte| byte == b'\n') {
            return Ok(begin + at as u64 + 1);
        }
        end = begin;
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_line_is_taken_away() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("a.csv");
        let read = || std::fs::read_to_string(&path).unwrap();
        let open = || {
            let mut options = std::fs::OpenOptions::new();
            let file = options.read(true).append(true).create(true).open(&path);
            Lines::of(file.unwrap(), path.clone(), b"head\n").unwrap()
        };
        let mut lines = open();
        lines.add(b"1\n2\n").unwrap();
        drop(lines);
        for (left, whole) in [
            ("head\n1\n2\n3", "head\n1\n2\n"),
            ("head\n1\n2\n", "head\n1\n2\n"),
            ("hea", "head\n"),
            ("", "head\n"),
        ] {
            std::fs::write(&path, left).unwrap();
            let mut lines = open();
            assert_eq!(read(), whole);
            lines.add(b"4\n").unwrap();
            assert_eq!(read(), format!("{whole}4\n"));
            lines.clear().unwrap();
            assert_eq!(read(), "head\n");
        }
        // A long half line, in more than one block.
        let long = format!("head\n1\n{}", "x".repeat(3 * BLOCK as usize));
        std::fs::write(&path, long).unwrap();
        open();
        assert_eq!(read(), "head\n1\n");
    }
}
