//! The Jacobian, rates, and what drops out.

use super::*;

#[test]
fn the_ambient_jacobian_is_the_derivative_of_the_extended_field() {
    for fan_out in [FanOut::Running, FanOut::Fixed] {
        let network = random_network([5, 3, 4, 2], 0.4, 50);
        let options = FlowOptions {
            projection: true,
            fan_out,
        };
        let mut flow = exact_flow(&network, options);
        let start = flow.state_of(&network);
        let matrix = FlowJacobian::at(&network, fan_out).ambient_matrix();
        assert_eq!(matrix.nrows(), start.len() - 1);
        let flow = std::cell::RefCell::new(&mut flow);
        for ((row, column), &entry) in matrix.indexed_iter() {
            let along = |step: f64| {
                let mut y = start.clone();
                y[column] += step;
                velocity(&mut flow.borrow_mut(), &y)[row]
            };
            let difference = derivative(along, 5e-3);
            assert!((entry - difference).abs() < 1e-8, "[{row}, {column}]: {entry} {difference}");
        }
    }
}

#[test]
fn at_the_teacher_the_jacobian_is_symmetric_and_stable() {
    let mut network = random_network([5, 4, 4, 3], 0.6, 70);
    network.student = network.teacher.clone();
    network.fan_out = network.teacher_fan_out.clone();
    let jacobian = FlowJacobian::at(&network, FanOut::Running);
    assert!(asymmetry(jacobian.tangent_matrix().view()) < 1e-13);
    let rates = jacobian.decay_rates().unwrap();
    assert_eq!(rates.len(), 4 * 4 + 4 * 3);
    assert!(rates[0] > 0.0, "{rates}");
}

#[test]
fn orthonormal_teachers_have_the_closed_form_rate() {
    for m in [3, 5, 12] {
        for i in 0..=14 {
            let b = 0.25 * f64::from(i);
            let rate = asymptotic_rate(Array2::eye(m).view(), b, m + 10).unwrap().rate;
            let (q, phi) = (gaussian::tail(b), gaussian::density(b));
            let closed = q - q * q - phi * phi;
            assert!((rate / closed - 1.0).abs() < 1e-9, "m = {m}, b = {b}: {rate} {closed}");
        }
    }
}

#[test]
fn many_nodes_go_to_the_iterative_solver_and_give_the_same_rate() {
    let (b, m) = (0.5, 40);
    let found = asymptotic_rate(Array2::eye(m).view(), b, 100).unwrap();
    assert_eq!(found.unknowns, 40 * 39);
    let (q, phi) = (gaussian::tail(b), gaussian::density(b));
    let closed = q - q * q - phi * phi;
    assert!((found.rate / closed - 1.0).abs() < 1e-6, "{} {closed}", found.rate);
}

#[test]
fn the_dimension_drops_out() {
    // The same start once in k = n + m coordinates, once in all of R^60.
    let reduced = theorem4_network(60, 4, 0.8, 0.4, 3);
    assert_eq!(reduced.student.weights.nrows(), 8);
    let frame = Frame::random(60, 5);
    let mut full = reduced.clone();
    full.student.weights = frame.lift(reduced.student.weights.view()).unwrap();
    full.teacher.weights = frame.lift(reduced.teacher.weights.view()).unwrap();
    let (_, few) = run(&reduced, FlowOptions::default(), TIGHT, 30.0);
    let (flow, many) = run(&full, FlowOptions::default(), TIGHT, 30.0);
    assert_eq!(flow.layout().coordinates, 60);
    for (few, many) in few.angles.iter().zip(&many.angles) {
        for (a, b) in few.iter().zip(many) {
            assert!((a - b).abs() < 1e-11);
        }
    }
    // And the full weights, rebuilt, are those of the full run.
    let last = few.states.last().unwrap();
    let layout = exact_flow(&reduced, FlowOptions::default()).layout();
    let rebuilt = frame.lift(layout.weights(last).t()).unwrap();
    let simulated = flow.layout().weights(many.states.last().unwrap()).t().to_owned();
    assert!((rebuilt - simulated).iter().all(|x: &f64| x.abs() < 1e-11));
}

#[test]
fn a_sampled_flow_with_a_second_moment_multiplies_by_it() {
    let network = random_network([4, 2, 3, 1], 0.3, 80);
    let rows = normal(81, (2000, 4)).dot(&normal(82, (4, 4)));
    let input = Input::rows(rows).unwrap();
    let second_moment = input.second_moment().unwrap();
    let sampler = |input: &Input| Box::new(MonteCarlo::<f64>::new(input.clone(), 2000, Resample::Never, 1));
    let options = FlowOptions {
        projection: false,
        fan_out: FanOut::Fixed,
    };
    let mut flow = TwoLayerFlow::new(&network, sampler(&input), &input, options);
    let start = flow.state_of(&network);
    let with = velocity(&mut flow, &start);
    // The same overlaps without the factor.
    let mut plain = TwoLayerFlow::new(&network, sampler(&input), &Input::standard_gaussian(), options);
    let without = velocity(&mut plain, &start);
    let expected = plain.layout().weights(&without).dot(&second_moment);
    let found = flow.layout().weights(&with).to_owned();
    assert!((found - expected).iter().all(|x| x.abs() < 1e-12));
}

#[test]
fn watching_a_run_with_fresh_samples_does_not_change_it() {
    let network = theorem4_network(6, 3, 0.2, 0.5, 4);
    let end = |outputs: usize| {
        let sampler = MonteCarlo::<f64>::new(Input::standard_gaussian(), 500, Resample::EveryEvaluation, 9);
        let mut flow =
            TwoLayerFlow::new(&network, Box::new(sampler), &Input::standard_gaussian(), FlowOptions::default());
        let start = flow.state_of(&network);
        let method = Method::GradientDescent(Step { step: 0.1 });
        let plan = Plan::uniform(4.0, outputs);
        integrate(&mut flow, start, &method, &plan, &mut Keep::default()).unwrap().state
    };
    assert_eq!(end(2)[..18], end(20)[..18]);
}

#[test]
fn students_start_at_the_angle_asked_for() {
    let network = theorem4_network(50, 6, 0.0, 0.3, 12);
    let mut flow = exact_flow(&network, FlowOptions::default());
    let start = flow.state_of(&network);
    let angles = flow.snapshot(&start, &mut vec![0.0; start.len()]).angles;
    assert!(angles.iter().all(|angle| (angle - 0.3).abs() < 1e-14));
    let teacher = network.teacher.weights.slice(s![..6, ..]);
    assert_eq!(teacher, Array2::<f64>::eye(6));
}

#[test]
fn angle_rates_are_the_derivatives_of_the_angles() {
    let network = theorem4_network(12, 4, 1.0, 0.3, 13);
    let mut flow = exact_flow(&network, FlowOptions::default());
    let start = flow.state_of(&network);
    let mut force = vec![0.0; start.len()];
    let rates = flow.snapshot(&start, &mut force).angle_rates;
    let flow = std::cell::RefCell::new(&mut flow);
    for (j, rate) in rates.iter().enumerate() {
        let angle = |step: f64| {
            let y: Vec<f64> = start.iter().zip(&force).map(|(y, f)| y + step * f).collect();
            flow.borrow_mut().snapshot(&y, &mut vec![0.0; y.len()]).angles[j]
        };
        assert!((derivative(angle, 1e-2) - rate).abs() < 1e-11);
    }
}
