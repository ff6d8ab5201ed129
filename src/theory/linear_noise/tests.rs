use super::*;
use crate::network::{draw, unit};
use crate::sgd::{ProjectedSgd, SgdOptions};

/// A student of three nodes that learns two, in R^5.
fn small() -> TwoLayer {
    let mut stream = rng::stream(3, "test", &[]);
    let mut normal = |shape| Array2::from_shape_simple_fn(shape, || -> f64 { StandardNormal.sample(&mut stream) });
    let mut teacher: Array2<f64> = normal((5, 2));
    let mut extra: Array2<f64> = normal((5, 1));
    let (teacher_fan_out, mut fan_out) = (normal((2, 2)), normal((3, 2)));
    fan_out *= 0.3;
    let columns = teacher.columns_mut().into_iter();
    for mut node in columns.chain(extra.columns_mut()) {
        unit::normalize(&mut node);
    }
    let mut stream = rng::stream(4, "test", &[]);
    let near = draw::students_at_angle(&mut stream, 5, teacher.view(), 0.5);
    let mut weights = Array2::zeros((5, 3));
    weights.slice_mut(s![.., ..2]).assign(&near);
    weights.slice_mut(s![.., 2..]).assign(&extra);
    TwoLayer {
        teacher: Layer::with_threshold(teacher, 0.3),
        student: Layer::with_threshold(weights, 0.3),
        teacher_fan_out,
        fan_out,
    }
}

fn square(a: &[f64], b: impl Iterator<Item = f64>) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum()
}

#[test]
fn doubling_gives_what_step_after_step_gives() {
    let one = Propagator {
        power: ndarray::array![[0.9, 0.2], [-0.1, 0.7]],
        covariance: ndarray::array![[0.5, 0.1], [0.1, 0.3]],
    };
    for count in [1, 2, 3, 7, 25, 64] {
        let mut power = Array2::eye(2);
        let mut covariance = Array2::zeros((2, 2));
        for _ in 0..count {
            power = one.power.dot(&power);
            covariance = one.power.dot(&covariance).dot(&one.power.t()) + &one.covariance;
        }
        let found = one.repeated(count);
        let near = |a: &Array2<f64>, b: &Array2<f64>| (a - b).iter().all(|x| x.abs() < 1e-13);
        assert!(near(&found.power, &power) && near(&found.covariance, &covariance), "{count}");
    }
}

#[test]
fn the_covariance_is_that_of_steps_of_sgd() {
    let (network, input) = (small(), Input::standard_gaussian());
    let covariance = gradient_covariance(&network, &input, FanOut::Running, 200_000, 1);
    let options = SgdOptions {
        step: 1e-7,
        batch: 1,
        projection: true,
        running_fan_out: true,
    };
    let start: Vec<f64> = network.student.weights.t().iter().chain(&network.fan_out).copied().collect();
    let count = 40_000;
    let mut steps = Array2::zeros((start.len(), count));
    for (seed, mut column) in steps.columns_mut().into_iter().enumerate() {
        let mut sgd = ProjectedSgd::new(&network, &input, options, seed as u64);
        sgd.step();
        let moved = sgd.weights().iter().chain(sgd.fan_out());
        for ((to, now), before) in column.iter_mut().zip(moved).zip(&start) {
            *to = (now - before) / options.step;
        }
    }
    let mean = steps.mean_axis(Axis(1)).unwrap();
    for mut column in steps.columns_mut() {
        column -= &mean;
    }
    let sampled = steps.dot(&steps.t()) / count as f64;
    // Both are estimates: entries of fourth moments, to within a few per cent of the largest.
    let scale = covariance.diag().iter().copied().fold(0.0, f64::max);
    let away = (&sampled - &covariance).iter().fold(0.0_f64, |a, x| a.max(x.abs()));
    assert!(away < 0.1 * scale, "{away} of {scale}");
    assert!((sampled.diag().sum() / covariance.diag().sum() - 1.0).abs() < 0.03);
}

#[test]
fn the_spread_of_sgd_is_predicted_without_a_fitted_number() {
    let (network, input) = (small(), Input::standard_gaussian());
    let looks = [20, 100, 300];
    for (step, batch, fan_out) in
        [(0.02, 100, FanOut::Running), (0.1, 600, FanOut::Running), (0.05, 300, FanOut::Fixed)]
    {
        let noise = LinearNoise {
            step,
            fan_out,
            samples: 20_000,
            draws: 4000,
            seed: 5,
        };
        let (mut predicted, mut descents) = (Vec::new(), Vec::new());
        let seen = |_, seen: Deviations| {
            let squares = seen.scaled.iter().map(|x| x * x).sum::<f64>();
            predicted.push(squares / (noise.draws * batch) as f64);
            descents.push(seen.descent.to_vec());
            true
        };
        noise.along(&network, &looks, seen).unwrap();
        let runs = 300;
        let mut squares = [(); 3].map(|()| Vec::new());
        for seed in 0..runs {
            let options = SgdOptions {
                step,
                batch,
                projection: true,
                running_fan_out: fan_out == FanOut::Running,
            };
            let mut sgd = ProjectedSgd::new(&network, &input, options, seed);
            let mut done = 0;
            for ((&look, descent), squares) in looks.iter().zip(&descents).zip(&mut squares) {
                (done..look).for_each(|_| {
                    sgd.step();
                });
                done = look;
                let state = sgd.weights().iter().chain(sgd.fan_out()).copied();
                squares.push(square(descent, state));
            }
        }
        for (predicted, squares) in predicted.iter().zip(&squares) {
            let mean = squares.iter().sum::<f64>() / runs as f64;
            let variance = squares.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / runs as f64;
            let error = (variance / runs as f64).sqrt();
            let away = (mean - predicted).abs();
            assert!(away < 3.0 * error + 0.02 * mean, "{mean} ± {error}, predicted {predicted}");
        }
    }
}

#[test]
fn a_larger_step_widens_each_mode_by_what_theory_says() {
    // At rest in one dimension: variance η²c Σ (1 − ηλ)^2i → ηc/(2λ) / (1 − ηλ/2).
    let (eta, lambda, c) = (0.3, 1.4, 2.0);
    let one = Propagator {
        power: ndarray::array![[1.0 - eta * lambda]],
        covariance: ndarray::array![[eta * eta * c]],
    };
    let limit = eta * c / (2.0 * lambda) / (1.0 - 0.5 * eta * lambda);
    assert!((one.repeated(1 << 12).covariance[[0, 0]] / limit - 1.0).abs() < 1e-12);
}
