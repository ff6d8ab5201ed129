//! `luckflow overlap`: the kernels at one angle.

use super::{Failure, number};
use clap::Args;
use luckflow::network::Layer;
use luckflow::overlap::{GaussianPair, HalfAngle, Input, MonteCarlo, Resample};
use ndarray::arr2;
use serde::Serialize;

/// Two unit nodes and, if wanted, a sample.
#[derive(Args)]
pub struct Arguments {
    /// Angle between the nodes, in radians from 0 to π
    #[arg(long, value_parser = number::angle, allow_hyphen_values = true)]
    theta: f64,
    /// Threshold of the first node
    #[arg(long, value_parser = number::threshold, allow_hyphen_values = true)]
    b: f64,
    /// Threshold of the second node [default: that of the first]
    #[arg(long, value_parser = number::threshold, allow_hyphen_values = true)]
    b2: Option<f64>,
    /// Also estimate by Monte Carlo, from so many samples
    #[arg(long, value_parser = clap::value_parser!(u64).range(2..))]
    samples: Option<u64>,
    /// Seed of the sample
    #[arg(long, default_value_t = 1, requires = "samples")]
    seed: u64,
}

#[derive(Serialize)]
#[allow(non_snake_case)]
struct Answer {
    theta: f64,
    b: f64,
    b2: f64,
    D: f64,
    L: f64,
    dD_dtheta: f64,
    dL_dtheta: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    monte_carlo: Option<Sampled>,
}

#[derive(Serialize)]
#[allow(non_snake_case)]
struct Sampled {
    samples: u64,
    seed: u64,
    D: f64,
    D_standard_error: f64,
    L: f64,
    L_standard_error: f64,
}

/// Prints the answer as JSON.
pub fn execute(arguments: &Arguments) -> Result<(), Failure> {
    let &Arguments {
        theta,
        b,
        samples,
        seed,
        ..
    } = arguments;
    let b2 = arguments.b2.unwrap_or(b);
    let angle = HalfAngle::from_radians(theta);
    let pair = GaussianPair::new(b, b2);
    let exact = pair.at(angle);
    let answer = Answer {
        theta,
        b,
        b2,
        D: exact.d,
        L: exact.l,
        dD_dtheta: pair.d_slope(angle),
        dL_dtheta: pair.l_slope(angle),
        monte_carlo: samples.map(|samples| {
            let first = Layer::with_threshold(arr2(&[[1.0], [0.0]]), b);
            let second = Layer::with_threshold(arr2(&[[theta.cos()], [theta.sin()]]), b2);
            let input = Input::standard_gaussian();
            // Each sample is used once, so none is kept.
            let resample = Resample::EveryEvaluation;
            let mut sampler = MonteCarlo::<f64>::new(input, samples as usize, resample, seed);
            let estimate = sampler.estimate(first.view(), second.view());
            Sampled {
                samples,
                seed,
                D: estimate.mean.d_star()[[0, 0]],
                D_standard_error: estimate.standard_error.d_star()[[0, 0]],
                L: estimate.mean.l_star()[[0, 0]],
                L_standard_error: estimate.standard_error.l_star()[[0, 0]],
            }
        }),
    };
    let json = serde_json::to_string_pretty(&answer).map_err(Failure::runtime)?;
    super::say(json)
}
