//! The exact asymptotic rate of the joint flow of W and V, at the limit (W*, W_r; V*, 0).

use super::smallest::smallest;
use crate::flow::{Direction, FanOut, FlowJacobian};
use crate::linalg::{self, LinalgError};
use crate::network::TwoLayer;
use crate::overlap::ExactGaussian;
use crate::theory::AsymptoticError;
use ndarray::{Array1, Array2, ArrayView1, ArrayViewMut1, Axis, s};
use serde::Serialize;

/// Unknowns up to which the whole spectrum is computed.
pub const DENSE: usize = 3000;

/// Rates below this part of the fastest count as zero.
const NEUTRAL: f64 = 1e-11;

/// A singular value below this part of the largest counts as zero.
const RANK: f64 = 1e-12;

/// Spectra at the limit.
#[derive(Clone, Debug, Serialize)]
pub struct JointRate {
    /// Eigenvalues of L at the limit, ascending: the rates of V in outputs that the teacher does not use.
    #[serde(skip)]
    pub l_spectrum: Array1<f64>,
    /// Decay rates, ascending, neutral directions included; `None` beyond 3000 unknowns, where only the slowest is computed.
    #[serde(skip)]
    pub rates: Option<Array1<f64>>,
    /// Number of neutral directions: those that move W_r while V_r = 0, and any others there may be.
    pub neutral: usize,
    /// How many of them theory predicts: r(k − 1).
    pub neutral_expected: usize,
    /// The slowest rate that is not neutral.
    pub slowest: Option<f64>,
    /// Number of unknowns n(k − 1) + nC', C' = rank V*.
    pub unknowns: usize,
}

impl JointRate {
    /// At student weights `weights` (k × n, the first m being the teacher's) with V = [V*; 0].
    ///
    /// `network` gives the teacher; its student is replaced. Outputs at right angles to the rows of V* decouple and
    /// decay at the rates of L alone, so that they are counted once there. O(N³), N the number of unknowns.
    ///
    /// # Errors
    /// What LAPACK says, or no convergence of the iteration.
    pub fn at_limit(network: &TwoLayer, weights: Array2<f64>) -> Result<Self, AsymptoticError> {
        let (k, n) = weights.dim();
        let m = network.teacher.weights.ncols();
        let (fan_out, _) = of_full_rank(&network.teacher_fan_out)?;
        let rank = fan_out.ncols();
        let mut limit = network.clone();
        limit.student.weights = weights;
        limit.teacher_fan_out = fan_out.clone();
        limit.fan_out = Array2::zeros((n, rank));
        limit.fan_out.slice_mut(s![..m, ..]).assign(&fan_out);

        let l = ExactGaussian::new().activation_overlap(limit.student.view());
        let l_spectrum = linalg::eigenvalues(&l)?;
        let unknowns = n * (k - 1) + n * rank;
        let neutral_expected = (n - m) * (k - 1);
        let (rates, neutral, mut slowest) = if unknowns > DENSE {
            (None, neutral_expected, slowest_of_many(&limit, &l)?)
        } else {
            let rates = FlowJacobian::at(&limit, FanOut::Running).decay_rates()?;
            let fastest = rates.last().copied().unwrap_or(0.0);
            let (neutral, decaying): (Vec<f64>, Vec<f64>) =
                rates.iter().partition(|rate| rate.abs() <= NEUTRAL * fastest);
            let slowest = decaying.into_iter().fold(f64::INFINITY, f64::min);
            (Some(rates), neutral.len(), slowest)
        };
        if network.teacher_fan_out.ncols() > rank {
            slowest = slowest.min(l_spectrum[0]);
        }
        Ok(Self {
            l_spectrum,
            rates,
            neutral,
            neutral_expected,
            slowest: Some(slowest),
            unknowns,
        })
    }

    /// λ_min(L).
    pub fn smallest_l(&self) -> f64 {
        self.l_spectrum[0]
    }
}

/// V*, m × C, with its outputs rotated so that there are only as many as its rank; and its singular values, descending.
pub(super) fn of_full_rank(fan_out: &Array2<f64>) -> Result<(Array2<f64>, Array1<f64>), LinalgError> {
    let (u, sigma) = linalg::left_singular(fan_out)?;
    let rank = sigma.iter().filter(|&&x| x > RANK * sigma[0]).count();
    Ok((u.slice(s![.., ..rank]).to_owned() * sigma.slice(s![..rank]), sigma))
}

/// The slowest rate by LOBPCG, in the unknowns W_u and V: W_r is neutral and nothing depends on it.
///
/// The operator is −J on the tangent space and a fast rate across it. V moves mostly at −L V, W_u at −D(0) ‖v*‖² δw, and
/// the inverse of that is the preconditioner. O(n²(k + C)) per application.
fn slowest_of_many(limit: &TwoLayer, l: &Array2<f64>) -> Result<f64, AsymptoticError> {
    let m = limit.teacher.weights.ncols();
    let (k, n) = limit.student.weights.dim();
    let outputs = limit.fan_out.ncols();
    let jacobian = FlowJacobian::at(limit, FanOut::Running);
    let d0 = jacobian.gate_overlaps()[[0, 0]];
    let nodes = limit.teacher.weights.t();
    let norms = limit.teacher_fan_out.map_axis(Axis(1), |v| v.dot(&v));
    let fastest = l.sum_axis(Axis(1)).fold(d0 * norms.sum(), |a, &x| a.max(x));
    let part = m * k;
    let apply = |from: ArrayView1<f64>, mut to: ArrayViewMut1<f64>| {
        let mut direction = Direction {
            weights: Array2::zeros((n, k)),
            fan_out: from.slice(s![part..]).to_owned().into_shape_with_order((n, outputs)).expect("n C entries"),
        };
        let full = from.slice(s![..part]).to_owned().into_shape_with_order((m, k)).expect("m k entries");
        let along = (&full * &nodes).sum_axis(Axis(1)).insert_axis(Axis(1));
        let radial = &nodes * &along;
        direction.weights.slice_mut(s![..m, ..]).assign(&(&full - &radial));
        let change = jacobian.apply(&direction);
        let weights = fastest * &radial - change.weights.slice(s![..m, ..]);
        let image = weights.iter().copied().chain(change.fan_out.iter().map(|x| -x));
        to.iter_mut().zip(image).for_each(|(to, x)| *to = x);
    };
    // A little more than L, so that its smallest eigenvalues do not make the inverse wild.
    let ridge = Array2::<f64>::eye(n) * (1e-9 * fastest);
    let inverse = linalg::inverse(&(l + &ridge))?;
    let precondition = |mut vector: ArrayViewMut1<f64>| {
        let fan_out = vector.slice(s![part..]).to_owned();
        let fan_out = fan_out.into_shape_with_order((n, outputs)).expect("n C entries");
        let solved = inverse.dot(&fan_out);
        for (j, mut node) in vector.slice_mut(s![..part]).exact_chunks_mut(k).into_iter().enumerate() {
            node /= d0 * norms[j].max(1e-6);
        }
        let mut to = vector.slice_mut(s![part..]);
        to.iter_mut().zip(&solved).for_each(|(to, &x)| *to = x);
    };
    let size = part + n * outputs;
    Ok(smallest(size, fastest, apply, precondition)?.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Layer, draw};
    use crate::rng::stream;

    #[test]
    fn the_iterative_solver_finds_what_the_whole_spectrum_has() {
        let (dim, m, r) = (6, 4, 8);
        let columns = draw::grid_columns(&mut stream(3, "test", &[]), dim, m + r).unwrap();
        let teacher = columns.slice(s![.., ..m]).to_owned();
        let mut network = TwoLayer::with_unit_fan_out(&teacher, columns.clone(), 0.2);
        network.teacher = Layer::with_threshold(teacher, 0.2);
        network.teacher_fan_out = draw::grid_columns(&mut stream(4, "test", &[]), m, 5).unwrap();
        network.fan_out = Array2::zeros((m + r, 5));
        network.fan_out.slice_mut(s![..m, ..]).assign(&network.teacher_fan_out);
        let whole = JointRate::at_limit(&network, columns.clone()).unwrap();
        let l = ExactGaussian::new().activation_overlap(network.student.view());
        let found = slowest_of_many(&network, &l).unwrap();
        let expected = whole.slowest.unwrap();
        // C > rank V*: the whole spectrum counts the other outputs at L's smallest eigenvalue, as these unknowns do.
        assert!((found / expected - 1.0).abs() < 1e-3, "{found} {expected}");
    }
}
