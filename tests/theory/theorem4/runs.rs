//! Laws of the runs: of methods, of samples, of dimensions, of what stops them.

use super::{BASE, outcome, scenario, verdict};
use luckflow::experiment::{Experiment, Hooks};
use luckflow::integrate::RunEnd;
use luckflow::theory::Verdict;
use std::sync::atomic::{AtomicU64, Ordering};

#[test]
fn the_run_keeps_the_laws_of_the_flow() {
    let found = outcome(&["teacher.threshold=1.0", "student.theta0=0.4", "teacher.weights=random"]);
    let readings = &found.primary.readings;
    assert!(readings.largest_rise() < 1e-13);
    assert!(readings.energy_residual() < 1e-10);
    assert!(found.premises_not_met.is_empty());
}

#[test]
fn all_methods_find_the_same_rates() {
    let reference = outcome(&["teacher.threshold=1.5", "teacher.nodes=3"]).measured.slowest_mode.unwrap().rate;
    for method in ["dopri5", "rk4"] {
        let overrides = ["teacher.threshold=1.5", "teacher.nodes=3", &format!("integrate.method={method}")];
        let found = outcome(&overrides).measured.slowest_mode.unwrap().rate;
        assert!((found / reference - 1.0).abs() < 1e-3, "{method}: {found} {reference}");
    }
}

#[test]
fn a_million_dimensions_run_like_twenty() {
    let started = std::time::Instant::now();
    let found =
        outcome(&["teacher.input_dim=1000000", "teacher.nodes=10", "teacher.weights=random", "teacher.threshold=2.0"]);
    assert_eq!(found.primary.layout.coordinates, 20);
    assert_eq!(verdict(&found, "exact"), Verdict::Holds);
    assert!(started.elapsed().as_secs() < 20);
}

#[test]
fn sampled_overlaps_follow_the_exact_flow_within_their_spread() {
    let found = outcome(&[
        "teacher.threshold=0.0",
        "teacher.nodes=4",
        "teacher.input_dim=8",
        "student.theta0=0.5",
        "overlap.method=monte-carlo",
        "overlap.samples=20000",
        "overlap.replicas=8",
        "integrate.outputs=40",
    ]);
    assert_eq!(found.premises_not_met.len(), 1);
    let exact = found.exact.as_ref().unwrap();
    let spread = found.spread().unwrap();
    assert_eq!(spread.len(), 41);
    for (spread, row) in spread.iter().zip(&exact.trajectory.rows) {
        assert!((spread.time - row.time).abs() < 1e-9);
        if row.largest_angle() > 3.0 * found.floor {
            // The mean of eight, within five of its standard errors and a hundredth for its bias.
            let room = 5.0 * spread.log_sd / 8f64.sqrt() + 0.01;
            let gap = (spread.log_mean - row.largest_angle().ln()).abs();
            assert!(gap < room, "t = {}: {gap} {room}", row.time);
        }
    }
}

#[test]
fn fresh_samples_run_with_a_fixed_step() {
    let found = outcome(&[
        "teacher.nodes=3",
        "teacher.input_dim=6",
        "student.theta0=0.5",
        "overlap.method=monte-carlo",
        "overlap.samples=2000",
        "overlap.resample=every-evaluation",
        "overlap.precision=f32",
        "integrate.method=gradient-descent",
        "integrate.horizon=40",
    ]);
    assert_eq!(found.primary.end.to_string().split(' ').next(), Some("converged"));
    assert!(found.measured.final_angle < 0.5 * found.assumption.theta0);
}

#[test]
fn an_interrupted_run_keeps_what_it_has() {
    struct AfterSteps(AtomicU64);
    impl Hooks for AfterSteps {
        fn interrupted(&self) -> bool {
            self.0.fetch_add(1, Ordering::Relaxed) >= 25
        }
    }
    let found = scenario(BASE, &["teacher.threshold=3.0"]).simulate(&AfterSteps(AtomicU64::new(0))).unwrap();
    assert!(matches!(found.primary.end, RunEnd::Interrupted { .. }));
    assert!(found.primary.trajectory.rows.len() > 10);
    assert_eq!(found.primary.steps, 26);
    // What was seen until then is still judged.
    assert_eq!(verdict(&found, "derived"), Verdict::Holds);
}

#[test]
fn a_change_of_the_student_leaves_the_teacher_as_it_was() {
    let one = outcome(&["teacher.weights=random", "integrate.horizon=1"]);
    let other = outcome(&["teacher.weights=random", "integrate.horizon=1", "student.theta0=0.3"]);
    assert_eq!(one.teacher, other.teacher);
    let reseeded = outcome(&["teacher.weights=random", "integrate.horizon=1", "seed=2"]);
    assert_ne!(one.teacher, reseeded.teacher);
}

#[test]
fn what_is_claimed_does_not_depend_on_where_the_run_is_drawn() {
    let found = |outputs: &str| outcome(&["teacher.threshold=1.0", outputs]);
    let (few, many) = (found("integrate.outputs=[1e9]"), found("integrate.outputs=240"));
    assert_eq!(few.primary.trajectory.rows.len(), 2, "the start and the end");
    assert!(many.primary.trajectory.rows.len() > 100);
    let [few, many] = [few, many].map(|found| {
        // The start, and each step.
        let read = found.primary.readings.largest_angles().len();
        assert_eq!(read as u64, 1 + found.primary.steps);
        serde_json::to_value((found.claims.len(), &found.measured, &found.energy)).unwrap()
    });
    assert_eq!(few, many);
}
