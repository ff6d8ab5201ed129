//! Puts the commit into the program, for the provenance of results, and the shipped scenarios, so that they run from any
//! folder.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

fn main() {
    commit();
    scenarios();
}

/// A list of names and texts, `SHIPPED`.
fn scenarios() {
    println!("cargo:rerun-if-changed=scenarios");
    let root = std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let entries =
        std::fs::read_dir(Path::new(&root).join("scenarios")).expect("a folder of scenarios");
    let paths = entries.map(|entry| entry.expect("a readable folder").path());
    let mut paths: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    paths.sort();
    let mut list = String::from(
        "/// Name and text of each, by name.\npub(super) static SHIPPED: &[(&str, &str)] = &[\n",
    );
    for path in &paths {
        let name = path
            .file_stem()
            .expect("it has an ending")
            .to_string_lossy();
        let _ = writeln!(list, "    ({name:?}, include_str!({path:?})),");
    }
    list.push_str("];\n");
    let out = std::env::var("OUT_DIR").expect("cargo sets it");
    std::fs::write(Path::new(&out).join("shipped.rs"), list)
        .expect("a folder that can be written to");
}

fn commit() {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").args(arguments).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        output.status.success().then(|| text.trim().to_owned())
    };
    let commit = git(&["rev-parse", "--short=12", "HEAD"]).map_or("unknown".into(), |commit| {
        let clean = git(&["status", "--porcelain", "--untracked-files=no"]);
        let mark = if clean.is_none_or(|changes| changes.is_empty()) {
            ""
        } else {
            "+changes"
        };
        format!("{commit}{mark}")
    });
    println!("cargo:rustc-env=LUCKFLOW_COMMIT={commit}");
    println!("cargo:rerun-if-changed=.git/HEAD");
    println!("cargo:rerun-if-changed=.git/index");
    println!("cargo:rerun-if-changed=src");
}
