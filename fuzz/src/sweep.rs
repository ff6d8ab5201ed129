//! The folder of a sweep: a byte of flags, then its rows, those that wait, the manifests, the seconds.

use crate::{joined, pieces, scratch, sentence, small};
use luckflow::experiment::Silent;
use luckflow::output::digest::digest;
use luckflow::output::{Claim, Identities};
use luckflow::sweep::aggregate::Form;
use luckflow::sweep::axes::Sweep;
use luckflow::sweep::report::show;
use luckflow::sweep::table::Cells;
use luckflow::sweep::{Opening, Options, Plan, Shard, Status, Store, SweepEnd, merge, run};
use std::path::Path;
use std::sync::LazyLock;

const FILES: [&str; 5] = ["cells.csv", "pending.csv", "sweep.json", ".luckflow.json", "seconds.csv"];

/// The folder knows its own files, whatever its manifest says.
const OWN: u8 = 1;
/// The digests of rows are set right.
const ROWS: u8 = 2;
/// What is there may be replaced.
const FORCE: u8 = 4;

/// Bytes of a row's digest.
const DIGEST: usize = 4;

const SWEEP: &str = r#"
experiment = "theorem4"
teacher = { input_dim = 4, nodes = 2, threshold = 2.0 }
student = { theta0 = 0.05 }
integrate = { outputs = 10, rtol = 1e-4, horizon = 20 }
[[sweep.axis]]
key = "student.theta0"
values = [0.01, 0.02, 0.03, 0.04]
"#;

struct Reference {
    plan: Plan,
    files: [Vec<u8>; 5],
}

static REFERENCE: LazyLock<Reference> = LazyLock::new(reference);

const SHARD: Shard = Shard::WHOLE;

/// Reads it in each way, and goes on with it: to the bytes of the whole sweep, unless the digests were set right.
pub fn read(data: &[u8]) {
    let Some((&flags, data)) = data.split_first() else {
        return;
    };
    let mut files = pieces::<5>(data).map(<[u8]>::to_vec);
    if flags & OWN != 0 {
        files[3].clone_from(&REFERENCE.files[3]);
    }
    if flags & ROWS != 0 {
        files[..2].iter_mut().for_each(|bytes| *bytes = with_digests(bytes));
    }
    let place = scratch();
    let canary = place.path().join("theirs.csv");
    std::fs::write(&canary, "theirs").expect("a folder that can be written to");
    let folder = place.path().join("inner");
    std::fs::create_dir(&folder).expect("a folder that can be written to");
    for (name, bytes) in FILES.iter().zip(&files).filter(|(_, bytes)| !bytes.is_empty()) {
        std::fs::write(folder.join(name), bytes).expect("a folder that can be written to");
    }
    look(&folder, &place.path().join("merged"));
    if let Some(cells) = resume(&folder, flags & FORCE != 0)
        && flags & ROWS == 0
    {
        assert!(cells == REFERENCE.files[0], "damage was used");
    }
    assert_eq!(std::fs::read(&canary).expect("it was there"), b"theirs");
}

fn look(folder: &Path, merged: &Path) {
    if let Err(error) = Status::of(folder) {
        sentence(error);
    }
    let read = |cells: Cells| cells.each(|_, cell| cell.runs.len(), |_| Ok(()));
    if let Err(error) = Cells::open(&folder.join(FILES[0])).and_then(read) {
        sentence(error);
    }
    match merge(&[folder.to_owned()], merged, Claim::New) {
        Err(error) => sentence(error),
        Ok((folder, _)) => {
            if let Err(error) = show(&folder, &Form::default()) {
                sentence(error);
            }
        }
    }
}

/// The table in the end; `None` if the folder is refused.
fn resume(folder: &Path, force: bool) -> Option<Vec<u8>> {
    let opening = Opening { resume: true, force };
    let identities = Identities::default();
    let store = Store::open(folder, &REFERENCE.plan, &identities, SHARD, opening);
    let store = store.map_err(sentence).ok()?;
    let options = Options {
        jobs: 1,
        shard: SHARD,
        fail_fast: false,
    };
    match run(&REFERENCE.plan, &identities, store, options, &Silent) {
        Ok((SweepEnd::Complete(folder), _)) => std::fs::read(folder.path().join(FILES[0])).ok(),
        Ok((end, _)) => panic!("nobody stopped it: {end:?}"),
        Err(error) => {
            sentence(error);
            None
        }
    }
}

fn reference() -> Reference {
    let plan = Sweep::read(small::document(SWEEP, &[])).and_then(Plan::new);
    let plan = plan.expect("a sweep");
    let place = scratch();
    let identities = Identities::default();
    let store = Store::open(place.path(), &plan, &identities, SHARD, Opening::default());
    let options = Options {
        jobs: 1,
        shard: SHARD,
        fail_fast: false,
    };
    let ended = run(&plan, &identities, store.expect("an empty folder"), options, &Silent);
    ended.expect("a sweep that runs");
    let files = FILES.map(|name| std::fs::read(place.path().join(name)).unwrap_or_default());
    Reference { plan, files }
}

fn with_digests(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for (number, line) in bytes.split_inclusive(|&byte| byte == b'\n').enumerate() {
        let sealed = line.strip_suffix(b"\n").filter(|_| number > 0);
        let comma = sealed.and_then(|line| line.iter().rposition(|&byte| byte == b','));
        match comma {
            Some(comma) => {
                out.extend(&line[..=comma]);
                out.extend(digest::<DIGEST>(&[&line[..comma]]).into_bytes());
                out.push(b'\n');
            }
            None => out.extend(line),
        }
    }
    out
}

/// The whole sweep, and parts of it.
pub fn seeds() -> Vec<Vec<u8>> {
    let Reference { files, .. } = &*REFERENCE;
    let [cells, _, sweep, own, seconds] = files.each_ref().map(Vec::as_slice);
    let lines: Vec<&[u8]> = cells.split_inclusive(|&byte| byte == b'\n').collect();
    let (first, two) = (lines[..2].concat(), [lines[0], lines[3], &lines[4][..9]].concat());
    let mut seeds = Vec::new();
    for flags in 0..8 {
        seeds.push(joined(flags, &[cells, b"", sweep, own, seconds]));
        seeds.push(joined(flags, &[&first, &two, sweep, own, seconds]));
        seeds.push(joined(flags, &[b"", b"", b"", b"", b""]));
    }
    seeds
}
