//! What a run is, whatever file it stands in: a digest of all that its result depends on, the contents of files included.

use super::digest::digest;
use crate::config;
use crate::images::ImageFolder;
use serde::Serialize;
use serde_json::Value as Json;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Bytes of a digest that are kept: among a million points two agree by chance once in 10¹⁸.
const KEPT: usize = 12;

/// Takes digests; remembers those of files.
#[derive(Default)]
pub struct Identities {
    files: Mutex<HashMap<PathBuf, String>>,
}

impl Identities {
    /// Of whatever decides a result, with the contents of the files that it names, but without its own name.
    ///
    /// `version` is raised whenever the program would find something else for the same.
    pub fn of(&self, version: u32, what: &impl Serialize) -> String {
        let mut json = serde_json::to_value(what).expect("scenarios have text keys only");
        if let Json::Object(keys) = &mut json {
            keys.remove("name");
        }
        for file in config::files(what) {
            if let Some(path) = json.pointer_mut(&file.pointer) {
                *path = self.of_file(&file.path).into();
            }
        }
        digest::<KEPT>(&[&version.to_le_bytes(), json.to_string().as_bytes()])
    }

    /// Of a file's contents, or of the images in a folder; of the reason, where they cannot be read.
    fn of_file(&self, path: &Path) -> String {
        let mut files = self.files.lock().expect("nothing panics with it");
        if let Some(known) = files.get(path) {
            return known.clone();
        }
        let found = match path.is_dir() {
            true => of_images(path),
            false => of_contents(path),
        };
        files.insert(path.to_owned(), found.clone());
        found
    }
}

fn of_contents(path: &Path) -> String {
    match config::contents(path) {
        Ok(bytes) => digest::<KEPT>(&[&bytes]),
        Err(error) => error.to_string(),
    }
}

fn of_images(folder: &Path) -> String {
    match ImageFolder::files(folder) {
        Ok(files) => {
            let all: Vec<String> = files.iter().map(|file| of_contents(file)).collect();
            let parts: Vec<&[u8]> = all.iter().map(String::as_bytes).collect();
            digest::<KEPT>(&parts)
        }
        Err(error) => error.to_string(),
    }
}
