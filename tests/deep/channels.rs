//! Channels as nodes: their correlations over all positions, and experiments that keep or count them.

use crate::common::interpret;
use luckflow::experiment::deep::training::DeepTraining;
use luckflow::experiment::deep::{hessian, labels, tickets};
use luckflow::experiment::{Experiment, Hooks, Nowhere, Silent};
use luckflow::integrate::RunEnd;
use luckflow::network::deep::Deep;
use luckflow::sgd::{Mode, Pass, gaussian_inputs, piece};
use ndarray::Array2;

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

#[test]
fn channels_correlate_over_all_samples_and_positions() {
    let scenario = drawn("deep-training", &["training.epochs=1"]);
    let scenario: &DeepTraining = scenario.get().unwrap();
    let run = &scenario.simulate(&Silent).unwrap().runs[0];
    let inputs = gaussian_inputs(run.seed, "held out", [100, 72], 1.0);
    for l in 0..2 {
        let rho = rho(&run.teacher, &run.student, &inputs, l);
        assert!((rho - run.last.rho[l]).abs() < 1e-5, "{l}: {rho}");
    }
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
    let found = scenario.get::<DeepTraining>().unwrap().simulate(&Silent).unwrap();
    let run = &found.runs[0];
    let inputs = gaussian_inputs(run.seed, "held out", [900, 784], 1.0);
    assert!(piece(&run.student.architecture, 900) < 900);
    for l in 0..2 {
        let rho = rho(&run.teacher, &run.student, &inputs, l);
        assert!((rho - run.last.rho[l]).abs() < 1e-5, "{l}: {rho}");
    }
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
    interpret(&format!("experiment = \"{experiment}\"\n{DRAWN}"), overrides)
}

#[test]
fn tickets_are_channels() {
    let scenario = drawn("lottery-tickets", &[]);
    let found = scenario.get::<tickets::LotteryTickets>().unwrap().simulate(&Silent).unwrap();
    assert_eq!(found.end, RunEnd::Finished);
    for ticket in &found.tickets {
        let own = ticket.start == tickets::Start::Whole;
        assert_eq!(ticket.hidden, if own { [6, 8] } else { [3, 4] });
        assert!(ticket.last() < ticket.held_out[0], "{:?}", ticket.start);
    }
}

/// Presses Ctrl-C at the ninth look.
struct Late(std::sync::atomic::AtomicUsize);

impl Hooks for Late {
    fn interrupted(&self) -> bool {
        self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed) >= 8
    }
}

#[test]
fn a_stop_while_tickets_are_rewound_is_no_regular_end() {
    // A look in each of the six epochs of the whole student: the ninth is while it is trained again, to be rewound to.
    let scenario = drawn("lottery-tickets", &["tickets.rewind=6", "data.samples=300"]);
    let scenario: &tickets::LotteryTickets = scenario.get().unwrap();
    let hooks = Late(std::sync::atomic::AtomicUsize::new(0));
    let found = scenario.run(None, &Nowhere, &hooks).unwrap();
    assert!(matches!(found.end, RunEnd::Interrupted { .. }), "{:?}", found.end);
}

#[test]
fn the_hessian_of_convolutions_has_a_flat_direction_for_each_channels_scale() {
    let overrides = ["student.widths=1", "training.epochs=300", "training.step=0.2", "training.momentum=0.9"];
    let scenario = drawn("flat-minima", &overrides);
    let found = scenario.get::<hessian::FlatMinima>().unwrap().simulate(&Silent).unwrap();
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
    let last = |labels| found.of(labels).next().unwrap().rows.last().unwrap().clone();
    let (small, noise) = (last(labels::Labels::Small), last(labels::Labels::Noise));
    // What a teacher says of real images holds for others too; noise is fitted later, and holds for none.
    assert!(small.held_out_loss < 0.5 && small.fitted[0] > 0.7, "{small:?}");
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
        let found = scenario.get::<DeepTraining>().unwrap().simulate(&Silent).unwrap();
        found.runs[0].last.clone()
    };
    let (kept, fresh) = (run(&[]), run(&["data.fresh=true"]));
    // Forty samples are learned by heart; those of 400 epochs are the teacher.
    assert!(kept.training_loss < 0.2 * kept.held_out.loss, "{kept:?}");
    assert!(fresh.held_out.loss < 0.2 * kept.held_out.loss, "{fresh:?}");
    assert!((fresh.training_loss / fresh.held_out.loss - 1.0).abs() < 0.5, "{fresh:?}");
}
