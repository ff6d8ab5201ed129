//! Trainings of convolutions on images, end to end in the library: what is found, what is the same however it is run.

#[path = "common/scenario.rs"]
mod common;

use common::interpret;
use luckflow::experiment::deep::training::{DeepTraining, Outcome};
use luckflow::experiment::deep::{hessian, labels, tickets};
use luckflow::experiment::{Experiment, Hooks, Silent, Store};
use luckflow::images::{ImageFolder, Moments};
use luckflow::integrate::RunEnd;
use luckflow::network::deep::Deep;
use luckflow::sgd::{Mode, Pass, outputs};
use ndarray::{Array2, s};
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
    let right = said
        .rows()
        .into_iter()
        .zip(&labels)
        .filter(|pair| is_right(*pair));
    assert_eq!(right.count() as f64 / 100.0, accuracy);
    let apart = &outputs(&run.student, inputs.view()) - &said;
    let loss = apart.iter().map(|&d| f64::from(d * d)).sum::<f64>() / apart.len() as f64;
    assert!((loss / run.last.held_out.loss - 1.0).abs() < 1e-5);

    // Together the outputs on the training images have unit deviation.
    let folder = ImageFolder::open(Path::new(IMAGES)).unwrap();
    let train = folder.train.matrix(200, &Moments::of(&folder.train));
    let said = outputs(&run.teacher, train.view()).mapv(f64::from);
    assert!((said.std(0.0) - 1.0).abs() < 1e-4, "{}", said.std(0.0));
}

#[test]
fn channels_correlate_over_all_samples_and_positions() {
    let found = simulate(&["training.epochs=1", "data.held_out=60"]);
    let run = &found.runs[0];
    let inputs = held_out().0.slice(s![..60, ..]).to_owned();
    let rho = rho(&run.teacher, &run.student, &inputs, 0);
    assert!((rho - run.last.rho[0]).abs() < 1e-5, "{rho}");
}

#[test]
fn too_many_activations_go_in_pieces_and_correlate_as_one() {
    // 81,370 activations of a sample: more than 2²⁶ of all.
    let text = r#"
        experiment = "deep-training"
        [teacher]
        layers = "convolution"
        image = [1, 28, 28]
        hidden = [64, 64]
        outputs = 3
        [student]
        widths = 1
        [data]
        samples = 8
        held_out = 900
        [training]
        epochs = 1
        batch = 8
        step = 0.001
    "#;
    let scenario = interpret(text, &[] as &[&str]);
    let found = scenario
        .get::<DeepTraining>()
        .unwrap()
        .simulate(&Silent)
        .unwrap();
    let run = &found.runs[0];
    let inputs = luckflow::sgd::gaussian_inputs(run.seed, "held out", [900, 784], 1.0);
    assert!(luckflow::sgd::piece(&run.student.architecture, 900) < 900);
    for l in 0..2 {
        let rho = rho(&run.teacher, &run.student, &inputs, l);
        assert!((rho - run.last.rho[l]).abs() < 1e-5, "{l}: {rho}");
    }
}

/// ρ̄ of a layer, from sums in f64 over a few samples at a time.
fn rho(teacher: &Deep<f32>, student: &Deep<f32>, inputs: &Array2<f32>, l: usize) -> f64 {
    let layer = |network: &Deep<f32>, x: ndarray::ArrayView2<f32>| {
        let mut pass = Pass::new(&network.architecture, x.nrows());
        pass.forward(network, x.t(), Mode::Evaluation);
        pass.activations(l).mapv(f64::from)
    };
    let mut sums: Option<[Array2<f64>; 3]> = None;
    let (mut means, mut count) = ([Array2::zeros((0, 0)), Array2::zeros((0, 0))], 0.0);
    for x in inputs.axis_chunks_iter(ndarray::Axis(0), 50) {
        let (f, g) = (layer(teacher, x), layer(student, x));
        count += f.ncols() as f64;
        let column = |a: &Array2<f64>| a.sum_axis(ndarray::Axis(1)).insert_axis(ndarray::Axis(1));
        let squares = |a: &Array2<f64>| column(&a.mapv(|x| x * x));
        let now = [f.dot(&g.t()), squares(&f), squares(&g)];
        match &mut sums {
            None => {
                sums = Some(now);
                means = [column(&f), column(&g)];
            }
            Some(sums) => {
                sums.iter_mut().zip(now).for_each(|(sum, now)| *sum += &now);
                means[0] += &column(&f);
                means[1] += &column(&g);
            }
        }
    }
    let ([products, squares, others], [f, g]) = (sums.unwrap(), means);
    let norm = |square: f64, sum: f64| (square - sum * sum / count).max(0.0).sqrt();
    let best = |i: usize| {
        let own = norm(squares[[i, 0]], f[[i, 0]]);
        let with = |j: usize| {
            let covariance = products[[i, j]] - f[[i, 0]] * g[[j, 0]] / count;
            covariance / (own * norm(others[[j, 0]], g[[j, 0]]))
        };
        let all = (0..g.nrows()).map(with).filter(|rho| rho.is_finite());
        (own > 1e-6).then(|| all.fold(f64::NEG_INFINITY, f64::max))
    };
    let all: Vec<f64> = (0..f.nrows()).filter_map(best).collect();
    all.iter().sum::<f64>() / all.len() as f64
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
    for patience in [0, 3, 9] {
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
            assert!(
                matches!(found.end, RunEnd::Interrupted { .. }),
                "{:?}",
                found.end
            );
            stops += 1;
            assert!(stops < 100);
        };
        assert!(stops > 0, "{patience}");
        assert_eq!(left(&found), left(&whole), "{patience}: {stops} stops");
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
    let found = scenario
        .get::<DeepTraining>()
        .unwrap()
        .simulate(&Silent)
        .unwrap();
    assert!(found.teachers[0].held_out.accuracy.unwrap() > 0.6);
    assert!(found.runs[0].last.held_out.loss < found.runs[0].start.held_out.loss);
}

/// Convolutions of drawn input, small.
const DRAWN: &str = r#"
    [teacher]
    layers = "convolution"
    image = [2, 6, 6]
    hidden = [3, 4]
    outputs = 5
    [student]
    widths = 2
    [data]
    samples = 400
    held_out = 100
    [training]
    epochs = 6
    batch = 20
    step = 0.05
"#;

fn drawn(experiment: &str, overrides: &[&str]) -> luckflow::experiment::Scenario {
    interpret(
        &format!("experiment = \"{experiment}\"\n{DRAWN}"),
        overrides,
    )
}

#[test]
fn tickets_are_channels() {
    let scenario = drawn("lottery-tickets", &[]);
    let found = scenario
        .get::<tickets::LotteryTickets>()
        .unwrap()
        .simulate(&Silent)
        .unwrap();
    assert_eq!(found.end, RunEnd::Finished);
    for ticket in &found.tickets {
        let own = ticket.start == tickets::Start::Whole;
        assert_eq!(ticket.hidden, if own { [6, 8] } else { [3, 4] });
        assert!(ticket.last() < ticket.held_out[0], "{:?}", ticket.start);
    }
}

#[test]
fn the_hessian_of_convolutions_has_a_flat_direction_for_each_channels_scale() {
    let overrides = [
        "student.widths=1",
        "training.epochs=300",
        "training.step=0.2",
        "training.momentum=0.9",
    ];
    let scenario = drawn("flat-minima", &overrides);
    let found = scenario
        .get::<hessian::FlatMinima>()
        .unwrap()
        .simulate(&Silent)
        .unwrap();
    let run = &found.runs[0];
    assert_eq!(run.parameters, 3 * 19 + 4 * 28 + 5 * 17);
    // Seven channels can be scaled against what reads them.
    assert!(run.held_out_loss < run.held_out_loss_start);
    assert!(run.flat_directions >= 7.0, "{}", run.flat_directions);
    assert!(run.least > -0.1 * run.largest);
}

#[test]
fn labels_of_images_are_a_teachers_or_noise() {
    let text = r#"
        experiment = "implicit-regularization"
        [teacher]
        layers = "convolution"
        image = [1, 28, 28]
        hidden = [2, 3]
        outputs = 4
        [labels]
        large = [6, 6]
        [student]
        widths = 3
        [data]
        images = { folder = "tests/data/fashion-mnist" }
        samples = 250
        held_out = 100
        [training]
        epochs = 20
        batch = 10
        step = 0.02
    "#;
    let scenario = interpret(text, &[] as &[&str]);
    let found = scenario.get::<labels::ImplicitRegularization>().unwrap();
    let found = found.simulate(&Silent).unwrap();
    assert_eq!(found.end, RunEnd::Finished);
    let last = |labels| {
        found
            .of(labels)
            .next()
            .unwrap()
            .rows
            .last()
            .unwrap()
            .clone()
    };
    let (small, noise) = (last(labels::Labels::Small), last(labels::Labels::Noise));
    // What a teacher says of real images holds for others too; noise is fitted later, and holds for none.
    assert!(
        small.held_out_loss < 0.5 && small.fitted[0] > 0.7,
        "{small:?}"
    );
    assert!(noise.held_out_loss > 0.9, "{noise:?}");
    assert!(small.training_loss < 0.5 * noise.training_loss);
}

#[test]
fn fresh_samples_are_never_seen_twice_and_help_where_few_are_seen_again_and_again() {
    let text = r#"
        experiment = "deep-training"
        [teacher]
        input_dim = 10
        hidden = [5]
        outputs = 5
        [student]
        widths = 4
        [data]
        samples = 40
        held_out = 500
        [training]
        epochs = 400
        batch = 20
        step = 0.1
    "#;
    let run = |overrides: &[&str]| {
        let scenario = interpret(text, overrides);
        let found = scenario
            .get::<DeepTraining>()
            .unwrap()
            .simulate(&Silent)
            .unwrap();
        found.runs[0].last.clone()
    };
    let (kept, fresh) = (run(&[]), run(&["data.fresh=true"]));
    // Forty samples are learned by heart; those of 400 epochs are the teacher.
    assert!(kept.training_loss < 0.2 * kept.held_out.loss, "{kept:?}");
    assert!(fresh.held_out.loss < 0.2 * kept.held_out.loss, "{fresh:?}");
    assert!(
        (fresh.training_loss / fresh.held_out.loss - 1.0).abs() < 0.5,
        "{fresh:?}"
    );
}
