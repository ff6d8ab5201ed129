use super::point::Field;
use super::tube::units;
use super::*;
use crate::check::interval::Interval;
use crate::rng;
use ndarray::Array2;
use rand_distr::{Distribution, StandardNormal};

/// Unit rows at random, m × k.
fn random(seed: u64, m: usize, k: usize) -> Array2<f64> {
    let mut stream = rng::stream(seed, "nodes", &[]);
    let mut rows = Array2::from_shape_simple_fn((m, k), || StandardNormal.sample(&mut stream));
    for mut row in rows.rows_mut() {
        crate::network::unit::normalize(&mut row);
    }
    rows
}

fn field(b: f64, teacher: &Array2<f64>) -> Field {
    Field::new(Gaussian::new(b), units(teacher))
}

fn middles(all: &Array2<Interval>) -> Array2<f64> {
    all.mapv(Interval::middle)
}

#[test]
fn one() {
    let teacher = random(1, 5, 10);
    let start = random(2, 5, 10);
    let started = std::time::Instant::now();
    let start = &teacher + &(0.4 * &start);
    for b in [0.0, 1.0] {
        let found = enter(teacher.t(), b, start.t(), 500.0, || false);
        match found {
            Ok(found) => eprintln!("{b} {} {} {} {:?} {:?}", found.time, found.tube, found.steps.len(), found.certificate, started.elapsed()),
            Err(missed) => eprintln!("{b} {missed} {:?}", started.elapsed()),
        }
    }
}
