//! A Monte-Carlo estimate of all overlaps beside its floor: pre-activations and the symmetric L product alone.

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use luckflow::network::{Layer, unit};
use luckflow::overlap::monte_carlo::Real;
use luckflow::overlap::{Input, MonteCarlo, OverlapMethod, Overlaps, Resample};
use luckflow::rng::stream;
use ndarray::Array2;
use ndarray::linalg::general_mat_mul;
use std::hint::black_box;

/// (N, d, m, n)
const SIZES: [[usize; 4]; 3] = [[10_000, 20, 10, 20], [100_000, 100, 20, 100], [100_000, 400, 100, 400]];

const BLOCK: usize = 1024;

fn normal<T: Real>(seed: u64, shape: (usize, usize)) -> Array2<T> {
    let mut stream = stream(seed, "bench", &[]);
    Array2::from_shape_simple_fn(shape, || T::normal(&mut stream))
}

fn layer(seed: u64, d: usize, nodes: usize, threshold: f64) -> Layer {
    let mut weights = normal::<f64>(seed, (d, nodes));
    weights.columns_mut().into_iter().for_each(|mut column| {
        unit::normalize(&mut column);
    });
    Layer::with_threshold(weights, threshold)
}

/// The two products of each block; of the second the upper half of the student pairs, as if it could be had for half.
fn floor<T: Real>([samples, d, m, n]: [usize; 4]) -> impl FnMut() {
    let (weights, x) = (normal::<T>(1, (n + m, d)), normal::<T>(2, (BLOCK, d)));
    let (mut f, mut l) = (normal::<T>(3, (n + m, BLOCK)), normal::<T>(4, (n, n / 2 + m)));
    move || {
        for _ in 0..samples.div_ceil(BLOCK) {
            general_mat_mul(T::one(), &weights, &x.t(), T::zero(), &mut f);
            let (students, others) = (f.slice(ndarray::s![..n, ..]), f.slice(ndarray::s![n / 2.., ..]));
            general_mat_mul(T::one(), &students, &others.t(), T::zero(), &mut l);
        }
        black_box(&l);
    }
}

/// Standard normal numbers, a million at a time.
fn normals(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("a million normals");
    let mut stream = stream(1, "bench", &[]);
    let mut numbers = vec![0.0_f64; 1_000_000];
    group.bench_function("f64", |bench| {
        bench.iter(|| numbers.iter_mut().for_each(|x| *x = f64::normal(&mut stream)));
    });
    let mut numbers = vec![0.0_f32; 1_000_000];
    group.bench_function("f32", |bench| {
        bench.iter(|| numbers.iter_mut().for_each(|x| *x = f32::normal(&mut stream)));
    });
    group.finish();
}

fn one_precision<T: Real>(criterion: &mut Criterion, precision: &str) {
    luckflow::blas::single_threaded();
    let mut group = criterion.benchmark_group(format!("monte carlo, {precision}"));
    group.sample_size(10);
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let all_threads = rayon::ThreadPoolBuilder::new().build().unwrap();
    for size in SIZES {
        let [samples, d, m, n] = size;
        let name = format!("{size:?}");
        let mut products = floor::<T>(size);
        group.bench_function(BenchmarkId::new("floor", &name), |bench| bench.iter(&mut products));
        for (threshold, resample) in [(0.0, Resample::Never), (2.0, Resample::Never), (0.0, Resample::EveryEvaluation)]
        {
            let (student, teacher) = (layer(1, d, n, threshold), layer(2, d, m, threshold));
            let mut sampler = MonteCarlo::<T>::new(Input::standard_gaussian(), samples, resample, 1);
            let mut out = Overlaps::zeros(n, m);
            let kind = if resample == Resample::Never { "fixed" } else { "fresh" };
            let mut estimate = || sampler.evaluate(student.view(), teacher.view(), &mut out);
            for (pool, threads) in [(&one_thread, "one thread"), (&all_threads, "all threads")] {
                let id = BenchmarkId::new(format!("{kind}, b = {threshold}, {threads}"), &name);
                group.bench_function(id, |bench| bench.iter(|| pool.install(&mut estimate)));
            }
        }
    }
    group.finish();
}

fn estimates(criterion: &mut Criterion) {
    one_precision::<f64>(criterion, "f64");
    one_precision::<f32>(criterion, "f32");
}

criterion_group!(benches, normals, estimates);
criterion_main!(benches);
