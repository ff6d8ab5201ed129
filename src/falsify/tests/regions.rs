//! Bounds that are claimed in a region: of the weighted norm, and the split form of Theorem B.

use super::*;
use crate::theory::euclidean::Form;

#[test]
fn no_state_is_slower_than_the_bound_on_the_weighted_norm() {
    let mut stream = rng::stream(7, "weighted", &[]);
    let (mut tested, mut least) = (0, f64::INFINITY);
    for cell in 0..60 {
        let (m, r) = (stream.random_range(1..4), stream.random_range(0..3));
        let outputs = stream.random_range(1..5);
        let b = [-0.3, 1.0, 1.8, 2.5, 3.0][stream.random_range(0..5)];
        let scale = [0.003, 0.02, 0.1][stream.random_range(0..3)];
        let problem = problem(&mut stream, [m, r, outputs], b, scale);
        let Some(claim) = problem.certify() else {
            continue;
        };
        let weights = claim.weights.to_vec();
        let region = Within::comparison(&problem, &claim);
        let attack = |within, factor: f64| weighted(&problem, within, (&weights, factor * claim.rate), &LITTLE);
        let start = Within::start(&problem);
        for within in [&start, &region] {
            let found = attack(within, 1.0);
            least = least.min(found.ratio);
            assert!(found.ratio > 1.0 - ROUNDING, "cell {cell}, m = {m}, r = {r}, b = {b}: {within:?} {found:?}");
        }
        tested += 1;
        if m == 1 {
            let found = attack(&region, 1.3);
            assert!(found.ratio < 0.99, "a third more is not refuted: {found:?}");
        }
    }
    assert!(tested > 15, "{tested}");
    assert!(least < 1.05, "some bound is nearly attained: {least}");
}

#[test]
fn no_start_is_slower_than_the_split_form_and_a_third_more_is_refuted() {
    let (mut tested, mut refuted) = (0, 0);
    let mut stream = rng::stream(8, "split", &[]);
    for cell in 0..60 {
        let m = stream.random_range(2..6);
        let (name, teacher) = teacher(&mut stream, 1 + cell % 3, m);
        let b = [-0.3, 0.0, 0.4, 1.0, 2.0][stream.random_range(0..5)];
        let theta0 = [0.003, 0.01, 0.05][stream.random_range(0..3)];
        let start = Start::Within(theta0);
        let Some(claim) = Certificate::by(Form::Split, teacher.view(), b, start) else {
            continue;
        };
        assert_eq!(claim.form, Form::Split);
        let region = [claim.radius, claim.largest_angle];
        let attack = |claimed| distance(teacher.view(), b, region, claimed, &LITTLE);
        let found = attack(claim.rate);
        assert!(found.ratio > 1.0 - ROUNDING, "{name}, m = {m}, b = {b}, θ₀ = {theta0}: {claim:?} {found:?}");
        tested += 1;
        refuted += usize::from(attack(1.3 * claim.rate).ratio < 1.0 - ROUNDING);
    }
    assert!(tested > 20 && refuted > 5, "{refuted} of {tested}");
}
