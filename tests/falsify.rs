//! A long search for counterexamples, by hand: `FALSIFY_SECONDS=900 cargo test --test falsify -- --ignored --nocapture`.

use luckflow::bound::Measure;
use luckflow::falsify::{self, Search};
use luckflow::network::draw;
use luckflow::rng::{self, Stream};
use luckflow::theory::assumption3::{Assumption3, TeacherAngles};
use luckflow::theory::euclidean::{Certificate, Start};
use luckflow::theory::theorem4;
use ndarray::Array2;
use ndarray_linalg::{Cholesky, UPLO};
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
        assert!(at(0.0) > 1.0 - 1e-7, "{name} is refuted: {}", self.worst);
    }
}

fn teacher(stream: &mut Stream, m: usize) -> (&'static str, Array2<f64>) {
    match stream.random_range(0..4) {
        0 => ("orthonormal", Array2::eye(m)),
        1 => {
            let dim = [m, 4 * m, 20 * m][stream.random_range(0..3)];
            ("random", draw::random_teacher(stream, dim, m))
        }
        2 => {
            let low = -0.9 / (m.max(2) - 1) as f64;
            let cosine = low + (0.6 - low) * stream.random::<f64>();
            let gram = Array2::from_shape_fn((m, m), |(j, k)| if j == k { 1.0 } else { cosine });
            (
                "equiangular",
                gram.cholesky(UPLO::Upper).expect("positive definite"),
            )
        }
        _ => {
            let axis = |i: usize, k: usize| match (k / 2 == i, k % 2) {
                (false, _) => 0.0,
                (true, 0) => 1.0,
                (true, _) => -1.0,
            };
            (
                "antipodal",
                Array2::from_shape_fn((m.div_ceil(2), m), |(i, k)| axis(i, k)),
            )
        }
    }
}

#[test]
#[ignore = "takes as long as it is given"]
fn a_long_search() {
    let seconds = std::env::var("FALSIFY_SECONDS")
        .ok()
        .and_then(|s| s.parse().ok())
        .unwrap_or(60);
    let seed = std::env::var("FALSIFY_SEED")
        .ok()
        .and_then(|s| s.parse().ok())
        .unwrap_or(1);
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut stream = rng::stream(seed, "long", &[]);
    let [mut sharp, mut derived, mut euclidean] = [(); 3].map(|()| Tally::default());
    let mut cell = 0;
    while Instant::now() < end {
        cell += 1;
        let search = Search {
            starts: 10,
            iterations: 200,
            seed: cell,
        };
        let m = stream.random_range(1..=10);
        let (name, teacher) = teacher(&mut stream, m);
        let b = -1.0 + 4.0 * stream.random::<f64>();
        let b = if stream.random_range(0..4) == 0 {
            0.0
        } else {
            b
        };
        let theta0 = 10f64.powf(-2.5 + 2.2 * stream.random::<f64>());
        let what = format!("{name}, m = {m}, b = {b:.3}, θ₀ = {theta0:.4}");
        if let Some(claim) = Certificate::of(teacher.view(), b, Start::Within(theta0)) {
            let region = [claim.radius, claim.largest_angle];
            let found = falsify::distance(teacher.view(), b, region, claim.rate, &search);
            euclidean.add(found, &format!("{what}, {:?}", claim.form));
        }
        let angles = TeacherAngles::of(teacher.view());
        let assumption = Assumption3::measure(&angles, b, theta0);
        for (tally, measure, claimed) in [
            (
                &mut sharp,
                Measure::Theta,
                theorem4::sharp(&angles, &assumption),
            ),
            (
                &mut derived,
                Measure::TanHalf,
                theorem4::derived(&assumption),
            ),
        ] {
            if claimed > 0.0 {
                let found = falsify::angle(teacher.view(), b, theta0, (measure, claimed), &search);
                tally.add(found, &what);
            }
        }
    }
    println!("{cell} cells");
    sharp.say("sharp");
    derived.say("derived");
    euclidean.say("euclidean");
}
