//! Rows of earlier sweeps in the same folder: those of points that are still wanted are used again, the others kept.

use super::lines::each_line;
use super::row;
use crate::output::{Column, Folder, FolderError, if_there};
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek, SeekFrom};
use std::path::PathBuf;

/// Tables that made way for another are called so, with a number.
const NAME: &str = "earlier-";

/// Where rows of earlier sweeps are. 100 bytes a row, only where a sweep was changed and resumed.
#[derive(Default)]
pub struct Earlier {
    files: Vec<(String, PathBuf)>,
    rows: HashMap<String, (usize, u64)>,
    /// Number of fields before those of the record.
    leading: Vec<usize>,
    used: HashSet<String>,
}

impl Earlier {
    /// Gives a table another name, under which it is found later. Nothing happens where there is none.
    pub fn set_aside(folder: &Folder, name: &str) -> Result<(), FolderError> {
        if !folder.path().join(name).exists() {
            return Ok(());
        }
        let mut free = (0..).map(|number| format!("{NAME}{number}.csv"));
        let free = free.find(|name| !folder.path().join(name).exists());
        folder.rename(name, &free.expect("numbers do not end"))
    }

    /// Looks for tables that were set aside whose rows have the wanted columns.
    pub fn find(folder: &Folder, columns: &[Column]) -> io::Result<Self> {
        Self::of(folder, columns, |name| name.starts_with(NAME) && name.ends_with(".csv"))
    }

    /// The rows of the folder's own tables that are called so, where these have the wanted columns.
    pub fn of(folder: &Folder, columns: &[Column], is_called: impl Fn(&str) -> bool) -> io::Result<Self> {
        let mut found = Self::default();
        for name in folder.files().into_iter().filter(|name| is_called(name)) {
            found.read(folder, name, columns)?;
        }
        Ok(found)
    }

    fn read(&mut self, folder: &Folder, name: String, columns: &[Column]) -> io::Result<()> {
        let path = folder.path().join(&name);
        let Some(file) = if_there(File::open(&path))? else {
            return Ok(());
        };
        let mut reader = BufReader::new(file);
        let mut line = Vec::new();
        reader.read_until(b'\n', &mut line)?;
        let header = String::from_utf8_lossy(&line).into_owned();
        let names: Vec<&str> = header.trim_end().split(',').collect();
        let leading = names.len().saturating_sub(columns.len() + 1);
        let own = columns.iter().map(|column| &*column.name);
        let place = self.files.len();
        self.files.push((name, path));
        self.leading.push(leading);
        if leading < 3 || !names[leading..names.len() - 1].iter().copied().eq(own) {
            return Ok(());
        }
        let mut at = line.len() as u64;
        loop {
            line.clear();
            if reader.read_until(b'\n', &mut line)? == 0 {
                return Ok(());
            }
            if let Some(row) = row::verify_of(names.len(), &line).filter(|row| !row[1].is_empty()) {
                self.rows.insert(row[1].to_owned(), (place, at));
            }
            at += line.len() as u64;
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether there is a row of this point.
    pub fn knows(&self, id: &str) -> bool {
        self.rows.contains_key(id)
    }

    /// The fields of a point's record.
    pub fn fields(&mut self, id: &str) -> Option<Vec<String>> {
        let &(file, at) = self.rows.get(id)?;
        let mut file_at = File::open(&self.files[file].1).ok()?;
        file_at.seek(SeekFrom::Start(at)).ok()?;
        let mut line = Vec::new();
        BufReader::new(file_at).read_until(b'\n', &mut line).ok()?;
        let row = row::verify(&line)?;
        let fields = row.iter().skip(self.leading[file]);
        let found = (row.get(1) == Some(id)).then(|| fields.map(String::from).collect());
        self.used.insert(id.into());
        found
    }

    /// Removes the tables of which all is in the new one, `table`; of the others, says what is kept where.
    pub fn finish(mut self, folder: &Folder, table: &str) -> io::Result<Vec<String>> {
        let mut kept = Vec::new();
        if !self.files.is_empty() {
            // What another process took over before it was stopped is there too.
            each_line(&folder.path().join(table), |_, line| {
                let row = row::verify(line);
                if let Some(id) = row.as_ref().and_then(|row| row.get(1)) {
                    self.used.insert(id.into());
                }
            })?;
        }
        for (place, (name, _)) in self.files.iter().enumerate() {
            let rows = self.rows.iter().filter(|(_, at)| at.0 == place);
            let left = rows.filter(|(id, _)| !self.used.contains(*id)).count();
            if left == 0 {
                folder.remove(name)?;
            } else {
                kept.push(format!("{left} rows of points that are not in this sweep are kept in {name}"));
            }
        }
        Ok(kept)
    }
}
