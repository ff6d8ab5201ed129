//! The folders of `src/` use each other one way: no circles.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

type Uses = BTreeMap<String, BTreeSet<String>>;

/// Which folders the sources below a path name as `crate::folder`, tests and comments apart.
fn collect(path: &Path, room: &str, uses: &mut Uses) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            collect(&entry.unwrap().path(), room, uses);
        }
    } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("tests.rs") {
        let text = fs::read_to_string(path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in lines {
            for after in line.split("crate::").skip(1) {
                let is_name = |c: char| c.is_ascii_lowercase() || c == '_';
                let name: String = after.chars().take_while(|&c| is_name(c)).collect();
                uses.entry(room.into()).or_default().insert(name);
            }
        }
    }
}

fn uses() -> Uses {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut uses = Uses::new();
    for entry in fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        let room = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if !["lib", "main"].contains(&room.as_str()) {
            uses.entry(room.clone()).or_default();
            collect(&path, &room, &mut uses);
        }
    }
    let rooms: BTreeSet<String> = uses.keys().cloned().collect();
    for (room, used) in &mut uses {
        used.retain(|name| rooms.contains(name) && name != room);
    }
    uses
}

#[test]
fn no_folder_uses_one_that_uses_it() {
    let mut left = uses();
    assert!(left["experiment"].contains("flow"), "{left:?}");
    // Who uses nobody who is left may go.
    while let Some(free) = left
        .iter()
        .find(|(_, used)| !used.iter().any(|name| left.contains_key(name)))
        .map(|(room, _)| room.clone())
    {
        left.remove(&free);
    }
    assert!(left.is_empty(), "in a circle, or above one: {left:#?}");
}
