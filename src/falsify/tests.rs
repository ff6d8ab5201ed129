mod regions;

use super::*;
use crate::bound::Measure;
use crate::falsify::joint as falsify_joint;
use crate::falsify::pull::{Curves, Target};
use crate::falsify::teachers::{antipodal, equiangular};
use crate::network::draw;
use crate::runs::Silent;
use crate::theory::assumption3::{Assumption3, TeacherAngles};
use crate::theory::certificate::Problem;
use crate::theory::euclidean::{Certificate, Start, joint};
use crate::theory::theorem4;
use ndarray::{Array2, s};
use rand::RngExt;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

/// A ratio below 1 by less than this is rounding: rates are differences of numbers of order one.
const ROUNDING: f64 = 1e-7;

/// A little: seconds for all tests of this file.
const LITTLE: Search = Search {
    starts: 4,
    iterations: 60,
    seed: 5,
    hooks: &Silent,
};

/// A teacher of one of four kinds, with its name.
fn teacher(stream: &mut Stream, kind: usize, m: usize) -> (&'static str, Array2<f64>) {
    match kind % 4 {
        0 => ("orthonormal", Array2::eye(m)),
        1 => ("random", draw::random_teacher(stream, 4 * m, m)),
        2 => ("equiangular", equiangular(m, 0.3 - 0.5 / m.max(2) as f64 * f64::from(m.is_multiple_of(2)))),
        _ => ("antipodal", antipodal(m)),
    }
}

/// m, r and C, with orthonormal W* and V* or random ones, and random errors up to a scale.
fn problem(stream: &mut Stream, [m, r, outputs]: [usize; 3], b: f64, scale: f64) -> Problem {
    let mut extra = draw::gaussian_in_span(stream, 4 * (m + r), m, r);
    for mut column in extra.columns_mut() {
        crate::network::unit::normalize(&mut column);
    }
    let orthonormal: bool = stream.random();
    let (teacher, fan_out) = if orthonormal && outputs >= m {
        (Array2::eye(m), Array2::from_shape_fn((m, outputs), |(j, c)| f64::from(u8::from(j == c))))
    } else {
        let fan_out = Array2::from_shape_simple_fn((m, outputs), || 0.5 + stream.random::<f64>());
        let signs = fan_out.mapv(|x: f64| if (x * 1e6) as i64 % 2 == 0 { x } else { -x });
        (draw::random_teacher(stream, 4 * (m + r), m), signs)
    };
    let mut some =
        |size: usize| ndarray::Array1::from_shape_simple_fn(size, || scale * (0.3 + 0.7 * stream.random::<f64>()));
    Problem {
        teacher: draw::pad_rows(teacher.view(), extra.nrows().max(m)),
        teacher_fan_out: fan_out,
        extra,
        threshold: b,
        angles: some(m),
        fan_out_errors: some(m + r),
    }
}

#[test]
fn no_start_is_slower_than_the_bound_on_the_joint_distance() {
    let mut stream = rng::stream(6, "joint", &[]);
    let (mut tested, mut least) = (0, f64::INFINITY);
    for cell in 0..90 {
        let (m, r) = (stream.random_range(1..4), stream.random_range(0..3));
        let outputs = stream.random_range(1..5);
        let b = [-0.5, 0.0, 0.2, 0.7, 1.5, 2.5][stream.random_range(0..6)];
        let scale = [0.003, 0.01, 0.03][stream.random_range(0..3)];
        let problem = problem(&mut stream, [m, r, outputs], b, scale);
        let Some(claim) = joint::Certificate::of(&problem) else {
            continue;
        };
        let found = falsify_joint::joint(&problem, &Within::euclidean(&problem, &claim), claim.rate, &LITTLE);
        tested += 1;
        least = least.min(found.ratio);
        assert!(found.ratio > 1.0 - ROUNDING, "cell {cell}, m = {m}, r = {r}, b = {b}: {claim:?} {found:?}");
        let found = falsify_joint::joint(&problem, &Within::euclidean(&problem, &claim), 1.3 * claim.rate, &LITTLE);
        if cell % 9 == 0 && b >= 1.5 {
            assert!(found.ratio < 0.99, "cell {cell}: a third more is not refuted: {found:?}");
        }
    }
    assert!(tested > 25, "{tested}");
    assert!(least < 1.05, "some bound is nearly attained: {least}");
}

#[test]
fn the_pull_has_the_derivatives_that_differences_have() {
    let (m, n, p, c) = (3, 5, 6, 2);
    let mut stream = rng::stream(1, "test", &[]);
    let mut normal = |rows: usize, columns: usize| {
        Array2::from_shape_simple_fn((rows, columns), || {
            <StandardNormal as Distribution<f64>>::sample(&StandardNormal, &mut stream)
        })
    };
    let unit = |mut nodes: Array2<f64>| {
        for mut node in nodes.rows_mut() {
            crate::network::unit::normalize(&mut node);
        }
        nodes
    };
    let (teacher, fan_out) = (unit(normal(m, p)), normal(m, c));
    let mut w = unit(normal(n, p));
    let near = 0.9 * &teacher + 0.1 * &w.slice(s![..m, ..]);
    w.slice_mut(s![..m, ..]).assign(&unit(near));
    let v = normal(n, c);
    let target = Target {
        curves: Curves::new(0.6),
        nominal: teacher,
        fan_out,
        is_joint: true,
    };
    let rows = [1.0, 0.4, 0.0];
    let errors = [1.0, 0.7, 0.0, 1.3, 0.2];
    let (_, slopes) = target.pull(&w, &v, &rows, &errors);
    let h = 1e-5;
    let shifted = |to: &Array2<f64>, i: usize, k: usize, h: f64| {
        let mut to = to.clone();
        to[[i, k]] += h;
        to
    };
    for i in 0..n {
        // Along tangents: nodes of another norm mean nothing.
        for k in 0..p {
            let mut tangent = -&w.row(i) * w[[i, k]];
            tangent[k] += 1.0;
            let at = |h: f64| {
                let mut w = w.clone();
                w.row_mut(i).scaled_add(h, &tangent);
                crate::network::unit::normalize(&mut w.row_mut(i));
                target.pull(&w, &v, &rows, &errors).0
            };
            let difference = (at(h) - at(-h)) / (2.0 * h);
            let slope = slopes.weights.row(i).dot(&tangent);
            assert!((difference - slope).abs() < 1e-7, "w {i} {k}: {difference} {slope}");
        }
        for k in 0..c {
            let at = |h: f64| target.pull(&w, &shifted(&v, i, k, h), &rows, &errors).0;
            let difference = (at(h) - at(-h)) / (2.0 * h);
            assert!((difference - slopes.fan_out[[i, k]]).abs() < 1e-7, "v {i} {k}");
        }
    }
}

/// The gradient that a search sees against central differences, at the first of its random starts.
fn check_gradient(target: &Target, set: &impl States) {
    let size = target.size();
    for seed in 0..3 {
        let mut stream: Stream = rng::stream(seed, "gradient", &[]);
        let scale = [0.4, 1.0, 4.0][seed as usize];
        let numbers: Vec<f64> = (0..size)
            .map(|_| scale * <StandardNormal as Distribution<f64>>::sample(&StandardNormal, &mut stream))
            .collect();
        let mut gradient = vec![0.0; size];
        set.rate(&numbers, &mut gradient);
        for i in 0..size {
            let at = |h: f64| {
                let mut numbers = numbers.clone();
                numbers[i] += h;
                set.rate(&numbers, &mut vec![0.0; size])
            };
            let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
            assert!(
                (difference - gradient[i]).abs() < 1e-6 * (1.0 + difference.abs()),
                "{i}: {difference} {}",
                gradient[i]
            );
        }
    }
}

#[test]
fn searches_see_the_gradients_that_differences_have() {
    let teacher = equiangular(3, 0.2);
    let target = &Target::fixed(teacher.view(), 0.5);
    // Some in the ball, some on its surface.
    for radius in [0.2, 5.0] {
        let ball = distance::Ball {
            target,
            radius,
            largest_angle: 0.4,
            claimed: 0.1,
        };
        check_gradient(target, &ball);
    }
    for measure in [Measure::Theta, Measure::TanHalf] {
        let largest = angle::Largest {
            target,
            node: 1,
            theta0: 0.3,
            claim: (measure, 0.1),
        };
        check_gradient(target, &largest);
    }
    let mut stream = rng::stream(2, "problem", &[]);
    let problem = problem(&mut stream, [3, 2, 4], 0.3, 0.1);
    let target = &Target::joint(&problem);
    for drift in [0.02_f64, 1.0] {
        let region = joint::Certificate {
            rate: 0.1,
            radius: 0.3 * drift.max(0.2),
            largest_angle: 0.1,
            largest_error: 0.07,
            largest_extra: 0.05,
            drift,
            single_drift: 0.04,
        };
        let within = Within::euclidean(&problem, &region);
        check_gradient(target, &falsify_joint::Region::new(target, &within, 0.1));
    }
    let mut within = Within::start(&problem);
    within.turns.fill(0.05);
    let weights = [1.0, 0.4, 2.0, 1.5, 0.9, 1.1, 0.7, 1.3];
    for entry in [0, 2, 4, 7] {
        let set = weighted::Set::new(target, &within, (&weights, 0.1), entry);
        check_gradient(target, &set);
    }
}

#[test]
fn no_start_is_slower_than_the_bounds_on_the_largest_angle() {
    let mut stream = rng::stream(3, "angle", &[]);
    let (mut tested, mut least) = ([0; 2], f64::INFINITY);
    for cell in 0..240 {
        let m = [1, 2, 2, 3, 4][stream.random_range(0..5)];
        let (name, teacher) = teacher(&mut stream, cell, m);
        let b = [-1.0, -0.3, 0.0, 0.7, 1.5, 3.0][stream.random_range(0..6)];
        let theta0 = [0.01, 0.05, 0.15, 0.4][stream.random_range(0..4)];
        let angles = TeacherAngles::of(teacher.view());
        let assumption = Assumption3::measure(&angles, b, theta0);
        for (kind, measure, claimed) in [
            (0, Measure::Theta, theorem4::sharp(&angles, &assumption)),
            (1, Measure::TanHalf, theorem4::derived(&assumption)),
        ] {
            if !(claimed > 0.0) {
                continue;
            }
            let found = angle(teacher.view(), b, theta0, (measure, claimed), &LITTLE);
            tested[kind] += 1;
            least = least.min(found.ratio);
            assert!(found.ratio > 1.0 - ROUNDING, "{name}, m = {m}, b = {b}, θ₀ = {theta0}: {measure:?} {found:?}");
        }
    }
    assert!(tested.iter().all(|count| *count > 30), "{tested:?}");
    assert!(least < 1.001, "a single node's bounds are attained: {least}");
}

#[test]
fn no_start_is_slower_than_the_bound_on_the_distance() {
    let mut stream = rng::stream(4, "distance", &[]);
    let (mut tested, mut least) = (0, f64::INFINITY);
    for cell in 0..160 {
        let m = stream.random_range(1..6);
        let (name, teacher) = teacher(&mut stream, cell, m);
        let b = [-1.0, -0.3, 0.0, 0.2, 0.7, 1.5, 3.0][stream.random_range(0..7)];
        let theta0 = [0.01, 0.05, 0.1, 0.2][stream.random_range(0..4)];
        let Some(claim) = Certificate::of(teacher.view(), b, Start::Within(theta0)) else {
            continue;
        };
        let region = [claim.radius, claim.largest_angle];
        let found = distance(teacher.view(), b, region, claim.rate, &LITTLE);
        tested += 1;
        least = least.min(found.ratio);
        assert!(found.ratio > 1.0 - ROUNDING, "{name}, m = {m}, b = {b}, θ₀ = {theta0}: {claim:?} {found:?}");
    }
    assert!(tested > 60, "{tested}");
    assert!(least < 1.05, "some bound is nearly attained: {least}");
}

#[test]
fn bounds_that_claim_a_third_more_are_refuted() {
    for (m, b, theta0) in [(1, 0.0, 0.3), (2, 2.0, 0.05), (3, 3.0, 0.02)] {
        let teacher = Array2::eye(m);
        let angles = TeacherAngles::of(teacher.view());
        let assumption = Assumption3::measure(&angles, b, theta0);
        let sharp = 1.3 * theorem4::sharp(&angles, &assumption);
        let found = angle(teacher.view(), b, theta0, (Measure::Theta, sharp), &LITTLE);
        assert!(found.ratio < 0.99, "sharp, m = {m}: {found:?}");
        let claim = Certificate::of(teacher.view(), b, Start::Within(theta0)).unwrap();
        let region = [claim.radius, claim.largest_angle];
        let found = distance(teacher.view(), b, region, 1.3 * claim.rate, &LITTLE);
        assert!(found.ratio < 0.99, "euclidean, m = {m}: {found:?}");
    }
    for (m, b, theta0) in [(1, 0.0, 0.3), (1, 2.0, 0.1)] {
        let teacher = Array2::eye(m);
        let assumption = Assumption3::measure(&TeacherAngles::of(teacher.view()), b, theta0);
        let derived = 1.3 * theorem4::derived(&assumption);
        let found = angle(teacher.view(), b, theta0, (Measure::TanHalf, derived), &LITTLE);
        assert!(found.ratio < 0.99, "derived, m = {m}: {found:?}");
    }
}

/// Presses Ctrl-C after so many looks.
struct Impatient(AtomicUsize);

impl Hooks for Impatient {
    fn interrupted(&self) -> bool {
        self.0.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_err()
    }
}

#[test]
fn a_search_that_is_stopped_ends() {
    let square = |x: &[f64], gradient: &mut [f64]| {
        gradient[0] = 2.0 * x[0];
        x[0] * x[0]
    };
    for looks in [0, 1, 5, 50] {
        let hooks = &Impatient(AtomicUsize::new(looks));
        let search = Search {
            starts: usize::MAX,
            hooks,
            ..LITTLE
        };
        assert!(search.smallest(1, square).evaluations <= looks);
    }
}
