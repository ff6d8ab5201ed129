//! What the joint certificate needs to know of a problem, whatever the errors are.

use crate::linalg;
use crate::theory::assumption3::TeacherAngles;
use crate::theory::certificate::Problem;
use crate::theory::joint_rate::of_full_rank;
use crate::theory::kernel::{Kernel, ROUNDING};
use ndarray::{Array1, Array2, s};

/// Nodes W⁰ = [W*, W_r(0)] and V*, with their kernels at W⁰.
pub(super) struct Geometry {
    pub kernel: Kernel,
    /// m and n = m + r
    pub teacher_nodes: usize,
    pub nodes: usize,
    /// W⁰ in few coordinates, k × n.
    pub weights: Array2<f64>,
    /// V* in p coordinates, m × p: p = rank V*, and along its rows where they are orthogonal.
    pub fan_out: Array2<f64>,
    /// n × n
    pub angles: Array2<f64>,
    /// ρ⁰, L⁰, n × n; D⁰ with zeros on the diagonal.
    pub cosines: Array2<f64>,
    pub l: Array2<f64>,
    pub d: Array2<f64>,
    /// L(0), the diagonal of L.
    pub l0: f64,
    /// B = V\* V\*ᵀ with zeros on the diagonal, m × m, and the norms N_j.
    pub products: Array2<f64>,
    pub norms: Array1<f64>,
    /// ‖W⁰‖_op, ‖W\*‖_op and ‖V\*‖_op, from above.
    pub all_norm: f64,
    pub teacher_norm: f64,
    pub fan_out_norm: f64,
}

/// Products of different rows of V* below this part of the largest square count as none.
const ORTHOGONAL: f64 = 1e-13;

impl Geometry {
    /// O(n² k + n³). `None` if LAPACK fails.
    pub fn of(problem: &Problem) -> Option<Self> {
        crate::blas::single_threaded();
        let kernel = Kernel::new(problem.threshold);
        let m = problem.teacher.ncols();
        let whole = problem.nodes();
        let n = whole.ncols();
        let angles = TeacherAngles::of(whole.view()).radians;
        let cosines = angles.mapv(f64::cos);
        let mut d = angles.mapv(|angle| kernel.gate(angle));
        d.diag_mut().fill(0.0);
        let weights = if whole.nrows() > n {
            linalg::qr(&whole).ok()?.1
        } else {
            whole
        };
        let (mut fan_out, sigma) = of_full_rank(&problem.teacher_fan_out).ok()?;
        let mut products = fan_out.dot(&fan_out.t());
        let squares = products.diag().to_owned();
        let largest = squares.iter().copied().fold(0.0, f64::max);
        products.diag_mut().fill(0.0);
        if products.iter().all(|b| b.abs() <= ORTHOGONAL * largest) {
            products.fill(0.0);
            // In coordinates along the rows nothing of the form joins one row's part with another's.
            fan_out = Array2::from_diag(&squares.mapv(f64::sqrt));
        }
        let norm = |gram: Array2<f64>| {
            let values = linalg::eigenvalues(&gram).ok()?;
            Some(values.last()?.sqrt() * (1.0 + ROUNDING))
        };
        Some(Self {
            l: angles.mapv(|angle| kernel.at(angle).l),
            l0: kernel.at(0.0).l,
            all_norm: norm(cosines.clone())?,
            teacher_norm: norm(cosines.slice(s![..m, ..m]).to_owned())?,
            fan_out_norm: sigma.first()? * (1.0 + ROUNDING),
            norms: squares.mapv(f64::sqrt),
            teacher_nodes: m,
            nodes: n,
            kernel,
            weights,
            fan_out,
            angles,
            cosines,
            d,
            products,
        })
    }

    /// √(Σ entries²) of the largest column among the teacher's, j ≠ i.
    pub fn largest_column(&self, entry: impl Fn(usize, usize) -> f64) -> f64 {
        let column = |j: usize| {
            let others = (0..self.nodes).filter(|&i| i != j);
            others.map(|i| entry(i, j).powi(2)).sum::<f64>()
        };
        let columns = (0..self.teacher_nodes).map(column);
        columns.fold(0.0, f64::max).sqrt()
    }
}
