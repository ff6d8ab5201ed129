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
    let entries = std::fs::read_dir(Path::new(&root).join("scenarios")).expect("a folder of scenarios");
    let paths = entries.map(|entry| entry.expect("a readable folder").path());
    let mut paths: Vec<_> = paths.filter(|path| path.extension().is_some_and(|ending| ending == "toml")).collect();
    paths.sort();
    let mut list =
        String::from("/// Name and text of each, by name.\npub(super) static SHIPPED: &[(&str, &str)] = &[\n");
    for path in &paths {
        let name = path.file_stem().expect("it has an ending").to_string_lossy();
        let _ = writeln!(list, "    ({name:?}, include_str!({path:?})),");
    }
    list.push_str("];\n");
    let out = std::env::var("OUT_DIR").expect("cargo sets it");
    std::fs::write(Path::new(&out).join("shipped.rs"), list).expect("a folder that can be written to");
}

/// The commit of the package's own repository, or of the one that it was packed from; never of one that it merely lies in.
fn commit() {
    let root = std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let root = Path::new(&root);
    let commit = own_commit(root).or_else(|| packed_commit(root));
    println!("cargo:rustc-env=LUCKFLOW_COMMIT={}", commit.as_deref().unwrap_or("unknown"));
    let rustc = Command::new(std::env::var("RUSTC").expect("cargo sets it")).arg("--version").output();
    let version = rustc.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    println!("cargo:rustc-env=LUCKFLOW_RUSTC={}", version.unwrap_or("unknown".into()));
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=src");
}

fn own_commit(root: &Path) -> Option<String> {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").current_dir(root).args(arguments).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        output.status.success().then(|| text.trim().to_owned())
    };
    let top = git(&["rev-parse", "--show-toplevel"])?;
    if Path::new(&top).canonicalize().ok()? != root.canonicalize().ok()? {
        return None;
    }
    for file in ["HEAD", "index"] {
        // In a linked worktree these lie elsewhere; a path that is not there would mean to build each time.
        let path = root.join(git(&["rev-parse", "--git-path", file])?);
        if path.exists() {
            println!("cargo:rerun-if-changed={}", path.display());
        }
    }
    let commit = git(&["rev-parse", "--short=12", "HEAD"])?;
    let changes = git(&["status", "--porcelain", "--untracked-files=no"]);
    let is_clean = changes.is_none_or(|changes| changes.is_empty());
    Some(format!("{commit}{}", if is_clean { "" } else { "+changes" }))
}

/// What `cargo package` left.
fn packed_commit(root: &Path) -> Option<String> {
    let text = std::fs::read_to_string(root.join(".cargo_vcs_info.json")).ok()?;
    let (_, after) = text.split_once("\"sha1\"")?;
    let commit: String = after.split('"').nth(1)?.chars().take(12).collect();
    let dirty = text.contains("\"dirty\": true");
    Some(format!("{commit}{}", if dirty { "+changes" } else { "" }))
}
