//! A long search for counterexamples, by hand: `FALSIFY_SECONDS=900 cargo test --test theory a_long_search -- --ignored --nocapture`.

use luckflow::bound::Measure;
use luckflow::experiment::Silent;
use luckflow::falsify::{self, Search};
use luckflow::network::{draw, unit};
use luckflow::rng::{self, Stream};
use luckflow::theory::assumption3::{Assumption3, TeacherAngles};
use luckflow::theory::certificate::Problem;
use luckflow::theory::euclidean::{Certificate, Start, joint};
use luckflow::theory::theorem4;
use ndarray::{Array1, Array2, ArrayView2};
use rand::RngExt;
use std::time::{Duration, Instant};

/// What is known of one bound.
#[derive(Default)]
struct Tally {
    cases: usize,
    evaluations: usize,
    ratios: Vec<f64>,
    worst: String,
}

impl Tally {
    fn add(&mut self, found: falsify::Found, what: &str) {
        if self.ratios.iter().all(|ratio| found.ratio < *ratio) {
            self.worst = what.to_owned();
        }
        self.cases += 1;
        self.evaluations += found.evaluations;
        self.ratios.push(found.ratio);
    }

    fn say(&mut self, name: &str) {
        self.ratios.sort_by(f64::total_cmp);
        let at = |part: f64| self.ratios[((self.ratios.len() - 1) as f64 * part) as usize];
        println!(
            "{name}: {} cases, {} evaluations, smallest ratio {:.9} ({}), median {:.3}",
            self.cases,
            self.evaluations,
            at(0.0),
            self.worst,
            at(0.5)
        );
    }

    fn holds(&self) -> bool {
        self.ratios.iter().all(|ratio| *ratio > 1.0 - 1e-6)
    }
}

/// Theorem 5 with that teacher: orthonormal fan-out or random, up to three nodes more, errors of the order of a fifth of `scale`.
fn problem(stream: &mut Stream, teacher: ArrayView2<f64>, b: f64, scale: f64) -> Problem {
    let (known, m) = teacher.dim();
    let r = stream.random_range(0..4);
    let mut extra = draw::gaussian_in_span(stream, 4 * (known + r) + 4, known, r);
    for mut column in extra.columns_mut() {
        unit::normalize(&mut column);
    }
    let own = if stream.random() { 0.0 } else { 0.5 };
    let fan_out =
        Array2::from_shape_fn((m, m), |(j, c)| f64::from(u8::from(j == c)) + own * (stream.random::<f64>() - 0.5));
    let mut some = |size: usize| Array1::from_shape_simple_fn(size, || 0.2 * scale * stream.random::<f64>());
    Problem {
        teacher: draw::pad_rows(teacher, extra.nrows()),
        teacher_fan_out: fan_out,
        extra,
        threshold: b,
        angles: some(m),
        fan_out_errors: some(m + r),
    }
}

#[test]
#[ignore = "takes as long as it is given"]
fn a_long_search() {
    let seconds = std::env::var("FALSIFY_SECONDS").ok().and_then(|s| s.parse().ok()).unwrap_or(60);
    let seed = std::env::var("FALSIFY_SEED").ok().and_then(|s| s.parse().ok()).unwrap_or(1);
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut stream = rng::stream(seed, "long", &[]);
    let [mut sharp, mut derived, mut euclidean, mut joint_tally] = [(); 4].map(|()| Tally::default());
    let mut cell = 0;
    while Instant::now() < end {
        cell += 1;
        let search = Search {
            starts: 10,
            iterations: 200,
            seed: cell,
            hooks: &Silent,
        };
        let m = stream.random_range(1..=10);
        let coordinates = m * [1, 4, 20][stream.random_range(0..3)];
        let (name, teacher) = falsify::draw_teacher(&mut stream, [coordinates, m]);
        let b = -1.0 + 4.0 * stream.random::<f64>();
        let b = if stream.random_range(0..4) == 0 { 0.0 } else { b };
        let theta0 = 10f64.powf(-2.5 + 2.2 * stream.random::<f64>());
        let what = format!("{name}, m = {m}, b = {b:.3}, θ₀ = {theta0:.4}");
        if let Some(claim) = Certificate::of(teacher.view(), b, Start::Within(theta0)) {
            let region = [claim.radius, claim.largest_angle];
            let found = falsify::distance(teacher.view(), b, region, claim.rate, &search);
            euclidean.add(found, &format!("{what}, {:?}", claim.form));
        }
        if cell % 4 == 0 {
            let problem = problem(&mut stream, teacher.view(), b, theta0);
            if let Some(claim) = joint::Certificate::of(&problem) {
                let found =
                    falsify::joint(&problem, &falsify::Within::euclidean(&problem, &claim), claim.rate, &search);
                joint_tally.add(found, &what);
            }
        }
        let angles = TeacherAngles::of(teacher.view());
        let assumption = Assumption3::measure(&angles, b, theta0);
        for (tally, measure, claimed) in [
            (&mut sharp, Measure::Theta, theorem4::sharp(&angles, &assumption)),
            (&mut derived, Measure::TanHalf, theorem4::derived(&assumption)),
        ] {
            // Much smaller claims are of the order of the rounding in a rate.
            if claimed > 1e-3 * assumption.d0 {
                let found = falsify::angle(teacher.view(), b, theta0, (measure, claimed), &search);
                tally.add(found, &what);
            }
        }
    }
    println!("{cell} cells");
    sharp.say("sharp");
    derived.say("derived");
    euclidean.say("euclidean");
    joint_tally.say("joint");
    let all = [sharp, derived, euclidean, joint_tally];
    assert!(all.iter().all(Tally::holds), "a bound is refuted");
}
