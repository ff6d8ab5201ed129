//! Certified rates, their envelope, and by what a run is judged.

use super::{BASE, outcome, scenario, verdicts};
use luckflow::experiment::{Experiment, Silent};
use luckflow::theory::Verdict;
use proptest::prelude::*;

#[test]
fn a_certificate_that_is_exact_is_not_violated_by_the_integrators_error() {
    // One node alone: z(t) = e^{Mt} z(0). At the floor the tolerance shows, in some digit of what is left.
    for seed in 1..=30 {
        let found = outcome(&[
            "teacher.nodes=1",
            "teacher.fan_out=random",
            "teacher.threshold=2.3",
            "student.extra=0",
            "student.theta0=0.001",
            "student.e0=0.15",
            "integrate.outputs=100",
            &format!("seed={seed}"),
        ]);
        let envelope = found.envelope.as_ref().unwrap();
        assert!(envelope.repeated && envelope.integration_error < 1e-9);
        assert_ne!(envelope.verdict, Verdict::Violated, "{envelope:?}");
        assert!((envelope.largest_ratio.unwrap() - 1.0).abs() < 1e-2, "{envelope:?}");
        // Below the certified rate by rounding, which is undecided, and by no more.
        let claim = &found.claims[0];
        assert_ne!(claim.verdict, Verdict::Violated);
        let ratio = claim.simulated.unwrap() / claim.value.unwrap();
        assert!(ratio > 1.0 - 1e-6, "{ratio}");
    }
}

#[test]
fn what_stability_leaves_of_a_fast_part_is_no_violation() {
    // The second node has decayed long before V has: steps at the edge of its stability leave errors of up to forty tolerances in it.
    let overrides = [
        "teacher.nodes=2",
        "teacher.input_dim=6",
        "teacher.outputs=2",
        "teacher.threshold=3.1363639987363685",
        "teacher.weights=random",
        "teacher.fan_out=random",
        "student.extra=0",
        "student.theta0=0.017953824165",
        "student.e0=0.22313016014842982",
        "integrate.outputs=30",
        "seed=88078",
    ];
    let found = outcome(&overrides);
    assert_ne!(found.envelope.as_ref().unwrap().verdict, Verdict::Violated, "{:?}", found.envelope);
    assert_eq!(verdicts(&found)[0], Verdict::Holds);
}

#[test]
fn a_sampled_run_that_exceeds_its_certificate_decides_nothing() {
    let found = outcome(&["overlap.method=monte-carlo", "overlap.samples=20000", "integrate.method=dopri5", "seed=2"]);
    assert!(!verdicts(&found).contains(&Verdict::Violated), "{:?}", found.claims);
    assert!(found.premises_not_met.iter().any(|premise| premise.contains("one fixed sample")));
}

#[test]
fn at_zero_threshold_the_euclidean_certificate_is_the_certificate() {
    let found = outcome(&["teacher.threshold=0", "student.theta0=0.005", "student.e0=0.005", "student.v0=0.005"]);
    assert!(found.certificate.is_none() && found.envelope.is_none());
    assert_eq!(found.best, Some("euclidean"));
    assert_eq!(verdicts(&found), [Verdict::Vacuous, Verdict::Holds]);
    let (first, certificate) = (&found.rows[0], found.euclidean.as_ref().unwrap());
    for row in &found.rows {
        let bound = first.motion.distance() * (-certificate.rate * row.time).exp();
        assert!(row.motion.distance() <= bound * (1.0 + 1e-9) + 1e-12, "at {}", row.time);
    }
}

#[test]
fn rates_of_errors_are_the_derivatives_of_errors() {
    let found = outcome(&["integrate.outputs=20000", "integrate.horizon=200"]);
    for rows in found.rows.windows(3).step_by(997) {
        let [before, row, after] = rows else {
            unreachable!("windows of three")
        };
        let elapsed = after.time - before.time;
        let pairs = before.errors().zip(after.errors());
        for ((a, b), rate) in pairs.zip(&row.motion.rates) {
            assert!(((b - a) / elapsed - rate).abs() < 1e-8, "{rate}");
        }
        let rate = (before.motion.distance() / after.motion.distance()).ln() / elapsed;
        assert!((rate / row.motion.distance_rate() - 1.0).abs() < 1e-6, "{rate}");
    }
}

#[test]
fn no_start_that_a_search_finds_is_slower_than_what_is_certified() {
    let found = outcome(&["falsify.starts=5"]);
    let slowest = found.slowest_found.unwrap();
    let certified = found.euclidean.as_ref().unwrap().rate;
    assert!(slowest.rate >= certified, "{slowest:?}, {certified}");
    assert_eq!(slowest.share, Some(certified / slowest.rate));
    assert!(slowest.rate <= found.rows[0].motion.distance_rate());
}

#[test]
fn rates_are_read_between_outputs_too() {
    let rates = |outputs: &str| {
        let found = outcome(&[outputs]);
        assert_eq!(verdicts(&found), [Verdict::Holds, Verdict::Holds]);
        let rates = found.claims.iter().map(|claim| claim.simulated.unwrap());
        (found.rows.len(), rates.collect::<Vec<_>>())
    };
    let (few, at_steps) = rates("integrate.outputs=[1e9]");
    let (_, at_many) = rates("integrate.outputs=20000");
    assert_eq!(few, 2);
    let start = outcome(&[]).rows[0].motion.distance_rate();
    assert!(at_steps[1] < 0.95 * start, "{at_steps:?} from {start}");
    for (a, b) in at_steps.iter().zip(&at_many) {
        assert!((a / b - 1.0).abs() < 1e-3, "{at_steps:?}, {at_many:?}");
    }
}

#[test]
fn in_the_certified_region_everything_converges_for_twenty_seeds() {
    for seed in 1..=20 {
        let found = outcome(&[&format!("seed={seed}"), "integrate.outputs=100"]);
        let certificate = found.certificate.as_ref().expect("certified");
        let envelope = found.envelope.as_ref().unwrap();
        assert_eq!(envelope.verdict, Verdict::Holds, "seed {seed}: {envelope:?}");
        assert_eq!(verdicts(&found)[0], Verdict::Holds);
        assert!(certificate.rate > 0.0);
        assert!(certificate.w_margin > 0.0 && certificate.v_margin > 0.0);
        assert!(found.largest_scale.unwrap() > 0.05);
        for part in &found.parts {
            assert!(part.last < 1e-9, "seed {seed}: {part:?}");
            assert_eq!(part.verdict, Verdict::Holds);
            assert!(certificate.rate < part.fitted.unwrap().rate, "seed {seed}: {part:?}");
        }
        assert!(found.energy_residual < 1e-9);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_positive_certificate_is_never_violated(
        m in 1_usize..6,
        r in 0_usize..6,
        extra_outputs in 0_usize..3,
        extra_dim in 1_usize..60,
        b in 1.5..3.5_f64,
        log_theta0 in -5.0..-1.5_f64,
        log_e0 in -6.0..-1.5_f64,
        random_weights in any::<bool>(),
        random_fan_out in any::<bool>(),
        seed in 1_u64..100_000,
    ) {
        let overrides = [
            format!("teacher.nodes={m}"),
            format!("teacher.input_dim={}", m + extra_dim),
            format!("teacher.outputs={}", m + extra_outputs),
            format!("teacher.threshold={b}"),
            format!("teacher.weights={}", if random_weights { "random" } else { "orthonormal" }),
            format!("teacher.fan_out={}", if random_fan_out { "random" } else { "orthonormal" }),
            format!("student.extra={r}"),
            format!("student.theta0={}", log_theta0.exp()),
            format!("student.e0={}", log_e0.exp()),
            format!("seed={seed}"),
            "integrate.outputs=30".to_owned(),
        ];
        let found = scenario(BASE, &overrides).simulate(&Silent).unwrap();
        // Two hundred starts with a certificate, not two hundred starts.
        prop_assume!(found.certificate.is_some());
        let envelope = found.envelope.as_ref().unwrap();
        prop_assert_ne!(envelope.verdict, Verdict::Violated, "{:?}", envelope);
        // A single node's rate is its bound, but for rounding.
        let is_decided = m > 1 || verdicts(&found)[0] != Verdict::Undecided;
        prop_assert!(!is_decided || verdicts(&found)[0] == Verdict::Holds);
        prop_assert_ne!(verdicts(&found)[1], Verdict::Violated);
    }
}
