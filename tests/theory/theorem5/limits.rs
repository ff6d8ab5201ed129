//! What runs come to, certified or not, and the starts that can be had.

use super::{outcome, verdicts};
use luckflow::experiment::theorem5::Outcome;
use luckflow::theory::Verdict;

#[test]
fn the_jacobian_at_the_limit_has_the_rate_of_the_tail() {
    // One extra node and a long run, so that the slowest mode is left alone.
    let found = outcome(&[
        "student.extra=1",
        "teacher.nodes=2",
        "teacher.outputs=2",
        "teacher.input_dim=4",
        "teacher.threshold=0.5",
        "integrate.horizon=1500",
    ]);
    let joint = found.joint.as_ref().unwrap();
    assert_eq!(joint.neutral, joint.neutral_expected);
    let slowest = joint.slowest.unwrap();
    let tails: Vec<f64> = found.parts.iter().filter_map(|part| part.fitted).map(|fit| fit.rate).collect();
    let least = tails.iter().copied().fold(f64::INFINITY, f64::min);
    assert!((least / slowest - 1.0).abs() < 0.01, "{tails:?} beside {slowest}");
}

#[test]
fn outputs_that_the_teacher_does_not_use_decay_at_the_rates_of_l() {
    let found = outcome(&["teacher.outputs=9", "integrate.outputs=20"]);
    let joint = found.joint.as_ref().unwrap();
    // n(k − 1) + n·rank V*, not n·C.
    assert_eq!(joint.unknowns, 10 * 14 + 10 * 5);
    assert!(joint.slowest.unwrap() <= joint.smallest_l() * (1.0 + 1e-12));
}

#[test]
fn outside_the_certified_region_the_result_is_reported_and_not_hidden() {
    // V far from V*, zero thresholds: a node of W_r may take a teacher node for itself.
    let found = outcome(&[
        "teacher.threshold=0.0",
        "teacher.input_dim=4",
        "teacher.nodes=3",
        "student.extra=9",
        "student.e0=1.0",
        "student.v0=1.0",
        "student.theta0=0.5",
        "integrate.horizon=3000",
        "integrate.method=dopri5",
        "integrate.rtol=1e-7",
    ]);
    assert!(found.best.is_none() && found.envelope.is_none());
    assert_eq!(verdicts(&found), [Verdict::Vacuous; 2]);
    // Nor at rest when the time is up: V_r goes on for ever more slowly.
    assert_eq!(found.parts[2].verdict, Verdict::Undecided, "{:?}", found.end);
    assert!(found.premises_not_met.iter().any(|premise| premise.contains("no certificate")));
    assert!(!found.shared.is_empty(), "{:?}", found.rows.last().unwrap().fan_out_norms);
    assert!(found.final_smallest_l < 1e-4);
    assert!(found.parts[2].last > 0.01, "V_r does not vanish");
}

#[test]
fn the_authors_start_can_be_drawn_and_their_normalised_fan_out_is_kept() {
    let found = outcome(&[
        "teacher.input_dim=10",
        "teacher.nodes=20",
        "teacher.weights=grid",
        "teacher.fan_out=grid",
        "teacher.outputs=30",
        "teacher.threshold=0.0",
        "student={extra = 20, signal = [1.0, 0.3]}",
        "flow.normalized_fan_out=true",
        "integrate={method = \"rk4\", horizon = 5.0, outputs = 10}",
        "output.states=true",
    ]);
    assert!(found.premises_not_met.iter().any(|premise| premise.contains("unit norm")));
    let entries = &found.network.teacher_fan_out;
    for output in entries.columns() {
        assert!((output.dot(&output) - 1.0).abs() < 1e-14);
    }
    for state in &found.states {
        for output in found.layout.fan_out(state).columns() {
            assert!((output.dot(&output) - 1.0).abs() < 1e-12);
        }
    }
    let losses: Vec<f64> = found.rows.iter().map(|row| row.loss).collect();
    assert!(losses.windows(2).all(|pair| pair[1] < pair[0]));
}

#[test]
fn each_node_can_have_an_angle_of_its_own() {
    let found = outcome(&["student.theta0=[0.01, 0.02, 0.03, 0.04, 0.05]", "integrate.outputs=10"]);
    let start = found.rows[0].motion.angles();
    for (j, angle) in start.iter().enumerate() {
        assert!((angle - 0.01 * (j + 1) as f64).abs() < 1e-13);
    }
    assert!((found.rows[0].motion.fan_out_errors()[0] - 0.05).abs() < 1e-14);
    assert_eq!(verdicts(&found)[0], Verdict::Holds);
}

#[test]
fn of_steps_of_gradient_descent_nothing_is_claimed() {
    let found = outcome(&["integrate.method=gradient-descent", "integrate.outputs=40"]);
    assert_eq!(verdicts(&found), [Verdict::NotApplicable; 2]);
    let factor = found.gradient_descent.unwrap();
    assert!(factor.largest_ratio > 0.5 && factor.largest_ratio < 1.0, "{factor:?}");
}

#[test]
fn what_was_not_tested_does_not_hold() {
    let untested = [Verdict::Untested; 2];
    let at_floor = outcome(&["integrate.rtol=1e-2", "integrate.atol=1e-3"]);
    assert_eq!(verdicts(&at_floor), untested);
    assert_eq!(at_floor.envelope.as_ref().unwrap().verdict, Verdict::Untested);
    let parts = |found: &Outcome| found.parts.clone().map(|part| part.verdict);
    assert_eq!(parts(&at_floor), [Verdict::Untested; 3]);
    // A millionth of a time: rates are what they are, limits are not reached.
    let short = outcome(&["integrate.horizon=1e-6"]);
    assert_eq!(verdicts(&short), [Verdict::Holds; 2]);
    assert_eq!(parts(&short), [Verdict::Undecided; 3]);
    // Without r there is no V_r.
    assert_eq!(outcome(&["student.extra=0"]).parts[2].verdict, Verdict::Untested);
}
