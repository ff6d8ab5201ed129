//! A channel as a node: its fan-out, selections of channels, correlations.

use super::*;

#[test]
fn a_channels_fan_out_is_all_that_reads_it() {
    let architecture: Architecture = recipe(None, 0).try_into().unwrap();
    let network: Deep<f64> = student(&architecture);
    let norm = |columns: ArrayView2<f64>| columns.iter().map(|x| x * x).sum::<f64>().sqrt();
    let kernels = &network.linear(1).weights;
    let head = &network.linear(2).weights;
    assert_eq!((kernels.dim(), head.dim()), ((5, 4 * 9), (3, 5 * 3 * 2)));
    for (j, found) in network.fan_out_norms(0).into_iter().enumerate() {
        assert!((found - norm(kernels.slice(s![.., 9 * j..9 * j + 9]))).abs() < 1e-15);
    }
    for (j, found) in network.fan_out_norms(1).into_iter().enumerate() {
        assert!((found - norm(head.slice(s![.., 6 * j..6 * j + 6]))).abs() < 1e-15);
    }
}

#[test]
fn a_network_of_selected_channels_says_what_the_whole_says_with_the_others_silent() {
    for batch_norm in [
        None,
        Some(BatchNorm {
            place: Place::BeforeRelu,
            affine: true,
        }),
    ] {
        let architecture: Architecture = recipe(batch_norm, 1).try_into().unwrap();
        let network: Deep<f64> = student(&architecture);
        let kept = vec![vec![3, 1], vec![0, 4, 2]];
        let smaller = subnetwork(&network, &kept);
        assert_eq!(smaller.architecture.hidden(), [2, 3]);
        let mut silent = network.clone();
        for (l, kept) in kept.iter().enumerate() {
            let above = &mut silent.linear_mut(l + 1).weights;
            let readers = above.ncols() / architecture.hidden()[l];
            for (i, mut column) in above.columns_mut().into_iter().enumerate() {
                if !kept.contains(&(i / readers)) {
                    column.fill(0.0);
                }
            }
        }
        let x = gaussian_inputs::<f64>(1, "samples", [6, architecture.input()], 1.0);
        let difference = outputs(&smaller, x.view()) - outputs(&silent, x.view());
        assert!(largest(&difference) < 1e-14);
    }
}

#[test]
fn channels_are_compared_over_samples_and_positions() {
    let architecture: Architecture = recipe(None, 0).try_into().unwrap();
    let network: Deep<f32> = student(&architecture);
    let x = gaussian_inputs::<f32>(1, "samples", [30, architecture.input()], 1.0);
    let mut pass = Pass::new(&architecture, 30);
    pass.forward(&network, x.t(), Mode::Evaluation);
    let channels = pass.activations(1);
    assert_eq!(channels.dim(), (5, 3 * 2 * 30));
    let own = Standardized::of(channels);
    let all = Correlations::between(&own, &own);
    let winners = all.winners();
    let speaking: Vec<usize> = (0..5).filter(|&k| winners[k].is_some()).collect();
    assert!(speaking.iter().all(|&k| winners[k].unwrap().student == k));
    assert!((all.mean_best() - 1.0).abs() < 1e-5);
    // The same by hand for two channels.
    let correlation = |a: ArrayView1<f32>, b: ArrayView1<f32>| {
        let [a, b] = [a, b].map(|v| v.mapv(f64::from));
        let [a, b] = [&a - a.mean().unwrap(), &b - b.mean().unwrap()];
        a.dot(&b) / (a.dot(&a) * b.dot(&b)).sqrt()
    };
    let [a, b] = [speaking[0], speaking[1]];
    let expected = correlation(channels.row(a), channels.row(b));
    assert!((f64::from(all.matrix()[[a, b]]) - expected).abs() < 1e-5);
}
