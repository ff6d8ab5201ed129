//! Teachers that a search may try.

use crate::linalg;
use crate::network::{draw, unit};
use crate::rng::Stream;
use ndarray::Array2;
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};

/// Most that two nodes of an equiangular teacher may have in common: their cosine.
const LARGEST_COSINE: f64 = 0.6;

/// A teacher of unit columns (k × m) of one of four kinds, with its name: orthonormal, random, equiangular (a random cosine), antipodal.
///
/// Where a kind needs more coordinates than k it is a random one.
pub fn draw_teacher(stream: &mut Stream, [k, m]: [usize; 2]) -> (&'static str, Array2<f64>) {
    let fits = |teacher: Array2<f64>| draw::pad_rows(teacher.view(), k);
    match stream.random_range(0..4) {
        0 if m <= k => ("orthonormal", fits(Array2::eye(m))),
        1 if m <= k => {
            let low = -0.9 / (m.max(2) - 1) as f64;
            let cosine = low + (LARGEST_COSINE - low) * stream.random::<f64>();
            ("equiangular", fits(equiangular(m, cosine)))
        }
        2 if m.div_ceil(2) <= k => ("antipodal", fits(antipodal(m))),
        _ => {
            let random = Array2::from_shape_simple_fn((k, m), || normal(stream));
            ("random", of_unit_nodes(random))
        }
    }
}

/// m columns with a common cosine.
pub(super) fn equiangular(m: usize, cosine: f64) -> Array2<f64> {
    let gram = Array2::from_shape_fn((m, m), |(j, k)| if j == k { 1.0 } else { cosine });
    let factor = linalg::cholesky(&gram).map(Array2::reversed_axes);
    factor.expect("positive definite")
}

/// Pairs of opposite nodes.
pub(super) fn antipodal(m: usize) -> Array2<f64> {
    Array2::from_shape_fn((m.div_ceil(2), m), |(i, j)| match (j / 2 == i, j % 2) {
        (false, _) => 0.0,
        (true, 0) => 1.0,
        (true, _) => -1.0,
    })
}

fn of_unit_nodes(mut teacher: Array2<f64>) -> Array2<f64> {
    for mut node in teacher.columns_mut() {
        unit::normalize(&mut node);
    }
    teacher
}

/// The same nodes, each moved by about `step` in a random direction.
pub fn nearby_teacher(stream: &mut Stream, teacher: &Array2<f64>, step: f64) -> Array2<f64> {
    let size = step / (teacher.nrows() as f64).sqrt();
    of_unit_nodes(teacher.mapv(|x| x + size * normal(stream)))
}

fn normal(stream: &mut Stream) -> f64 {
    StandardNormal.sample(stream)
}
