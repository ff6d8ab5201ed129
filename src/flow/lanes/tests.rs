use super::{LANES, side_by_side};
use crate::flow::{FanOut, FlowOptions, TwoLayerFlow};
use crate::network::{Layer, TwoLayer, unit};
use crate::overlap::{ExactGaussian, Input, OverlapMethod, Overlaps};
use crate::rng::stream;
use ndarray::{Array2, s};
use rand_distr::{Distribution, StandardNormal};
use std::cell::RefCell;
use std::collections::VecDeque;

/// Its overlaps are those of [`ExactGaussian`], and nobody knows: flows of it are not small.
struct Disguised(ExactGaussian);

impl OverlapMethod for Disguised {
    fn evaluate(&mut self, student: crate::network::LayerView, teacher: crate::network::LayerView, out: &mut Overlaps) {
        self.0.evaluate(student, teacher, out);
    }
}

fn normal(seed: u64, shape: (usize, usize)) -> Array2<f64> {
    let mut stream = stream(seed, "lanes", &[]);
    Array2::from_shape_simple_fn(shape, || StandardNormal.sample(&mut stream))
}

/// n students, m teachers, k coordinates, C outputs.
fn network([n, m, k, c]: [usize; 4], threshold: f64, seed: u64) -> TwoLayer {
    let mut teacher = normal(seed, (k, m));
    teacher.columns_mut().into_iter().for_each(|mut node| {
        unit::normalize(&mut node);
    });
    TwoLayer {
        teacher: Layer::with_threshold(teacher, threshold),
        teacher_fan_out: normal(seed + 1, (m, c)),
        student: Layer::with_threshold(normal(seed + 2, (k, n)), threshold),
        fan_out: normal(seed + 3, (n, c)),
    }
}

fn flow(network: &TwoLayer, fan_out: FanOut, small: bool) -> TwoLayerFlow {
    let overlap: Box<dyn OverlapMethod> = match small {
        true => Box::new(ExactGaussian::new()),
        false => Box::new(Disguised(ExactGaussian::new())),
    };
    let options = FlowOptions {
        projection: true,
        fan_out,
    };
    TwoLayerFlow::new(network, overlap, &Input::standard_gaussian(), options)
}

/// Velocities at some states along a path, one after another.
fn velocities(network: &TwoLayer, fan_out: FanOut, small: bool) -> Vec<Vec<f64>> {
    let mut flow = flow(network, fan_out, small);
    let mut y = flow.state_of(network);
    let mut dy = vec![0.0; y.len()];
    let step = |dy: &mut Vec<f64>| {
        flow.velocity(&y, dy);
        let mut again = dy.clone();
        let snapshot = flow.snapshot(&y, &mut again);
        assert!(again == *dy || !small);
        y.iter_mut().zip(&*dy).for_each(|(y, dy)| *y += 0.3 * dy);
        let mut found = dy.clone();
        found.push(snapshot.loss);
        found.extend(snapshot.angle_rates);
        found
    };
    (0..7).map(|_| ()).scan(step, |step, ()| Some(step(&mut dy))).collect()
}

/// Sizes, thresholds and kinds of fan-out; one after another they have different shapes.
fn cases() -> Vec<(TwoLayer, FanOut)> {
    let sizes = [[5, 5, 10, 5], [3, 2, 4, 1], [1, 1, 2, 3], [8, 4, 6, 10]];
    let mut cases = Vec::new();
    for (seed, b) in (1..).zip([0.0, 1.0, -0.7, 0.0, 2.0, 9.0, 0.0, 0.3]) {
        for size in sizes {
            for fan_out in [FanOut::Fixed, FanOut::Running] {
                let mut network = network(size, b, seed);
                // One student at its teacher, one opposite to it, one within rounding.
                let target = network.teacher.weights.column(0).to_owned();
                network.student.weights.column_mut(0).assign(&target);
                if size[0] > 2 {
                    let mut weights = network.student.weights.slice_mut(s![.., 1..3]);
                    weights.column_mut(0).assign(&(-3.0 * &target));
                    weights.column_mut(1).assign(&target);
                    weights[[0, 1]] += 1e-9;
                }
                cases.push((network, fan_out));
            }
        }
    }
    cases
}

#[test]
fn a_small_flow_is_what_it_would_be_if_it_were_large() {
    for (network, fan_out) in cases() {
        let small = velocities(&network, fan_out, true);
        let large = velocities(&network, fan_out, false);
        for (small, large) in small.iter().zip(&large) {
            let size = large.iter().fold(1.0_f64, |size, x| size.max(x.abs()));
            for (small, large) in small.iter().zip(large) {
                let error = (small - large).abs() / size;
                assert!(error < 2e-13, "{small} {large} in {network:?}");
            }
        }
    }
}

#[test]
fn neighbours_change_no_byte() {
    let cases = cases();
    let alone = cases
        .iter()
        .map(|(network, fan_out)| velocities(network, *fan_out, true));
    let found = RefCell::new(vec![Vec::new(); cases.len()]);
    let mut left: VecDeque<usize> = (0..cases.len()).collect();
    let mut most_idle = 0;
    side_by_side(1 << 22, |idle| {
        most_idle += usize::from(idle);
        let at = left.pop_front()?;
        let (cases, found) = (&cases, &found);
        Some(move || {
            let (network, fan_out) = &cases[at];
            let velocities = velocities(network, *fan_out, true);
            found.borrow_mut()[at] = velocities;
        })
    });
    assert!(left.is_empty() && most_idle < cases.len() / LANES + 3);
    for (found, alone) in found.into_inner().iter().zip(alone) {
        assert_eq!(found, &alone);
    }
}

#[test]
fn tasks_may_run_tasks_side_by_side_themselves() {
    let done = RefCell::new(0);
    let network = network([2, 2, 3, 1], 0.5, 4);
    let inner = || {
        let mut left = 3;
        side_by_side(1 << 22, |_| {
            left = i32::checked_sub(left, 1).filter(|left| *left >= 0)?;
            Some(|| {
                velocities(&network, FanOut::Running, true);
                *done.borrow_mut() += 1;
            })
        });
        velocities(&network, FanOut::Running, true);
    };
    let mut left = 5;
    side_by_side(1 << 22, |_| {
        left = i32::checked_sub(left, 1).filter(|left| *left >= 0)?;
        Some(inner)
    });
    assert_eq!(done.into_inner(), 15);
}

#[test]
fn a_task_that_panics_ends_them_all() {
    let network = network([2, 2, 3, 1], 0.5, 4);
    let mut left = 5;
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        side_by_side(1 << 22, |_| {
            left -= 1;
            let (last, network) = (left == 0, &network);
            (left >= 0).then_some(move || {
                velocities(network, FanOut::Running, true);
                assert!(!last, "the last one");
            })
        });
    }));
    assert!(result.is_err());
    // Nobody waits at a desk that has gone.
    velocities(&network, FanOut::Running, true);
}
