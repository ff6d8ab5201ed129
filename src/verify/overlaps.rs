//! Claims about D and L.

use super::{Claim, Standing, derivative, error, measured, proven};
use crate::network::Layer;
use crate::overlap::gaussian::{KernelTable, normal};
use crate::overlap::{GaussianPair, HalfAngle, Input, MonteCarlo, Resample};
use ndarray::arr2;
use std::f64::consts::PI;

const THRESHOLDS: [f64; 6] = [-1.0, 0.0, 0.5, 1.0, 2.0, 4.0];
const ANGLES: [f64; 5] = [0.1, 0.7, 1.4, 2.0, 2.6];

pub(super) fn claims() -> Vec<Claim> {
    vec![
        proven("D at b = 0 is the arc-cosine kernel (π − θ)/2π: relative error", arc_cosine(), 1e-13),
        proven(
            "orthogonal nodes are independent, D = Q(b)Q(b'), L = E[f]E[f']: relative error",
            orthogonal(),
            1e-12,
        ),
        proven("∂L/∂ρ = D (Price), by differences: relative error", price(), 1e-8),
        measured("tables of kernels against the integrals: relative error", tables(), 1e-13),
        error(
            Standing::Statistical,
            "Monte Carlo against exact: largest distance in standard errors, 75 cells",
            monte_carlo(),
            4.0,
        ),
    ]
}

fn largest(errors: impl Iterator<Item = f64>) -> f64 {
    errors.fold(0.0, |a, x| if x.is_nan() { f64::NAN } else { a.max(x) })
}

fn arc_cosine() -> f64 {
    let pair = GaussianPair::new(0.0, 0.0);
    largest(
        (0..100)
            .map(|i| PI * f64::from(i) / 100.0)
            .map(|theta| (pair.at(HalfAngle::from_radians(theta)).d / ((PI - theta) / (2.0 * PI)) - 1.0).abs()),
    )
}

fn pairs() -> impl Iterator<Item = (f64, f64)> {
    THRESHOLDS.into_iter().flat_map(|b| THRESHOLDS.map(|c| (b, c)))
}

fn orthogonal() -> f64 {
    // Means by quadrature: φ(b) − b Q(b) cancels for large b.
    let mean = |b: f64| normal::moment(b, f64::INFINITY, |above| above);
    largest(pairs().map(|(b, c)| {
        let found = GaussianPair::new(b, c).at(HalfAngle::from_rho(0.0));
        let d = found.d / (normal::tail(b) * normal::tail(c)) - 1.0;
        let l = found.l / (mean(b) * mean(c)) - 1.0;
        d.abs().max(l.abs())
    }))
}

fn price() -> f64 {
    let cells = pairs().flat_map(|(b, c)| [-0.5, 0.0, 0.6].map(|rho| (b, c, rho)));
    largest(cells.filter(|(b, c, _)| b + c < 4.0).map(|(b, c, rho)| {
        let pair = GaussianPair::new(b, c);
        let slope = derivative(|h| pair.at(HalfAngle::from_rho(rho + h)).l, 0.01);
        (slope / pair.at(HalfAngle::from_rho(rho)).d - 1.0).abs()
    }))
}

fn tables() -> f64 {
    largest(THRESHOLDS.into_iter().flat_map(|b| {
        let (table, pair) = (KernelTable::new(b), GaussianPair::new(b, b));
        (0..200).map(move |i| HalfAngle::from_radians(PI * f64::from(i) / 200.0)).map(move |angle| {
            let (fast, slow) = (table.at(angle), pair.at(angle));
            if slow.d > 1e-20 {
                (fast.l / slow.l - 1.0).abs().max((fast.d / slow.d - 1.0).abs())
            } else {
                0.0
            }
        })
    }))
}

fn monte_carlo() -> f64 {
    let thresholds = [-1.0, 0.0, 1.0];
    let cells = thresholds.into_iter().flat_map(|b| thresholds.map(|c| (b, c)));
    let cells = cells.filter(|(b, c)| b <= c).flat_map(|(b, c)| ANGLES.map(|theta| (b, c, theta)));
    largest(cells.enumerate().map(|(seed, (b, c, theta))| {
        let first = Layer::with_threshold(arr2(&[[1.0], [0.0]]), b);
        let second = Layer::with_threshold(arr2(&[[theta.cos()], [theta.sin()]]), c);
        let input = Input::standard_gaussian();
        let mut sampler = MonteCarlo::<f64>::new(input, 50_000, Resample::Never, seed as u64);
        let found = sampler.estimate(first.view(), second.view());
        let exact = GaussianPair::new(b, c).at(HalfAngle::from_radians(theta));
        let distance = |mean: f64, error: f64, exact: f64| {
            // Where no sample fell the error is not known: one sample is room enough.
            (mean - exact).abs() / error.max(1.0 / 50_000.0)
        };
        distance(found.mean.d_star()[[0, 0]], found.standard_error.d_star()[[0, 0]], exact.d).max(distance(
            found.mean.l_star()[[0, 0]],
            found.standard_error.l_star()[[0, 0]],
            exact.l,
        ))
    }))
}
