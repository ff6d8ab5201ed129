use super::evaluate::Ask;
use super::{LANES, Lanes, Small, side_by_side};
use crate::flow::{FanOut, FlowOptions, TwoLayerFlow};
use crate::lately::Lately;
use crate::network::{Layer, TwoLayer, unit};
use crate::overlap::{ExactGaussian, Input, OverlapMethod, Overlaps};
use crate::rng::stream;
use ndarray::{Array2, Axis, concatenate, s};
use rand_distr::{Distribution, StandardNormal};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::mpsc;
use std::time::Duration;

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
    let thresholds = [0.0, 1.0, -0.7, 0.0, 2.0, 9.0, 0.0, 0.3];
    let mut cases = Vec::new();
    for size in sizes {
        for fan_out in [FanOut::Fixed, FanOut::Running] {
            for (seed, b) in (1..).zip(thresholds) {
                let mut network = network(size, b, seed);
                // One student at its teacher, one opposite to it, one within rounding, one near it.
                let target = network.teacher.weights.column(0).to_owned();
                network.student.weights.column_mut(0).assign(&target);
                if size[0] > 2 {
                    let mut weights = network.student.weights.slice_mut(s![.., 1..3]);
                    weights.column_mut(0).assign(&(-3.0 * &target));
                    weights.column_mut(1).assign(&target);
                    weights[[0, 1]] += 1e-9;
                }
                if size[0] > 3 {
                    let mut near = network.student.weights.column_mut(3);
                    near.mapv_inplace(|x| 0.05 * x);
                    near += &target;
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
    let alone = cases.iter().map(|(network, fan_out)| velocities(network, *fan_out, true));
    let alone: Vec<_> = alone.collect();
    // Lanes of one shape with different thresholds; lanes of different shapes.
    for stride in [1, 5] {
        let found = RefCell::new(vec![Vec::new(); cases.len()]);
        let mut left: VecDeque<usize> = (0..cases.len()).map(|i| stride * i % cases.len()).collect();
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
        for (found, alone) in found.into_inner().iter().zip(&alone) {
            assert_eq!(found, alone);
        }
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,fma")]
fn evaluate_avx512(lanes: &mut Lanes<LANES>, asks: [Option<Ask>; LANES]) {
    lanes.evaluate_with::<true>(asks);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn evaluate_avx2(lanes: &mut Lanes<LANES>, asks: [Option<Ask>; LANES]) {
    lanes.evaluate_with::<true>(asks);
}

#[test]
#[cfg(target_arch = "x86_64")]
fn wider_registers_change_no_byte() {
    if !is_x86_feature_detected!("avx512f") || !is_x86_feature_detected!("fma") {
        return;
    }
    for (network, fan_out) in cases() {
        let beta = network.fan_out.dot(&network.fan_out.t());
        let beta_star = network.fan_out.dot(&network.teacher_fan_out.t());
        let signed = concatenate![Axis(1), -beta, beta_star].as_standard_layout().into_owned();
        let fixed = (fan_out == FanOut::Fixed).then(|| signed.as_slice().unwrap());
        let small = Small::of(&network, fixed).unwrap();
        let y = flow(&network, fan_out, true).state_of(&network);
        let evaluate = |wide: bool| {
            let mut lanes = Lanes::<LANES>::new(small.constants.shape);
            let (mut velocity, mut loss) = (vec![0.0; y.len()], 0.0);
            let mut asks = [const { None }; LANES];
            asks[3] = Some(Ask {
                constants: &small.constants,
                state: &y,
                velocity: &mut velocity,
                loss: Some(&mut loss),
            });
            // SAFETY: the processor has what is asked of it.
            match wide {
                true => unsafe { evaluate_avx512(&mut lanes, asks) },
                false => unsafe { evaluate_avx2(&mut lanes, asks) },
            }
            (velocity, loss)
        };
        assert_eq!(evaluate(true), evaluate(false));
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

#[test]
fn tasks_go_on_while_another_thread_computes_what_one_of_them_needs() {
    let lately = Lately::new();
    let (begun, has_begun) = mpsc::channel();
    let (went_on, has_gone_on) = mpsc::channel();
    let network = network([2, 2, 3, 1], 0.5, 4);
    std::thread::scope(|scope| {
        let lately = &lately;
        let slow = scope.spawn(move || {
            lately.get(&[7], move || {
                begun.send(()).unwrap();
                has_gone_on.recv_timeout(Duration::from_secs(20)).is_ok()
            })
        });
        has_begun.recv().unwrap();
        let found = RefCell::new(Vec::new());
        let mut left = 3;
        side_by_side(1 << 22, |_| {
            left -= 1;
            let (network, went_on, found) = (&network, &went_on, &found);
            (left >= 0).then_some(move || match left {
                // It begins last, and its velocity is answered while the others wait.
                0 => {
                    velocities(network, FanOut::Running, true);
                    went_on.send(()).unwrap();
                }
                _ => {
                    let value = lately.get(&[7], || false);
                    found.borrow_mut().push(value);
                }
            })
        });
        assert!(slow.join().unwrap(), "nothing went on");
        assert_eq!(found.into_inner(), [true, true]);
    });
}
