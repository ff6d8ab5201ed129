//! Rows of earlier sweeps in the same folder: those of points that are still wanted are used again.

use super::lines::Lines;
use crate::output::Column;
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Tables that made way for another are called so, with a number.
const NAME: &str = "earlier-";

/// Where rows of earlier sweeps are. 100 bytes a row, only where a sweep was changed and resumed.
#[derive(Default)]
pub struct Earlier {
    files: Vec<PathBuf>,
    rows: HashMap<String, (usize, u64)>,
    /// Number of fields before those of the record.
    leading: Vec<usize>,
}

impl Earlier {
    /// Gives a table another name, under which it is found later. Nothing happens where there is none.
    pub fn set_aside(folder: &Path, name: &str) -> io::Result<()> {
        let path = folder.join(name);
        if !path.exists() {
            return Ok(());
        }
        let mut free = (0..).map(|number| folder.join(format!("{NAME}{number}.csv")));
        let free = free
            .find(|path| !path.exists())
            .expect("numbers do not end");
        std::fs::rename(&path, free)
    }

    /// Looks for tables that were set aside whose rows have the wanted columns.
    pub fn find(folder: &Path, columns: &[Column]) -> io::Result<Self> {
        let mut found = Self::default();
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with(NAME) && name.ends_with(".csv") {
                found.read(&path, columns)?;
                found.files.push(path);
            }
        }
        Ok(found)
    }

    fn read(&mut self, path: &Path, columns: &[Column]) -> io::Result<()> {
        self.leading.push(0);
        // The process that wrote it may have been killed.
        Lines::open(path, b"")?;
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path)?;
        let header = reader.headers()?.clone();
        let leading = header.len().saturating_sub(columns.len());
        let same = header
            .iter()
            .skip(leading)
            .eq(columns.iter().map(|column| &*column.name));
        if leading < 3 || !same {
            return Ok(());
        }
        self.leading[self.files.len()] = leading;
        let mut row = csv::StringRecord::new();
        while reader.read_record(&mut row)? {
            let at = row.position().map_or(0, csv::Position::byte);
            if row.len() == header.len() && !row[1].is_empty() {
                self.rows.insert(row[1].to_owned(), (self.files.len(), at));
            }
        }
        Ok(())
    }

    /// The fields of a point's record.
    pub fn fields(&self, id: &str) -> Option<Vec<String>> {
        let &(file, at) = self.rows.get(id)?;
        let mut file_at = File::open(&self.files[file]).ok()?;
        file_at.seek(SeekFrom::Start(at)).ok()?;
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(BufReader::new(file_at));
        let mut row = csv::StringRecord::new();
        reader.read_record(&mut row).ok()?;
        let fields = row.iter().skip(self.leading[file]);
        (row.get(1) == Some(id)).then(|| fields.map(String::from).collect())
    }

    /// Removes the tables, once all that is wanted of them is in the new one.
    pub fn remove(&self) -> io::Result<()> {
        self.files.iter().try_for_each(std::fs::remove_file)
    }
}
