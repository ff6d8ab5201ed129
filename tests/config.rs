//! Scenarios: each key is read as it is declared, documented as it is read, and written out as it was read.

// Links BLAS, which ndarray calls.
use luckflow as _;

use luckflow::config::{Document, Fallback, Key, Override, ValueKind as What, describe, files, shipped_scenarios};
use luckflow::experiment::Scenario;
use luckflow::experiment::{ExperimentKind, KINDS};
use luckflow::sweep::axes::{self, Sweep};
use std::path::Path;

fn begin(kind: &ExperimentKind) -> String {
    describe::scenario(kind.name, kind.about, &kind.keys())
}

fn read(text: &str, overrides: &[String]) -> Result<Scenario, String> {
    let overrides = overrides.iter().map(|text| Override::parse(text).unwrap());
    let overrides: Vec<Override> = overrides.collect();
    let document = Document::parse(Path::new("s.toml"), text, &overrides).map_err(|error| error.to_string())?;
    Scenario::interpret(document).map_err(|error| error.to_string())
}

const IMAGES: &str = "data.images={folder=\"images\"}";

const CONVOLUTION: [&str; 2] = ["teacher.layers=convolution", "teacher.image=[1, 28, 28]"];

/// What else must be said for a key to mean anything, of what an experiment has.
fn beside(kind: &ExperimentKind, key: &Key) -> Vec<String> {
    let own = kind.keys();
    let has = |text: &str| own.iter().any(|own| text.split('=').next() == Some(own.path));
    let set = |texts: &[&str]| {
        let own = texts.iter().filter(|text| has(text));
        own.map(|text| (*text).to_owned()).collect()
    };
    match (key.path, key.section()) {
        ("overlap.method", _) => Vec::new(),
        (_, "overlap") => set(&["overlap.method=monte-carlo"]),
        ("integrate.step", _) => set(&["integrate.method=rk4"]),
        ("student.signal", _) => set(&["student.theta0="]),
        ("student.noise", _) => set(&["student.theta0=", "student.signal=[1.0, 0.3]"]),
        ("student.weights", _) => set(&["student.theta0="]),
        ("student.batch_norm_affine", _) => set(&["student.batch_norm=after-relu"]),
        ("teacher.image" | "teacher.kernel" | "teacher.padding", _) => set(&CONVOLUTION),
        ("data.moments" | "data.crop" | "data.flip", _) => set(&[IMAGES]),
        (_, "teacher.training") => set(&["teacher.weights=trained", IMAGES]),
        _ => Vec::new(),
    }
}

#[test]
fn what_is_declared_is_read_and_nothing_else_is() {
    let mut all: Vec<&Key> = Vec::new();
    for kind in KINDS {
        all.extend(kind.keys());
    }
    for kind in KINDS {
        let text = begin(kind);
        read(&text, &[]).unwrap_or_else(|error| panic!("{}: {error}\n{text}", kind.name));
        let own = kind.keys();
        for key in &all {
            let mut overrides = beside(kind, key);
            overrides.push(format!("{}=@nonsense@", key.path));
            if !own.iter().any(|own| own.path == key.path) {
                overrides = vec![format!("{}=@nonsense@", key.path)];
            }
            let error = read(&text, &overrides).unwrap_err();
            let name = format!("{} {overrides:?}: {error}", kind.name);
            assert!(error.starts_with("s.toml: --set: "), "{name}");
            match own.iter().find(|own| own.path == key.path) {
                Some(own) => {
                    let said = format!("{}: found \"@nonsense@\"; allowed: {}", own.path, own.allowed());
                    assert!(error.ends_with(&said), "{name}");
                }
                None => assert!(error.contains("unknown") || error.contains("nothing here"), "{name}"),
            }
        }
    }
}

#[test]
fn defaults_are_what_the_declarations_say() {
    for kind in KINDS {
        let text = begin(kind);
        for key in kind.keys() {
            let Some(default) = key.default_text() else {
                continue;
            };
            let mut overrides = beside(kind, key);
            let without = json(&read(&text, &overrides).unwrap());
            overrides.push(format!("{}={default}", key.path));
            let with = read(&text, &overrides).unwrap_or_else(|error| panic!("{} {overrides:?}: {error}", kind.name));
            assert_eq!(json(&with), without, "{} {}", kind.name, key.path);
            // And it stands in the scenario that is written out.
            let pointer = format!("/{}", key.path.replace('.', "/"));
            let found = without.pointer(&pointer);
            assert!(found.is_some(), "{} {pointer} in {without}", kind.name);
        }
    }
}

fn json(scenario: &Scenario) -> serde_json::Value {
    serde_json::to_value(scenario).unwrap()
}

/// Written out and read back.
fn again(scenario: &Scenario) -> Scenario {
    let text = toml::to_string(scenario).unwrap();
    read(&text, &[]).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The same settings, but for the scenario's name, which is no key.
fn assert_equal(one: &Scenario, other: &Scenario, what: &str) {
    let debug = |scenario: &Scenario| format!("{scenario:?}");
    assert_eq!(debug(one), debug(other), "{what}");
}

const TWO_LAYER: &[&[&str]] = &[
    &[],
    &["seed=9223372036854775807", "teacher.threshold=", "teacher.epsilon=0.1"],
    &["teacher.weights={file=\"w.npy\"}", "teacher.nodes=", "teacher.input_dim="],
    &["integrate.horizon=12.5", "integrate.method=rk4", "integrate.step=0.1"],
    &["integrate.horizon=1e-9", "integrate.method=gradient-descent", "integrate.step=auto"],
    &["integrate.method=rkc", "integrate.rtol=1e-3", "integrate.max_steps=7"],
    &["integrate.outputs=[0.1, 0.2, 3]", "integrate.horizon=3"],
    &["integrate.outputs={log=20}"],
    &["integrate.outputs={log=20, from=1e-300}"],
    &[
        "overlap.method=monte-carlo",
        "overlap.samples=77",
        "overlap.precision=f32",
        "overlap.resample=every-evaluation",
    ],
    &["overlap.method=monte-carlo", "overlap.input={covariance=\"c.npy\"}"],
    &["overlap.method=monte-carlo", "overlap.input={rows=\"a/c.npy\"}"],
    &["student.theta0=", "student.weights={file=\"w.npy\"}", "student.fan_out={file=\"v.npy\"}"],
    &["student.fan_out={file=\"v.npy\"}"],
];
const THEOREM4: &[&[&str]] = &[
    &["flow.fan_out=running", "flow.projection=false", "output.states=true"],
    &["overlap.method=monte-carlo", "overlap.replicas=3"],
    &["integrate.outputs=[0.1, 0.2, 3]"],
];
const THEOREM5: &[&[&str]] = &[
    &["teacher.fan_out={file=\"v.npy\"}", "teacher.outputs="],
    &["student.theta0=[0.1, 0.2, 0.3]", "student.e0=0.5", "student.v0=0.25"],
    &["student.theta0=", "student.signal=[1, 0.3]", "student.noise=0.2"],
    &["student.extra_weights={file=\"r.npy\"}"],
];
const DEEP: &[&[&str]] = &[
    &[],
    &["teacher.weights={file=\"t.safetensors\"}", "teacher.bias=false", "student.bias=false"],
    &["data.deviation=2.5", "student.widths=7", "training.normalize_nodes=true"],
];
const TRAINED: &[&[&str]] = &[
    &["training.step=[[0, 0.1], [20, 0.01]]", "training.momentum=0.9", "training.weight_decay=1e-5"],
    &["training.loss=cross-entropy", "seeds=4"],
];
const NORMED: &[&[&str]] = &[&["student.batch_norm=before-relu", "student.batch_norm_affine=true"]];

#[test]
fn what_is_written_out_reads_back_to_the_same() {
    for kind in KINDS {
        let (name, text) = (kind.name, begin(kind));
        let has = |path: &str| kind.keys().iter().any(|key| key.path == path);
        let mut variants = Vec::new();
        for (variants_of, path) in [
            (TWO_LAYER, "integrate.method"),
            (THEOREM4, "overlap.replicas"),
            (THEOREM5, "student.extra"),
            (DEEP, "teacher.hidden"),
            (TRAINED, "training.epochs"),
            (NORMED, "student.batch_norm"),
        ] {
            if has(path) {
                variants.extend_from_slice(variants_of);
            }
        }
        let several: &[&str] =
            &["student.widths=[1, 2]", "student.batch_norm=[\"none\", \"after-relu\"]", "data.deviation=[1, 10]"];
        if name == "deep-training" {
            variants.push(several);
            let started: &[&str] = &["student.weights={file=\"s.safetensors\"}", "student.scale=0.5"];
            variants.push(started);
        }
        for variant in variants {
            // What stands only in other experiments' students is tried there.
            if variant.iter().any(|set| set.starts_with("student.") && !has(set.split('=').next().unwrap())) {
                continue;
            }
            let sets: Vec<String> = variant.iter().map(|set| (*set).to_owned()).collect();
            let absent = |set: &String| {
                set.ends_with('=')
                    && read(&text, std::slice::from_ref(set)).is_err_and(|error| error.contains("take away"))
            };
            let sets: Vec<String> = sets.into_iter().filter(|set| !absent(set)).collect();
            let scenario = read(&text, &sets).unwrap_or_else(|error| panic!("{name} {sets:?}: {error}"));
            let written = again(&scenario);
            assert_equal(&scenario, &written, &format!("{name} {sets:?}"));
            let count = sets
                .iter()
                .filter(|set| set.contains("={file") || set.contains("={rows") || set.contains("={covariance"))
                .count();
            let found = files(&scenario);
            assert_eq!(found.len(), count, "{name} {sets:?}: {found:?}");
            for file in found {
                let path = json(&scenario).pointer(&file.pointer).cloned().unwrap();
                assert_eq!(path, file.path.to_str().unwrap(), "{name}");
            }
        }
    }
}

#[test]
fn shipped_scenarios_read_back_to_the_same_too() {
    let mut count = 0;
    for (name, _) in shipped_scenarios() {
        let document = Document::load(Path::new(name), &[]).unwrap();
        let document = match document.root.contains_key("sweep") {
            true => Sweep::read(document).unwrap().base,
            false => document,
        };
        let scenario = Scenario::interpret(document).unwrap();
        let text = toml::to_string(&scenario).unwrap();
        let path = format!("{name}.toml");
        let document = Document::parse(Path::new(&path), &text, &[]).unwrap();
        assert_equal(&scenario, &Scenario::interpret(document).unwrap(), name);
        count += 1;
    }
    assert!(count >= 20, "{count}");
}

#[test]
fn declarations_are_complete() {
    let all = KINDS.iter().flat_map(|kind| kind.keys());
    for key in all.chain(axes::KEYS.iter().copied()) {
        assert!(!key.meaning.is_empty(), "{}", key.path);
        let lacks = matches!(key.fallback, Fallback::Required) && !key.path.starts_with("sweep");
        assert!(!lacks || key.example.is_some(), "{} has no example", key.path);
        if let What::Whole { high, .. } = key.kind {
            assert!(key.allowed().contains("to ") && high <= i64::MAX as u64);
        }
    }
    for kind in KINDS {
        let keys = kind.keys();
        for (i, key) in keys.iter().enumerate() {
            assert!(!keys[..i].iter().any(|other| other.path == key.path), "{} twice", key.path);
        }
    }
}

/// The page with each table between its marks as the declarations have it now.
fn renewed(page: &str) -> String {
    let mut text = String::new();
    let mut rest = page;
    while let Some(start) = rest.find("<!-- keys: ") {
        let (before, tail) = rest.split_at(start);
        let (mark, tail) = tail.split_at(tail.find("-->").expect("a mark ends") + 3);
        let topic = mark.trim_start_matches("<!-- keys: ").trim_end_matches("-->").trim();
        let end = tail.find("<!-- end -->").expect("a table ends");
        text.push_str(&format!("{before}{mark}\n\n{}\n", describe::table(&keys_of(topic))));
        rest = &tail[end..];
    }
    text + rest
}

/// `theorem5` for all of its keys, `theorem5 beyond theorem4` for those that the other has not, `sweep`; `deep` for those that all
/// trainings by epochs have in some form.
fn keys_of(topic: &str) -> Vec<&'static Key> {
    let of = |name: &str| {
        let kind = KINDS.iter().find(|kind| kind.name == name);
        kind.unwrap_or_else(|| panic!("no experiment {name}")).keys()
    };
    if topic == "sweep" {
        return axes::KEYS.to_vec();
    }
    match topic.split_once(" beyond ") {
        None => of(topic),
        Some((name, other)) => {
            let known = of(other);
            let new = |key: &&Key| !known.iter().any(|other| std::ptr::eq(*other, *key));
            of(name).into_iter().filter(new).collect()
        }
    }
}

#[test]
fn the_documentation_is_what_is_declared() {
    for name in ["docs/scenarios.md", "docs/sweeps.md"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        let page = std::fs::read_to_string(&path).unwrap();
        assert!(page.contains("<!-- keys: "), "{name} has no table");
        let fresh = renewed(&page);
        if std::env::var_os("LUCKFLOW_RENEW").is_some() {
            std::fs::write(&path, fresh).unwrap();
        } else {
            assert!(
                page == fresh,
                "{name} is stale; LUCKFLOW_RENEW=1 cargo test --test config the_documentation renews it"
            );
        }
    }
}
