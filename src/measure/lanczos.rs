//! The spectrum of a symmetric map that only multiplies: Lanczos with full reorthogonalisation, from random vectors
//! (Golub and Welsch 1969; Ubaru, Chen, Saad 2017).

use crate::linalg;
use crate::linalg::LinalgError;
use crate::rng;
use ndarray::{Array1, Array2, s};
use rand_distr::{Distribution, StandardNormal};

/// The spectral density of a symmetric map as weighted points.
#[derive(Clone, Debug)]
pub struct Density {
    /// (eigenvalue, weight), ascending; weights sum to 1.
    pub points: Vec<(f64, f64)>,
}

impl Density {
    /// Of a whole spectrum.
    pub fn of_spectrum(eigenvalues: &[f64]) -> Self {
        let weight = 1.0 / eigenvalues.len() as f64;
        let mut points: Vec<_> = eigenvalues.iter().map(|&x| (x, weight)).collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self { points }
    }

    /// The part of eigenvalues of absolute value at most `bound`.
    ///
    /// # Precision
    /// Of Lanczos: an estimate, whose points near zero stand for many eigenvalues each.
    pub fn within(&self, bound: f64) -> f64 {
        let inside = self.points.iter().filter(|(x, _)| x.abs() <= bound);
        // A sum of nothing is −0.
        inside.fold(0.0, |sum, (_, weight)| sum + weight)
    }

    /// The largest eigenvalue.
    pub fn largest(&self) -> f64 {
        self.points.last().map_or(f64::NAN, |point| point.0)
    }

    /// The least.
    pub fn least(&self) -> f64 {
        self.points.first().map_or(f64::NAN, |point| point.0)
    }
}

/// The density of the map `apply` on R^`dim`, from `probes` random vectors of `steps` steps each.
///
/// # Precision
/// Extreme eigenvalues converge first, to rounding with few steps; moments up to order 2·`steps` are right on average over
/// the probes, with a standard error of about √(2/(`dim`·`probes`)).
///
/// # Cost
/// `probes` · `steps` products, and O(`dim` · `steps`²) for each probe; `dim` · `steps` numbers of memory.
///
/// `apply` answers whether to go on; `None` if it was not to.
///
/// # Errors
/// What LAPACK says.
pub fn lanczos(
    dim: usize,
    [steps, probes]: [usize; 2],
    seed: u64,
    mut apply: impl FnMut(&[f64], &mut [f64]) -> bool,
) -> Result<Option<Density>, LinalgError> {
    let steps = steps.min(dim);
    let mut points = Vec::new();
    let mut basis = Array2::<f64>::zeros((steps, dim));
    for probe in 0..probes {
        let mut stream = rng::stream(seed, "probe", &[probe as u64]);
        let mut v = Array1::from_shape_simple_fn(dim, || StandardNormal.sample(&mut stream));
        v /= f64::sqrt(v.dot(&v));
        let mut tridiagonal = Array2::<f64>::zeros((steps, steps));
        let mut taken = 0;
        let mut image = Array1::<f64>::zeros(dim);
        while taken < steps {
            basis.row_mut(taken).assign(&v);
            let goes_on = apply(v.as_slice().expect("contiguous"), image.as_slice_mut().expect("contiguous"));
            if !goes_on {
                return Ok(None);
            }
            tridiagonal[[taken, taken]] = image.dot(&v);
            taken += 1;
            // Twice: once leaves what rounding left.
            let known = basis.slice(s![..taken, ..]);
            for _ in 0..2 {
                let along = known.dot(&image);
                image -= &known.t().dot(&along);
            }
            let norm = image.dot(&image).sqrt();
            let scale = tridiagonal[[0, 0]].abs().max(f64::MIN_POSITIVE);
            // The vectors so far span an invariant space.
            if taken == steps || norm < 1e-13 * scale {
                break;
            }
            tridiagonal[[taken, taken - 1]] = norm;
            tridiagonal[[taken - 1, taken]] = norm;
            v.assign(&image);
            v /= norm;
        }
        let small = tridiagonal.slice(s![..taken, ..taken]).to_owned();
        let (values, vectors) = linalg::eigenvectors(&small)?;
        let weight = |i: usize| vectors[[0, i]].powi(2) / probes as f64;
        points.extend(values.iter().enumerate().map(|(i, &x)| (x, weight(i))));
    }
    points.sort_by(|a: &(f64, f64), b| a.0.total_cmp(&b.0));
    Ok(Some(Density { points }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// diag(0 × 60, 1, 2, …, 40)
    fn apply(v: &[f64], out: &mut [f64]) -> bool {
        for (i, (v, out)) in v.iter().zip(out).enumerate() {
            *out = v * (i as f64 - 59.0).max(0.0);
        }
        true
    }

    #[test]
    fn with_as_many_steps_as_there_are_eigenvalues_all_of_them_are_found() {
        let density = lanczos(100, [100, 1], 1, apply).unwrap().unwrap();
        // Forty-one different ones; the many zeros are one point.
        assert!((density.largest() - 40.0).abs() < 1e-10);
        for k in 0..=40 {
            let found = density.points.iter().any(|(x, _)| (x - f64::from(k)).abs() < 1e-8);
            assert!(found, "{k}");
        }
    }

    #[test]
    fn it_stops_when_it_is_not_to_go_on() {
        let mut products = 0;
        let stopped = lanczos(100, [45, 3], 2, |v, out| {
            products += 1;
            apply(v, out) && products < 5
        });
        assert!(stopped.unwrap().is_none());
        assert_eq!(products, 5);
    }

    #[test]
    fn the_part_near_zero_is_right_within_its_standard_error() {
        let probes = 200;
        let density = lanczos(100, [45, probes], 2, apply).unwrap().unwrap();
        let total: f64 = density.points.iter().map(|point| point.1).sum();
        assert!((total - 1.0).abs() < 1e-12);
        // Beta(30, 20): variance 0.24/51 for a probe.
        let error = (0.24 / 51.0 / probes as f64).sqrt();
        assert!((density.within(0.5) - 0.6).abs() < 4.0 * error);
        let mean: f64 = density.points.iter().map(|(x, weight)| x * weight).sum();
        assert!((mean - 8.2).abs() < 0.5);
    }
}
