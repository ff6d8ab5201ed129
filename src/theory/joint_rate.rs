//! The exact asymptotic rate of the joint flow of W and V, at the limit (W*, W_r; V*, 0).

use crate::flow::{FanOut, FlowJacobian};
use crate::network::TwoLayer;
use crate::overlap::ExactGaussian;
use crate::theory::AsymptoticError;
use ndarray::{Array1, Array2, s};
use ndarray_linalg::{EigValsh, SVD, UPLO};

/// Unknowns up to which the whole spectrum is computed.
pub const DENSE: usize = 3000;

/// Rates below this part of the fastest count as zero.
const NEUTRAL: f64 = 1e-11;

/// A singular value below this part of the largest counts as zero.
const RANK: f64 = 1e-12;

/// Spectra at the limit.
#[derive(Clone, Debug)]
pub struct JointRate {
    /// Eigenvalues of L at the limit, ascending: the rates of V in outputs that the teacher does not use.
    pub l_spectrum: Array1<f64>,
    /// Decay rates, ascending, neutral directions included; `None` beyond 3000 unknowns.
    pub rates: Option<Array1<f64>>,
    /// Number of neutral directions: those that move W_r while V_r = 0, and any others there may be.
    pub neutral: usize,
    /// How many of them theory predicts: r(k − 1).
    pub neutral_expected: usize,
    /// The slowest rate that is not neutral, if the spectrum is known.
    pub slowest: Option<f64>,
    /// Number of unknowns n(k − 1) + nC', C' = rank V*.
    pub unknowns: usize,
}

impl JointRate {
    /// At student weights `weights` (k × n, the first m being the teacher's) with V = [V*; 0].
    ///
    /// `network` gives the teacher; its student is replaced. Outputs at right angles to the rows of V* decouple and
    /// decay at the rates of L alone, so that they are counted once there. O(N³), N the number of unknowns.
    pub fn at_limit(network: &TwoLayer, weights: Array2<f64>) -> Result<Self, AsymptoticError> {
        let (k, n) = weights.dim();
        let m = network.teacher.weights.ncols();
        // Rotate the outputs so that V* has as few columns as it has rank.
        let (u, sigma, _) = network.teacher_fan_out.svd(true, false)?;
        let u = u.expect("asked for");
        let rank = sigma.iter().filter(|&&x| x > RANK * sigma[0]).count();
        let fan_out = u.slice(s![.., ..rank]).to_owned() * sigma.slice(s![..rank]);

        let mut limit = network.clone();
        limit.student.weights = weights;
        limit.teacher_fan_out = fan_out.clone();
        limit.fan_out = Array2::zeros((n, rank));
        limit.fan_out.slice_mut(s![..m, ..]).assign(&fan_out);

        let l = ExactGaussian::new().activation_overlap(limit.student.view());
        let l_spectrum = l.eigvalsh(UPLO::Lower)?;
        let unknowns = n * (k - 1) + n * rank;
        let neutral_expected = (n - m) * (k - 1);
        if unknowns > DENSE {
            return Ok(Self {
                l_spectrum,
                rates: None,
                neutral: neutral_expected,
                neutral_expected,
                slowest: None,
                unknowns,
            });
        }
        let rates = FlowJacobian::at(&limit, FanOut::Running).decay_rates()?;
        let fastest = rates[rates.len() - 1];
        let neutral = rates
            .iter()
            .filter(|rate| rate.abs() <= NEUTRAL * fastest)
            .count();
        let decaying = rates
            .iter()
            .copied()
            .filter(|rate| rate.abs() > NEUTRAL * fastest);
        let mut slowest = decaying.fold(f64::INFINITY, f64::min);
        if network.teacher_fan_out.ncols() > rank {
            slowest = slowest.min(l_spectrum[0]);
        }
        Ok(Self {
            l_spectrum,
            neutral,
            neutral_expected,
            slowest: Some(slowest),
            rates: Some(rates),
            unknowns,
        })
    }

    /// λ_min(L).
    pub fn smallest_l(&self) -> f64 {
        self.l_spectrum[0]
    }
}
