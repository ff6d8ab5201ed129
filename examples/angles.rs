//! My own W* and W: how do the angles between student and teacher nodes fall?

use luckflow::flow::{FlowOptions, TwoLayerFlow};
use luckflow::integrate::{AtOutputs, IntegrateError, Method, Plan, integrate};
use luckflow::ndarray::array;
use luckflow::network::TwoLayer;
use luckflow::overlap::{ExactGaussian, Input};

fn main() -> Result<(), IntegrateError> {
    let (teacher, student) = (array![[1.0, 0.0], [0.0, 1.0]], array![[0.9, 0.2], [0.1, 0.8]]);
    let network = TwoLayer::with_unit_fan_out(&teacher, student, 1.0);
    let (kernel, input) = (Box::new(ExactGaussian::new()), Input::standard_gaussian());
    let mut flow = TwoLayerFlow::new(&network, kernel, &input, FlowOptions::default());
    let start = flow.state_of(&network);
    let mut watch = AtOutputs(|flow: &mut TwoLayerFlow, time, y: &[f64]| {
        let angles = flow.snapshot(y, &mut vec![0.0; y.len()]).angles;
        println!("t = {time:5.1}  θ = {angles:.6?}");
    });
    integrate(&mut flow, start, &Method::default(), &Plan::uniform(100.0, 10), &mut watch)?;
    Ok(())
}
