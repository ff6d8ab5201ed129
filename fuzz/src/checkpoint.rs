//! Checkpoints of a training: a byte of flags, then its records, its state, the state before.

use crate::{Memory, joined, pieces, sentence, small};
use luckflow::experiment::{Hooks, Scenario, Silent};
use luckflow::output::digest::{digest, seal, unsealed};
use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

const FILES: [&str; 3] = ["epochs.records", "state.safetensors", "previous.safetensors"];

/// The digests of states, of records are set right: what lies behind them is reached.
const STATE: u8 = 1;
const RECORDS: u8 = 2;

/// Bytes of a record's digest.
const DIGEST: usize = 16;

const TRAINING: &str = r#"
experiment = "deep-training"
teacher = { input_dim = 3, hidden = [2], outputs = 2 }
student = { widths = 1 }
data = { samples = 8, held_out = 8 }
training = { epochs = 3, batch = 4, step = 0.1, momentum = 0.5 }
"#;

/// A training, and what it finds undisturbed.
struct Reference {
    scenario: Scenario,
    tables: Vec<Vec<u8>>,
    label: String,
    checkpoints: Vec<BTreeMap<String, Vec<u8>>>,
}

static REFERENCE: LazyLock<Reference> = LazyLock::new(reference);

/// Goes on from it: to the bytes of the whole training, unless the digests were set right.
pub fn read(data: &[u8]) {
    let Some((&flags, data)) = data.split_first() else {
        return;
    };
    let mut files = pieces::<3>(data).map(<[u8]>::to_vec);
    if flags & RECORDS != 0 {
        files[0] = with_digests(&files[0]);
    }
    if flags & STATE != 0 {
        files[1..].iter_mut().for_each(|bytes| reseal(bytes));
    }
    let named = FILES.iter().zip(files);
    let store = named.map(|(name, bytes)| (format!("{}/{name}", REFERENCE.label), bytes));
    let store = Memory(store.collect::<BTreeMap<_, _>>().into());
    match run(&REFERENCE.scenario, &store, &Silent) {
        Err(error) => sentence(error),
        Ok(tables) if flags & (RECORDS | STATE) == 0 => {
            assert!(tables == REFERENCE.tables, "damage was used");
        }
        Ok(_) => {}
    }
}

fn run(scenario: &Scenario, store: &Memory, hooks: &dyn Hooks) -> Result<Vec<Vec<u8>>, String> {
    let prepared = scenario.prepare().map_err(|error| error.to_string())?;
    let outcome = prepared.run(store, hooks).map_err(|error| error.to_string())?;
    let tables = outcome.tables().into_iter().map(|table| {
        let mut bytes = Vec::new();
        table.write(&mut bytes).expect("writing into memory does not fail");
        bytes
    });
    let tables = tables.collect();
    for (_, figure) in outcome.figures() {
        assert!(figure.to_svg().contains("</svg>"));
    }
    Ok(tables)
}

/// Presses Ctrl-C at a look.
struct Stop(AtomicUsize);

impl Hooks for Stop {
    fn interrupted(&self) -> bool {
        let left = self.0.load(Ordering::Relaxed);
        self.0.store(left.saturating_sub(1), Ordering::Relaxed);
        left == 0
    }
}

fn reference() -> Reference {
    let scenario = small::interpret(TRAINING);
    let whole = Memory::default();
    let tables = run(&scenario, &whole, &Silent).expect("a training that runs");
    let mut checkpoints = vec![whole.0.into_inner().expect("nothing panicked with it")];
    for looks in 1..12 {
        let store = Memory::default();
        let _ = run(&scenario, &store, &Stop(AtomicUsize::new(looks)));
        checkpoints.push(store.0.into_inner().expect("nothing panicked with it"));
    }
    let first = checkpoints[0].keys().next().expect("a training keeps checkpoints");
    let label = first.split_once('/').expect("each in a folder").0.to_owned();
    Reference {
        scenario,
        tables,
        label,
        checkpoints,
    }
}

/// Records with the digests that belong to them, as far as there are any.
fn with_digests(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = bytes;
    while let Some((length, tail)) = rest.split_first_chunk::<8>()
        && let Some((_, tail)) = tail.split_at_checked(2 * DIGEST)
    {
        let length = u64::from_le_bytes(*length).min(tail.len() as u64) as usize;
        let (record, tail) = tail.split_at(length);
        out.extend((length as u64).to_le_bytes());
        out.extend(digest::<DIGEST>(&[record]).into_bytes());
        out.extend(record);
        rest = tail;
    }
    out
}

fn reseal(bytes: &mut [u8]) {
    let before = b"seal=";
    let at = bytes.windows(before.len()).position(|window| window == before);
    let zeros = unsealed();
    if let Some(place) = at.and_then(|at| bytes.get_mut(at + before.len()..at + before.len() + zeros.len())) {
        place.copy_from_slice(zeros.as_bytes());
        seal(bytes);
    }
}

/// What a whole training leaves, and one that was stopped here and there.
pub fn seeds() -> Vec<Vec<u8>> {
    let of = |files: &BTreeMap<String, Vec<u8>>, flags| {
        let file = |name: &&str| {
            let found = files.iter().find(|(path, _)| path.ends_with(*name));
            found.map_or(&b""[..], |(_, bytes)| &bytes[..])
        };
        joined(flags, &FILES.iter().map(file).collect::<Vec<_>>())
    };
    let all = REFERENCE.checkpoints.iter();
    all.flat_map(|files| [0, STATE, RECORDS, STATE | RECORDS].map(|flags| of(files, flags))).collect()
}
