//! Energy, norms and projections.

use super::*;

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
            let mut direction = normal(seed + 100 + direction_seed, (layout.len(), 1)).into_raw_vec_and_offset().0;
            direction[layout.len() - 1] = 0.0;
            // Tangent: at right angles to each node.
            let nodes = layout.weights(&start).to_owned();
            for (mut part, node) in layout.weights_mut(&mut direction).rows_mut().into_iter().zip(nodes.rows()) {
                let along = part.dot(&node);
                part.scaled_add(-along, &node);
            }
            let flow = std::cell::RefCell::new(&mut flow);
            let loss = |step: f64| {
                let y: Vec<f64> = start.iter().zip(&direction).map(|(y, d)| y + step * d).collect();
                flow.borrow_mut().snapshot(&y, &mut vec![0.0; y.len()]).loss
            };
            let slope = derivative(loss, 4e-3);
            let product: f64 = force.iter().zip(&direction).map(|(f, d)| f * d).sum();
            assert!((slope + product).abs() < 1e-9 * (1.0 + product.abs()), "{slope} beside {product}");
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
            let y: Vec<f64> = start.iter().zip(&force).map(|(y, f)| y + step * f).collect();
            flow.borrow_mut().snapshot(&y, &mut vec![0.0; y.len()]).loss
        };
        let scale = 0.02 / norm.sqrt().max(1.0);
        let slope = derivative(loss, scale);
        assert!((slope / -squares - 1.0).abs() < 1e-9, "{slope} beside −{squares}");
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
    let loose = Tolerance { rtol: 1e-4, atol: 1e-6 };
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
    flow.layout().weights_mut(&mut stretched).row_mut(1).mapv_inplace(|x| 1.5 * x);
    let at_stretched = velocity(&mut flow, &stretched);
    let layout = flow.layout();
    let (a, b) = (layout.weights(&at_unit), layout.weights(&at_stretched));
    for j in 0..4 {
        let factor = if j == 1 { 1.5 } else { 1.0 };
        assert!((&a.row(j) * factor - b.row(j)).iter().all(|x| x.abs() < 1e-14));
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
    ExactGaussian::new().evaluate(network.student.view(), network.teacher.view(), &mut overlaps);
    let h = &overlaps.d() * &network.fan_out.dot(&network.fan_out.t());
    let h_star = &overlaps.d_star() * &network.fan_out.dot(&network.teacher_fan_out.t());
    let expected = network.teacher.weights.dot(&h_star.t()) - network.student.weights.dot(&h.t());
    let found = flow.layout().weights(&dy).t().to_owned();
    assert!((found - expected).iter().all(|x| x.abs() < 1e-14));
    // The radial part is what the projection would have removed.
    let radial = flow.layout().weights(&dy).row(0).dot(&network.student.weights.column(0));
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
                    layout.weights_mut(&mut y).scaled_add(step, &direction.weights);
                    layout.fan_out_mut(&mut y).scaled_add(step, &direction.fan_out);
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
                assert!((analytic.weights[[j, i]] - difference).abs() < 1e-8, "δẇ[{j}, {i}]");
            }
            for i in 0..2 {
                let difference = component(20 + 2 * j + i);
                assert!((analytic.fan_out[[j, i]] - difference).abs() < 1e-8, "δV̇[{j}, {i}]");
            }
        }
    }
}
