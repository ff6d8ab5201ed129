//! Trainings of convolutions on images, end to end in the library: what is found, what is the same however it is run.

use crate::common::interpret;
use luckflow::experiment::deep::training::{DeepTraining, Outcome};
use luckflow::experiment::{Experiment, Hooks, Silent, Store};
use luckflow::images::{ImageFolder, Moments};
use luckflow::integrate::RunEnd;
use luckflow::network::deep::Deep;
use luckflow::output::digest::digest;
use luckflow::sgd::outputs;
use ndarray::Array2;
use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

const IMAGES: &str = "tests/data/fashion-mnist";

const TRAINED: &str = r#"
    experiment = "deep-training"
    [teacher]
    layers = "convolution"
    image = [1, 28, 28]
    hidden = [6, 6]
    outputs = 10
    weights = "trained"
    batch_norm = "after-relu"
    [teacher.training]
    epochs = 8
    batch = 20
    [student]
    widths = 2
    batch_norm = "before-relu"
    [data]
    images = { folder = "tests/data/fashion-mnist" }
    samples = 200
    held_out = 100
    [training]
    epochs = 4
    batch = 16
    step = 0.005
    momentum = 0.5
"#;

const CHANGING: [&str; 2] = ["data.crop=2", "data.flip=true"];

fn training(overrides: &[&str]) -> DeepTraining {
    let scenario = interpret(TRAINED, overrides);
    scenario.get::<DeepTraining>().unwrap().clone()
}

fn simulate(overrides: &[&str]) -> Outcome {
    training(overrides).simulate(&Silent).unwrap()
}

/// The images that are measured on.
fn held_out() -> (Array2<f32>, Vec<u8>) {
    let folder = ImageFolder::open(Path::new(IMAGES)).unwrap();
    let moments = Moments::of(&folder.train);
    let test = folder.test;
    (test.matrix(100, &moments), test.labels()[..100].to_vec())
}

#[test]
fn a_teacher_learns_the_classes_and_a_student_what_it_says() {
    let found = simulate(&[]);
    assert_eq!(found.end, RunEnd::Finished);
    let (run, teacher) = (&found.runs[0], &found.teachers[0]);
    let accuracy = teacher.held_out.accuracy.unwrap();
    assert!(accuracy > 0.5, "{accuracy}");
    assert!(run.last.held_out.loss < 0.5 * run.start.held_out.loss);
    assert!(run.last.rho.iter().all(|&rho| (0.5..=1.0).contains(&rho)));

    // What is said of both, from the networks that are left.
    let (inputs, labels) = held_out();
    let said = outputs(&run.teacher, inputs.view());
    let is_right = |(y, label): (ndarray::ArrayView1<f32>, &u8)| {
        let best = (0..10).fold(0, |best, c| if y[c] > y[best] { c } else { best });
        best == usize::from(*label)
    };
    let right = said.rows().into_iter().zip(&labels).filter(|pair| is_right(*pair));
    assert_eq!(right.count() as f64 / 100.0, accuracy);
    let apart = &outputs(&run.student, inputs.view()) - &said;
    let loss = apart.iter().map(|&d| f64::from(d * d)).sum::<f64>() / apart.len() as f64;
    assert!((loss / run.last.held_out.loss - 1.0).abs() < 1e-5);

    // Which classes both give: every image counted by itself.
    let best = |y: ndarray::ArrayView1<f32>| (0..10).max_by(|&a, &b| y[a].total_cmp(&y[b]));
    let of_student = outputs(&run.student, inputs.view());
    let pairs = said.rows().into_iter().map(best);
    let pairs = pairs.zip(of_student.rows().into_iter().map(best));
    let mut counts = vec![vec![0; 10]; 10];
    pairs.for_each(|(i, j)| counts[i.unwrap()][j.unwrap()] += 1);
    let confusion = run.confusion.as_ref().unwrap();
    assert_eq!(confusion.counts, counts);
    let same: u64 = (0..10).map(|class| counts[class][class]).sum();
    assert_eq!(confusion.agreement, same as f64 / 100.0);
    assert!((30..100).contains(&same), "{same}: far above chance, and not all");

    // Together the outputs on the training images have unit deviation.
    let folder = ImageFolder::open(Path::new(IMAGES)).unwrap();
    let train = folder.train.matrix(200, &Moments::of(&folder.train));
    let said = outputs(&run.teacher, train.view()).mapv(f64::from);
    assert!((said.std(0.0) - 1.0).abs() < 1e-4, "{}", said.std(0.0));
}

/// Keeps checkpoints in memory.
#[derive(Default)]
struct Memory(Mutex<HashMap<String, Vec<u8>>>);

impl Store for Memory {
    fn save(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.0.lock().unwrap().insert(name.into(), bytes.into());
        Ok(())
    }

    fn append(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut all = self.0.lock().unwrap();
        all.entry(name.into()).or_default().extend(bytes);
        Ok(())
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut all = self.0.lock().unwrap();
        if let Some(bytes) = all.remove(from) {
            all.insert(to.into(), bytes);
        }
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.0.lock().unwrap().remove(name);
        Ok(())
    }

    fn load(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        Ok(self.0.lock().unwrap().get(name).cloned())
    }
}

/// Presses Ctrl-C at a look, and at all after it.
struct Impatient {
    looks: AtomicUsize,
    patience: usize,
}

impl Hooks for Impatient {
    fn interrupted(&self) -> bool {
        self.looks.fetch_add(1, Ordering::Relaxed) >= self.patience
    }
}

/// All that a run leaves, but for the time it took.
fn left(found: &Outcome) -> (Vec<Deep<f32>>, Vec<f64>) {
    let run = &found.runs[0];
    let numbers = run.rows.iter().flat_map(|row| {
        let losses = [row.training_loss, row.held_out.loss];
        losses.into_iter().chain(row.rho.clone())
    });
    let numbers = numbers.filter(|x| !x.is_nan()).collect();
    (vec![run.teacher.clone(), run.student.clone()], numbers)
}

#[test]
fn changing_images_are_the_same_after_any_stop_also_within_an_epoch() {
    let scenario = training(&CHANGING);
    let whole = scenario.simulate(&Silent).unwrap();
    let plain = simulate(&[]);
    assert_ne!(left(&whole), left(&plain), "images have changed");
    // A look after the first step of each sixteen: epochs of 13 steps are broken off after one.
    // Before that it is looked whether to begin at all, with the teachers and with the students.
    for patience in [2, 5, 11] {
        let (store, mut stops) = (Memory::default(), 0);
        let found = loop {
            let hooks = Impatient {
                looks: AtomicUsize::new(0),
                patience,
            };
            let setup = scenario.prepare().unwrap();
            let found = scenario.run(setup, &store, &hooks).unwrap();
            if found.end == RunEnd::Finished {
                break found;
            }
            assert!(matches!(found.end, RunEnd::Interrupted { .. }), "{:?}", found.end);
            stops += 1;
            assert!(stops < 100);
        };
        assert!(stops > 0, "{patience}");
        assert_eq!(left(&found), left(&whole), "{patience}: {stops} stops");
    }
}

/// The records of a training, with a part of another name: what another training of the same label might have left.
fn renamed(records: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = records;
    while let Some((length, tail)) = rest.split_first_chunk::<8>() {
        let size = u64::from_le_bytes(*length) as usize;
        let mut record = tail[32..32 + size].to_vec();
        let at = record.windows(from.len()).position(|part| part == from);
        record.splice(at.unwrap()..at.unwrap() + from.len(), to.iter().copied());
        out.extend(length);
        out.extend(digest::<16>(&[&record]).into_bytes());
        out.extend(record);
        rest = &tail[32 + size..];
    }
    out
}

#[test]
fn records_that_are_not_of_this_training_are_not_used() {
    let scenario = training(&[]);
    let store = Memory::default();
    let whole = scenario.run(scenario.prepare().unwrap(), &store, &Silent);
    let whole = left(&whole.unwrap());
    let kept = store.0.lock().unwrap().clone();
    for (from, to) in [("fan_out.0", "fan_oud.0"), ("correlations.0", "correlationz.0")] {
        let mut changed = kept.clone();
        for (name, bytes) in &mut changed {
            if name.ends_with("records") && !name.contains("teacher") {
                *bytes = renamed(bytes, from.as_bytes(), to.as_bytes());
            }
        }
        assert_ne!(changed, kept);
        let store = Memory(Mutex::new(changed));
        let found = scenario.run(scenario.prepare().unwrap(), &store, &Silent);
        assert_eq!(left(&found.unwrap()), whole, "{from}");
    }
}

#[test]
fn threads_change_nothing() {
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.unwrap().install(|| left(&simulate(&CHANGING)))
    };
    assert_eq!(on(1), on(2));
}

#[test]
fn a_student_learns_the_class_of_the_largest_output_too() {
    for overrides in [&[][..], &CHANGING] {
        let mut all = vec!["training.loss=cross-entropy", "training.epochs=6"];
        all.extend(overrides);
        let found = simulate(&all);
        let run = &found.runs[0];
        let (first, last) = (run.start.held_out, run.last.held_out);
        assert!(last.accuracy.unwrap() > 0.6, "{last:?}");
        assert!(last.loss < first.loss, "{last:?}");
    }
}

#[test]
fn a_dense_student_learns_from_flattened_images() {
    let text = TRAINED
        .replace("layers = \"convolution\"\n", "")
        .replace("image = [1, 28, 28]", "input_dim = 784")
        .replace("[6, 6]", "[30, 30]");
    let scenario = interpret(&text, &["training.step=0.05"]);
    let found = scenario.get::<DeepTraining>().unwrap().simulate(&Silent).unwrap();
    assert!(found.teachers[0].held_out.accuracy.unwrap() > 0.6);
    assert!(found.runs[0].last.held_out.loss < found.runs[0].start.held_out.loss);
}
