//! The diagrams of docs/performance.md, measured anew: `cargo bench --bench diagrams` writes them to docs/images/.
//!
//! - `work-precision.svg`: error against time for every method, where rates are near each other and where they are not.
//! - `scaling.svg`: time of one evaluation against the number of nodes, and of one estimate against the number of samples.

use luckflow::flow::{FanOut, FlowOptions, TwoLayerFlow};
use luckflow::integrate::{Method, Monitor, Plan, RunEnd, Step, Tolerance, integrate};
use luckflow::network::{Layer, TwoLayer, unit};
use luckflow::overlap::{ExactGaussian, Input, MonteCarlo, OverlapMethod, Overlaps, Resample};
use luckflow::plot::{Figure, Look};
use luckflow::rng::stream;
use ndarray::Array2;
use rand_distr::{Distribution, StandardNormal};
use std::time::Instant;

fn main() {
    luckflow::blas::single_threaded();
    // `cargo test --benches` only sees to it that it runs.
    let short = std::env::args().all(|argument| argument != "--bench");
    let diagrams = [
        ("work-precision-near.svg", work_precision(false, short)),
        ("work-precision-spread.svg", work_precision(true, short)),
        ("scaling.svg", scaling(short)),
    ];
    if short {
        return;
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/images");
    for (name, chart) in diagrams {
        std::fs::write(format!("{folder}/{name}"), chart.to_svg()).expect("docs/images can be written to");
        println!("wrote {folder}/{name}");
    }
}

fn normal(seed: u64, shape: (usize, usize)) -> Array2<f64> {
    let mut stream = stream(seed, "diagrams", &[]);
    Array2::from_shape_simple_fn(shape, || StandardNormal.sample(&mut stream))
}

fn layer(seed: u64, d: usize, nodes: usize, threshold: f64) -> Layer {
    let mut weights = normal(seed, (d, nodes));
    weights.columns_mut().into_iter().for_each(|mut column| {
        unit::normalize(&mut column);
    });
    Layer::with_threshold(weights, threshold)
}

fn network([d, m, n, c]: [usize; 4], threshold: f64) -> TwoLayer {
    TwoLayer {
        teacher: layer(1, d, m, threshold),
        teacher_fan_out: normal(2, (m, c)) / (c as f64).sqrt(),
        student: layer(3, d, n, threshold),
        fan_out: normal(4, (n, c)) * (0.3 / (c as f64).sqrt()),
    }
}

/// The state at the end is all that is wanted.
struct Nothing;

impl Monitor<TwoLayerFlow> for Nothing {
    fn output(&mut self, _: &mut TwoLayerFlow, _: f64, _: &[f64]) -> Option<RunEnd> {
        None
    }
}

/// State at the end, and seconds.
fn run(network: &TwoLayer, method: &Method, horizon: f64) -> (Vec<f64>, f64) {
    let options = FlowOptions {
        projection: true,
        fan_out: FanOut::Running,
    };
    let input = Input::standard_gaussian();
    let mut flow = TwoLayerFlow::new(network, Box::new(ExactGaussian::new()), &input, options);
    let start = flow.state_of(network);
    let plan = Plan::uniform(horizon, 1).times_of(method);
    let started = Instant::now();
    let report = integrate(&mut flow, start, method, &plan, &mut Nothing).expect("methods that fit");
    assert_eq!(report.end, RunEnd::Horizon);
    (report.state, started.elapsed().as_secs_f64())
}

fn work_precision(spread: bool, short: bool) -> Figure {
    // Rates of one order; and, with 100 students in 10 dimensions, from 1e-3 to 20.
    let (size, horizon) = if spread {
        ([10, 20, 100, 30], if short { 0.5 } else { 50.0 })
    } else {
        ([20, 10, 10, 10], if short { 0.5 } else { 20.0 })
    };
    let network = network(size, 0.0);
    let tolerance = |rtol: f64| Tolerance {
        rtol,
        atol: 0.01 * rtol,
    };
    let (exact, _) = run(&network, &Method::Dop853(tolerance(1e-13)), horizon);
    let steps = |first: f64| -> Vec<f64> { (0..6).map(|i| first * 0.5_f64.powi(i)).collect() };
    let tolerances: Vec<f64> = (3..=11).step_by(2).map(|i| 10f64.powi(-i)).collect();
    let coarse: Vec<f64> = (2..=7).map(|i| 10f64.powi(-i)).collect();
    let fixed = if spread { 0.1 } else { 1.0 };
    type Make = fn(f64) -> Method;
    let methods: [(&str, Look, Vec<f64>, Make); 5] = [
        ("dop853", Look::of_series(0), tolerances.clone(), |x| Method::Dop853(loose(x))),
        ("dopri5", Look::of_series(1), tolerances, |x| Method::Dopri5(loose(x))),
        ("rkc", Look::of_series(2), coarse, |x| Method::Rkc(loose(x))),
        ("rk4", Look::of_series(3), steps(fixed), |x| Method::Rk4(Step { step: x })),
        ("gradient-descent", Look::of_series(4), steps(fixed), |x| Method::GradientDescent(Step { step: x })),
    ];
    let [d, m, n, c] = size;
    let what = if spread { "far apart" } else { "near each other" };
    let mut measured = Vec::new();
    let mut figure = Figure::default()
        .caption("The time of a run over its error, for each method at several tolerances or steps.")
        .setting(format!("rates {what}, d = {d}, m = {m}, n = {n}, C = {c}, t = {horizon}"))
        .log_x("largest error of any weight at the end")
        .log_y("time of the run (seconds)")
        .note("All threads. A point for each tolerance or step.");
    for (name, look, settings, make) in methods {
        let settings = if short { settings[..1].to_vec() } else { settings };
        let points: Vec<(f64, f64)> = settings
            .into_iter()
            .map(|setting| {
                let (state, mut seconds) = run(&network, &make(setting), horizon);
                // Of a short run the fastest of several: a machine is seldom alone.
                for _ in 0..if short || seconds > 0.5 { 0 } else { 4 } {
                    seconds = seconds.min(run(&network, &make(setting), horizon).1);
                }
                let places = state.iter().zip(&exact).take(exact.len() - 1);
                let error = places.map(|(a, b)| (a - b).abs()).fold(1e-16, f64::max);
                println!("{name} at {setting:.1e}: error {error:.1e} in {seconds:.4} s");
                (error, seconds)
            })
            .filter(|(error, _)| *error < 1.0)
            .collect();
        measured.push((name, points.clone()));
        figure = figure.line(name, points, look);
    }
    let said = [3, 6, 9].map(|digits| {
        let name = fastest_within(&measured, 10f64.powi(-digits));
        format!("10^{{−{digits}}} with {}", name.unwrap_or("none"))
    });
    figure.title = format!("Rates {what}: an error of {} is reached first", said.join(", of "));
    figure
}

/// The method with the least time among the points whose error is at most that.
fn fastest_within<'a>(measured: &[(&'a str, Vec<(f64, f64)>)], error: f64) -> Option<&'a str> {
    let all = measured.iter().flat_map(|(name, points)| points.iter().map(move |point| (*name, *point)));
    let within = all.filter(|(_, (own, _))| *own <= error);
    let least = within.min_by(|a, b| a.1.1.total_cmp(&b.1.1))?;
    Some(least.0)
}

fn loose(rtol: f64) -> Tolerance {
    Tolerance {
        rtol,
        atol: 0.01 * rtol,
    }
}

fn scaling(short: bool) -> Figure {
    let nodes: Vec<usize> = if short {
        vec![50]
    } else {
        vec![50, 100, 200, 400, 800, 1600, 3200]
    };
    let exact: Vec<(f64, f64)> = nodes
        .into_iter()
        .map(|n| {
            let network = network([100, 50, n, 50], 1.0);
            let input = Input::standard_gaussian();
            let options = FlowOptions {
                projection: true,
                fan_out: FanOut::Running,
            };
            let mut flow = TwoLayerFlow::new(&network, Box::new(ExactGaussian::new()), &input, options);
            let y = flow.state_of(&network);
            let mut dy = vec![0.0; y.len()];
            (n as f64, fastest(|| flow.velocity(&y, &mut dy)))
        })
        .collect();
    let samples: Vec<usize> = if short {
        vec![1000]
    } else {
        vec![1000, 10_000, 100_000, 1_000_000, 10_000_000]
    };
    let estimates: Vec<(f64, f64)> = samples
        .into_iter()
        .map(|samples| {
            let (student, teacher) = (layer(1, 20, 20, 1.0), layer(2, 20, 10, 1.0));
            let resample = Resample::EveryEvaluation;
            let input = Input::standard_gaussian();
            let mut sampler = MonteCarlo::<f64>::new(input, samples, resample, 1);
            let mut out = Overlaps::zeros(20, 10);
            let once = || sampler.evaluate(student.view(), teacher.view(), &mut out);
            (samples as f64, fastest(once))
        })
        .collect();
    for (name, points) in [("nodes", &exact), ("samples", &estimates)] {
        for pair in points.windows(2) {
            let slope = (pair[1].1 / pair[0].1).ln() / (pair[1].0 / pair[0].0).ln();
            println!("{name} {} to {}: {:.4e} s, slope {slope:.2}", pair[0].0, pair[1].0, pair[1].1);
        }
    }
    let growth = |points: &[(f64, f64)]| match points {
        [.., (a, before), (b, after)] => (after / before).ln() / (b / a).ln(),
        _ => f64::NAN,
    };
    let (of_nodes, of_samples) = (growth(&exact), growth(&estimates));
    Figure::new(format!(
        "At the largest sizes time grows as n^{{{of_nodes:.2}}} with nodes, as N^{{{of_samples:.2}}} with samples"
    ))
    .caption("Time of one evaluation over the number of nodes, and of one estimate over the number of samples.")
    .log_x("student nodes n; samples N")
    .counted()
    .log_y("time (seconds)")
    .line("exact flow over n: d = 100, m = 50, C = 50, b = 1", exact, Look::of_series(0))
    .line("Monte Carlo over N: d = 20, m = 10, n = 20, b = 1, fresh samples", estimates, Look::of_series(1))
    .note("All threads.")
}

/// Seconds of the fastest of several calls, after one that is not counted.
fn fastest(mut call: impl FnMut()) -> f64 {
    call();
    let begun = Instant::now();
    let mut least = f64::INFINITY;
    let mut calls = 0;
    while calls < 3 || (begun.elapsed().as_secs_f64() < 0.5 && calls < 1000) {
        let started = Instant::now();
        call();
        least = least.min(started.elapsed().as_secs_f64());
        calls += 1;
    }
    least
}
