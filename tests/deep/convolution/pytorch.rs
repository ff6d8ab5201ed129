//! Against PyTorch's numbers.

use super::*;

#[test]
fn a_network_of_pytorchs_says_the_same_here_and_learns_the_same_steps() {
    // tests/data/convolution.py made it.
    let bytes = include_bytes!("../../data/convolution.safetensors");
    let norm = BatchNorm {
        place: Place::AfterRelu,
        affine: true,
    };
    let list = recipe(Some(norm), 1);
    let architecture = Architecture::try_from(list).unwrap();
    // Its second layer has no padding.
    let mut operations = architecture.operations().to_vec();
    if let Operation::Convolution(layer) = &mut operations[3] {
        layer.padding = 0;
    }
    let architecture = Architecture::new(architecture.input_shape(), operations).unwrap();
    let wanted = [("start.", &architecture), ("end.", &architecture)];
    let (networks, _) = read_tensors::<f32>(bytes, &wanted).unwrap();
    let file = safetensors::SafeTensors::deserialize(bytes).unwrap();
    let numbers = |name: &str| {
        let tensor = file.tensor(name).unwrap();
        let words = tensor.data().chunks_exact(4);
        let numbers: Vec<f32> = words.map(f32::from_le_slice).collect();
        let rows = tensor.shape()[0];
        Array2::from_shape_vec((rows, numbers.len() / rows), numbers).unwrap()
    };
    let close = |a: &[f32], b: &[f32]| {
        let error = a.iter().zip(b).map(|(a, b)| (a - b).abs());
        assert!(a.len() == b.len() && error.fold(0.0, f32::max) < 1e-5, "{a:?} and {b:?}");
    };
    let found = outputs(&networks[1], numbers("inputs").view());
    close(found.as_slice().unwrap(), numbers("outputs").as_slice().unwrap());

    let data = DataSet {
        inputs: numbers("inputs"),
        targets: Targets::Values(numbers("targets")),
    };
    let training = Training {
        batch: 8,
        schedule: Schedule(vec![(0, 0.05)]),
        momentum: 0.9,
        weight_decay: 1e-3,
        loss: Loss::MeanSquared,
        normalize_nodes: false,
    };
    let mut trainer = Trainer::new(&training, &data, networks[0].clone(), 1);
    for (step, loss) in numbers("losses").iter().enumerate() {
        let first = 8 * (step as u32 % 3);
        let rows: Vec<u32> = (first..first + 8).collect();
        assert!((trainer.step(&rows) - f64::from(*loss)).abs() < 1e-5);
    }
    let [mut found, mut expected] = [trainer.into_network(), networks[1].clone()];
    close(&found.parameters_mut().concat(), &expected.parameters_mut().concat());
    for (found, expected) in found.parameters.iter().zip(&expected.parameters) {
        for (a, b) in found.vectors.iter().zip(&expected.vectors) {
            close(a.as_slice().unwrap(), b.as_slice().unwrap());
        }
    }
    // And what is written here has PyTorch's names and shapes.
    let written = write_tensors(&[("end.", &networks[1])], &[], &[]).unwrap();
    let written = safetensors::SafeTensors::deserialize(&written).unwrap();
    assert_eq!(written.tensor("end.layers.1.weight").unwrap().shape(), [5, 4, 3, 3]);
    for (name, tensor) in written.iter() {
        let original = file.tensor(name).unwrap();
        assert_eq!((tensor.shape(), tensor.data()), (original.shape(), original.data()));
    }
}
