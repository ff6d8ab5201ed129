//! Integrators: their order measured, their failures explained.

use luckflow::integrate::{
    IntegrateError, Method, Monitor, Plan, Rest, RunEnd, RunReport, Step, Tolerance, VectorField,
    integrate,
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
    fn step(&mut self, time: f64, _y: &[f64]) -> Option<RunEnd> {
        self.steps.push(time);
        (self.stop_after == Some(self.steps.len()))
            .then_some(RunEnd::Interrupted { time: Some(time) })
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
        .flat_map(|(time, y)| {
            y.iter()
                .zip(exact(*time))
                .map(|(a, b)| (a - b).abs())
                .collect::<Vec<_>>()
        })
        .fold(0.0, f64::max)
}

fn tolerance(rtol: f64) -> Tolerance {
    Tolerance { rtol, atol: rtol }
}

#[test]
fn methods_of_fixed_step_have_their_order() {
    for (order, method) in [
        (
            4.0,
            (|step| Method::Rk4(Step { step })) as fn(f64) -> Method,
        ),
        (1.0, |step| Method::GradientDescent(Step { step })),
    ] {
        let error = |step: f64| {
            let plan = Plan::uniform(4.0, 4);
            largest_error(&solve(rotation_and_growth(), method(step), &plan).1)
        };
        let measured = (error(0.02) / error(0.01)).log2();
        assert!(
            (measured - order).abs() < 0.1,
            "order {measured} instead of {order}"
        );
    }
}

#[test]
fn adaptive_methods_have_their_order() {
    // Local error control: error ∝ tol, and tol ∝ h^(p+1) with the order p of the error estimate,
    // so that steps grow like tol^(−1/5) for dopri5 and tol^(−1/8) for dop853.
    for (exponent, method) in [
        (
            0.2,
            (|rtol| Method::Dopri5(tolerance(rtol))) as fn(f64) -> Method,
        ),
        (0.125, |rtol| Method::Dop853(tolerance(rtol))),
        // Order 2, and its error estimate of order 2 too.
        (1.0 / 3.0, |rtol| Method::Rkc(tolerance(rtol))),
    ] {
        let run = |rtol: f64| {
            let plan = Plan::uniform(400.0, 1);
            let mut problem = rotation_and_growth();
            problem.horizon = 400.0;
            let (report, keep) = solve(problem, method(rtol), &plan);
            (report.steps as f64, largest_error(&keep))
        };
        let ((few, large), (many, small)) = (run(1e-6), run(1e-10));
        let measured = (many / few).log10() / 4.0;
        assert!(
            (measured - exponent).abs() < 0.015,
            "steps ∝ tol^−{measured}, not {exponent}"
        );
        assert!(large < 5e-2 && small < 1e-2 * large, "{large} {small}");
    }
}

#[test]
fn rates_a_million_times_apart_cost_the_stabilized_method_little() {
    let run = |method: Method| {
        let mut problem = rotation_and_growth();
        // Rates 1, 10³ and 10⁶, and a slow source for the fastest.
        problem.field = |y, dy| {
            dy[0] = -y[0];
            dy[1] = -1e3 * y[1];
            dy[2] = -1e6 * (y[2] - y[0]);
        };
        problem.start = vec![1.0, 1.0, 0.0];
        solve(problem, method, &Plan::uniform(4.0, 4))
    };
    let (report, keep) = run(Method::Rkc(tolerance(1e-6)));
    assert_eq!(report.end, RunEnd::Horizon);
    for (time, y) in keep.outputs.iter().skip(1) {
        assert!((y[0] - (-time).exp()).abs() < 1e-4 && y[1].abs() < 1e-5);
        assert!((y[2] - y[0]).abs() < 1e-4);
    }
    // An ordinary explicit method needs a million steps.
    assert!(report.evaluations < 60_000, "{}", report.evaluations);
}

#[test]
fn output_times_are_met_and_have_the_accuracy_of_the_method() {
    let problem = rotation_and_growth();
    let plan = Plan {
        horizon: problem.horizon,
        outputs: vec![0.1, 0.15, 1.0, 3.99, 4.0],
        max_steps: 10_000,
    };
    for method in [
        Method::Dopri5(tolerance(1e-11)),
        Method::Dop853(tolerance(1e-11)),
    ] {
        let (report, keep) = solve(rotation_and_growth(), method, &plan);
        let times: Vec<f64> = keep.outputs.iter().map(|(time, _)| *time).collect();
        assert_eq!(times, [0.0, 0.1, 0.15, 1.0, 3.99, 4.0]);
        assert!(largest_error(&keep) < 1e-9);
        assert_eq!(report.end, RunEnd::Horizon);
        assert_eq!(report.time, 4.0);
        assert_eq!(report.steps as usize, keep.steps.len());
    }
}

#[test]
fn a_hundred_thousand_steps_are_no_limit() {
    let plan = Plan {
        horizon: 4.0,
        outputs: vec![4.0],
        max_steps: 1_000_000,
    };
    let (report, _) = solve(
        rotation_and_growth(),
        Method::Rk4(Step { step: 2e-5 }),
        &plan,
    );
    assert_eq!((report.end, report.steps), (RunEnd::Horizon, 200_000));
    // Adaptive: a fast rotation over many turns.
    let mut fast = rotation_and_growth();
    fast.field = |y, dy| {
        dy[0] = 1e4 * y[1];
        dy[1] = -1e4 * y[0];
        dy[2] = 0.0;
    };
    let (report, _) = solve(fast, Method::Dopri5(tolerance(1e-8)), &plan);
    assert_eq!(report.end, RunEnd::Horizon);
    assert!(report.steps > 200_000, "{}", report.steps);
}

const ALL: [Method; 5] = [
    Method::Rkc(Tolerance {
        rtol: 1e-6,
        atol: 1e-6,
    }),
    Method::Dopri5(Tolerance {
        rtol: 1e-6,
        atol: 1e-6,
    }),
    Method::Dop853(Tolerance {
        rtol: 1e-6,
        atol: 1e-6,
    }),
    Method::Rk4(Step { step: 0.01 }),
    Method::GradientDescent(Step { step: 0.01 }),
];

#[test]
fn a_nan_ends_the_run_and_keeps_what_was_before() {
    for method in ALL {
        let mut problem = rotation_and_growth();
        // After t = 2 the field is not a number.
        problem.field = |y, dy| {
            dy[0] = 1.0;
            dy[1] = if y[0] < 2.0 { 0.0 } else { f64::NAN };
            dy[2] = 0.0;
        };
        let (report, keep) = solve(problem, method, &Plan::uniform(4.0, 40));
        let RunEnd::NotFinite { time, component: 1 } = report.end else {
            panic!("{:?}", report.end)
        };
        assert!((1.8..2.6).contains(&time), "{method:?}: {time}");
        assert!(report.end.advice().is_some());
        assert!(report.state.iter().all(|x| x.is_finite()), "{method:?}");
        assert!(
            keep.outputs.len() >= 15,
            "{method:?}: {}",
            keep.outputs.len()
        );
    }
}

#[test]
fn a_diverging_run_is_stopped() {
    for method in ALL {
        let mut problem = rotation_and_growth();
        problem.field = |y, dy| {
            dy.fill(0.0);
            dy[2] = 20.0 * y[2];
        };
        let (report, _) = solve(problem, method, &Plan::uniform(4.0, 4));
        assert!(
            matches!(report.end, RunEnd::Diverged { component: 2, .. }),
            "{:?}",
            report.end
        );
        assert!(report.end.advice().unwrap().contains("integrate.step"));
    }
}

#[test]
fn a_step_that_shrinks_to_nothing_is_a_stalled_run() {
    for method in &ALL[..3] {
        let mut problem = rotation_and_growth();
        // Noise: no step is short enough to see it as smooth.
        problem.field = |y, dy| {
            dy.fill(0.0);
            dy[0] = 1e9 * (1e17 * y[1]).sin();
            dy[1] = -1e9 * (1e17 * (y[0] + 0.1)).sin();
        };
        let (report, _) = solve(problem, *method, &Plan::uniform(4.0, 4));
        assert!(
            matches!(report.end, RunEnd::Stalled { .. }),
            "{:?}",
            report.end
        );
        assert!(report.end.advice().unwrap().contains("integrate.rtol"));
    }
}

#[test]
fn the_step_budget_and_an_interruption_end_a_run_where_it_is() {
    for method in ALL {
        let plan = Plan {
            horizon: 4.0,
            outputs: vec![0.5, 4.0],
            max_steps: 3,
        };
        let (report, _) = solve(rotation_and_growth(), method, &plan);
        assert!(
            matches!(report.end, RunEnd::StepBudget { steps: 3, .. }),
            "{:?}",
            report.end
        );

        let mut problem = rotation_and_growth();
        let start = problem.start.clone();
        let mut keep = Keep {
            stop_after: Some(2),
            ..Keep::default()
        };
        let plan = Plan::uniform(4.0, 4);
        let report = integrate(&mut problem, start, &method, &plan, &mut keep).unwrap();
        assert!(matches!(report.end, RunEnd::Interrupted { .. }));
        assert_eq!(report.steps, 2);
        assert_eq!(report.time, keep.steps[1]);
    }
}

#[test]
fn adaptive_methods_are_refused_where_they_make_no_sense() {
    struct Sampled {
        repeatable: bool,
    }
    impl VectorField for Sampled {
        fn velocity(&mut self, _y: &[f64], dy: &mut [f64]) {
            dy.fill(0.0);
        }
        fn is_repeatable(&self) -> bool {
            self.repeatable
        }
        fn resolution(&self) -> f64 {
            1e-4
        }
    }
    let attempt = |repeatable, method: &Method| {
        let plan = Plan::uniform(1.0, 1);
        integrate(
            &mut Sampled { repeatable },
            vec![0.0],
            method,
            &plan,
            &mut Keep::default(),
        )
        .map(|_| ())
    };
    for method in &ALL[..3] {
        assert_eq!(
            attempt(false, method),
            Err(IntegrateError::AdaptiveOnFreshSamples)
        );
        let too_fine = IntegrateError::FinerThanTheSample {
            rtol: 1e-6,
            resolution: 1e-4,
        };
        assert_eq!(attempt(true, method), Err(too_fine));
    }
    assert_eq!(attempt(false, &ALL[4]), Ok(()));
    assert_eq!(attempt(false, &ALL[3]), Ok(()));
    assert_eq!(attempt(true, &Method::Dop853(tolerance(1e-3))), Ok(()));
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
    fn step(&mut self, time: f64, y: &[f64]) -> Option<RunEnd> {
        self.rest.reached(time, y)
    }

    fn output(&mut self, _field: &mut F, time: f64, _y: &[f64]) -> Option<RunEnd> {
        self.outputs.push(time);
        None
    }
}

#[test]
fn a_run_that_has_come_to_rest_ends_however_far_the_horizon_is() {
    for horizon in [1e6, 1e12, 1e14, 1e18, 1e300] {
        for method in [
            Method::Dop853(tolerance(1e-10)),
            Method::Dopri5(tolerance(1e-10)),
            Method::Rkc(tolerance(1e-8)),
            Method::Rk4(Step { step: 0.1 }),
        ] {
            if method.fixed_step().is_some() && horizon > 1e12 {
                continue;
            }
            let mut until = UntilRest {
                rest: Rest::new(1e-7, 100.0),
                outputs: Vec::new(),
            };
            let plan = Plan::uniform(horizon, 4);
            let start = decay().start;
            let report = integrate(&mut decay(), start, &method, &plan, &mut until).unwrap();
            let RunEnd::AtRest { time, moved } = report.end else {
                panic!("{horizon:e}, {method:?}: {:?}", report.end)
            };
            // The slow mode has decayed to 1e-7 at 154.
            assert!((154.0..1e5).contains(&time), "{method:?}: {time}");
            assert!(moved <= 1e-7 && report.end.is_regular());
            assert!(report.steps < 200_000, "{method:?}: {}", report.steps);
            assert!(report.state.iter().all(|x| x.abs() < 1e-6));
            // What it came to is seen by whoever looks at output times.
            let [start, end] = until.outputs[..] else {
                panic!("{:?}", until.outputs)
            };
            assert!(start == 0.0 && (end / time - 1.0).abs() < 1e-12);
        }
    }
}

#[test]
fn a_slow_mode_is_no_rest() {
    let mut problem = decay();
    problem.field = |y, dy| {
        dy[0] = -y[0];
        dy[1] = -1e-6 * y[1];
    };
    let mut until = UntilRest {
        rest: Rest::new(1e-7, 1e4),
        outputs: Vec::new(),
    };
    let start = problem.start.clone();
    let plan = Plan::uniform(1e5, 4);
    let method = Method::Rkc(tolerance(1e-8));
    let report = integrate(&mut problem, start, &method, &plan, &mut until).unwrap();
    assert_eq!(report.end, RunEnd::Horizon);
}

#[test]
fn a_long_horizon_alone_does_not_stall_a_smooth_flow() {
    for method in &ALL[..3] {
        let plan = Plan {
            max_steps: 2_000,
            ..Plan::uniform(1e16, 4)
        };
        let (report, _) = solve(decay(), *method, &plan);
        assert!(
            matches!(report.end, RunEnd::StepBudget { .. }),
            "{method:?}: {:?}",
            report.end
        );
    }
}

#[test]
fn a_step_that_rounding_swallows_is_no_convergence() {
    for method in [
        Method::Rk4(Step { step: 1e-18 }),
        Method::GradientDescent(Step { step: 1e-18 }),
    ] {
        let plan = Plan::uniform(1e-6, 4);
        let (report, _) = solve(decay(), method, &plan);
        let RunEnd::StepTooSmall { time, step: 1e-18 } = report.end else {
            panic!("{method:?}: {:?}", report.end)
        };
        assert!(time <= report.time && report.time < 1e-16);
        assert!(!report.end.is_regular());
        assert!(report.end.advice().unwrap().contains("integrate.step"));
        assert!(report.steps <= 64);

        // At an equilibrium there is nothing to swallow.
        let mut still = decay();
        still.start = vec![0.0, 0.0];
        let method = match method {
            Method::Rk4(_) => Method::Rk4(Step { step: 0.1 }),
            _ => Method::GradientDescent(Step { step: 0.1 }),
        };
        let (report, _) = solve(still, method, &Plan::uniform(1e3, 4));
        assert!(
            matches!(report.end, RunEnd::AtRest { .. }),
            "{:?}",
            report.end
        );
    }
}

#[test]
fn what_is_no_number_or_no_plan_is_refused_and_nothing_panics() {
    let attempt = |method: &Method, plan: &Plan, start: Vec<f64>| {
        integrate(&mut decay(), start, method, plan, &mut Keep::default()).map(|_| ())
    };
    let plan = Plan::uniform(1.0, 3);
    for bad in [0.0, -1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for method in ALL {
            let plan = Plan {
                horizon: bad,
                outputs: Vec::new(),
                max_steps: 10,
            };
            let error = attempt(&method, &plan, vec![1.0, 1.0]).unwrap_err();
            assert!(error.to_string().starts_with("horizon = "), "{error}");
            let uniform = Plan::uniform(bad, 3);
            assert!(attempt(&method, &uniform, vec![1.0, 1.0]).is_err());
        }
        for method in [
            Method::Rk4(Step { step: bad }),
            Method::GradientDescent(Step { step: bad }),
            Method::Dopri5(tolerance(bad)),
            Method::Dop853(tolerance(bad)),
            Method::Rkc(tolerance(bad)),
        ] {
            let error = attempt(&method, &plan, vec![1.0, 1.0]).unwrap_err();
            assert!(
                matches!(error, IntegrateError::NotPositive { .. }),
                "{error}"
            );
            // The times of such a plan are not asked for without it being checked, and are no panic either.
            let _ = plan.times_of(&method);
        }
    }
    for method in ALL {
        for start in [vec![], vec![1.0, f64::NAN], vec![f64::INFINITY, 0.0]] {
            let error = attempt(&method, &plan, start).unwrap_err();
            assert!(matches!(error, IntegrateError::Start { .. }), "{error}");
        }
        for outputs in [vec![0.5, 0.2], vec![0.0], vec![f64::NAN], vec![0.5, 3.0]] {
            let plan = Plan {
                outputs,
                ..plan.clone()
            };
            let error = attempt(&method, &plan, vec![1.0, 1.0]).unwrap_err();
            assert!(matches!(error, IntegrateError::Outputs { .. }), "{error}");
        }
    }
    let lost = attempt(&Method::Rk4(Step { step: 1e-300 }), &plan, vec![1.0, 1.0]).unwrap_err();
    assert!(matches!(lost, IntegrateError::StepLost { .. }), "{lost}");
}

#[test]
fn horizons_shorter_than_a_step_or_than_the_smallest_number_are_met() {
    for horizon in [f64::MIN_POSITIVE, 1e-30, 1e-3] {
        for method in ALL {
            let plan = Plan::uniform(horizon, 1).times_of(&method);
            let (report, keep) = solve(rotation_and_growth(), method, &plan);
            assert!(
                matches!(report.end, RunEnd::Horizon),
                "{horizon:e}, {method:?}: {:?}",
                report.end
            );
            assert_eq!(keep.outputs.len(), 2);
            // A method of fixed step takes one whole step.
            let end = method.fixed_step().unwrap_or(horizon);
            assert_eq!(report.time, end);
        }
    }
}
