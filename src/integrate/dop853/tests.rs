//! Orders, measured: of the step, and of the interpolant within it.

use super::*;
use crate::integrate::AtOutputs;

/// A pendulum: its angle and angular velocity.
struct Pendulum;

impl VectorField for Pendulum {
    fn velocity(&mut self, y: &[f64], dy: &mut [f64]) {
        dy[0] = y[1];
        dy[1] = -y[0].sin();
    }
}

const START: [f64; 2] = [1.0, 0.5];

/// After one step: its end, and the state when a part of it has passed.
fn one_step(step: f64, part: f64) -> [Vec<f64>; 2] {
    let mut monitor = AtOutputs(|_: &mut Pendulum, _: f64, _: &[f64]| {});
    let mut pendulum = Pendulum;
    let watch = Watch::new(&mut pendulum, &mut monitor, 1);
    let tolerance = Tolerance { rtol: 1e-6, atol: 1e-6 };
    let mut stages = Stages::at(&watch, &START, tolerance);
    stages.attempt(&watch, step).unwrap();
    stages.finish(&watch).unwrap();
    stages.extend(&watch, step).unwrap();
    let mut interpolant = Interpolant::new(2);
    interpolant.prepare(&stages, step);
    let mut within = vec![0.0; 2];
    interpolant.at(&stages, part, &mut within);
    assert_eq!(watch.evaluations.get(), 16);
    [stages.next.to_vec(), within]
}

/// The state at a time, by a thousand short steps.
fn truth(time: f64) -> Vec<f64> {
    let mut state = Vec::new();
    let mut keep = AtOutputs(|_: &mut Pendulum, _: f64, y: &[f64]| state = y.to_vec());
    let plan = Plan::uniform(time, 1);
    let step = crate::integrate::Step { step: time / 1e3 };
    let method = crate::integrate::Method::Rk4(step);
    crate::integrate::integrate(&mut Pendulum, START.to_vec(), &method, &plan, &mut keep).unwrap();
    state
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

#[test]
fn a_step_has_order_8_and_its_interpolant_order_7() {
    // An error of order p within one step falls like its length to the p + 1.
    let [long, short] = [1.0, 0.5];
    let order = |error: &dyn Fn(f64) -> f64| (error(long) / error(short)).log2() - 1.0;
    let of_step = order(&|step| distance(&one_step(step, 0.5)[0], &truth(step)));
    assert!((7.5..9.5).contains(&of_step), "{of_step}");
    for part in [0.1, 0.25, 0.5, 0.6, 0.9] {
        let within = |step: f64| distance(&one_step(step, part)[1], &truth(part * step));
        let of_interpolant = order(&within);
        assert!((6.3..8.5).contains(&of_interpolant), "{part}: {of_interpolant}");
    }
    // At both ends it is the step itself.
    let [end, there] = one_step(long, 1.0);
    assert!(distance(&end, &there) < 1e-15);
    assert_eq!(one_step(long, 0.0)[1], START);
}
