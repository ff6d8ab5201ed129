//! Claims about the flow and its Jacobian.

use super::{Claim, derivative, measured, proven};
use crate::flow::{Direction, FanOut, FlowJacobian, FlowOptions, TwoLayerFlow};
use crate::network::{Frame, Layer, TwoLayer, draw, unit};
use crate::overlap::gaussian::normal;
use crate::overlap::{ExactGaussian, Input};
use crate::rng;
use crate::theory::asymptotic_rate;
use ndarray::{Array2, s};
use rand_distr::{Distribution, StandardNormal};
use std::cell::RefCell;

pub(super) fn claims() -> Vec<Claim> {
    vec![
        proven("dℓ/dt = −‖Ẇ‖² − ‖V̇‖² (the projected flow is exact), by differences: relative error", energy(), 1e-9),
        measured("analytic Jacobian against differences of the flow: largest error", jacobian(), 1e-7),
        proven(
            "exact rate of orthonormal teachers is Q − Q² − φ², b from 0 to 3.5: relative error",
            orthonormal(),
            1e-9,
        ),
        proven("velocities in 8 coordinates against all 60 of R^60: largest error", dimension(), 1e-13),
    ]
}

const RUNNING: FlowOptions = FlowOptions {
    projection: true,
    fan_out: FanOut::Running,
};

fn normal_matrix(name: &str, shape: (usize, usize)) -> Array2<f64> {
    let mut stream = rng::stream(1, name, &[]);
    Array2::from_shape_simple_fn(shape, || StandardNormal.sample(&mut stream))
}

fn network(threshold: f64) -> TwoLayer {
    let units = |name: &str, nodes: usize| {
        let mut columns = normal_matrix(name, (6, nodes));
        columns.columns_mut().into_iter().for_each(|mut column| {
            unit::normalize(&mut column);
        });
        Layer::with_threshold(columns, threshold)
    };
    TwoLayer {
        teacher: units("verify W*", 3),
        teacher_fan_out: normal_matrix("verify V*", (3, 2)),
        student: units("verify W", 5),
        fan_out: normal_matrix("verify V", (5, 2)),
    }
}

fn flow(network: &TwoLayer) -> TwoLayerFlow {
    let overlap = Box::new(ExactGaussian::new());
    TwoLayerFlow::new(network, overlap, &Input::standard_gaussian(), RUNNING)
}

fn velocity(flow: &mut TwoLayerFlow, y: &[f64]) -> Vec<f64> {
    let mut dy = vec![0.0; y.len()];
    flow.velocity(y, &mut dy);
    dy
}

fn energy() -> f64 {
    let errors = [0.0, 1.0, 2.0].map(|threshold| {
        let network = network(threshold);
        let mut flow = flow(&network);
        let start = flow.state_of(&network);
        let force = velocity(&mut flow, &start);
        let squares = force[force.len() - 1];
        let flow = RefCell::new(flow);
        let loss = |step: f64| {
            let y: Vec<f64> = start.iter().zip(&force).map(|(y, f)| y + step * f).collect();
            flow.borrow_mut().snapshot(&y, &mut vec![0.0; y.len()]).loss
        };
        (derivative(loss, 0.01 / squares.sqrt().max(1.0)) / -squares - 1.0).abs()
    });
    errors.into_iter().fold(0.0, f64::max)
}

fn jacobian() -> f64 {
    let network = network(0.7);
    let mut flow = flow(&network);
    let layout = flow.layout();
    let start = flow.state_of(&network);
    let mut direction = Direction {
        weights: normal_matrix("verify δW", (5, 6)),
        fan_out: normal_matrix("verify δV", (5, 2)),
    };
    let nodes = network.student.weights.t();
    for (mut part, node) in direction.weights.rows_mut().into_iter().zip(nodes.rows()) {
        let along = part.dot(&node);
        part.scaled_add(-along, &node);
    }
    let analytic = FlowJacobian::at(&network, FanOut::Running).apply(&direction);
    let flow = RefCell::new(&mut flow);
    let component = |index: usize| {
        let along = |step: f64| {
            let mut y = start.clone();
            layout.weights_mut(&mut y).scaled_add(step, &direction.weights);
            layout.fan_out_mut(&mut y).scaled_add(step, &direction.fan_out);
            flow.borrow().renormalize(&mut y);
            velocity(&mut flow.borrow_mut(), &y)[index]
        };
        derivative(along, 5e-3)
    };
    let expected = analytic.weights.iter().chain(&analytic.fan_out);
    let errors = expected.enumerate().map(|(index, value)| (component(index) - value).abs());
    errors.fold(0.0, f64::max)
}

fn orthonormal() -> f64 {
    let errors = (0..=7).map(|i| 0.5 * f64::from(i)).map(|b| {
        let (q, phi) = (normal::tail(b), normal::density(b));
        let found = asymptotic_rate(Array2::eye(4).view(), b, 10);
        found.map_or(f64::INFINITY, |found| (found.rate / (q - q * q - phi * phi) - 1.0).abs())
    });
    errors.fold(0.0, f64::max)
}

fn dimension() -> f64 {
    let teacher = Array2::eye(4);
    let mut stream = rng::stream(1, "verify angle", &[]);
    let student = draw::students_at_angle(&mut stream, 60, teacher.view(), 0.4);
    let few = TwoLayer::with_unit_fan_out(&teacher, student, 0.8);
    let frame = Frame::random(60, 1);
    let Ok(basis) = frame.basis(8) else {
        return f64::INFINITY;
    };
    let mut many = few.clone();
    many.teacher.weights = basis.dot(&few.teacher.weights);
    many.student.weights = basis.dot(&few.student.weights);
    let [few, many] = [few, many].map(|network| {
        let mut flow = flow(&network);
        let start = flow.state_of(&network);
        let velocity = velocity(&mut flow, &start);
        flow.layout().weights(&velocity).t().to_owned()
    });
    let difference = basis.dot(&few) - many.slice(s![.., ..]);
    difference.iter().fold(0.0, |a, x| a.max(x.abs()))
}
