//! Networks that several tests share.
#![allow(dead_code)]

use luckflow::network::{Layer, TwoLayer, draw};
use luckflow::rng::stream;
use ndarray::{Array1, Array2};
use rand_distr::{Distribution, StandardNormal};

/// Independent standard normal entries.
pub fn normal(seed: u64, shape: (usize, usize)) -> Array2<f64> {
    let mut stream = stream(seed, "test", &[]);
    Array2::from_shape_simple_fn(shape, || StandardNormal.sample(&mut stream))
}

/// Unit columns in random directions.
pub fn unit_columns(seed: u64, shape: (usize, usize)) -> Array2<f64> {
    let mut weights = normal(seed, shape);
    for mut column in weights.columns_mut() {
        luckflow::network::unit::normalize(&mut column);
    }
    weights
}

/// n random students, m random teachers in dimension d with C outputs and a common threshold.
pub fn random_network([d, m, n, c]: [usize; 4], threshold: f64, seed: u64) -> TwoLayer {
    TwoLayer {
        teacher: Layer::with_threshold(unit_columns(seed, (d, m)), threshold),
        teacher_fan_out: normal(seed + 1, (m, c)),
        student: Layer::new(unit_columns(seed + 2, (d, n)), Array1::from_elem(n, threshold)),
        fan_out: normal(seed + 3, (n, c)),
    }
}

/// Theorem 4's network: orthonormal teacher, students at θ₀, fan-out one.
pub fn theorem4_network(d: usize, m: usize, threshold: f64, theta0: f64, seed: u64) -> TwoLayer {
    let teacher = Array2::eye(m);
    let mut stream = stream(seed, "student", &[]);
    let student = draw::students_at_angle(&mut stream, d, teacher.view(), theta0);
    TwoLayer::with_unit_fan_out(&teacher, student, threshold)
}

/// Derivative of f at 0 by central differences of order 8.
pub fn derivative(f: impl Fn(f64) -> f64, step: f64) -> f64 {
    const WEIGHTS: [f64; 4] = [4.0 / 5.0, -1.0 / 5.0, 4.0 / 105.0, -1.0 / 280.0];
    (1..=4).map(|i| WEIGHTS[i - 1] * (f(i as f64 * step) - f(-(i as f64) * step))).sum::<f64>() / step
}
