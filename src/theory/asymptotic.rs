//! `exact`: the rate that the flow itself has near the teacher, from the spectrum of its Jacobian.

use super::smallest::smallest;
use crate::flow::{Direction, FanOut, FlowJacobian};
use crate::linalg;
use crate::linalg::LinalgError;
use crate::network::TwoLayer;
use crate::overlap::copied;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, ArrayViewMut1, Axis, s};
use thiserror::Error;

/// Unknowns up to which the whole spectrum is computed.
pub const DENSE_FIXED: usize = 1024;

/// Eigenvalues this close, relative to the fastest, belong to one mode.
const DEGENERATE: f64 = 1e-8;

/// Why the spectrum is not known.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum AsymptoticError {
    /// LAPACK failed.
    #[error("a matrix factorisation failed: {0}")]
    Lapack(#[from] LinalgError),
    /// LOBPCG did not get close enough.
    #[error("the slowest rate did not converge: its residual is {residual:.1e} of it")]
    NotConverged {
        /// ‖J v + λ v‖/λ
        residual: f64,
    },
}

/// Rates of the flow linearised at W = W*, V fixed, β = β* = 1.
#[derive(Clone, Debug)]
pub struct AsymptoticRate {
    /// The slowest rate: `exact`. Negative if W* is unstable.
    pub rate: f64,
    /// The fastest rate, or an upper bound on it: what a step has to respect.
    pub fastest: f64,
    /// Number of unknowns in the span of W*.
    pub unknowns: usize,
    /// Coordinates of that span, k₀.
    span: usize,
    /// Orthonormal modes of the slowest rate; none where only the rate is known.
    modes: Vec<Mode>,
}

/// A direction in which the error decays at one rate.
#[derive(Clone, Debug)]
enum Mode {
    /// Within span(W*): coefficients of the nodes' coordinates, m × k₀.
    Inside(Array2<f64>),
    /// At right angles to it: a weight per node, the same for each direction.
    Outside(Array1<f64>),
}

/// The slowest rate at a teacher of unit nodes (k₀ × m, in coordinates of its span) within R^`dim`.
///
/// Inside the span the Jacobian has m(k₀ − 1) unknowns: up to 1024 its whole spectrum is computed, O(m⁶); beyond,
/// the slowest rate alone by LOBPCG, O(m³) per iteration. Directions outside the span decouple, and
/// share the spectrum of H = D(W*, W*), m × m.
///
/// # Errors
/// What LAPACK says, or no convergence of the iteration.
pub fn asymptotic_rate(
    teacher: ArrayView2<f64>,
    threshold: f64,
    dim: usize,
) -> Result<AsymptoticRate, AsymptoticError> {
    let (k, m) = teacher.dim();
    let teacher = teacher.to_owned();
    let network = TwoLayer::with_unit_fan_out(&teacher, teacher.clone(), threshold);
    let jacobian = FlowJacobian::at(&network, FanOut::Fixed);
    let unknowns = m * (k - 1);
    // Gershgorin: no rate exceeds the largest row sum of H with the slopes' share.
    let h = copied(jacobian.gate_overlaps());
    let row_sum = h.sum_axis(Axis(1)).fold(0.0_f64, |a, &x| a.max(x));

    let mut spectrum: Vec<(f64, Mode)> = Vec::new();
    let mut fastest = row_sum;
    if unknowns > 0 && unknowns <= DENSE_FIXED {
        let tangents = jacobian.tangents();
        let matrix = -jacobian.tangent_matrix();
        let (rates, vectors) = linalg::eigenvectors(&matrix)?;
        fastest = fastest.max(rates[unknowns - 1]);
        for (rate, vector) in rates.iter().zip(vectors.columns()) {
            if rate - rates[0] > DEGENERATE * fastest {
                break;
            }
            let mut mode = Array2::zeros((m, k));
            for (j, tangents) in tangents.iter().enumerate() {
                let part = vector.slice(s![j * (k - 1)..(j + 1) * (k - 1)]);
                mode.row_mut(j).assign(&part.dot(tangents));
            }
            spectrum.push((*rate, Mode::Inside(mode)));
        }
    } else if unknowns > 0 {
        let shift = 2.0 * row_sum;
        fastest = shift;
        let (rate, mode) = slowest_inside(&jacobian, &teacher, shift)?;
        spectrum.push((rate, Mode::Inside(mode)));
    }
    if dim > k {
        let (rates, vectors) = linalg::eigenvectors(&h)?;
        for (rate, vector) in rates.iter().zip(vectors.columns()) {
            if rate - rates[0] <= DEGENERATE * fastest {
                spectrum.push((*rate, Mode::Outside(vector.to_owned())));
            }
        }
    }
    let rate = spectrum.iter().fold(f64::INFINITY, |a, (rate, _)| a.min(*rate));
    let slowest = spectrum.into_iter().filter(|(other, _)| other - rate <= DEGENERATE * fastest);
    Ok(AsymptoticRate {
        rate,
        fastest,
        unknowns,
        span: k,
        modes: slowest.map(|(_, mode)| mode).collect(),
    })
}

/// The slowest mode in the span by LOBPCG on −P J P + shift (I − P), P the projection onto the tangent space.
fn slowest_inside(
    jacobian: &FlowJacobian,
    teacher: &Array2<f64>,
    shift: f64,
) -> Result<(f64, Array2<f64>), AsymptoticError> {
    let (k, m) = teacher.dim();
    let nodes = teacher.t();
    let apply = |from: ArrayView1<f64>, mut to: ArrayViewMut1<f64>| {
        let full = from.to_owned().into_shape_with_order((m, k)).expect("m k entries");
        let along = (&full * &nodes).sum_axis(Axis(1)).insert_axis(Axis(1));
        let radial = &nodes * &along;
        let direction = Direction {
            weights: &full - &radial,
            fan_out: Array2::zeros((m, 1)),
        };
        let change = shift * &radial - jacobian.apply(&direction).weights;
        // Node by node, whatever the layout of either.
        to.iter_mut().zip(&change).for_each(|(to, &x)| *to = x);
    };
    let (rate, mode) = smallest(m * k, shift, apply, |_| {})?;
    Ok((rate, mode.into_shape_with_order((m, k)).expect("m k entries")))
}

impl AsymptoticRate {
    /// Bytes that its modes take.
    pub(crate) fn bytes(&self) -> usize {
        let numbers = self.modes.iter().map(|mode| match mode {
            Mode::Inside(mode) => mode.len(),
            Mode::Outside(mode) => mode.len(),
        });
        numbers.sum::<usize>() * size_of::<f64>()
    }

    /// How much of the slowest mode a student has in it: it decays at `rate` once angles are small.
    ///
    /// `weights` is Wᵀ (m × k), the first k₀ coordinates being those of the teacher's span. `None` where no mode is known.
    ///
    /// # Precision
    /// Absolute error of some 1e-16·√m, whatever the amplitude.
    pub fn amplitude(&self, weights: ArrayView2<f64>) -> Option<f64> {
        if self.modes.is_empty() {
            return None;
        }
        let nodes = weights.as_standard_layout();
        let nodes = nodes.as_slice().expect("node by node");
        let squares = self.modes.iter().map(|mode| match mode {
            // A mode is tangent at W*, so that W itself does for W − W*.
            Mode::Inside(mode) => {
                let entries = mode.as_slice().expect("node by node").chunks_exact(self.span);
                let pairs = entries.zip(nodes.chunks_exact(weights.ncols()));
                let products = pairs.flat_map(|(mode, node)| mode.iter().zip(node));
                products.fold(0.0, |sum, (a, b)| sum + a * b).powi(2)
            }
            Mode::Outside(mode) => {
                let outside = weights.slice(s![.., self.span..]);
                mode.dot(&outside).mapv(|x| x * x).sum()
            }
        });
        Some(squares.sum::<f64>().sqrt())
    }
}
