//! Projected gradient descent against the rates per step that docs/theory.md proves.

use luckflow::flow::{FlowOptions, TwoLayerFlow};
use luckflow::network::{TwoLayer, draw};
use luckflow::overlap::{ExactGaussian, HalfAngle, Input};
use luckflow::rng;
use luckflow::theory::assumption3::{Assumption3, TeacherAngles};
use luckflow::theory::euclidean::{Certificate, Start};
use luckflow::theory::{discrete, theorem4};
use ndarray::{Array2, ArrayView2};
use rand::RngExt;

/// Steps of one run, and what is rounding in a factor.
const STEPS: usize = 40;
const ROUNDING: f64 = 1e-9;

/// Projected gradient descent with V fixed, β = β* = 1.
struct Descent {
    flow: TwoLayerFlow,
    teacher: Array2<f64>,
    state: Vec<f64>,
    velocity: Vec<f64>,
    step: f64,
}

/// How far W is from W*: the largest angle, and the chords' squares.
#[derive(Clone, Copy)]
struct Distance {
    theta: f64,
    norm: f64,
}

impl Descent {
    fn new(teacher: ArrayView2<f64>, student: &Array2<f64>, threshold: f64, step: f64) -> Self {
        let network = TwoLayer::with_unit_fan_out(&teacher.to_owned(), student.clone(), threshold);
        let overlap = Box::new(ExactGaussian::new());
        let flow = TwoLayerFlow::new(&network, overlap, &Input::standard_gaussian(), FlowOptions::default());
        let state = flow.state_of(&network);
        Self {
            velocity: vec![0.0; state.len()],
            teacher: draw::pad_rows(teacher, student.nrows()),
            flow,
            state,
            step,
        }
    }

    fn advance(&mut self) {
        self.flow.velocity(&self.state, &mut self.velocity);
        for (w, v) in self.state.iter_mut().zip(&self.velocity) {
            *w += self.step * v;
        }
        self.flow.renormalize(&mut self.state);
    }

    fn distance(&self) -> Distance {
        let weights = self.flow.layout().weights(&self.state);
        let nodes = weights.rows().into_iter().zip(self.teacher.columns());
        let angles: Vec<HalfAngle> = nodes.map(|(w, t)| HalfAngle::between_units(w, t)).collect();
        Distance {
            theta: angles.iter().map(|a| a.radians()).fold(0.0, f64::max),
            norm: angles.iter().map(|a| (2.0 * a.sin).powi(2)).sum::<f64>().sqrt(),
        }
    }
}

/// m columns with a common cosine.
fn equiangular(m: usize, cosine: f64) -> Array2<f64> {
    use ndarray_linalg::{Cholesky, UPLO};
    let gram = Array2::from_shape_fn((m, m), |(j, k)| if j == k { 1.0 } else { cosine });
    gram.cholesky(UPLO::Upper).expect("positive definite")
}

#[test]
fn no_step_is_shorter_than_its_rate() {
    let mut stream = rng::stream(11, "discrete", &[]);
    let mut tested = [0; 3];
    for cell in 0..600 {
        let m = [1, 1, 2, 3, 5, 8][stream.random_range(0..6)];
        let b = [-1.0, 0.0, 0.5, 1.0, 2.0, 3.0][stream.random_range(0..6)];
        let theta0 = [0.003, 0.02, 0.1, 0.3, 0.6, 1.2][stream.random_range(0..6)];
        let step = [0.01, 0.1, 0.3, 0.7, 1.0][stream.random_range(0..5)];
        let teacher = match cell % 3 {
            0 => Array2::eye(m),
            1 => equiangular(m, 0.2),
            _ => draw::random_teacher(&mut stream, 4 * m, m),
        };
        let mut student = draw::students_at_angle(&mut stream, 2 * m + 2, teacher.view(), theta0);
        if cell % 2 == 1 {
            // Some nodes closer.
            let padded = draw::pad_rows(teacher.view(), student.nrows());
            for (mut node, target) in student.columns_mut().into_iter().zip(padded.columns()).skip(1) {
                let theta = theta0 * stream.random::<f64>();
                draw::turn_to_angle(&mut node, target, theta);
            }
        }
        let angles = TeacherAngles::of(teacher.view());
        let assumption = Assumption3::measure(&angles, b, theta0);
        let mut descent = Descent::new(teacher.view(), &student, b, step);
        let start = descent.distance();
        let euclidean = {
            let padded = draw::pad_rows(teacher.view(), student.nrows());
            let nodes = student.columns().into_iter().zip(padded.columns());
            let own: Vec<f64> = nodes.map(|(w, t)| HalfAngle::between_units(w, t).radians()).collect();
            Certificate::in_steps(teacher.view(), b, Start::Angles(&own), step)
        };
        let sharp = discrete::sharp(&angles, &assumption, step).filter(|rate| *rate > 0.0);
        let derived = discrete::derived(&assumption, step).filter(|rate| *rate > 0.0);
        for (count, some) in tested.iter_mut().zip([sharp.is_some(), derived.is_some(), euclidean.is_some()]) {
            *count += usize::from(some);
        }
        let mut last = start;
        for k in 0..STEPS {
            descent.advance();
            let now = descent.distance();
            if last.theta < 1e-7 {
                break;
            }
            let named = format!("cell {cell}: m = {m}, b = {b}, θ₀ = {theta0}, η = {step}, step {k}");
            if let Some(rate) = sharp {
                let factor = now.theta / last.theta;
                assert!(factor <= 1.0 - step * rate + ROUNDING, "sharp, {named}: {factor}");
            }
            if let Some(rate) = derived {
                let factor = (0.5 * now.theta).tan() / (0.5 * last.theta).tan();
                assert!(factor <= 1.0 - step * rate + ROUNDING, "derived, {named}: {factor}");
            }
            if let Some(found) = euclidean {
                let factor = now.norm / last.norm;
                assert!(factor <= 1.0 - step * found.rate + ROUNDING, "euclidean, {named}: {factor}");
                assert!(now.theta <= found.largest_angle * (1.0 + ROUNDING), "{named}");
            }
            last = now;
        }
    }
    assert!(tested.iter().all(|count| *count > 80), "{tested:?}");
}

#[test]
fn the_rate_of_the_flow_is_no_rate_of_steps() {
    let teacher = Array2::eye(1);
    let (b, theta0) = (0.0, 0.5);
    let angles = TeacherAngles::of(teacher.view());
    let assumption = Assumption3::measure(&angles, b, theta0);
    let mut stream = rng::stream(1, "discrete", &[]);
    let student = draw::students_at_angle(&mut stream, 3, teacher.view(), theta0);
    for step in [0.1, 1.0] {
        let mut descent = Descent::new(teacher.view(), &student, b, step);
        let before = descent.distance().theta;
        descent.advance();
        let after = descent.distance().theta;
        let tangent = (1.0 - (0.5 * after).tan() / (0.5 * before).tan()) / step;
        let flow = theorem4::derived(&assumption);
        let bound = discrete::derived(&assumption, step).unwrap();
        assert!(tangent < flow * (1.0 - 1e-3), "η = {step}: {tangent} is not below {flow}");
        // A single node's bound is attained at its first step.
        assert!(bound <= tangent && bound > tangent * (1.0 - 4e-3), "η = {step}: {bound} beside {tangent}");
        let angle = (1.0 - after / before) / step;
        let bound = discrete::sharp(&angles, &assumption, step).unwrap();
        assert!(bound <= angle && bound > angle * (1.0 - 1e-9), "η = {step}: {bound} beside {angle}");
    }
}

#[test]
fn small_steps_have_the_rates_of_the_flow() {
    let teacher = equiangular(4, 0.1);
    let (b, theta0) = (3.0, 0.02);
    let angles = TeacherAngles::of(teacher.view());
    let assumption = Assumption3::measure(&angles, b, theta0);
    let close = |steps: f64, flow: f64| steps <= flow && steps > flow * (1.0 - 1e-5);
    let step = 1e-6;
    assert!(close(discrete::sharp(&angles, &assumption, step).unwrap(), theorem4::sharp(&angles, &assumption)));
    assert!(close(discrete::derived(&assumption, step).unwrap(), theorem4::derived(&assumption)));
    let start = Start::Within(theta0);
    let flow = Certificate::of(teacher.view(), b, start).unwrap();
    let steps = Certificate::in_steps(teacher.view(), b, start, step).unwrap();
    assert!(close(steps.rate, flow.rate));
    // Too large for the proof: η Q(b) > 1.
    assert!(discrete::sharp(&angles, &assumption, 1e3).is_none());
    assert!(discrete::derived(&assumption, 1e3).is_none());
    assert!(Certificate::in_steps(teacher.view(), b, start, 1e3).is_none());
}
