//! Overlaps against identities that they must satisfy and against each other.

use crate::common::{derivative, normal, unit_columns};
use luckflow::network::{Layer, LayerView};
use luckflow::overlap::gaussian::{normal as gaussian, phi2};
use luckflow::overlap::{ExactGaussian, GaussianPair, HalfAngle, Input, MonteCarlo, OverlapMethod, Overlaps, Resample};
use ndarray::{Array1, Array2, ArrayView2, arr2};
use proptest::prelude::*;
use std::f64::consts::PI;
use std::sync::atomic::{AtomicUsize, Ordering};

const THRESHOLDS: [f64; 7] = [-2.0, -0.5, 0.0, 0.3, 1.0, 2.0, 4.0];

fn evaluate(method: &mut dyn OverlapMethod, student: LayerView, teacher: LayerView) -> Overlaps {
    let mut out = Overlaps::zeros(student.nodes(), teacher.nodes());
    method.evaluate(student, teacher, &mut out);
    out
}

#[test]
fn prices_theorem_holds_for_both_kernels() {
    for b in THRESHOLDS {
        for c in THRESHOLDS {
            let pair = GaussianPair::new(b, c);
            for rho in [-0.7, -0.2, 0.0, 0.4, 0.8] {
                let at = |shift: f64| HalfAngle::from_rho(rho + shift);
                let scale = pair.at(at(0.0));
                let dl = derivative(|h| pair.at(at(h)).l, 0.01);
                let dd = derivative(|h| pair.at(at(h)).d, 0.01);
                assert!((dl - scale.d).abs() <= 1e-9 * scale.d + 1e-13, "∂L/∂ρ at {b}, {c}, {rho}");
                let density = phi2(b, c, at(0.0));
                assert!((dd - density).abs() <= 1e-7 * density + 1e-12, "∂D/∂ρ at {b}, {c}, {rho}");
            }
        }
    }
}

#[test]
fn slopes_in_theta_are_those_of_the_values() {
    for (b, c) in [(0.0, 0.0), (1.0, 1.0), (1.0, -0.5), (2.0, 3.0)] {
        let pair = GaussianPair::new(b, c);
        for theta in [0.4, 1.2, 2.0, 2.6] {
            let at = |shift: f64| HalfAngle::from_radians(theta + shift);
            let (d, l) = (derivative(|h| pair.at(at(h)).d, 0.01), derivative(|h| pair.at(at(h)).l, 0.01));
            assert!((pair.d_slope(at(0.0)) - d).abs() < 1e-10);
            assert!((pair.l_slope(at(0.0)) - l).abs() < 1e-10);
        }
    }
}

#[test]
fn the_closed_forms_of_the_theory_are_met() {
    for i in 0..=100 {
        let theta = PI * f64::from(i) / 100.0;
        let value = GaussianPair::new(0.0, 0.0).at(HalfAngle::from_radians(theta));
        // Arc-cosine kernels.
        assert!((value.d - (PI - theta) / (2.0 * PI)).abs() < 1e-15);
        let l = (theta.sin() + (PI - theta) * theta.cos()) / (2.0 * PI);
        assert!((value.l - l).abs() < 1e-15);
    }
    for b in THRESHOLDS {
        let (q, phi) = (gaussian::tail(b), gaussian::density(b));
        let same = GaussianPair::new(b, b).at(HalfAngle::ZERO);
        assert!((same.d - q).abs() < 1e-14 * q);
        assert!((same.l - ((1.0 + b * b) * q - b * phi)).abs() < 1e-14);
        for c in THRESHOLDS {
            let right = GaussianPair::new(b, c).at(HalfAngle::from_rho(0.0));
            let (q2, phi2) = (gaussian::tail(c), gaussian::density(c));
            assert!((right.d / (q * q2) - 1.0).abs() < 1e-13);
            assert!((right.l - (phi - b * q) * (phi2 - c * q2)).abs() < 1e-14);
        }
    }
}

#[test]
fn monte_carlo_is_within_four_standard_errors_of_exact() {
    for (i, b) in [-1.0, 0.0, 0.5, 1.0, 2.0].into_iter().enumerate() {
        for (j, c) in [-1.0, 0.0, 0.5, 1.0, 2.0].into_iter().enumerate() {
            for (k, theta) in [0.1_f64, 0.8, 1.57, 2.2, 3.0].into_iter().enumerate() {
                let first = Layer::with_threshold(arr2(&[[1.0], [0.0]]), b);
                let second = Layer::with_threshold(arr2(&[[theta.cos()], [theta.sin()]]), c);
                let seed = (25 * i + 5 * j + k) as u64;
                let input = Input::standard_gaussian();
                let mut sampler = MonteCarlo::<f64>::new(input, 40_000, Resample::Never, seed);
                let estimate = sampler.estimate(first.view(), second.view());
                let exact = GaussianPair::new(b, c).at(HalfAngle::from_radians(theta));
                let (mean, error) = (&estimate.mean, &estimate.standard_error);
                for (name, mean, error, exact) in [
                    ("D", mean.d_star()[[0, 0]], error.d_star()[[0, 0]], exact.d),
                    ("L", mean.l_star()[[0, 0]], error.l_star()[[0, 0]], exact.l),
                ] {
                    // Where hardly a sample is active the error is not known: one more sample is room enough.
                    let room = 4.0 * error + 4.0 / 40_000.0 * f64::from(exact < 1e-4);
                    assert!((mean - exact).abs() <= room, "{name} at {b}, {c}, {theta}: {mean} ± {error}, {exact}");
                }
            }
        }
    }
}

#[test]
fn standard_errors_are_the_scatter_of_independent_estimates() {
    let student = Layer::with_threshold(unit_columns(1, (4, 3)), 0.3);
    let teacher = Layer::with_threshold(unit_columns(2, (4, 2)), 0.3);
    let estimates: Vec<_> = (0..300)
        .map(|seed| {
            let input = Input::standard_gaussian();
            let mut sampler = MonteCarlo::<f64>::new(input, 500, Resample::Never, seed);
            sampler.estimate(student.view(), teacher.view())
        })
        .collect();
    let check = |value: fn(&Overlaps) -> f64| {
        let count = estimates.len() as f64;
        let mean = estimates.iter().map(|e| value(&e.mean)).sum::<f64>() / count;
        let scatter = estimates.iter().map(|e| (value(&e.mean) - mean).powi(2)).sum::<f64>() / count;
        let claimed = estimates.iter().map(|e| value(&e.standard_error).powi(2)).sum::<f64>() / count;
        // The variance of 300 draws is known to √(2/300) = 8 %.
        assert!((scatter / claimed - 1.0).abs() < 0.35, "{scatter} beside {claimed}");
    };
    check(|o| o.d()[[0, 1]]);
    check(|o| o.d_star()[[2, 0]]);
    check(|o| o.l()[[1, 1]]);
    check(|o| o.l_star()[[0, 1]]);
}

#[test]
fn nodes_of_any_norm_and_threshold_are_rescaled_unit_nodes() {
    let norms = [0.5, 1.0, 2.5];
    let unit = unit_columns(7, (5, 3));
    let scaled = Array2::from_shape_fn((5, 3), |(i, j)| unit[[i, j]] * norms[j]);
    let thresholds = Array1::from(vec![0.2, -0.4, 1.0]);
    let student = Layer::new(scaled, thresholds.clone());
    let out = evaluate(&mut ExactGaussian::new(), student.view(), student.view());
    for j in 0..3 {
        for k in 0..3 {
            let pair = GaussianPair::new(thresholds[j] / norms[j], thresholds[k] / norms[k]);
            let value = pair.at(HalfAngle::between_units(unit.column(j), unit.column(k)));
            assert!((out.d()[[j, k]] / value.d - 1.0).abs() < 1e-12);
            assert!((out.l()[[j, k]] / (value.l * norms[j] * norms[k]) - 1.0).abs() < 1e-12);
            // D* of a layer with itself is its D, the diagonal by chords instead of by definition.
            assert!((out.d_star()[[j, k]] / out.d()[[j, k]] - 1.0).abs() < 1e-7);
        }
    }
}

#[test]
fn a_node_of_zero_norm_is_a_constant() {
    let student = Layer::new(arr2(&[[0.0, 0.0], [0.0, 0.0]]), Array1::from(vec![-2.0, 0.0]));
    let teacher = Layer::with_threshold(arr2(&[[1.0], [0.0]]), 0.5);
    let out = evaluate(&mut ExactGaussian::new(), student.view(), teacher.view());
    let (q, phi) = (gaussian::tail(0.5), gaussian::density(0.5));
    assert!((out.d_star()[[0, 0]] - q).abs() < 1e-15);
    assert!((out.l_star()[[0, 0]] - 2.0 * (phi - 0.5 * q)).abs() < 1e-14);
    assert_eq!(out.d()[[0, 0]], 1.0);
    assert_eq!(out.l()[[0, 0]], 4.0);
    // Never active: the gate is w·x > b.
    assert_eq!(out.d_star()[[1, 0]], 0.0);
    assert_eq!(out.l_star()[[1, 0]], 0.0);
}

#[test]
fn the_table_and_the_integrals_give_the_same_matrices() {
    for b in [0.0, 1.0, 3.0] {
        let student = Layer::with_threshold(unit_columns(3, (6, 40)), b);
        let mut nearly = unit_columns(4, (6, 30));
        nearly.column_mut(0).assign(&student.weights.column(0));
        nearly.column_mut(1).assign(&student.weights.column(1).mapv(|x| -x));
        let teacher = Layer::with_threshold(nearly, b);
        let table = evaluate(&mut ExactGaussian::new(), student.view(), teacher.view());
        for j in 0..40 {
            for k in 0..30 {
                let angle = HalfAngle::between_units(student.weights.column(j), teacher.weights.column(k));
                let exact = GaussianPair::new(b, b).at(angle);
                // From ρ the angle has an error of 1e-16/sin θ, from chords less.
                assert!((table.d_star()[[j, k]] - exact.d).abs() <= 2e-14 * exact.d + 1e-16);
                assert!((table.l_star()[[j, k]] - exact.l).abs() <= 2e-14 * exact.l + 1e-16);
            }
        }
    }
}

#[test]
fn single_precision_samples_agree_with_double() {
    let student = Layer::with_threshold(unit_columns(5, (8, 6)), 0.5);
    let teacher = Layer::with_threshold(unit_columns(6, (8, 4)), 0.5);
    let exact = evaluate(&mut ExactGaussian::new(), student.view(), teacher.view());
    let mut single = MonteCarlo::<f32>::new(Input::standard_gaussian(), 100_000, Resample::Never, 3);
    let estimate = single.estimate(student.view(), teacher.view());
    for (j, k) in (0..6).flat_map(|j| (0..4).map(move |k| (j, k))) {
        let error = (estimate.mean.l_star()[[j, k]] - exact.l_star()[[j, k]]).abs();
        assert!(error < 4.5 * estimate.standard_error.l_star()[[j, k]]);
    }
}

#[test]
fn an_estimate_is_whole_or_stopped() {
    let student = Layer::with_threshold(unit_columns(5, (8, 6)), 0.5);
    let teacher = Layer::with_threshold(unit_columns(6, (8, 4)), 0.5);
    let sampler = || MonteCarlo::<f64>::new(Input::standard_gaussian(), 100_000, Resample::Never, 3);
    let asked = AtomicUsize::new(0);
    let stopping = |after| {
        let go_on = || asked.fetch_add(1, Ordering::Relaxed) < after;
        sampler().estimate_while(student.view(), teacher.view(), &go_on)
    };
    assert!(stopping(40).is_none());
    assert!(asked.load(Ordering::Relaxed) < 60);
    let whole = stopping(usize::MAX).unwrap();
    let silent = sampler().estimate(student.view(), teacher.view());
    assert_eq!(whole.mean.l(), silent.mean.l());
    assert_eq!(whole.standard_error.d_star(), silent.standard_error.d_star());
}

#[test]
fn samples_with_a_covariance_have_it() {
    // x ~ N(0, Σ): w·x is normal with variance wᵀΣw, so the overlaps are those of Σ^½ w.
    let root = normal(9, (3, 3));
    let covariance = root.dot(&root.t()) + Array2::<f64>::eye(3);
    let student = Layer::with_threshold(unit_columns(10, (3, 2)), 0.4);
    let teacher = Layer::with_threshold(unit_columns(11, (3, 2)), 0.4);
    let input = Input::gaussian(covariance.clone()).unwrap();
    let mut sampler = MonteCarlo::<f64>::new(input, 200_000, Resample::Never, 1);
    let estimate = sampler.estimate(student.view(), teacher.view());

    use ndarray_linalg::{Cholesky, UPLO};
    let factor = covariance.cholesky(UPLO::Lower).unwrap();
    let warp = |layer: &Layer| Layer::new(factor.t().dot(&layer.weights), layer.thresholds.clone());
    let (student, teacher) = (warp(&student), warp(&teacher));
    let exact = evaluate(&mut ExactGaussian::new(), student.view(), teacher.view());
    for (j, k) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        let error = (estimate.mean.l_star()[[j, k]] - exact.l_star()[[j, k]]).abs();
        assert!(error < 4.0 * estimate.standard_error.l_star()[[j, k]]);
        let error = (estimate.mean.d()[[j, k]] - exact.d()[[j, k]]).abs();
        assert!(error < 4.0 * estimate.standard_error.d()[[j, k]]);
    }
}

#[test]
fn all_rows_of_a_data_set_give_its_means_exactly() {
    let rows = normal(12, (3000, 4));
    let student = Layer::with_threshold(unit_columns(13, (4, 3)), 0.1);
    let teacher = Layer::with_threshold(unit_columns(14, (4, 2)), 0.1);
    let input = Input::rows(rows.clone()).unwrap();
    let mut sampler = MonteCarlo::<f64>::new(input, 3000, Resample::Never, 1);
    let out = evaluate(&mut sampler, student.view(), teacher.view());
    let f = |layer: &Layer| (rows.dot(&layer.weights) - 0.1).mapv(|z| z.max(0.0));
    let (f, f_star) = (f(&student), f(&teacher));
    let gate = |f: &Array2<f64>| f.mapv(|x| f64::from(u8::from(x > 0.0)));
    let close = |a: ArrayView2<f64>, b: Array2<f64>| (&a - &b).iter().all(|x| x.abs() < 1e-13);
    assert!(close(out.l(), f.t().dot(&f) / 3000.0));
    assert!(close(out.l_star(), f.t().dot(&f_star) / 3000.0));
    assert!(close(out.d(), gate(&f).t().dot(&gate(&f)) / 3000.0));
    assert!(close(out.d_star(), gate(&f).t().dot(&gate(&f_star)) / 3000.0));
}

#[test]
fn fresh_samples_differ_from_call_to_call_and_fixed_ones_do_not() {
    let layer = Layer::with_threshold(unit_columns(15, (4, 3)), 0.0);
    for (resample, repeats) in [(Resample::Never, true), (Resample::EveryEvaluation, false)] {
        let mut sampler = MonteCarlo::<f64>::new(Input::standard_gaussian(), 2000, resample, 1);
        let first = evaluate(&mut sampler, layer.view(), layer.view());
        let second = evaluate(&mut sampler, layer.view(), layer.view());
        assert_eq!(first == second, repeats);
        assert_eq!(sampler.is_repeatable(), repeats);
        // Both draw the same numbers first.
        let mut again = MonteCarlo::<f64>::new(Input::standard_gaussian(), 2000, resample, 1);
        assert_eq!(first, evaluate(&mut again, layer.view(), layer.view()));
    }
}

#[test]
fn impossible_inputs_are_refused() {
    assert!(Input::gaussian(Array2::zeros((2, 3))).is_err());
    assert!(Input::gaussian(arr2(&[[1.0, 0.5], [0.2, 1.0]])).is_err());
    assert!(Input::gaussian(arr2(&[[1.0, 2.0], [2.0, 1.0]])).is_err());
    assert!(Input::gaussian(arr2(&[[f64::NAN, 0.0], [0.0, 1.0]])).is_err());
    assert!(Input::rows(Array2::zeros((0, 3))).is_err());
    assert!(Input::rows(arr2(&[[1.0, f64::INFINITY]])).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn kernels_are_finite_and_within_their_bounds(
        b in -8.0..8.0_f64,
        c in -8.0..8.0_f64,
        theta in prop_oneof![0.0..=PI, (-18.0..0.0_f64).prop_map(f64::exp), (-18.0..0.0_f64).prop_map(|x| PI - x.exp())],
    ) {
        let angle = HalfAngle::from_radians(theta);
        let (value, swapped) = (GaussianPair::new(b, c).at(angle), GaussianPair::new(c, b).at(angle));
        // The bounds of probability theory, to rounding.
        let most = gaussian::tail(b.max(c));
        prop_assert!(value.d >= 0.0 && value.d <= most * (1.0 + 1e-12));
        prop_assert!(value.d >= (gaussian::tail(b) + gaussian::tail(c) - 1.0 - 1e-15));
        prop_assert!(value.l >= 0.0 && value.l.is_finite());
        prop_assert!((value.d - swapped.d).abs() <= 1e-12 * value.d || value.d < 1e-100);
        prop_assert!((value.l - swapped.l).abs() <= 1e-12 * value.l || value.l < 1e-100);
        let pair = GaussianPair::new(b, c);
        prop_assert!(pair.d_slope(angle) <= 0.0 && pair.l_slope(angle) <= 0.0);
    }
}
