//! What a folder says of its scenario runs again, to the same bytes.

use crate::runs::Run;
use crate::util::{Place, files, without_provenance};
use std::collections::BTreeMap;

/// All that does not say when, how long and from which command line.
fn results(files: &BTreeMap<String, Vec<u8>>) -> BTreeMap<&str, String> {
    files
        .iter()
        .filter(|(name, _)| !name.contains(".luckflow") && *name != "scenario.toml")
        .filter(|(name, _)| *name != "seconds.csv" && *name != "report.html")
        .map(|(name, bytes)| (&name[..], without_provenance(&String::from_utf8_lossy(bytes))))
        .collect()
}

fn check(run: &Run) {
    let first = &run.finished().files;
    // From another folder; a run under another name too, which a sweep's folder has in it.
    let (kept, name) = match run.verb {
        "run" => ("resolved.toml", "again.toml".to_owned()),
        _ => ("scenario.toml", format!("{}.toml", run.name)),
    };
    let place = Place::with(&name, &String::from_utf8_lossy(&first[kept]));
    place.luckflow(&[run.verb, &name, "--out", "out", "--quiet"]).assert().success();
    let second = files(&place.path("out"));
    let (first, second) = (results(first), results(&second));
    let names = |files: &BTreeMap<&str, String>| files.keys().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(names(&first), names(&second));
    for (name, text) in &first {
        assert!(*text == second[name], "{name} differs");
    }
    let given = String::from_utf8_lossy(&run.finished().files["scenario.toml"]);
    assert!(given.starts_with(&format!("# luckflow {} {}.toml --out out\n", run.verb, run.name)));
    assert!(given.ends_with(run.scenario));
}

of_every_run!(check);
