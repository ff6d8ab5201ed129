//! What reads files of others, fed with anything: a function for each kind of file, and inputs to begin with.
//!
//! Each function panics where a promise of docs/reliability.md is broken, and says nothing otherwise. `scripts/fuzz.sh`
//! builds and runs them with libFuzzer, on the stable toolchain; `cargo fuzz run NAME` does too.

pub mod certificate;
pub mod checkpoint;
pub mod figures;
pub mod images;
pub mod npy;
pub mod run;
pub mod scenario;
pub mod small;
pub mod sweep;
pub mod tensors;

pub use libfuzzer_sys;

use luckflow::experiment::{Silent, Store};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Mutex;
use tempfile::TempDir;

/// Makes a module with `read` and `seeds` a target of libFuzzer.
#[macro_export]
macro_rules! target {
    ($module:ident) => {
        $crate::libfuzzer_sys::fuzz_target!(
            init: $crate::plant($crate::$module::seeds),
            |data: &[u8]| $crate::$module::read(data)
        );
    };
}

/// The folder that seeds are written to, before libFuzzer reads it.
const SEEDS: &str = "LUCKFLOW_SEEDS";

/// Stands between the files of an input that holds several.
pub const BETWEEN: &[u8] = b"|8<|";

/// An error is read by people: more characters than this are none.
const LONGEST: usize = 4000;

/// Writes the inputs to begin with where the environment asks for them.
pub fn plant(seeds: fn() -> Vec<Vec<u8>>) {
    luckflow::blas::single_threaded();
    if let Some(folder) = std::env::var_os(SEEDS) {
        for (number, seed) in seeds().into_iter().enumerate() {
            let path = Path::new(&folder).join(format!("seed-{number}"));
            std::fs::write(path, seed).expect("a folder that can be written to");
        }
    }
}

/// An error is a sentence.
pub fn sentence(error: impl std::fmt::Display) {
    let said = error.to_string();
    assert!(!said.is_empty() && said.len() < LONGEST, "{} bytes: {said:.400}", said.len());
}

/// A folder in memory where there is such a thing.
pub fn scratch() -> TempDir {
    let memory = Path::new("/dev/shm");
    match memory.is_dir() {
        true => tempfile::tempdir_in(memory),
        false => tempfile::tempdir(),
    }
    .expect("a folder that can be written to")
}

/// The files of an input, as many as there are names.
pub fn pieces<const N: usize>(data: &[u8]) -> [&[u8]; N] {
    let mut rest = data;
    std::array::from_fn(|_| {
        let at = rest.windows(BETWEEN.len()).position(|window| window == BETWEEN);
        let (piece, tail) = match at {
            Some(at) => (&rest[..at], &rest[at + BETWEEN.len()..]),
            None => (rest, &[][..]),
        };
        rest = tail;
        piece
    })
}

/// An input that holds these files behind a first byte.
pub fn joined(first: u8, files: &[&[u8]]) -> Vec<u8> {
    [&[first][..], &files.join(BETWEEN)].concat()
}

/// What a run of a scenario leaves, by name.
pub fn outcome_files(text: &str, changes: &[&str]) -> BTreeMap<String, Vec<u8>> {
    let outcome = small::changed(text, changes).run(&Silent).expect("a scenario that runs");
    outcome
        .files()
        .into_iter()
        .map(|file| {
            let mut bytes = Vec::new();
            (file.fill)(&mut bytes).expect("writing into memory does not fail");
            (file.name, bytes)
        })
        .collect()
}

/// Keeps checkpoints in memory.
#[derive(Default)]
pub struct Memory(pub Mutex<BTreeMap<String, Vec<u8>>>);

impl Memory {
    fn change<T>(&self, change: impl FnOnce(&mut BTreeMap<String, Vec<u8>>) -> T) -> io::Result<T> {
        Ok(change(&mut self.0.lock().expect("nothing panics with it")))
    }
}

impl Store for Memory {
    fn save(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.change(|files| drop(files.insert(name.into(), bytes.into())))
    }

    fn append(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.change(|files| files.entry(name.into()).or_default().extend(bytes))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.change(|files| {
            if let Some(bytes) = files.remove(from) {
                files.insert(to.into(), bytes);
            }
        })
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.change(|files| drop(files.remove(name)))
    }

    fn load(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        self.change(|files| files.get(name).cloned())
    }
}
