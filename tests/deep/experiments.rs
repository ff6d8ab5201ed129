//! Training by samples end to end, in the library: what the experiments find where it is known what they must find.

use crate::common::interpret;
use luckflow::experiment::deep::hessian::SpectrumMethod;
use luckflow::experiment::deep::tickets::Keep;
use luckflow::experiment::deep::{
    Metric, Observation, Teachers, TrainingPlan, TrainingTrajectory, flow, hessian, labels, tickets, training,
};
use luckflow::experiment::{Experiment, Nowhere, Outcome, Scenario, Silent};
use luckflow::integrate::RunEnd;
use luckflow::network::deep::uniform;
use luckflow::rng::stream;

const AUTHORS: &str = r#"
    experiment = "deep-training"
    [teacher]
    hidden = [10, 15, 20, 25]
    [data]
    deviation = 10
    [training]
    epochs = 4
    step = 0.1
"#;

const SMALL: &str = r#"
    [teacher]
    input_dim = 10
    hidden = [5]
    outputs = 5
    [student]
    widths = 1
    [data]
    samples = 4000
    held_out = 500
    [training]
    epochs = 60
    step = 0.5
    momentum = 0.9
"#;

fn small(experiment: &str, further: &str, overrides: &[&str]) -> Scenario {
    interpret(&format!("experiment = \"{experiment}\"\n{SMALL}{further}"), overrides)
}

#[test]
fn the_lowest_layer_of_the_authors_small_teacher_is_found_within_a_few_epochs() {
    let scenario = interpret(AUTHORS, &[] as &[&str]);
    let scenario: &training::DeepTraining = scenario.get().unwrap();
    let found = scenario.simulate(&Silent).unwrap();
    let run = &found.runs[0];
    assert_eq!(found.end, RunEnd::Finished);
    assert!(run.rows[0].rho[0] < 0.6, "{:?}", run.rows[0].rho);
    assert!(run.last.rho[0] > 0.99, "{:?}", run.last.rho);
    // Nobody wins by luck alone: final winners stood at some rank, and in the end at none.
    assert!(run.rows[0].rank.iter().all(|&rank| rank > 0.01));
    assert!(run.last.rank.iter().all(|&rank| rank == 0.0));
    assert!(run.last.held_out.loss < 0.1 * run.rows[0].held_out.loss);
}

#[test]
fn a_student_of_the_teachers_size_has_a_flat_direction_for_each_hidden_node_and_no_other() {
    // max(w·x, 0) v = max(a w·x, 0) v/a: a direction for each node in which the loss does not change.
    let scenario = small("flat-minima", "", &["student.widths=[1, 4]", "data.samples=10000"]);
    let scenario: &hessian::FlatMinima = scenario.get().unwrap();
    let found = scenario.simulate(&Silent).unwrap();
    let [own, wide] = &found.runs[..] else {
        panic!("two widths");
    };
    assert!(own.method == SpectrumMethod::Whole && own.held_out_loss < 1e-9, "{:?}", own.held_out_loss);
    assert_eq!(own.flat_directions.round(), 5.0);
    assert!(own.density.least() > -1e-6 * own.density.largest());
    // Four times as many nodes have more than four times as many flat directions.
    assert!(wide.flat_directions > 60.0, "{}", wide.flat_directions);
}

#[test]
fn lanczos_and_the_whole_spectrum_agree_on_the_largest_eigenvalue_and_the_flat_part() {
    let spectrum = |dense: &str| {
        let overrides = ["student.widths=3", "training.epochs=20", dense, "hessian.probes=40", "hessian.samples=500"];
        let scenario = small("flat-minima", "[hessian]\nsteps = 60\n", &overrides);
        let scenario: &hessian::FlatMinima = scenario.get().unwrap();
        scenario.simulate(&Silent).unwrap().found.runs.remove(0)
    };
    let (whole, estimate) = (spectrum("hessian.dense=1000"), spectrum("hessian.dense=0"));
    assert!((whole.method, estimate.method) == (SpectrumMethod::Whole, SpectrumMethod::Lanczos));
    let ratio = estimate.density.largest() / whole.density.largest();
    assert!((ratio - 1.0).abs() < 1e-8, "{ratio}");
    // Forty probes of 245 parameters: a standard error of about 0.5·√(2/(245·40)).
    let difference = (estimate.near_zero - whole.near_zero).abs();
    assert!(difference < 0.05, "{} and {}", estimate.near_zero, whole.near_zero);
}

#[test]
fn a_small_teacher_is_fitted_before_noise_also_where_they_are_mixed() {
    let further = "[labels]\nlarge = [80]\n";
    let overrides = ["student.widths=40", "data.samples=400", "training.epochs=150", "training.step=0.1"];
    let scenario = small("implicit-regularization", further, &overrides);
    let scenario: &labels::ImplicitRegularization = scenario.get().unwrap();
    let found = scenario.simulate(&Silent).unwrap();
    let fitted = |labels, component: usize| labels::median(labels, &found.runs, |row| row.fitted[component]);
    let half =
        |points: Vec<(f64, f64)>| points.iter().find(|point| point.1 > 0.5).map_or(f64::INFINITY, |point| point.0);
    let small = half(fitted(labels::Labels::Small, 0));
    let noise = half(fitted(labels::Labels::Noise, 0));
    assert!(3.0 * small < noise, "{small} and {noise}");
    let mixture = labels::Labels::SmallAndNoise(0.5);
    assert!(3.0 * half(fitted(mixture, 0)) < half(fitted(mixture, 1)));
    // What is fitted starts at nothing, and noise does not generalise.
    assert!(fitted(labels::Labels::Small, 0)[0].1.abs() < 0.2);
    let held_out = |labels| labels::median(labels, &found.runs, |row| row.held_out_loss).last().unwrap().1;
    assert!(held_out(labels::Labels::Noise) > 1.0 && held_out(labels::Labels::Small) < 0.2);
}

#[test]
fn tickets_have_the_asked_size_and_their_own_start() {
    let overrides = ["student.widths=6", "training.epochs=3", "seeds=2"];
    let scenario = small("lottery-tickets", "[tickets]\nsize = 2\n", &overrides);
    let scenario: &tickets::LotteryTickets = scenario.get().unwrap();
    let found = scenario.simulate(&Silent).unwrap();
    assert_eq!(found.tickets.len(), 2 * 5);
    for ticket in &found.tickets {
        let size = if ticket.start == tickets::Start::Whole { 30 } else { 10 };
        assert_eq!(ticket.hidden, [size], "{:?}", ticket.start);
        assert_eq!(ticket.held_out.len(), 4);
    }
    // Each kind of start is another one.
    let first = |start| found.of(start).next().unwrap().held_out[0];
    let starts = scenario.starts();
    for (i, &a) in starts.iter().enumerate() {
        for &b in &starts[..i] {
            assert_ne!(first(a), first(b), "{a:?} and {b:?}");
        }
    }
    let winners = tickets::Start::Winners(Keep::Correlation);
    assert_eq!(tickets::ratios(&found.tickets, winners, tickets::Start::Fresh).len(), 2);
}

#[test]
fn tickets_are_rewound_to_an_epoch_of_the_whole_student() {
    let run = |rewind: &str| {
        let overrides = ["student.widths=4", "training.epochs=5", rewind];
        let scenario = small("lottery-tickets", "", &overrides);
        let scenario: &tickets::LotteryTickets = scenario.get().unwrap();
        scenario.simulate(&Silent).unwrap()
    };
    let (own, late) = (run("tickets.rewind=0"), run("tickets.rewind=5"));
    let losses = |found: &tickets::Outcome, start| found.of(start).next().unwrap().held_out.clone();
    for start in [tickets::Start::Whole, tickets::Start::Fresh] {
        assert_eq!(losses(&own, start), losses(&late, start), "{start:?}");
    }
    // A trained student's winners know something before they are trained again.
    let winners = tickets::Start::Winners(Keep::Correlation);
    let (own, late) = (losses(&own, winners), losses(&late, winners));
    assert!(late[0] < 0.7 * own[0], "{} {}", late[0], own[0]);
}

#[test]
fn the_matrix_flow_of_a_deep_network_learns_too() {
    let overrides = [
        "training.step=0.05",
        "training.normalize_nodes=true",
        "student.widths=3",
        "training.momentum=",
        "training.epochs=",
        "data.samples=",
    ];
    let scenario = small("deep-flow", "[flow]\nsteps = 300\nsamples = 256\n", &overrides);
    let scenario: &flow::DeepFlow = scenario.get().unwrap();
    let found = scenario.simulate(&Silent).unwrap();
    for path in [&found.flow, &found.sgd] {
        let (first, last) = (&path.rows[0], &path.rows[path.rows.len() - 1]);
        assert!(last.loss < 0.3 * first.loss, "{} from {}", last.loss, first.loss);
        assert!(last.rho[0] > first.rho[0]);
        // The output is never separated.
        assert!(last.separation[1] < 1e-9 && first.separation[0] > 1e-3);
    }
}

struct Norm;

impl Metric for Norm {
    fn name(&self) -> String {
        "largest fan-out".into()
    }

    fn measure(&self, at: &Observation) -> f64 {
        let norms = at.network.fan_out_norms(0);
        assert_eq!(norms.len(), at.network.linear(0).weights.nrows());
        norms.into_iter().fold(0.0, f64::max)
    }
}

#[test]
fn other_metrics_can_be_added() {
    let scenario = small("deep-training", "", &["training.epochs=2"]);
    let scenario: &training::DeepTraining = scenario.get().unwrap();
    let base = &scenario.base;
    let problem = Teachers::of(base, None, &Nowhere, &Silent).unwrap().problem(1, 1.0).unwrap();
    let architecture = base.student.architecture(&base.teacher.architecture, 2, None);
    let plan = TrainingPlan {
        label: "mine".into(),
        identity: String::new(),
        student: uniform(&mut stream(1, "student", &[]), &architecture),
        training: &base.training.training,
        epochs: 2,
        seed: 1,
        metrics: vec![Box::new(Norm)],
    };
    let trajectory = TrainingTrajectory::run(&problem, plan, &Nowhere, &Silent).unwrap();
    assert_eq!(trajectory.extra, ["largest fan-out"]);
    for record in &trajectory.epochs {
        let largest = record.fan_out[0].iter().copied().fold(0.0, f64::max);
        assert_eq!(record.extra, [largest]);
    }
}

#[test]
fn a_training_begins_with_the_student_of_another() {
    let trained = |overrides: &[&str]| {
        let scenario = small("deep-training", "", overrides);
        let scenario: &training::DeepTraining = scenario.get().unwrap();
        scenario.simulate(&Silent)
    };
    let before = trained(&["training.epochs=2"]).unwrap();
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("student.safetensors");
    let files = Outcome::files(&before);
    let student = files.into_iter().find(|file| file.name.starts_with("students/"));
    let mut bytes = Vec::new();
    (student.unwrap().fill)(&mut bytes).unwrap();
    std::fs::write(&file, bytes).unwrap();

    let begin = format!("student.weights={{ file = {file:?} }}");
    let after = trained(&[&begin, "training.epochs=1"]).unwrap();
    let (end, start) = (&before.runs[0].last, &after.runs[0].start);
    assert_eq!(start.held_out.loss, end.held_out.loss);
    assert!(after.runs[0].last.held_out.loss < end.held_out.loss);
    let scaled = trained(&[&begin, "student.scale=2", "training.epochs=1"]).unwrap();
    assert!(scaled.runs[0].start.held_out.loss > 2.0 * end.held_out.loss);

    let wrong = trained(&[&begin, "student.widths=2"]).map(drop);
    let wrong = wrong.unwrap_err().to_string();
    let words = ["student.weights", "student.safetensors", "the student of a run, of these layers"];
    assert!(words.iter().all(|word| wrong.contains(word)), "{wrong}");
}
