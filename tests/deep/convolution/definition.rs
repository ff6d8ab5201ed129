//! Against naive sums and differences.

use super::*;

#[test]
fn gradients_of_every_layer_kind_and_loss_are_the_slopes_of_the_loss() {
    for architecture in kinds() {
        for loss in [Loss::MeanSquared, Loss::CrossEntropy] {
            let (network, data) = (student(&architecture), data(&architecture, loss, 5));
            let exact = gradient(&network, &data, loss);
            assert_eq!(exact.len(), architecture.parameters());
            let scale = largest(&exact).max(0.1);
            let mut unit = vec![0.0; exact.len()];
            for (i, exact) in exact.iter().enumerate() {
                unit[i] = 1.0;
                let at = |by| forward(&shifted(&network, &unit, by), &data, loss).2;
                let h = 1e-5;
                let slope = (at(h) - at(-h)) / (2.0 * h);
                assert!(
                    (slope - exact).abs() < 1e-7 * scale,
                    "{architecture:?} {loss:?} parameter {i}: {slope} and {exact}"
                );
                unit[i] = 0.0;
            }
        }
    }
}

#[test]
fn products_with_the_hessian_are_the_slopes_of_the_gradient() {
    let plain = |kind: &Architecture| !kind.has_batch_norm();
    for architecture in kinds().into_iter().filter(plain) {
        for loss in [Loss::MeanSquared, Loss::CrossEntropy] {
            let (network, data) = (student(&architecture), data(&architecture, loss, 6));
            let mut curvature = Curvature::new(&network, &data, loss);
            let direction = gaussian_inputs::<f64>(5, "direction", [1, curvature.dim()], 1.0);
            let direction = direction.into_raw_vec_and_offset().0;
            let mut exact = vec![0.0; direction.len()];
            curvature.apply(&direction, &mut exact);
            let at = |by| gradient(&shifted(&network, &direction, by), &data, loss);
            let h = 1e-6;
            let scale = largest(&exact);
            for ((up, down), exact) in at(h).iter().zip(at(-h)).zip(&exact) {
                let slope = (up - down) / (2.0 * h);
                assert!((slope - exact).abs() < 1e-6 * scale, "{slope} and {exact}");
            }
        }
    }
}

/// What a convolution says, by its definition.
fn naive(x: ArrayView2<f64>, from: Shape, layer: Convolution, weights: ArrayView2<f64>, bias: &[f64]) -> Array2<f64> {
    let Convolution { kernel, padding, .. } = layer;
    let [height, width] = [from.height, from.width].map(|side| side + 2 * padding + 1 - kernel);
    let batch = x.ncols();
    Array2::from_shape_fn((layer.channels * height * width, batch), |(node, sample)| {
        let (m, y, column) = (node / width / height, node / width % height, node % width);
        let mut sum = bias[m];
        for input in 0..from.channels * kernel * kernel {
            let (c, i, j) = (input / kernel / kernel, input / kernel % kernel, input % kernel);
            let (row, column) = ((y + i).wrapping_sub(padding), (column + j).wrapping_sub(padding));
            if row < from.height && column < from.width {
                let at = (c * from.height + row) * from.width + column;
                sum += weights[[m, input]] * x[[at, sample]];
            }
        }
        sum
    })
}

#[test]
fn a_convolution_is_what_its_definition_says() {
    for (kernel, padding) in [(1, 0), (2, 1), (3, 0), (3, 1), (3, 2), (5, 3)] {
        for (channels, batch) in [(4, 8), (7, 3), (9, 70)] {
            let layer = Convolution {
                channels,
                kernel,
                padding,
                bias: true,
            };
            let from = Shape::image(3, 6, 8);
            let list = vec![layer.into(), Flatten.into(), Dense { nodes: 1, bias: false }.into()];
            let architecture = Architecture::new(from, list).unwrap();
            let network: Deep<f64> = student(&architecture);
            let x = gaussian_inputs::<f64>(1, "samples", [batch, from.len()], 1.0);
            let mut pass = Pass::new(&architecture, batch + 2);
            pass.forward(&network, x.t(), Mode::Evaluation);
            let own = network.linear(0);
            let bias = own.bias().as_slice().unwrap();
            let expected = naive(x.t(), from, layer, own.weights.view(), bias);
            let found = pass.activations(0);
            assert_eq!(found.len(), expected.len());
            let error = found.iter().zip(&expected).map(|(a, b)| (a - b).abs());
            let error = error.fold(0.0, f64::max);
            assert!(error < 1e-13, "{layer:?}, batch {batch}: {error}");
        }
    }
}
