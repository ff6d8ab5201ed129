//! Puts the commit into the program, for the provenance of results.

use std::process::Command;

fn main() {
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
