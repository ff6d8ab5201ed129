//! The derivative of the projected flow, applied to a direction or as a matrix.
//!
//! With φ₂ = ∂D/∂ρ and D = ∂L/∂ρ (Price), a change (δW, δV) changes
//!
//! ```text
//! δρ_jk = δw_j·w_k + w_j·δw_k      δH = φ₂∘δρ∘β + D∘δβ      δL = D∘δρ
//! δẇ_j  = P⊥_j δg_j − δw_j (w_j·g_j) − w_j (δw_j·g_j),      g = W*H*ᵀ − WHᵀ
//! δV̇    = δL* V* − δL V − L δV
//! ```

use super::options::FanOut;
use crate::blas;
use crate::linalg;
use crate::linalg::LinalgError;
use crate::network::{LayerView, TwoLayer};
use crate::overlap::gaussian::phi2;
use crate::overlap::{ExactGaussian, HalfAngle, OverlapMethod, Overlaps};
use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, Zip};

/// Nodes with sin θ below this are taken to (anti)coincide.
const COINCIDENT: f64 = 1e-12;

/// The Jacobian of the projected flow at a student of unit nodes, for x ~ N(0, I).
///
/// Where two nodes coincide D has a kink in their angle, but there it is multiplied by P⊥_j w_k = 0,
/// so that the flow is differentiable all the same and the kink's term is left out.
pub struct FlowJacobian {
    fan_out_runs: bool,
    teacher: Array2<f64>,
    teacher_fan_out: Array2<f64>,
    /// Wᵀ, n × k
    unit: Array2<f64>,
    fan_out: Array2<f64>,
    overlaps: Overlaps,
    /// φ₂∘β and φ₂\*∘β\*
    slope: Array2<f64>,
    slope_star: Array2<f64>,
    beta: Array2<f64>,
    /// gᵀ, n × k
    force: Array2<f64>,
}

/// A direction in state space: δWᵀ (n × k) and δV (n × C; ignored where V is fixed).
#[derive(Clone, Debug)]
pub struct Direction {
    /// δWᵀ, n × k
    pub weights: Array2<f64>,
    /// δV, n × C
    pub fan_out: Array2<f64>,
}

impl FlowJacobian {
    /// Prepares the derivative at `network`, whose student nodes must be of unit norm. O((n² + nm)(k + C)).
    pub fn at(network: &TwoLayer, fan_out: FanOut) -> Self {
        blas::single_threaded();
        let (student, teacher) = (network.student.view(), network.teacher.view());
        let (n, m) = (student.nodes(), teacher.nodes());
        let mut overlaps = Overlaps::zeros(n, m);
        ExactGaussian::new().evaluate(student.reborrow(), teacher.reborrow(), &mut overlaps);
        let v = &network.fan_out;
        let beta = v.dot(&v.t());
        let beta_star = v.dot(&network.teacher_fan_out.t());
        let slope = density_of_pairs(student.reborrow(), student) * &beta;
        let slope_star = density_of_pairs(network.student.view(), teacher) * &beta_star;

        let unit = network.student.weights.t().as_standard_layout().into_owned();
        let h = &overlaps.d() * &beta;
        let h_star = &overlaps.d_star() * &beta_star;
        let force = h_star.dot(&network.teacher.weights.t()) - h.dot(&unit);
        Self {
            fan_out_runs: fan_out == FanOut::Running,
            teacher: network.teacher.weights.clone(),
            teacher_fan_out: network.teacher_fan_out.clone(),
            unit,
            fan_out: v.clone(),
            overlaps,
            slope,
            slope_star,
            beta,
            force,
        }
    }

    /// The change of (Ẇᵀ, V̇) along a direction. O(n(n + m)(k + C)), in matrix products.
    pub fn apply(&self, direction: &Direction) -> Direction {
        let (dw, w) = (&direction.weights, &self.unit);
        let one_sided = dw.dot(&w.t());
        let d_rho = &one_sided + &one_sided.t();
        let d_rho_star = dw.dot(&self.teacher);

        let mut dh = &self.slope * &d_rho;
        let mut dh_star = &self.slope_star * &d_rho_star;
        let dv = &direction.fan_out;
        if self.fan_out_runs {
            let one_sided = dv.dot(&self.fan_out.t());
            dh += &(&self.overlaps.d() * &(&one_sided + &one_sided.t()));
            dh_star += &(&self.overlaps.d_star() * &dv.dot(&self.teacher_fan_out.t()));
        }
        let h = &self.overlaps.d() * &self.beta;
        let mut weights = dh_star.dot(&self.teacher.t());
        general_mat_mul(-1.0, &dh, w, 1.0, &mut weights);
        general_mat_mul(-1.0, &h, dw, 1.0, &mut weights);
        Zip::from(weights.rows_mut()).and(w.rows()).and(dw.rows()).and(self.force.rows()).for_each(
            |mut out, w, dw, force| {
                let along = out.dot(&w) + dw.dot(&force);
                let radial = w.dot(&force);
                out.scaled_add(-along, &w);
                out.scaled_add(-radial, &dw);
            },
        );

        let mut fan_out = Array2::zeros(self.fan_out.dim());
        if self.fan_out_runs {
            let dl = &self.overlaps.d() * &d_rho;
            let dl_star = &self.overlaps.d_star() * &d_rho_star;
            fan_out = dl_star.dot(&self.teacher_fan_out);
            general_mat_mul(-1.0, &dl, &self.fan_out, 1.0, &mut fan_out);
            general_mat_mul(-1.0, &self.overlaps.l(), dv, 1.0, &mut fan_out);
        }
        Direction { weights, fan_out }
    }

    /// The decay rates of the linearised flow, ascending: eigenvalues of −Jacobian on the tangent space.
    ///
    /// Meant for an equilibrium of the flow, where that matrix is a Hessian and therefore symmetric.
    /// N = n(k − 1) + nC unknowns: O(N³), and N applications.
    ///
    /// # Errors
    /// What LAPACK says.
    pub fn decay_rates(&self) -> Result<Array1<f64>, LinalgError> {
        linalg::eigenvalues(&-self.tangent_matrix())
    }

    /// D, n × n.
    pub fn gate_overlaps(&self) -> ArrayView2<'_, f64> {
        self.overlaps.d()
    }

    /// Orthonormal bases of the nodes' tangent spaces, (k − 1) × k each.
    pub fn tangents(&self) -> Vec<Array2<f64>> {
        self.unit.rows().into_iter().map(tangent_basis).collect()
    }

    /// The Jacobian of the field as [`super::TwoLayerFlow`] extends it to nodes of any norm, in coordinates of its state:
    /// W node by node, then V node by node where it runs, N = n(k + C) of them.
    ///
    /// A change of a node along itself changes its norm, in proportion to which the node moves, and nothing else. O(N²(n + m)).
    pub fn ambient_matrix(&self) -> Array2<f64> {
        let (n, k) = self.unit.dim();
        let outputs = if self.fan_out_runs { self.fan_out.ncols() } else { 0 };
        let size = n * (k + outputs);
        let mut matrix = Array2::zeros((size, size));
        let mut direction = Direction {
            weights: Array2::zeros((n, k)),
            fan_out: Array2::zeros(self.fan_out.dim()),
        };
        for (column, mut out) in matrix.columns_mut().into_iter().enumerate() {
            direction.weights.fill(0.0);
            direction.fan_out.fill(0.0);
            let mut along = None;
            if column < n * k {
                let (j, i) = (column / k, column % k);
                let w = self.unit.row(j);
                let mut tangent = direction.weights.row_mut(j);
                tangent.scaled_add(-w[i], &w);
                tangent[i] += 1.0;
                along = Some((j, w[i]));
            } else {
                let entry = column - n * k;
                direction.fan_out[[entry / outputs, entry % outputs]] = 1.0;
            }
            let mut change = self.apply(&direction);
            if let Some((j, radial)) = along {
                let (w, force) = (self.unit.row(j), self.force.row(j));
                let mut out = change.weights.row_mut(j);
                out.scaled_add(radial, &force);
                out.scaled_add(-radial * w.dot(&force), &w);
            }
            let parts = change.weights.iter().chain(&change.fan_out);
            out.iter_mut().zip(parts).for_each(|(to, from)| *to = *from);
        }
        matrix
    }

    /// The Jacobian in an orthonormal basis of the tangent space: N × N.
    pub fn tangent_matrix(&self) -> Array2<f64> {
        let (n, k) = self.unit.dim();
        let outputs = if self.fan_out_runs { self.fan_out.ncols() } else { 0 };
        let tangents = self.tangents();
        let size = n * (k - 1 + outputs);
        let mut matrix = Array2::zeros((size, size));
        let mut direction = Direction {
            weights: Array2::zeros((n, k)),
            fan_out: Array2::zeros(self.fan_out.dim()),
        };
        for (column, mut out) in matrix.columns_mut().into_iter().enumerate() {
            direction.weights.fill(0.0);
            direction.fan_out.fill(0.0);
            if column < n * (k - 1) {
                let (j, i) = (column / (k - 1), column % (k - 1));
                direction.weights.row_mut(j).assign(&tangents[j].row(i));
            } else {
                let entry = column - n * (k - 1);
                direction.fan_out[[entry / outputs, entry % outputs]] = 1.0;
            }
            let change = self.apply(&direction);
            for (j, tangents) in tangents.iter().enumerate() {
                let part = tangents.dot(&change.weights.row(j));
                out.slice_mut(ndarray::s![j * (k - 1)..(j + 1) * (k - 1)]).assign(&part);
            }
            if outputs > 0 {
                for (to, from) in out.iter_mut().skip(n * (k - 1)).zip(&change.fan_out) {
                    *to = *from;
                }
            }
        }
        matrix
    }
}

/// φ₂(b_j, b_k; ρ_jk) = −D'(θ)/sin θ of all pairs, 0 where the nodes (anti)coincide.
fn density_of_pairs(rows: LayerView, columns: LayerView) -> Array2<f64> {
    Array2::from_shape_fn((rows.nodes(), columns.nodes()), |(j, k)| {
        let (u, v) = (rows.weights.column(j), columns.weights.column(k));
        let angle = HalfAngle::between_units(u, v);
        if angle.sin_full() < COINCIDENT {
            return 0.0;
        }
        phi2(rows.thresholds[j], columns.thresholds[k], angle)
    })
}

/// An orthonormal basis of the complement of a unit vector, a basis vector per row: (k − 1) × k.
///
/// The rows of the Householder reflection that takes `w` to ∓e_p, p its largest entry, without row p.
fn tangent_basis(w: ArrayView1<f64>) -> Array2<f64> {
    let k = w.len();
    let largest = (0..k).max_by(|&a, &b| w[a].abs().total_cmp(&w[b].abs())).unwrap_or(0);
    let mut normal = w.to_owned();
    normal[largest] += w[largest].signum();
    let scale = 2.0 / normal.dot(&normal);
    let reflection =
        Array2::from_shape_fn((k, k), |(i, j)| f64::from(u8::from(i == j)) - scale * normal[i] * normal[j]);
    let keep: Vec<usize> = (0..k).filter(|&i| i != largest).collect();
    reflection.select(Axis(0), &keep)
}

/// Largest asymmetry of a square matrix, relative to its largest entry.
pub fn asymmetry(matrix: ArrayView2<f64>) -> f64 {
    let largest = matrix.iter().fold(0.0_f64, |a, x| a.max(x.abs()));
    let difference = &matrix - &matrix.t();
    difference.iter().fold(0.0_f64, |a, x| a.max(x.abs())) / largest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tangent_bases_are_orthonormal_and_tangent() {
        for w in [vec![1.0, 0.0, 0.0], vec![0.6, -0.8], vec![-0.5; 4]] {
            let w = Array1::from(w);
            let basis = tangent_basis(w.view());
            let gram = basis.dot(&basis.t()) - Array2::<f64>::eye(w.len() - 1);
            assert!(gram.iter().all(|x| x.abs() < 1e-15));
            assert!(basis.dot(&w).iter().all(|x| x.abs() < 1e-15));
        }
    }
}
