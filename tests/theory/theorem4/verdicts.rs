//! What becomes of each bound.

use super::{outcome, verdict};
use luckflow::integrate::RunEnd;
use luckflow::measure::WorstRate;
use luckflow::overlap::gaussian::normal;
use luckflow::theory::Verdict;
use proptest::prelude::*;

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
    let found = outcome(&["teacher.epsilon=0.5", "student.theta0=0.5", "teacher.nodes=10", "teacher.input_dim=20"]);
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
        assert!(error <= fit.standard_error.max(1e-3 * exact), "b = {b}: {} and {exact}", fit.rate);
    }
}

#[test]
fn gradient_descent_has_factors_below_one_minus_eta_lambda() {
    let found = outcome(&["teacher.threshold=3.0", "integrate.method=gradient-descent"]);
    let claim = found.measured.gradient_descent.unwrap();
    // By quadrature of φ(x) Q((b − ρx)/√(1 − ρ²)) at 25 digits; K_d is the chord's from π/2 + θ₀ to π/2, the largest of a scan.
    for (name, reference) in [("derived_steps", 9.634_116_920_12e-4), ("sharp_steps", 1.202_854_649_875e-3)] {
        let rate = found.claims.iter().find(|claim| claim.bound.name == name).unwrap();
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
        assert!((1.0 - 1e-4..1.0 + 1e-9).contains(&part), "{name}: {claimed}");
    }
    assert_eq!(verdict(&found, "exact"), Verdict::Holds);
    assert!(claim.largest_ratio < 1.0 && claim.largest_ratio > 0.8);
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
fn a_single_node_converges_at_its_gates_rate() {
    let found = outcome(&["teacher.nodes=1", "teacher.threshold=0.0", "teacher.input_dim=2"]);
    assert_eq!(verdict(&found, "sharp"), Verdict::Holds);
    assert_eq!(verdict(&found, "derived"), Verdict::Holds);
    assert!((found.asymptotic.as_ref().unwrap().rate - 0.5).abs() < 1e-14);
}

#[test]
fn without_projection_or_with_running_fan_out_the_premises_are_said_not_to_hold() {
    let found = outcome(&["flow.projection=false", "integrate.horizon=5"]);
    assert!(found.premises_not_met[0].contains("not projected"));
    let found = outcome(&["flow.fan_out=running", "integrate.horizon=5"]);
    assert!(found.premises_not_met[0].contains("fan-out"));
    assert_eq!(found.primary.layout.outputs, 1);
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
    let printed = found.claims.iter().find(|claim| claim.bound.name == "printed");
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
        assert!((theta / worst.theta - 1.0).abs() < 0.15, "{method}: {theta}");
    }
}

#[test]
fn a_search_says_how_much_of_what_could_be_certified_is() {
    let found = |theta0: &str| {
        let found = outcome(&["teacher.threshold=0", &format!("student.theta0={theta0}"), "falsify.starts=10"]);
        let claim = found.claims.iter().find(|claim| claim.bound.name == "euclidean");
        let claimed = claim.unwrap().value.unwrap();
        (found.slowest_found.unwrap(), claimed, found.measured.worst.unwrap())
    };
    let (near, claimed, worst) = found("0.01");
    // Near the teacher both tend to the exact rate, and no run is slower than what was searched for.
    assert!(near.rate >= claimed && near.rate <= worst.distance, "{near:?}");
    assert!((0.97..=1.0).contains(&near.share.unwrap()), "{near:?}");
    assert!((near.share.unwrap() - claimed / near.rate).abs() < 1e-12);
    // Far from it a start is found whose distance grows: there is nothing to certify, and nothing is.
    let (far, claimed, _) = found("1.2");
    assert!(far.rate < 0.0 && far.share.is_none() && claimed == 0.0, "{far:?}");
    assert!(outcome(&["teacher.threshold=0"]).slowest_found.is_none());
}
