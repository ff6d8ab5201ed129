//! SGD beside the matrix flow: how far apart they are, and a step of it on average.

use crate::common::interpret;
use luckflow::experiment::{Experiment, Silent, sgd_vs_flow};
use luckflow::flow::{FanOut, FlowOptions, TwoLayerFlow};
use luckflow::overlap::{ExactGaussian, Input};
use luckflow::sgd::{ProjectedSgd, SgdOptions};

const BESIDE: &str = r#"
    experiment = "sgd-vs-flow"
    [teacher]
    input_dim = 12
    nodes = 3
    threshold = 0.5
    outputs = 4
    [student]
    extra = 2
    theta0 = 0.4
    e0 = 0.2
    [sgd]
    steps = [0.02, 0.01, 0.005]
    batches = [16, 64]
    seeds = 12
    [integrate]
    horizon = 8
    outputs = 40
"#;

#[test]
fn the_gap_between_sgd_and_the_flow_falls_like_the_root_of_step_over_batch() {
    let scenario = interpret(BESIDE, &[] as &[&str]);
    let scenario: &sgd_vs_flow::SgdVsFlow = scenario.get().unwrap();
    let found = scenario.simulate(&Silent).unwrap();
    let law = found.law.unwrap();
    for (exponent, predicted) in [(law.step, 0.5), (law.batch, -0.5)] {
        assert!(exponent.standard_error < 0.05);
        let away = (exponent.value - predicted).abs() / exponent.standard_error;
        assert!(away < 3.0, "{exponent:?}");
    }
    // The constant is predicted, and so is the scatter.
    let prediction = found.prediction.as_ref().unwrap();
    assert!(prediction.all.standard_error < 0.03);
    let away = prediction.all.ratio.ln().abs();
    assert!(away < 3.0 * prediction.all.standard_error + 0.01, "{:?}", prediction.all);
    for gap in &prediction.gaps {
        // Twelve runs know their spread to a fifth.
        let ratio = gap.spread_ratio.unwrap();
        assert!((0.4..1.7).contains(&ratio), "{gap:?}");
    }
    // Exact gradients, too, keep a distance that a finite step makes: of first order.
    let gaps: Vec<f64> = found.descents.iter().zip(&found.flows).map(|(a, b)| a.largest_gap(b)).collect();
    assert!((gaps[0] / gaps[1] - 2.0).abs() < 0.05, "{gaps:?}");
    let least = found.gaps.iter().find(|gaps| (gaps.step, gaps.batch) == (0.02, 64));
    assert!(gaps[0] < 0.1 * least.unwrap().span.least);
}

#[test]
fn a_step_of_projected_sgd_is_on_average_one_of_the_flow() {
    let scenario = interpret(BESIDE, &[] as &[&str]);
    let scenario: &sgd_vs_flow::SgdVsFlow = scenario.get().unwrap();
    let network = scenario.simulate(&Silent).unwrap().found.network;
    let input = Input::standard_gaussian();
    for running_fan_out in [true, false] {
        let options = SgdOptions {
            step: 1e-6,
            batch: 400_000,
            projection: true,
            running_fan_out,
        };
        let mut sgd = ProjectedSgd::new(&network, &input, options, 1);
        sgd.step();
        let fan_out = if running_fan_out {
            FanOut::Running
        } else {
            FanOut::Fixed
        };
        let options = FlowOptions {
            projection: true,
            fan_out,
        };
        let mut flow = TwoLayerFlow::new(&network, Box::new(ExactGaussian::new()), &input, options);
        let y = flow.state_of(&network);
        let mut dy = vec![0.0; y.len()];
        flow.velocity(&y, &mut dy);
        let layout = flow.layout();
        let moved = (sgd.weights() - &network.student.weights.t()) / 1e-6;
        // A standard error of about 1/√400,000 in each entry.
        let error = (&moved - &layout.weights(&dy)).iter().fold(0.0_f64, |a, x| a.max(x.abs()));
        assert!(error < 0.008, "{error}");
        let moved = (sgd.fan_out() - &network.fan_out) / 1e-6;
        let expected = match running_fan_out {
            true => layout.fan_out(&dy).to_owned(),
            false => ndarray::Array2::zeros(moved.dim()),
        };
        let error = (&moved - &expected).iter().fold(0.0_f64, |a, x| a.max(x.abs()));
        assert!(error < 0.008, "{error}");
    }
}
