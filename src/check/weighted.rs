//! Theorem 5: a rate of max_i z_i/p_i by a comparison matrix (docs/theory.md, section 6).

use super::geometry::sinc;
use super::interval::Interval;
use super::joint_inputs::Inputs;
use super::ledger::{Ledger, Side};
use super::read::{Mistake, Node};
use super::slopes::around;
use crate::theory::supremum;
use ndarray::Array2;

/// How close the one supremum that is no value at an end is brought to values that are attained, relative.
const TOLERANCE: f64 = 1e-4;

/// Step of the envelope in units of the fastest time, and how many there may be.
const STEP: f64 = 0.005;
const MOST_STEPS: usize = 400_000;

/// Terms of the exponential of a step, whose rest is then far below rounding.
const TERMS: u32 = 20;

/// Where errors are: ẑ and the angles by which nodes of W_r turn.
struct Region {
    errors: Vec<f64>,
    drift: Vec<f64>,
}

/// Checks one certificate against what is given.
pub fn check(inputs: &Inputs, node: &Node, ledger: &mut Ledger) -> Result<(), Mistake> {
    let (m, n) = (inputs.teacher_nodes, inputs.nodes.len());
    let size = m + n;
    let rate = node.positive("rate")?;
    let region = Region {
        errors: node.numbers("region", Some(size))?,
        drift: node.numbers("drift", Some(n - m))?,
    };
    let angles = region.errors[..m].iter().chain(&region.drift);
    let widest = angles.copied().fold(0.0, f64::max);
    let said = "angles of the region are below π/2";
    ledger.note("region", said, Side::AtMost, widest, 1.57);
    let matrix = node.matrix("matrix", Some(size), Some(size))?;
    let suprema = Suprema {
        inputs,
        region: &region,
    };
    ledger.table("matrix", "M: rows of W, then of V", Side::AtLeast, &matrix, |i, j| Some(suprema.entry(i, j).high));
    let weights = node.numbers("weights", Some(size))?;
    let least = weights.iter().copied().fold(f64::INFINITY, f64::min);
    ledger.note("weights", "p > 0", Side::AtLeast, least, f64::MIN_POSITIVE);
    let exact = matrix.mapv(Interval::from);
    let slowest = slowest(&exact, &weights);
    ledger.note("rate", "−max (Mp)_i/p_i", Side::AtMost, rate, slowest.low);
    let start = inputs.start();
    let reached = envelope(&exact, &start);
    ledger.row("region", "ẑ, above sup e^{Mt} z(0)", Side::Above, &region.errors, &reached);
    let products = node.matrix("products", Some(size), Some(size))?;
    let left = residual(&exact, &products, &start);
    ledger.table(
        "products",
        "X: MX + XMᵀ ≤ −z(0)z(0)ᵀ, so that X ≥ ∫zzᵀ",
        Side::AtLeast,
        &products,
        |i, j| {
            // By how much X would have to grow on its own diagonal for the inequality.
            let own = -(exact[[i, i]] + exact[[j, j]]);
            Some((Interval::from(products[[i, j]]) + Interval::from(left[[i, j]].high) / own).high)
        },
    );
    let turned: Vec<f64> = (m..n).map(|k| suprema.turn(k, &products).high).collect();
    ledger.row("drift", "ψ̂, above all that a node of W_r turns", Side::Above, &region.drift, &turned);
    Ok(())
}

/// −max (Mp)_i/p_i
fn slowest(matrix: &Array2<Interval>, weights: &[f64]) -> Interval {
    let fastest = matrix.rows().into_iter().zip(weights).map(|(row, own)| {
        let sum: Interval = row.iter().zip(weights).map(|(&m, &p)| m * p).sum();
        sum / *own
    });
    -fastest.fold(Interval::from(f64::NEG_INFINITY), Interval::max)
}

/// MX + XMᵀ + zzᵀ; ≤ 0 shows that X is an upper bound, for −M⊗1 − 1⊗M has a non-negative inverse.
fn residual(matrix: &Array2<Interval>, products: &Array2<f64>, start: &[f64]) -> Array2<Interval> {
    let size = start.len();
    let half = Array2::from_shape_fn((size, size), |(i, j)| -> Interval {
        (0..size).map(|k| matrix[[i, k]] * products[[k, j]]).sum()
    });
    let other = Array2::from_shape_fn((size, size), |(i, j)| -> Interval {
        (0..size).map(|k| matrix[[j, k]] * products[[i, k]]).sum()
    });
    Array2::from_shape_fn((size, size), |(i, j)| half[[i, j]] + other[[i, j]] + Interval::from(start[i]) * start[j])
}

/// sup_t e^{Mt} z, from above; infinite where it does not come to rest.
///
/// e^{Ms} y ≤ e^{(M+σ)h} y for 0 ≤ s ≤ h and σ = max |M_ii|; and once M y ≤ 0 nothing grows any more.
fn envelope(matrix: &Array2<Interval>, start: &[f64]) -> Vec<f64> {
    let size = start.len();
    let fastest = matrix.diag().iter().fold(0.0_f64, |most, x| most.max(-x.low));
    let propagator = positive_exponential(matrix, fastest, STEP / fastest);
    let shrunk = (-Interval::from(STEP)).exp();
    // What is 0 and has no inflow stays 0.
    let still = |i: usize| start[i] == 0.0 && (0..size).all(|k| k == i || matrix[[i, k]] == Interval::ZERO);
    let mut z = start.to_vec();
    let mut largest = z.clone();
    for _ in 0..MOST_STEPS {
        let rests = (0..size).all(|i| {
            let pull: Interval = (0..size).map(|k| matrix[[i, k]] * z[k]).sum();
            pull.high <= 0.0
        });
        if rests {
            return largest;
        }
        // Upper ends alone: all factors are non-negative.
        let inflated: Vec<f64> = (0..size)
            .map(|i| match still(i) {
                true => 0.0,
                false => (0..size).map(|k| Interval::from(propagator[[i, k]]) * z[k]).sum::<Interval>().high,
            })
            .collect();
        for (largest, inflated) in largest.iter_mut().zip(&inflated) {
            *largest = largest.max(*inflated);
        }
        z = inflated.iter().map(|&x| (Interval::from(x) * shrunk).high).collect();
        if z.iter().any(|x| !(*x <= 1e3)) {
            break;
        }
    }
    vec![f64::INFINITY; size]
}

/// e^{(M+σ)h}, from above, by its series of non-negative terms.
fn positive_exponential(matrix: &Array2<Interval>, shift: f64, time: f64) -> Array2<f64> {
    let size = matrix.nrows();
    let scaled = Array2::from_shape_fn((size, size), |(i, j)| {
        let entry = if i == j { matrix[[i, j]] + shift } else { matrix[[i, j]] };
        (entry * time).high.max(0.0)
    });
    let product = |a: &Array2<f64>, b: &Array2<f64>, by: f64| {
        Array2::from_shape_fn((size, size), |(i, j)| {
            let sum: Interval = (0..size).map(|k| Interval::from(a[[i, k]]) * b[[k, j]]).sum();
            (sum / by).high
        })
    };
    let mut sum = Array2::<f64>::eye(size);
    let mut term = sum.clone();
    for k in 1..=TERMS {
        term = product(&term, &scaled, f64::from(k));
        sum.zip_mut_with(&term, |sum, term| *sum = (Interval::from(*sum) + *term).high);
    }
    // What is left is less than the last term times e^‖·‖, and entry by entry less than its largest row sum.
    let rows = |table: &Array2<f64>| {
        let sum = |row: ndarray::ArrayView1<f64>| row.iter().map(|x| Interval::from(*x)).sum::<Interval>();
        table.rows().into_iter().map(|row| sum(row).high).fold(0.0, f64::max)
    };
    let rest = (Interval::from(rows(&term)) * Interval::from(rows(&scaled)).exp()).high;
    sum.mapv(|x| (Interval::from(x) + rest).high)
}

/// Suprema over the region, in intervals.
struct Suprema<'a> {
    inputs: &'a Inputs,
    region: &'a Region,
}

impl Suprema<'_> {
    fn error(&self, node: usize) -> f64 {
        self.region.errors[self.inputs.teacher_nodes + node]
    }

    fn margin(&self, node: usize) -> f64 {
        match node.checked_sub(self.inputs.teacher_nodes) {
            None => self.region.errors[node],
            Some(extra) => self.region.drift[extra],
        }
    }

    /// All angles of nodes j and k: of a node and its teacher, from 0 to the margin.
    fn angles(&self, j: usize, k: usize) -> (Interval, Interval) {
        if j == k {
            return (Interval::ZERO, self.margin(j).into());
        }
        let both = Interval::from(self.margin(j)) + self.margin(k);
        let angle = self.inputs.nodes.angles[[j, k]];
        around(angle, both)
    }

    fn gate(&self, j: usize, k: usize) -> Interval {
        Interval::from(self.inputs.kernel.gate(self.angles(j, k).0).high)
    }

    /// √(D² + D'²), which falls with the angle.
    fn gain(&self, j: usize, k: usize) -> Interval {
        let nearest = self.angles(j, k).0;
        self.gate(j, k).hypot(Interval::from(self.inputs.kernel.slope(nearest).high))
    }

    /// sup sin φ D(φ), by branch and bound with bounds in intervals.
    fn steepest(&self, j: usize, k: usize) -> Interval {
        let (low, high) = self.angles(j, k);
        let kernel = &self.inputs.kernel;
        let bound = |a: f64, b: f64| (Interval::new(a, b).sin() * kernel.gate(a.into())).high;
        let value = |x: f64| (Interval::from(x).sin() * kernel.gate(x.into())).low;
        Interval::from(supremum([low.low, high.high], TOLERANCE, value, bound))
    }

    /// M_ij: rows of W, then of V.
    fn entry(&self, row: usize, column: usize) -> Interval {
        let inputs = self.inputs;
        let (m, kernel) = (inputs.teacher_nodes, &inputs.kernel);
        let norm = |j: usize| inputs.products[[j, j]].sqrt();
        match (row < m, column < m) {
            (true, true) if row == column => {
                let theta = Interval::from(self.region.errors[row]);
                let own = inputs.products[[row, row]] - norm(row) * self.error(row);
                -(kernel.gate(theta) * sinc(theta) * own)
            }
            (true, true) => {
                let modulation = inputs.products[[row, column]].abs() + norm(column) * self.error(row);
                self.gain(row, column) * modulation
            }
            (true, false) if row == column - m => Interval::ZERO,
            (true, false) => self.gate(row, column - m) * (norm(row) + self.error(row)),
            (false, true) => self.steepest(row - m, column) * norm(column),
            (false, false) if row == column => -kernel.activation(Interval::ZERO),
            (false, false) => Interval::from(kernel.activation(self.angles(row - m, column - m).0).high),
        }
    }

    /// ψ_k ≤ Σ_j Ĝ_kj ‖v*_j‖ X_{e_k θ_j} + Σ_{j≠k} D̂_kj X_{e_k e_j}
    fn turn(&self, k: usize, products: &Array2<f64>) -> Interval {
        let (m, n) = (self.inputs.teacher_nodes, self.inputs.nodes.len());
        let norm = |j: usize| self.inputs.products[[j, j]].sqrt();
        let angles = (0..m).map(|j| self.gain(k, j) * norm(j) * products[[m + k, j]]);
        let others = (0..n).filter(|&j| j != k);
        let errors = others.map(|j| self.gate(k, j) * products[[m + k, m + j]]);
        angles.sum::<Interval>() + errors.sum::<Interval>()
    }
}
