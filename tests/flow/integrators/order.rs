//! Orders and output times.

use super::*;

#[test]
fn methods_of_fixed_step_have_their_order() {
    for (order, method) in [
        (4.0, (|step| Method::Rk4(Step { step })) as fn(f64) -> Method),
        (1.0, |step| Method::GradientDescent(Step { step })),
    ] {
        let error = |step: f64| {
            let plan = Plan::uniform(4.0, 4);
            largest_error(&solve(rotation_and_growth(), method(step), &plan).1)
        };
        let measured = (error(0.02) / error(0.01)).log2();
        assert!((measured - order).abs() < 0.1, "order {measured} instead of {order}");
    }
}

#[test]
fn adaptive_methods_have_their_order() {
    // Local error control: error ∝ tol, and tol ∝ h^(p+1) with the order p of the error estimate,
    // so that steps grow like tol^(−1/5) for dopri5 and tol^(−1/8) for dop853.
    for (exponent, method) in [
        (0.2, (|rtol| Method::Dopri5(tolerance(rtol))) as fn(f64) -> Method),
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
        assert!((measured - exponent).abs() < 0.015, "steps ∝ tol^−{measured}, not {exponent}");
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
    for method in [Method::Dopri5(tolerance(1e-11)), Method::Dop853(tolerance(1e-11))] {
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
    let (report, _) = solve(rotation_and_growth(), Method::Rk4(Step { step: 2e-5 }), &plan);
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
        assert!(keep.outputs.len() >= 15, "{method:?}: {}", keep.outputs.len());
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
        assert!(matches!(report.end, RunEnd::Diverged { component: 2, .. }), "{:?}", report.end);
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
        assert!(matches!(report.end, RunEnd::Stalled { .. }), "{:?}", report.end);
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
        assert!(matches!(report.end, RunEnd::StepBudget { steps: 3, .. }), "{:?}", report.end);

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
        integrate(&mut Sampled { repeatable }, vec![0.0], method, &plan, &mut Keep::default()).map(|_| ())
    };
    for method in &ALL[..3] {
        assert_eq!(attempt(false, method), Err(IntegrateError::AdaptiveOnFreshSamples));
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
