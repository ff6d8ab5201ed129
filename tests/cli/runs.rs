//! One small run of each experiment and one of each kind of sweep; the tests share what it leaves behind.
//!
//! With `LUCKFLOW_KEEP_RUNS=FOLDER` in the environment all of it goes there too, so that two versions of the program can be
//! compared byte for byte (`diff -r`).

use crate::util::{Place, files, without_provenance};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

/// A scenario, and what it left once it has run.
pub struct Run {
    /// Of its file, and of its snapshots.
    pub name: &'static str,
    /// With which it runs.
    pub verb: &'static str,
    /// Its scenario's text.
    pub scenario: &'static str,
    finished: OnceLock<Finished>,
}

/// What a run left behind.
pub struct Finished {
    /// What it printed.
    pub stdout: String,
    /// What it wrote.
    pub files: BTreeMap<String, Vec<u8>>,
}

macro_rules! runs {
    ($($test:ident = $constant:ident: $verb:literal $name:literal;)*) => {
        $(pub static $constant: Run = Run {
            name: $name,
            verb: $verb,
            scenario: include_str!(concat!("scenarios/", $name, ".toml")),
            finished: OnceLock::new(),
        };)*

        /// A test of every run: `of_every_run!(check)`, of a function that takes a [`Run`].
        macro_rules! of_every_run {
            ($check:ident) => {
                $(#[test]
                fn $test() {
                    $check(&$crate::runs::$constant);
                })*
            };
        }
    };
}

runs! {
    theorem4 = THEOREM4: "run" "theorem4";
    theorem4_sampled = THEOREM4_SAMPLED: "run" "theorem4-sampled";
    theorem5 = THEOREM5: "run" "theorem5";
    fan_out_panels = FAN_OUT_PANELS: "run" "fan-out-panels";
    sgd_vs_flow = SGD_VS_FLOW: "run" "sgd-vs-flow";
    deep_training = DEEP_TRAINING: "run" "deep-training";
    deep_flow = DEEP_FLOW: "run" "deep-flow";
    implicit_regularization = IMPLICIT_REGULARIZATION: "run" "implicit-regularization";
    lottery_tickets = LOTTERY_TICKETS: "run" "lottery-tickets";
    flat_minima = FLAT_MINIMA: "run" "flat-minima";
    sweep_theorem4 = SWEEP_THEOREM4: "sweep" "sweep-theorem4";
    sweep_theorem5 = SWEEP_THEOREM5: "sweep" "sweep-theorem5";
    sweep_one_axis = SWEEP_ONE_AXIS: "sweep" "sweep-one-axis";
}

impl Run {
    /// What it leaves; the first who asks runs it.
    pub fn finished(&self) -> &Finished {
        self.finished.get_or_init(|| {
            let file = format!("{}.toml", self.name);
            let place = Place::with(&file, self.scenario);
            let assert = place.luckflow(&[self.verb, &file, "--out", "out"]).assert().success().stderr("");
            let stdout = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
            let finished = Finished {
                stdout,
                files: files(&place.path("out")),
            };
            if let Some(folder) = std::env::var_os("LUCKFLOW_KEEP_RUNS") {
                finished.keep(&Path::new(&folder).join(self.name));
            }
            finished
        })
    }
}

impl Finished {
    /// A file's text.
    pub fn text(&self, name: &str) -> &str {
        let bytes = self.files.get(name).unwrap_or_else(|| panic!("no {name}"));
        std::str::from_utf8(bytes).unwrap()
    }

    /// Names of the files that end so.
    pub fn named<'a>(&'a self, end: &'a str) -> impl Iterator<Item = &'a str> {
        let names = self.files.keys().map(String::as_str);
        names.filter(move |name| name.ends_with(end))
    }

    /// Writes what two runs of one program have in common.
    fn keep(&self, folder: &Path) {
        let stdout = ("stdout".to_owned(), self.stdout.clone().into_bytes());
        let timeless = |(name, _): &(String, Vec<u8>)| name != "seconds.csv";
        for (name, bytes) in self.files.clone().into_iter().filter(timeless).chain([stdout]) {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let bytes = match String::from_utf8(bytes) {
                Ok(text) => without_provenance(&text).into_bytes(),
                Err(binary) => binary.into_bytes(),
            };
            std::fs::write(path, bytes).unwrap();
        }
    }
}
