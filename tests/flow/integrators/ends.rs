//! How runs end, and what is refused.

use super::*;

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
        assert!(matches!(report.end, RunEnd::StepBudget { .. }), "{method:?}: {:?}", report.end);
    }
}

#[test]
fn a_step_that_rounding_swallows_is_no_convergence() {
    for method in [Method::Rk4(Step { step: 1e-18 }), Method::GradientDescent(Step { step: 1e-18 })] {
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
        assert!(matches!(report.end, RunEnd::AtRest { .. }), "{:?}", report.end);
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
            assert!(matches!(error, IntegrateError::NotPositive { .. }), "{error}");
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
            assert!(matches!(report.end, RunEnd::Horizon), "{horizon:e}, {method:?}: {:?}", report.end);
            assert_eq!(keep.outputs.len(), 2);
            // A method of fixed step takes one whole step.
            let end = method.fixed_step().unwrap_or(horizon);
            assert_eq!(report.time, end);
        }
    }
}

#[test]
fn a_velocity_that_no_sum_of_stages_can_hold_ends_a_run() {
    // Finite itself; its multiples are not, so that a step has no error at all.
    for horizon in [f64::MIN_POSITIVE, 1.0, 1e300] {
        let mut problem = rotation_and_growth();
        problem.field = |_, dy| dy.copy_from_slice(&[1e308, -1e308, 0.0]);
        let (report, _) = solve(problem, ALL[2], &Plan::uniform(horizon, 1));
        let RunEnd::Stalled { time: 0.0 } = report.end else {
            panic!("{horizon:e}: {:?}", report.end)
        };
        assert!(report.evaluations < 20_000, "{}", report.evaluations);
    }
    // No velocity anywhere but at the start, which a shorter horizon would not leave.
    for horizon in [1e-9, 1.0, 1e300] {
        let mut problem = rotation_and_growth();
        problem.field = |y, dy| dy.fill(if y[1] == 1.0 { 1.0 } else { f64::NAN });
        let (report, _) = solve(problem, ALL[2], &Plan::uniform(horizon, 1));
        assert!(matches!(report.end, RunEnd::NotFinite { component: 0, .. }), "{horizon:e}: {:?}", report.end);
    }
}
