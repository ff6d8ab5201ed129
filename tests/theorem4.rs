//! Theorem 4 end to end, in the library: what the project claims of it.

#[path = "common/scenario.rs"]
mod common;

use common::interpret;
use luckflow::experiment::theorem4::{Outcome, Theorem4};
use luckflow::experiment::{Experiment, Hooks, Silent};
use luckflow::integrate::RunEnd;
use luckflow::measure::WorstRate;
use luckflow::overlap::gaussian::normal;
use luckflow::theory::Verdict;
use proptest::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// A scenario from its text.
fn scenario(text: &str, overrides: &[&str]) -> Theorem4 {
    interpret(text, overrides)
        .get::<Theorem4>()
        .unwrap()
        .clone()
}

const BASE: &str = r#"
    experiment = "theorem4"
    [teacher]
    input_dim = 30
    nodes = 5
    [student]
    theta0 = 0.02
"#;

fn outcome(overrides: &[&str]) -> Outcome {
    scenario(BASE, overrides).simulate(&Silent).unwrap()
}

fn verdict(outcome: &Outcome, name: &str) -> Verdict {
    outcome
        .claims
        .iter()
        .find(|claim| claim.bound.name == name)
        .unwrap()
        .verdict
}

#[test]
fn in_the_shipped_setting_derived_and_sharp_hold() {
    let found = outcome(&["teacher.threshold=3.0"]);
    assert_eq!(verdict(&found, "derived"), Verdict::Holds);
    assert_eq!(verdict(&found, "sharp"), Verdict::Holds);
    assert_eq!(verdict(&found, "exact"), Verdict::Holds);
    // Not demanded of the poster's rates: what this run says of them.
    assert_eq!(verdict(&found, "printed"), Verdict::Violated);
    assert_eq!(verdict(&found, "printed_d0"), Verdict::Violated);
    assert!(matches!(found.primary.end, RunEnd::Converged { .. }));
    // The prototype's figure, for another draw of the start: 0.972.
    let worst = found.measured.worst.unwrap().theta / found.assumption.d0;
    assert!((worst - 0.972).abs() < 0.01, "{worst}");
}

#[test]
fn in_the_posters_setting_all_bounds_are_vacuous_and_the_flow_converges() {
    let found = outcome(&[
        "teacher.epsilon=0.5",
        "student.theta0=0.5",
        "teacher.nodes=10",
        "teacher.input_dim=20",
    ]);
    for name in ["printed", "printed_d0", "derived", "sharp"] {
        assert_eq!(verdict(&found, name), Verdict::Vacuous, "{name}");
    }
    assert_eq!(verdict(&found, "exact"), Verdict::Holds);
    assert!(found.assumption.threshold == 0.0 && (found.assumption.epsilon - 0.5).abs() < 1e-14);
    assert!(found.measured.final_angle < 2e-11);
}

#[test]
fn fitted_and_exact_rates_agree_for_orthonormal_teachers() {
    for i in 0..=7 {
        let b = 0.5 * f64::from(i);
        let found = outcome(&[&format!("teacher.threshold={b}"), "student.theta0=0.05"]);
        let (q, phi) = (normal::tail(b), normal::density(b));
        let closed = q - q * q - phi * phi;
        let exact = found.asymptotic.as_ref().unwrap().rate;
        assert!((exact / closed - 1.0).abs() < 1e-9, "b = {b}");
        let fit = found.measured.slowest_mode.unwrap();
        let error = (fit.rate - exact).abs();
        assert!(
            error <= fit.standard_error.max(1e-3 * exact),
            "b = {b}: {} and {exact}",
            fit.rate
        );
    }
}

#[test]
fn the_run_keeps_the_laws_of_the_flow() {
    let found = outcome(&[
        "teacher.threshold=1.0",
        "student.theta0=0.4",
        "teacher.weights=random",
    ]);
    let readings = &found.primary.readings;
    assert!(readings.largest_rise() < 1e-13);
    assert!(readings.energy_residual() < 1e-10);
    assert!(found.premises_not_met.is_empty());
}

#[test]
fn gradient_descent_has_factors_below_one_minus_eta_lambda() {
    let found = outcome(&["teacher.threshold=3.0", "integrate.method=gradient-descent"]);
    let claim = found.measured.gradient_descent.unwrap();
    // By quadrature of φ(x) Q((b − ρx)/√(1 − ρ²)) at 25 digits; K_d is the chord's from π/2 + θ₀ to π/2, the largest of a scan.
    for (name, reference) in [
        ("derived_steps", 9.634_116_920_12e-4),
        ("sharp_steps", 1.202_854_649_875e-3),
    ] {
        let rate = found
            .claims
            .iter()
            .find(|claim| claim.bound.name == name)
            .unwrap();
        assert_eq!(rate.verdict, Verdict::Holds);
        let ratio = if name == "derived_steps" {
            claim.largest_ratio_tan
        } else {
            claim.largest_ratio
        };
        assert!(ratio <= rate.ratio.unwrap());
        let claimed = (1.0 - rate.ratio.unwrap()) / claim.step;
        // A step of finite length costs a little of the flow's rate, and gains nothing.
        let part = claimed / reference;
        assert!(
            (1.0 - 1e-4..1.0 + 1e-9).contains(&part),
            "{name}: {claimed}"
        );
    }
    assert_eq!(verdict(&found, "exact"), Verdict::Holds);
    assert!(claim.largest_ratio < 1.0 && claim.largest_ratio > 0.8);
}

#[test]
fn all_methods_find_the_same_rates() {
    let reference = outcome(&["teacher.threshold=1.5", "teacher.nodes=3"])
        .measured
        .slowest_mode
        .unwrap()
        .rate;
    for method in ["dopri5", "rk4"] {
        let overrides = [
            "teacher.threshold=1.5",
            "teacher.nodes=3",
            &format!("integrate.method={method}"),
        ];
        let found = outcome(&overrides).measured.slowest_mode.unwrap().rate;
        assert!(
            (found / reference - 1.0).abs() < 1e-3,
            "{method}: {found} {reference}"
        );
    }
}

#[test]
fn a_mixture_of_modes_is_not_held_against_the_exact_rate() {
    // Half way to the floor the slowest mode has no tail yet, and the largest angle falls by faster ones too.
    let found = outcome(&["teacher.threshold=3.0", "integrate.horizon=300"]);
    assert!(found.measured.slowest_mode.is_none());
    assert!(found.measured.worst.is_some());
    assert_eq!(verdict(&found, "exact"), Verdict::Untested);
}

#[test]
fn a_million_dimensions_run_like_twenty() {
    let started = std::time::Instant::now();
    let found = outcome(&[
        "teacher.input_dim=1000000",
        "teacher.nodes=10",
        "teacher.weights=random",
        "teacher.threshold=2.0",
    ]);
    assert_eq!(found.primary.layout.coordinates, 20);
    assert_eq!(verdict(&found, "exact"), Verdict::Holds);
    assert!(started.elapsed().as_secs() < 20);
}

#[test]
fn a_single_node_converges_at_its_gates_rate() {
    let found = outcome(&[
        "teacher.nodes=1",
        "teacher.threshold=0.0",
        "teacher.input_dim=2",
    ]);
    assert_eq!(verdict(&found, "sharp"), Verdict::Holds);
    assert_eq!(verdict(&found, "derived"), Verdict::Holds);
    assert!((found.asymptotic.unwrap().rate - 0.5).abs() < 1e-14);
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
    assert_eq!(
        found.primary.end.to_string().split(' ').next(),
        Some("converged")
    );
    assert!(found.measured.final_angle < 0.5 * found.assumption.theta0);
}

#[test]
fn without_projection_or_with_running_fan_out_the_premises_are_said_not_to_hold() {
    let found = outcome(&["flow.projection=false", "integrate.horizon=5"]);
    assert!(found.premises_not_met[0].contains("not projected"));
    let found = outcome(&["flow.fan_out=running", "integrate.horizon=5"]);
    assert!(found.premises_not_met[0].contains("fan-out"));
    assert_eq!(found.primary.layout.outputs, 1);
}

#[test]
fn an_interrupted_run_keeps_what_it_has() {
    struct AfterSteps(AtomicU64);
    impl Hooks for AfterSteps {
        fn interrupted(&self) -> bool {
            self.0.fetch_add(1, Ordering::Relaxed) >= 25
        }
    }
    let found = scenario(BASE, &["teacher.threshold=3.0"])
        .simulate(&AfterSteps(AtomicU64::new(0)))
        .unwrap();
    assert!(matches!(found.primary.end, RunEnd::Interrupted { .. }));
    assert!(found.primary.trajectory.rows.len() > 10);
    assert_eq!(found.primary.steps, 26);
    // What was seen until then is still judged.
    assert_eq!(verdict(&found, "derived"), Verdict::Holds);
}

#[test]
fn a_change_of_the_student_leaves_the_teacher_as_it_was() {
    let one = outcome(&["teacher.weights=random", "integrate.horizon=1"]);
    let other = outcome(&[
        "teacher.weights=random",
        "integrate.horizon=1",
        "student.theta0=0.3",
    ]);
    assert_eq!(one.teacher, other.teacher);
    let reseeded = outcome(&["teacher.weights=random", "integrate.horizon=1", "seed=2"]);
    assert_ne!(one.teacher, reseeded.teacher);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn proven_bounds_are_never_violated(
        m in 1_usize..7,
        extra in 1_usize..20,
        b in 1.0..3.5_f64,
        log_theta0 in -5.0..-0.5_f64,
        random in any::<bool>(),
        seed in 1_u64..1000,
    ) {
        let overrides = [
            format!("teacher.nodes={m}"),
            format!("teacher.input_dim={}", m + extra + usize::from(m == 1)),
            format!("teacher.threshold={b}"),
            format!("teacher.weights={}", if random { "random" } else { "orthonormal" }),
            format!("student.theta0={}", log_theta0.exp()),
            format!("seed={seed}"),
            "integrate.outputs=40".to_owned(),
        ];
        let overrides: Vec<&str> = overrides.iter().map(String::as_str).collect();
        let found = outcome(&overrides);
        for name in ["derived", "sharp"] {
            let claim = found.claims.iter().find(|claim| claim.bound.name == name).unwrap();
            prop_assert_ne!(claim.verdict, Verdict::Violated, "{}: {:?}", name, claim);
        }
    }
}

#[test]
fn a_violation_between_two_outputs_is_seen() {
    // Looked at at the start alone, where the poster's rate is still kept, and where nothing is left to read.
    let found = outcome(&[
        "seed=5",
        "teacher={input_dim = 30, nodes = 2, weights = \"random\", threshold = 0.5}",
        "student.theta0=0.05",
        "integrate.outputs=[1e9]",
    ]);
    let printed = found
        .claims
        .iter()
        .find(|claim| claim.bound.name == "printed");
    let claimed = printed.unwrap().value.unwrap();
    let rows = &found.primary.trajectory.rows;
    assert_eq!(rows.len(), 2);
    assert!(rows[1].largest_angle() < found.rate_floor);
    let start = &rows[0].snapshot;
    let at_start = WorstRate::at(0.0, &start.angles, &start.angle_rates);
    assert!(at_start.theta > 1.2 * claimed, "{at_start:?}");
    assert_eq!(verdict(&found, "printed"), Verdict::Violated);
    // What is proved holds there too, and every way to step sees the same.
    assert_eq!(verdict(&found, "sharp"), Verdict::Holds);
    assert_eq!(verdict(&found, "euclidean"), Verdict::Holds);
    let worst = found.measured.worst.unwrap();
    assert!(worst.time > 0.0 && worst.theta < 0.9 * claimed, "{worst:?}");
    for method in ["dopri5", "rkc", "rk4"] {
        let method = format!("integrate={{method = \"{method}\", outputs = [1e9]}}");
        let other = outcome(&[
            "seed=5",
            "teacher={input_dim = 30, nodes = 2, weights = \"random\", threshold = 0.5}",
            "student.theta0=0.05",
            &method,
        ]);
        assert_eq!(verdict(&other, "printed"), Verdict::Violated, "{method}");
        // Not at the same states: longer steps come less near to the slowest one.
        let theta = other.measured.worst.unwrap().theta;
        assert!(
            (theta / worst.theta - 1.0).abs() < 0.15,
            "{method}: {theta}"
        );
    }
}

#[test]
fn what_is_claimed_does_not_depend_on_where_the_run_is_drawn() {
    let found = |outputs: &str| outcome(&["teacher.threshold=1.0", outputs]);
    let (few, many) = (
        found("integrate.outputs=[1e9]"),
        found("integrate.outputs=240"),
    );
    assert_eq!(
        few.primary.trajectory.rows.len(),
        2,
        "the start and the end"
    );
    assert!(many.primary.trajectory.rows.len() > 100);
    let [few, many] = [few, many].map(|found| {
        // The start, and each step.
        let read = found.primary.readings.largest_angles().len();
        assert_eq!(read as u64, 1 + found.primary.steps);
        serde_json::to_value((found.claims.len(), &found.measured, &found.energy)).unwrap()
    });
    assert_eq!(few, many);
}

#[test]
fn a_search_says_how_much_of_what_could_be_certified_is() {
    let found = |theta0: &str| {
        let found = outcome(&[
            "teacher.threshold=0",
            &format!("student.theta0={theta0}"),
            "falsify.starts=10",
        ]);
        let claim = found
            .claims
            .iter()
            .find(|claim| claim.bound.name == "euclidean");
        let claimed = claim.unwrap().value.unwrap();
        (
            found.slowest_found.unwrap(),
            claimed,
            found.measured.worst.unwrap(),
        )
    };
    let (near, claimed, worst) = found("0.01");
    // Near the teacher both tend to the exact rate, and no run is slower than what was searched for.
    assert!(
        near.rate >= claimed && near.rate <= worst.distance,
        "{near:?}"
    );
    assert!((0.97..=1.0).contains(&near.share.unwrap()), "{near:?}");
    assert!((near.share.unwrap() - claimed / near.rate).abs() < 1e-12);
    // Far from it a start is found whose distance grows: there is nothing to certify, and nothing is.
    let (far, claimed, _) = found("1.2");
    assert!(
        far.rate < 0.0 && far.share.is_none() && claimed == 0.0,
        "{far:?}"
    );
    assert!(outcome(&["teacher.threshold=0"]).slowest_found.is_none());
}
