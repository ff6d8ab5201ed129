//! One exact evaluation of the flow beside its floor: the time of its own matrix products alone.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use luckflow::flow::lanes::{LANES, side_by_side};
use luckflow::flow::{FanOut, FlowOptions, TwoLayerFlow};
use luckflow::network::{Layer, TwoLayer, draw, unit};
use luckflow::overlap::{ExactGaussian, Input};
use luckflow::rng::stream;
use ndarray::Array2;
use ndarray::linalg::general_mat_mul;
use rand_distr::{Distribution, StandardNormal};
use std::hint::black_box;
use std::time::Instant;

/// (d, m, n, C); the last is the widest student of the fan-out panels.
const SIZES: [[usize; 4]; 6] = [
    [10, 5, 5, 5],
    [20, 10, 20, 10],
    [100, 20, 100, 20],
    [400, 100, 400, 100],
    [1000, 100, 1000, 100],
    [10, 20, 200, 30],
];

fn normal(seed: u64, shape: (usize, usize)) -> Array2<f64> {
    let mut stream = stream(seed, "bench", &[]);
    Array2::from_shape_simple_fn(shape, || StandardNormal.sample(&mut stream))
}

fn network([d, m, n, c]: [usize; 4], threshold: f64) -> TwoLayer {
    let units = |seed, nodes| {
        let mut weights = normal(seed, (d, nodes));
        weights.columns_mut().into_iter().for_each(|mut column| {
            unit::normalize(&mut column);
        });
        Layer::with_threshold(weights, threshold)
    };
    TwoLayer {
        teacher: units(1, m),
        teacher_fan_out: normal(2, (m, c)),
        student: units(3, n),
        fan_out: normal(4, (n, c)),
    }
}

/// The eight products of an evaluation with V running, on matrices of the same sizes.
fn floor([d, m, n, c]: [usize; 4]) -> impl FnMut() {
    let (w, w_star) = (normal(1, (n, d)), normal(2, (m, d)));
    let (v, v_star) = (normal(3, (n, c)), normal(4, (m, c)));
    let (mut square, mut wide) = (Array2::zeros((n, n)), Array2::zeros((n, m)));
    let (mut force, mut fan_out) = (Array2::zeros((n, d)), Array2::zeros((n, c)));
    move || {
        general_mat_mul(1.0, &w, &w.t(), 0.0, &mut square);
        general_mat_mul(1.0, &w, &w_star.t(), 0.0, &mut wide);
        general_mat_mul(1.0, &v, &v.t(), 0.0, &mut square);
        general_mat_mul(1.0, &v, &v_star.t(), 0.0, &mut wide);
        general_mat_mul(1.0, &wide, &w_star, 0.0, &mut force);
        general_mat_mul(1.0, &square, &w, 0.0, &mut force);
        general_mat_mul(1.0, &wide, &v_star, 0.0, &mut fan_out);
        general_mat_mul(1.0, &square, &v, 0.0, &mut fan_out);
        black_box((&force, &fan_out));
    }
}

fn evaluation(criterion: &mut Criterion) {
    luckflow::blas::single_threaded();
    let mut group = criterion.benchmark_group("flow");
    group.sample_size(20);
    let pool = |threads: usize| {
        let builder = rayon::ThreadPoolBuilder::new().num_threads(threads);
        builder.build().expect("threads can be had")
    };
    let (one_thread, all_threads) = (pool(1), pool(0));
    for size in SIZES {
        let name = format!("{size:?}");
        let mut products = floor(size);
        group.bench_function(BenchmarkId::new("floor", &name), |bench| bench.iter(&mut products));
        for threshold in [0.0, 2.0] {
            let network = network(size, threshold);
            let options = FlowOptions {
                projection: true,
                fan_out: FanOut::Running,
            };
            let overlap = Box::new(ExactGaussian::new());
            let input = Input::standard_gaussian();
            let mut flow = TwoLayerFlow::new(&network, overlap, &input, options);
            let y = flow.state_of(&network);
            let mut dy = vec![0.0; y.len()];
            let mut measure = |pool: &rayon::ThreadPool, threads: &str| {
                let id = BenchmarkId::new(format!("exact, b = {threshold}, {threads}"), &name);
                group.bench_function(id, |bench| pool.install(|| bench.iter(|| flow.velocity(black_box(&y), &mut dy))));
            };
            measure(&one_thread, "one thread");
            if size[2] >= 200 {
                measure(&all_threads, "all threads");
            }
        }
    }
    group.finish();
}

/// Ten student and ten teacher nodes in ever more dimensions: k = 20 coordinates are enough.
fn dimensions(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("exact, 10 + 10 nodes");
    for dim in [20, 1000, 1_000_000] {
        let teacher = draw::random_teacher(&mut stream(1, "bench", &[]), dim, 10);
        let student = draw::students_at_angle(&mut stream(2, "bench", &[]), dim, teacher.view(), 0.3);
        let network = TwoLayer::with_unit_fan_out(&teacher, student, 1.0);
        let overlap = Box::new(ExactGaussian::new());
        let input = Input::standard_gaussian();
        let mut flow = TwoLayerFlow::new(&network, overlap, &input, FlowOptions::default());
        let y = flow.state_of(&network);
        let mut dy = vec![0.0; y.len()];
        group.bench_function(BenchmarkId::new("d", dim), |bench| {
            bench.iter(|| flow.velocity(black_box(&y), &mut dy));
        });
    }
    group.finish();
}

/// Small flows alone, and eight of them side by side: the time of one evaluation.
fn small(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("small flows");
    let size = [10, 5, 5, 5];
    for (fan_out, words) in [(FanOut::Fixed, "V fixed"), (FanOut::Running, "V running")] {
        for threshold in [0.0, 2.0] {
            let network = network(size, threshold);
            let options = FlowOptions {
                projection: true,
                fan_out,
            };
            let evaluate = |count: u64| {
                let (overlap, input) = (Box::new(ExactGaussian::new()), Input::standard_gaussian());
                let mut flow = TwoLayerFlow::new(&network, overlap, &input, options);
                let y = flow.state_of(&network);
                let mut dy = vec![0.0; y.len()];
                for _ in 0..count {
                    flow.velocity(black_box(&y), &mut dy);
                }
            };
            let timed = |work: &dyn Fn()| {
                let begin = Instant::now();
                work();
                begin.elapsed()
            };
            let name = format!("{words}, b = {threshold}");
            group.bench_function(BenchmarkId::new("alone", &name), |bench| {
                bench.iter_custom(|count| timed(&|| evaluate(count)));
            });
            group.bench_function(BenchmarkId::new("side by side", &name), |bench| {
                bench.iter_custom(|count| {
                    timed(&|| {
                        let mut left = LANES as u64;
                        side_by_side(1 << 20, |_| {
                            left = left.checked_sub(1)?;
                            Some(|| evaluate(count.div_ceil(LANES as u64)))
                        });
                    })
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, evaluation, dimensions, small);
criterion_main!(benches);
