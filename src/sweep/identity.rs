//! What a point is, whatever file and sweep it stands in: a digest of all that its row depends on.

use super::Plan;
use crate::experiment::Scenario;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Raised whenever the program would write another row for the same scenario: rows of older programs are not used again.
pub const RESULT_VERSION: u32 = 4;

/// Keys of scenarios whose values are names of files.
const FILE_KEYS: [&str; 3] = ["file", "covariance", "rows"];

/// Bytes of a digest that are kept: among a million points two agree by chance once in 10¹⁸.
const KEPT: usize = 12;

/// Takes digests; remembers those of files.
#[derive(Default)]
pub struct Identities {
    files: Mutex<HashMap<PathBuf, String>>,
}

impl Identities {
    /// Of a scenario, with the contents of the files that it names, but without its own name.
    pub fn of(&self, scenario: &Scenario) -> String {
        let mut json = serde_json::to_value(scenario).expect("scenarios have text keys only");
        if let Json::Object(keys) = &mut json {
            keys.remove("name");
        }
        self.replace_files(&mut json);
        digest(&[&RESULT_VERSION.to_le_bytes(), json.to_string().as_bytes()])
    }

    /// Of a whole plan: equal plans have equal points in the same order, and equal columns.
    pub fn of_plan(&self, plan: &Plan) -> String {
        let mut text = plan.definition();
        for column in plan.kind().columns() {
            let _ = write!(text, "\n{}", column.name);
        }
        for scenario in plan.trial_scenarios() {
            let _ = write!(text, "\n{}", self.of(&scenario));
        }
        digest(&[text.as_bytes()])
    }

    fn replace_files(&self, json: &mut Json) {
        match json {
            Json::Object(keys) => {
                for (key, value) in keys {
                    match value {
                        Json::String(path) if FILE_KEYS.contains(&key.as_str()) => {
                            *path = self.of_file(Path::new(path));
                        }
                        inner => self.replace_files(inner),
                    }
                }
            }
            Json::Array(items) => items.iter_mut().for_each(|item| self.replace_files(item)),
            _ => {}
        }
    }

    /// Of a file's contents; of the reason, where it cannot be read.
    fn of_file(&self, path: &Path) -> String {
        let mut files = self.files.lock().expect("nothing panics with it");
        if let Some(known) = files.get(path) {
            return known.clone();
        }
        let found = match std::fs::read(path) {
            Ok(bytes) => digest(&[&bytes]),
            Err(error) => error.to_string(),
        };
        files.insert(path.to_owned(), found.clone());
        found
    }
}

fn digest(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let mut text = String::new();
    for byte in &hash.finalize()[..KEPT] {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Document;

    fn identity(name: &str, text: &str) -> String {
        let document = Document::parse(Path::new(name), text, &[]).unwrap();
        Identities::default().of(&Scenario::interpret(document).unwrap())
    }

    const TEXT: &str =
        "experiment = \"theorem4\"\n[teacher]\ninput_dim = 4\nnodes = 2\n[student]\ntheta0 = 0.1\n";

    #[test]
    fn a_point_is_what_it_means_and_not_where_it_is_written() {
        let one = identity("a.toml", TEXT);
        assert_eq!(one, identity("b.toml", &TEXT.replace("0.1", "1e-1")));
        assert_eq!(one, identity("b.toml", &format!("seed = 1\n{TEXT}")));
        assert_ne!(one, identity("a.toml", &TEXT.replace("0.1", "0.2")));
        assert_ne!(one, identity("a.toml", &format!("seed = 2\n{TEXT}")));
    }

    #[test]
    fn files_count_by_their_contents() {
        let place = tempfile::tempdir().unwrap();
        let text = TEXT.replace("nodes = 2", "weights = { file = \"w.npy\" }");
        let of = |folder: &str, contents: &str| {
            let folder = place.path().join(folder);
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join("w.npy"), contents).unwrap();
            identity(folder.join("s.toml").to_str().unwrap(), &text)
        };
        let one = of("a", "weights");
        assert_eq!(one, of("b", "weights"));
        assert_ne!(one, of("b", "others"));
    }
}
