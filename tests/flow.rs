//! The flow: its energy, its Jacobian, its independence of the dimension.

mod common;

use common::{derivative, normal, random_network, theorem4_network};
use luckflow::flow::{Direction, FanOut, FlowJacobian, FlowOptions, TwoLayerFlow, asymmetry};
use luckflow::integrate::{Method, Monitor, Plan, RunEnd, Step, Tolerance, integrate};
use luckflow::network::{Frame, TwoLayer};
use luckflow::overlap::gaussian::normal as gaussian;
use luckflow::overlap::{ExactGaussian, Input, MonteCarlo, Resample};
use luckflow::theory::asymptotic_rate;
use ndarray::{Array2, s};

const RUNNING: FlowOptions = FlowOptions {
    projection: true,
    fan_out: FanOut::Running,
};

fn exact_flow(network: &TwoLayer, options: FlowOptions) -> TwoLayerFlow {
    let overlap = Box::new(ExactGaussian::new());
    TwoLayerFlow::new(network, overlap, &Input::standard_gaussian(), options)
}

fn velocity(flow: &mut TwoLayerFlow, y: &[f64]) -> Vec<f64> {
    let mut dy = vec![0.0; y.len()];
    flow.velocity(y, &mut dy);
    dy
}

/// Keeps every snapshot and state.
#[derive(Default)]
struct Keep {
    losses: Vec<f64>,
    dissipated: Vec<f64>,
    angles: Vec<Vec<f64>>,
    states: Vec<Vec<f64>>,
}

impl Monitor<TwoLayerFlow> for Keep {
    fn output(&mut self, flow: &mut TwoLayerFlow, _time: f64, y: &[f64]) -> Option<RunEnd> {
        let mut dy = vec![0.0; y.len()];
        let snapshot = flow.snapshot(y, &mut dy);
        self.losses.push(snapshot.loss);
        self.dissipated.push(snapshot.dissipated);
        self.angles.push(snapshot.angles);
        self.states.push(y.to_vec());
        None
    }
}

fn run(
    network: &TwoLayer,
    options: FlowOptions,
    method: Method,
    horizon: f64,
) -> (TwoLayerFlow, Keep) {
    let mut flow = exact_flow(network, options);
    let start = flow.state_of(network);
    let mut keep = Keep::default();
    let plan = Plan::uniform(horizon, 40);
    integrate(&mut flow, start, &method, &plan, &mut keep).unwrap();
    (flow, keep)
}

const TIGHT: Method = Method::Dop853(Tolerance {
    rtol: 1e-12,
    atol: 1e-14,
});

#[test]
fn the_flow_is_the_riemannian_gradient_of_the_closed_form_loss() {
    // Along any tangent direction, the slope of the loss is −⟨velocity, direction⟩: by differences of order 8.
    for (threshold, seed) in [(0.0, 10), (0.7, 20), (2.0, 30), (-0.5, 40)] {
        let network = random_network([6, 3, 5, 2], threshold, seed);
        let mut flow = exact_flow(&network, RUNNING);
        let start = flow.state_of(&network);
        let force = velocity(&mut flow, &start);
        let layout = flow.layout();
        for direction_seed in 0..4 {
            let mut direction = normal(seed + 100 + direction_seed, (layout.len(), 1))
                .into_raw_vec_and_offset()
                .0;
            direction[layout.len() - 1] = 0.0;
            // Tangent: at right angles to each node.
            let nodes = layout.weights(&start).to_owned();
            for (mut part, node) in layout
                .weights_mut(&mut direction)
                .rows_mut()
                .into_iter()
                .zip(nodes.rows())
            {
                let along = part.dot(&node);
                part.scaled_add(-along, &node);
            }
            let flow = std::cell::RefCell::new(&mut flow);
            let loss = |step: f64| {
                let y: Vec<f64> = start
                    .iter()
                    .zip(&direction)
                    .map(|(y, d)| y + step * d)
                    .collect();
                flow.borrow_mut().snapshot(&y, &mut vec![0.0; y.len()]).loss
            };
            let slope = derivative(loss, 4e-3);
            let product: f64 = force.iter().zip(&direction).map(|(f, d)| f * d).sum();
            assert!(
                (slope + product).abs() < 1e-9 * (1.0 + product.abs()),
                "{slope} beside {product}"
            );
        }
    }
}

#[test]
fn the_loss_falls_at_the_rate_of_the_squared_velocity() {
    for (threshold, seed) in [(0.0, 1), (1.0, 2), (2.0, 3)] {
        let network = random_network([8, 4, 7, 3], threshold, seed);
        let mut flow = exact_flow(&network, RUNNING);
        let start = flow.state_of(&network);
        let force = velocity(&mut flow, &start);
        let (squares, rest) = (force[force.len() - 1], &force[..force.len() - 1]);
        let norm: f64 = rest.iter().map(|x| x * x).sum();
        assert!((squares / norm - 1.0).abs() < 1e-13);
        let flow = std::cell::RefCell::new(&mut flow);
        let loss = |step: f64| {
            let y: Vec<f64> = start
                .iter()
                .zip(&force)
                .map(|(y, f)| y + step * f)
                .collect();
            flow.borrow_mut().snapshot(&y, &mut vec![0.0; y.len()]).loss
        };
        let scale = 0.02 / norm.sqrt().max(1.0);
        let slope = derivative(loss, scale);
        assert!(
            (slope / -squares - 1.0).abs() < 1e-9,
            "{slope} beside −{squares}"
        );
    }
}

#[test]
fn the_loss_never_rises_and_the_energy_balances_along_a_run() {
    for threshold in [0.0, 1.5] {
        let network = random_network([8, 4, 9, 3], threshold, 5);
        let (_, seen) = run(&network, RUNNING, TIGHT, 60.0);
        let start = seen.losses[0];
        for pair in seen.losses.windows(2) {
            assert!(pair[1] <= pair[0] + 1e-14 * start);
        }
        assert!(seen.losses[40] < 0.2 * start, "the run must go somewhere");
        for (loss, dissipated) in seen.losses.iter().zip(&seen.dissipated) {
            assert!((loss + dissipated - start).abs() < 1e-9 * start);
        }
    }
}

#[test]
fn nodes_stay_of_unit_norm_through_a_long_run_of_every_method() {
    let network = random_network([6, 3, 6, 2], 0.3, 8);
    let loose = Tolerance {
        rtol: 1e-4,
        atol: 1e-6,
    };
    for method in [
        Method::Dopri5(loose),
        Method::Dop853(loose),
        Method::Rk4(Step { step: 0.2 }),
        Method::GradientDescent(Step { step: 0.05 }),
    ] {
        let (flow, seen) = run(&network, RUNNING, method, 200.0);
        for state in &seen.states {
            for node in flow.layout().weights(state).rows() {
                assert!((node.dot(&node).sqrt() - 1.0).abs() < 1e-12, "{method:?}");
            }
        }
    }
}

#[test]
fn the_norm_of_a_state_has_no_effect_on_the_projected_flow() {
    let network = random_network([5, 2, 4, 2], 0.4, 9);
    let mut flow = exact_flow(&network, RUNNING);
    let start = flow.state_of(&network);
    let at_unit = velocity(&mut flow, &start);
    let mut stretched = start.clone();
    flow.layout()
        .weights_mut(&mut stretched)
        .row_mut(1)
        .mapv_inplace(|x| 1.5 * x);
    let at_stretched = velocity(&mut flow, &stretched);
    let layout = flow.layout();
    let (a, b) = (layout.weights(&at_unit), layout.weights(&at_stretched));
    for j in 0..4 {
        let factor = if j == 1 { 1.5 } else { 1.0 };
        assert!(
            (&a.row(j) * factor - b.row(j))
                .iter()
                .all(|x| x.abs() < 1e-14)
        );
    }
}

#[test]
fn without_projection_the_model_is_w_star_h_star_minus_w_h() {
    let network = random_network([5, 3, 4, 2], 0.2, 11);
    let options = FlowOptions {
        projection: false,
        fan_out: FanOut::Fixed,
    };
    let mut flow = exact_flow(&network, options);
    let start = flow.state_of(&network);
    let dy = velocity(&mut flow, &start);
    use luckflow::overlap::{OverlapMethod, Overlaps};
    let mut overlaps = Overlaps::zeros(4, 3);
    ExactGaussian::new().evaluate(
        network.student.view(),
        network.teacher.view(),
        &mut overlaps,
    );
    let h = &overlaps.d() * &network.fan_out.dot(&network.fan_out.t());
    let h_star = &overlaps.d_star() * &network.fan_out.dot(&network.teacher_fan_out.t());
    let expected = network.teacher.weights.dot(&h_star.t()) - network.student.weights.dot(&h.t());
    let found = flow.layout().weights(&dy).t().to_owned();
    assert!((found - expected).iter().all(|x| x.abs() < 1e-14));
    // The radial part is what the projection would have removed.
    let radial = flow
        .layout()
        .weights(&dy)
        .row(0)
        .dot(&network.student.weights.column(0));
    assert!(radial.abs() > 1e-3);
}

#[test]
fn the_jacobian_is_the_derivative_of_the_flow() {
    for (threshold, seed) in [(0.0, 50), (1.0, 60)] {
        let network = random_network([5, 3, 4, 2], threshold, seed);
        let mut flow = exact_flow(&network, RUNNING);
        let layout = flow.layout();
        let start = flow.state_of(&network);
        let jacobian = FlowJacobian::at(&network, FanOut::Running);
        let mut direction = Direction {
            weights: normal(seed + 7, (4, 5)),
            fan_out: normal(seed + 8, (4, 2)),
        };
        let nodes = network.student.weights.t();
        for (mut part, node) in direction.weights.rows_mut().into_iter().zip(nodes.rows()) {
            let along = part.dot(&node);
            part.scaled_add(-along, &node);
        }
        let analytic = jacobian.apply(&direction);
        let flow = std::cell::RefCell::new(&mut flow);
        let component = |index: usize| {
            derivative(
                |step| {
                    let mut y = start.clone();
                    layout
                        .weights_mut(&mut y)
                        .scaled_add(step, &direction.weights);
                    layout
                        .fan_out_mut(&mut y)
                        .scaled_add(step, &direction.fan_out);
                    // Along the sphere: the field off it is extended, not differentiated.
                    flow.borrow().renormalize(&mut y);
                    velocity(&mut flow.borrow_mut(), &y)[index]
                },
                5e-3,
            )
        };
        for j in 0..4 {
            for i in 0..5 {
                let difference = component(5 * j + i);
                assert!(
                    (analytic.weights[[j, i]] - difference).abs() < 1e-8,
                    "δẇ[{j}, {i}]"
                );
            }
            for i in 0..2 {
                let difference = component(20 + 2 * j + i);
                assert!(
                    (analytic.fan_out[[j, i]] - difference).abs() < 1e-8,
                    "δV̇[{j}, {i}]"
                );
            }
        }
    }
}

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
            assert!(
                (entry - difference).abs() < 1e-8,
                "[{row}, {column}]: {entry} {difference}"
            );
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
            let rate = asymptotic_rate(Array2::eye(m).view(), b, m + 10)
                .unwrap()
                .rate;
            let (q, phi) = (gaussian::tail(b), gaussian::density(b));
            let closed = q - q * q - phi * phi;
            assert!(
                (rate / closed - 1.0).abs() < 1e-9,
                "m = {m}, b = {b}: {rate} {closed}"
            );
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
    assert!(
        (found.rate / closed - 1.0).abs() < 1e-6,
        "{} {closed}",
        found.rate
    );
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
    let simulated = flow
        .layout()
        .weights(many.states.last().unwrap())
        .t()
        .to_owned();
    assert!((rebuilt - simulated).iter().all(|x: &f64| x.abs() < 1e-11));
}

#[test]
fn a_sampled_flow_with_a_second_moment_multiplies_by_it() {
    let network = random_network([4, 2, 3, 1], 0.3, 80);
    let rows = normal(81, (2000, 4)).dot(&normal(82, (4, 4)));
    let input = Input::rows(rows).unwrap();
    let second_moment = input.second_moment().unwrap();
    let sampler = |input: &Input| {
        Box::new(MonteCarlo::<f64>::new(
            input.clone(),
            2000,
            Resample::Never,
            1,
        ))
    };
    let options = FlowOptions {
        projection: false,
        fan_out: FanOut::Fixed,
    };
    let mut flow = TwoLayerFlow::new(&network, sampler(&input), &input, options);
    let start = flow.state_of(&network);
    let with = velocity(&mut flow, &start);
    // The same overlaps without the factor.
    let mut plain = TwoLayerFlow::new(
        &network,
        sampler(&input),
        &Input::standard_gaussian(),
        options,
    );
    let without = velocity(&mut plain, &start);
    let expected = plain.layout().weights(&without).dot(&second_moment);
    let found = flow.layout().weights(&with).to_owned();
    assert!((found - expected).iter().all(|x| x.abs() < 1e-12));
}

#[test]
fn watching_a_run_with_fresh_samples_does_not_change_it() {
    let network = theorem4_network(6, 3, 0.2, 0.5, 4);
    let end = |outputs: usize| {
        let sampler = MonteCarlo::<f64>::new(
            Input::standard_gaussian(),
            500,
            Resample::EveryEvaluation,
            9,
        );
        let mut flow = TwoLayerFlow::new(
            &network,
            Box::new(sampler),
            &Input::standard_gaussian(),
            FlowOptions::default(),
        );
        let start = flow.state_of(&network);
        let method = Method::GradientDescent(Step { step: 0.1 });
        let plan = Plan::uniform(4.0, outputs);
        integrate(&mut flow, start, &method, &plan, &mut Keep::default())
            .unwrap()
            .state
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
            let y: Vec<f64> = start
                .iter()
                .zip(&force)
                .map(|(y, f)| y + step * f)
                .collect();
            flow.borrow_mut()
                .snapshot(&y, &mut vec![0.0; y.len()])
                .angles[j]
        };
        assert!((derivative(angle, 1e-2) - rate).abs() < 1e-11);
    }
}
