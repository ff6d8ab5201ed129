//! Integrators: their order measured, their failures explained.

mod ends;
mod order;

use luckflow::integrate::{
    IntegrateError, Method, Monitor, Plan, Rest, RunEnd, RunReport, Step, Tolerance, VectorField, integrate,
};

/// A problem with its exact solution.
struct Problem {
    field: fn(&[f64], &mut [f64]),
    start: Vec<f64>,
    exact: fn(f64) -> Vec<f64>,
    horizon: f64,
}

/// A rotation, and a logistic curve beside it.
fn rotation_and_growth() -> Problem {
    Problem {
        field: |y, dy| {
            dy[0] = y[1];
            dy[1] = -y[0];
            dy[2] = y[2] * (1.0 - y[2]);
        },
        start: vec![0.0, 1.0, 0.2],
        exact: |t| vec![t.sin(), t.cos(), 1.0 / (1.0 + 4.0 * (-t).exp())],
        horizon: 4.0,
    }
}

/// Gradient descent is the explicit Euler method: order one.
impl VectorField for Problem {
    fn velocity(&mut self, y: &[f64], dy: &mut [f64]) {
        (self.field)(y, dy);
    }
}

/// Keeps times and states.
#[derive(Default)]
struct Keep {
    outputs: Vec<(f64, Vec<f64>)>,
    steps: Vec<f64>,
    stop_after: Option<usize>,
}

impl<F> Monitor<F> for Keep {
    fn step(&mut self, _field: &mut F, time: f64, _y: &[f64]) -> Option<RunEnd> {
        self.steps.push(time);
        (self.stop_after == Some(self.steps.len())).then_some(RunEnd::Interrupted { time: Some(time) })
    }

    fn output(&mut self, _field: &mut F, time: f64, y: &[f64]) -> Option<RunEnd> {
        self.outputs.push((time, y.to_vec()));
        None
    }
}

fn solve(mut problem: Problem, method: Method, plan: &Plan) -> (RunReport, Keep) {
    let mut keep = Keep::default();
    let start = problem.start.clone();
    let report = integrate(&mut problem, start, &method, plan, &mut keep).unwrap();
    (report, keep)
}

fn largest_error(keep: &Keep) -> f64 {
    let exact = rotation_and_growth().exact;
    keep.outputs
        .iter()
        .flat_map(|(time, y)| y.iter().zip(exact(*time)).map(|(a, b)| (a - b).abs()).collect::<Vec<_>>())
        .fold(0.0, f64::max)
}

fn tolerance(rtol: f64) -> Tolerance {
    Tolerance { rtol, atol: rtol }
}

const ALL: [Method; 5] = [
    Method::Rkc(Tolerance { rtol: 1e-6, atol: 1e-6 }),
    Method::Dopri5(Tolerance { rtol: 1e-6, atol: 1e-6 }),
    Method::Dop853(Tolerance { rtol: 1e-6, atol: 1e-6 }),
    Method::Rk4(Step { step: 0.01 }),
    Method::GradientDescent(Step { step: 0.01 }),
];

/// Compares each accepted state's velocity with the field.
#[derive(Default)]
struct Velocities {
    steps: Vec<f64>,
    moving: Vec<f64>,
    largest_error: f64,
}

impl Monitor<Problem> for Velocities {
    fn step(&mut self, _field: &mut Problem, time: f64, _y: &[f64]) -> Option<RunEnd> {
        self.steps.push(time);
        None
    }

    fn moving(&mut self, time: f64, y: &[f64], velocity: &[f64]) {
        self.moving.push(time);
        let mut expected = vec![0.0; y.len()];
        (rotation_and_growth().field)(y, &mut expected);
        let errors = velocity.iter().zip(&expected).map(|(a, b)| (a - b).abs());
        self.largest_error = errors.fold(self.largest_error, f64::max);
    }

    fn output(&mut self, _field: &mut Problem, _time: f64, _y: &[f64]) -> Option<RunEnd> {
        None
    }
}

#[test]
fn each_accepted_state_is_shown_with_its_velocity() {
    for method in ALL {
        let mut problem = rotation_and_growth();
        let mut seen = Velocities::default();
        let (start, plan) = (problem.start.clone(), Plan::uniform(problem.horizon, 2));
        integrate(&mut problem, start, &method, &plan, &mut seen).unwrap();
        // Runge and Kutta's classical method has the velocity where a step begins.
        let expected = match method {
            Method::GradientDescent(_) => vec![],
            Method::Rk4(_) => [&[0.0], &seen.steps[..seen.steps.len() - 1]].concat(),
            _ => seen.steps.clone(),
        };
        assert_eq!(seen.moving.len(), expected.len(), "{method:?}");
        for (a, b) in seen.moving.iter().zip(&expected) {
            assert!((a - b).abs() < 1e-12, "{method:?}: {a} for {b}");
        }
        assert!(seen.largest_error < 1e-14, "{method:?}: {}", seen.largest_error);
    }
}

/// Decays to zero at rates 1 and 0.1, from a state that is no equilibrium.
fn decay() -> Problem {
    Problem {
        field: |y, dy| {
            dy[0] = -y[0];
            dy[1] = -0.1 * y[1];
        },
        start: vec![1.0, 0.5],
        exact: |t| vec![(-t).exp(), 0.5 * (-0.1 * t).exp()],
        horizon: f64::INFINITY,
    }
}

/// Ends a run that is at rest.
struct UntilRest {
    rest: Rest,
    outputs: Vec<f64>,
}

impl<F> Monitor<F> for UntilRest {
    fn step(&mut self, _field: &mut F, time: f64, y: &[f64]) -> Option<RunEnd> {
        self.rest.reached(time, y)
    }

    fn output(&mut self, _field: &mut F, time: f64, _y: &[f64]) -> Option<RunEnd> {
        self.outputs.push(time);
        None
    }
}
