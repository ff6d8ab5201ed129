use super::point::Field;
use super::tube::Tube;
use super::*;
use crate::check::interval::Interval;
use crate::flow::{FlowOptions, TwoLayerFlow};
use crate::integrate::{AtOutputs, Method, Plan, Tolerance, integrate};
use crate::network::TwoLayer;
use crate::overlap::{ExactGaussian, Input};
use crate::rng;
use ndarray::{Array1, Array2, ArrayView1};
use rand_distr::{Distribution, StandardNormal};

/// Unit rows at random, m × k.
fn random(seed: u64, m: usize, k: usize) -> Array2<f64> {
    let mut stream = rng::stream(seed, "nodes", &[]);
    let rows = Array2::from_shape_simple_fn((m, k), || StandardNormal.sample(&mut stream));
    normalised(rows)
}

fn normalised(mut rows: Array2<f64>) -> Array2<f64> {
    for mut row in rows.rows_mut() {
        crate::network::unit::normalize(&mut row);
    }
    rows
}

fn field(b: f64, teacher: &Array2<f64>) -> Field {
    Field::new(Gaussian::new(b), units(teacher))
}

fn network(teacher: &Array2<f64>, student: &Array2<f64>, b: f64) -> TwoLayer {
    TwoLayer::with_unit_fan_out(&teacher.t().to_owned(), student.t().to_owned(), b)
}

fn flow(network: &TwoLayer) -> TwoLayerFlow {
    let exact = Box::new(ExactGaussian::new());
    TwoLayerFlow::new(network, exact, &Input::standard_gaussian(), FlowOptions::default())
}

fn middles(all: &Array2<Interval>) -> Array2<f64> {
    all.mapv(Interval::middle)
}

fn velocity(field: &Field, rows: &Array2<f64>) -> Array2<f64> {
    middles(&field.at(units(rows)).velocity)
}

/// Along great circles: where rows are after `s`, and a field of tangents carried along with them.
fn carried(rows: &Array2<f64>, along: &Array2<f64>, s: f64, tangents: &Array2<f64>) -> [Array2<f64>; 2] {
    let (mut moved, mut turned) = (rows.clone(), tangents.clone());
    for j in 0..rows.nrows() {
        let speed = along.row(j).dot(&along.row(j)).sqrt();
        let (w, e) = (rows.row(j).to_owned(), &along.row(j) / speed);
        let (sin, cos) = (s * speed).sin_cos();
        let part = tangents.row(j).dot(&e);
        moved.row_mut(j).assign(&(&w * cos + &e * sin));
        let change = (&e * (cos - 1.0) - &w * sin) * part;
        turned.row_mut(j).scaled_add(1.0, &change);
    }
    [moved, turned]
}

fn tangents(seed: u64, rows: &Array2<f64>) -> Array2<f64> {
    let mut all = random(seed, rows.nrows(), rows.ncols());
    for (mut v, w) in all.rows_mut().into_iter().zip(rows.rows()) {
        let along = v.dot(&w);
        v.scaled_add(-along, &w);
    }
    all
}

fn quadratic(field: &Field, rows: &Array2<f64>, v: &Array2<f64>) -> f64 {
    let flat = Array1::from_iter(v.iter().copied());
    flat.dot(&middles(&field.at(units(rows)).hessian).dot(&flat))
}

#[test]
fn the_velocity_is_the_flows_and_the_hessian_minus_its_derivative() {
    for b in [-0.5, 0.0, 1.0] {
        let (teacher, rows) = (random(1, 4, 6), random(2, 4, 6));
        let network = network(&teacher, &rows, b);
        let field = field(b, &teacher);
        let point = field.at(units(&rows));
        let mut flow = flow(&network);
        let state = flow.state_of(&network);
        let mut slope = vec![0.0; state.len()];
        flow.velocity(&state, &mut slope);
        let layout = flow.layout();
        let expected = layout.weights(&slope).to_owned();
        for (found, expected) in point.velocity.iter().zip(&expected) {
            assert!((found.middle() - expected).abs() < 1e-12 && found.radius() < 1e-12);
        }
        let v = tangents(3, &rows);
        let h = 1e-4;
        let [ahead, tangent] = carried(&rows, &v, h, &v);
        let [behind, other] = carried(&rows, &v, -h, &v);
        let slope = (&velocity(&field, &ahead) * &tangent).sum() - (&velocity(&field, &behind) * &other).sum();
        let (found, expected) = (quadratic(&field, &rows, &v), -slope / (2.0 * h));
        assert!((found - expected).abs() < 1e-6, "{b}: {found}, {expected}");
        let bent = middles(&point.hessian).dot(&Array1::from_iter(middles(&point.velocity).iter().copied()));
        for (found, expected) in middles(&point.acceleration).iter().zip(&bent) {
            assert!((found + expected).abs() < 1e-12);
        }
    }
}

/// Lemma 5 for two nodes and a teacher: the bound is above what is found, and not by much.
#[test]
fn no_hessian_changes_faster_than_the_bound() {
    for (b, close) in [(0.0, 0.3), (1.0, 0.15)] {
        let mut largest = 0.0_f64;
        let field = field(b, &random(1, 2, 3));
        for seed in 0..2000 {
            let rows = random(10_000 + seed, 2, 3);
            let (along, v) = (tangents(20_000 + seed, &rows), tangents(30_000 + seed, &rows));
            let h = 1e-5;
            let at = |s: f64| {
                let [rows, v] = carried(&rows, &along, s, &v);
                quadratic(&field, &rows, &v)
            };
            let found = (at(h) - at(-h)).abs() / (2.0 * h);
            let length = |all: &Array2<f64>, j: usize| norm(all.row(j));
            let [a0, a1, v0, v1] = [length(&along, 0), length(&along, 1), length(&v, 0), length(&v, 1)];
            let pairs = (a0 + a1) * (v0 + v1).powi(2) + 2.0 * (a0 * v0 * v0 + a1 * v1 * v1);
            largest = largest.max(found / (field.bend.low * pairs));
        }
        assert!(largest < 1.0 && largest > close, "b = {b}: {largest}");
    }
}

fn norm(row: ArrayView1<f64>) -> f64 {
    row.dot(&row).sqrt()
}

/// dop853 at its smallest tolerance, from a start, m × k.
fn solved(teacher: &Array2<f64>, b: f64, start: &Array2<f64>, time: f64) -> Array2<f64> {
    let network = network(teacher, start, b);
    let mut flow = flow(&network);
    let state = flow.state_of(&network);
    let method = Method::Dop853(Tolerance {
        rtol: 1e-13,
        atol: 1e-14,
    });
    let mut watch = AtOutputs(|_: &mut TwoLayerFlow, _, _: &[f64]| ());
    let plan = Plan::uniform(time, 1);
    let report = integrate(&mut flow, state, &method, &plan, &mut watch).unwrap();
    flow.layout().weights(&report.state).to_owned()
}

/// In the tube, and where steps are long so far from its centre that a tube of a hundredth would not hold it.
#[test]
fn the_tube_holds_the_solution() {
    for (b, seed) in [(0.0, 1), (0.0, 2), (1.0, 3)] {
        let teacher = random(seed, 3, 6);
        let start = normalised(&teacher + &(0.6 * &random(seed + 50, 3, 6)));
        let field = field(b, &teacher);
        let mut tube = Tube::from(&field, &start);
        let (step, mut time) = (0.02, 0.0);
        for _ in 0..100 {
            let least = tube.least();
            assert!(tube.advance(step, least, f64::INFINITY));
            time += step;
        }
        let solution = solved(&teacher, b, &start, time);
        let off = norm(Array1::from_iter((solution - tube.centre()).iter().copied()).view());
        let share = off / tube.radius.high;
        assert!(share < 1.0 && share > 0.01, "b = {b}: {off:e}, {share}");
    }
}

#[test]
fn a_start_far_from_the_teacher_enters_a_certified_region() {
    for b in [0.0, 1.0] {
        let teacher = random(1, 3, 6);
        let start = normalised(&teacher + &(0.5 * &random(2, 3, 6)));
        let found = enter(teacher.t(), b, start.t(), 500.0, || false).unwrap();
        let solution = solved(&teacher, b, &start, found.time);
        for (j, &most) in found.angles.iter().enumerate() {
            let angle = solution.row(j).dot(&teacher.row(j)).acos();
            assert!(angle <= most && angle > most - 2.0 * found.tube, "{angle}, {most}");
        }
    }
}

#[test]
fn what_stands_in_the_way_is_said() {
    let teacher = random(1, 3, 6);
    // The second node begins at the first one's teacher node: they meet there, and a saddle holds them.
    let mut start = teacher.clone();
    let first = start.row(0).to_owned();
    start.row_mut(1).assign(&first);
    let said = |horizon, start: &Array2<f64>, interrupted| {
        enter(teacher.t(), 0.0, start.t(), horizon, || interrupted).unwrap_err()
    };
    assert_eq!(said(1.0, &start, false), Missed::NotYet);
    assert_eq!(said(1.0, &start, true), Missed::Interrupted);
    let large = random(1, 21, 20);
    let found = enter(large.t(), 0.0, large.t(), 1.0, || false);
    assert_eq!(found.unwrap_err(), Missed::TooLarge);
}
