//! How fast the flow reduces the distances |w_j − w\*_j|²/2 and |v_i − v\*_i|²/2, with derivatives in all weights.
//!
//! Written from the flow alone, apart from the code of the bounds: −d/dt ½|Δ_j|² = p_j·g_j with p_j = w*_j − c_j w_j.

use super::EXTRA;
use super::joint::Spread;
use super::turned::Turned;
use crate::network::draw;
use crate::overlap::HalfAngle;
use crate::overlap::gaussian::KernelTable;
use crate::theory::certificate::Problem;
use ndarray::{Array1, Array2, ArrayView2, Axis, concatenate, s};
use std::sync::Arc;

/// The kernels as functions of ρ.
pub(super) struct Curves(Arc<KernelTable>);

/// D, its slope φ₂, and L, whose slope is D.
#[derive(Clone, Copy)]
struct Values {
    d: f64,
    slope: f64,
    l: f64,
}

impl Curves {
    pub fn new(threshold: f64) -> Self {
        Self(KernelTable::shared(threshold))
    }

    fn at(&self, rho: f64) -> Values {
        let angle = HalfAngle::from_rho(rho.clamp(-1.0, 1.0));
        let value = self.0.at(angle);
        let slope = -self.0.pair().d_slope(angle) / angle.sin_full().max(1e-12);
        Values {
            d: value.d,
            slope,
            l: value.l,
        }
    }
}

/// What a student is drawn to.
pub(super) struct Target {
    pub curves: Curves,
    /// Where its nodes belong, a node per row, n × p: W\* and, where there is more, W_r(0).
    pub nominal: Array2<f64>,
    /// V\*, m × C.
    pub fan_out: Array2<f64>,
    /// Whether V runs.
    pub is_joint: bool,
}

/// Derivatives in W (n × p) and V (n × C).
pub(super) struct Slopes {
    pub weights: Array2<f64>,
    pub fan_out: Array2<f64>,
}

impl Target {
    /// Of Theorem 4's flow: β = β* = 1. `teacher`: unit columns, k × m.
    pub fn fixed(teacher: ArrayView2<f64>, threshold: f64) -> Self {
        Self {
            curves: Curves::new(threshold),
            nominal: draw::pad_rows(teacher, teacher.nrows() + EXTRA).reversed_axes(),
            fan_out: Array1::ones(teacher.ncols()).insert_axis(Axis(1)),
            is_joint: false,
        }
    }

    /// Of Theorem 5's flow.
    pub fn joint(problem: &Problem) -> Self {
        let whole = concatenate![Axis(1), problem.teacher, problem.extra];
        Self {
            fan_out: problem.teacher_fan_out.clone(),
            is_joint: true,
            ..Self::fixed(whole.view(), problem.threshold)
        }
    }

    /// m and n.
    pub fn nodes(&self) -> [usize; 2] {
        [self.fan_out.nrows(), self.nominal.nrows()]
    }

    /// W\*.
    fn teacher(&self) -> ArrayView2<'_, f64> {
        self.nominal.slice(s![..self.fan_out.nrows(), ..])
    }

    /// How many numbers a state is made of: n(k + 2), and nC more where V runs.
    pub fn size(&self) -> usize {
        let outputs = if self.is_joint { self.fan_out.ncols() } else { 0 };
        self.nominal.nrows() * (self.nominal.ncols() + outputs)
    }

    /// What numbers come to where V runs: those of the nodes, then those of V.
    pub fn parts(&self, numbers: &[f64]) -> (Turned<'_>, Spread) {
        let (of_weights, of_errors) = numbers.split_at(self.nominal.len());
        (Turned::new(self.nominal.view(), of_weights), Spread::new(of_errors, self.nominal.nrows()))
    }

    /// Σ_j `rows`_j p_j·g_j over the student's nodes j < m, less Σ_i `errors`_i ε_i·dv_i/dt; `errors` may be empty where V is fixed.
    pub fn pull(&self, w: &Array2<f64>, v: &Array2<f64>, rows: &[f64], errors: &[f64]) -> (f64, Slopes) {
        let (n, teacher) = (w.nrows(), self.teacher());
        let m = teacher.nrows();
        let x = w.dot(&teacher.t());
        let g = w.dot(&w.t());
        let (beta_star, beta) = (v.dot(&self.fan_out.t()), v.dot(&v.t()));
        let mut slopes = Parts::zeros(n, m);
        let mut value = 0.0;
        let curves_x = x.mapv(|rho| self.curves.at(rho));
        let curves_g = g.mapv(|rho| self.curves.at(rho));
        let towards = self.towards(w);
        for j in (0..m).filter(|&j| rows[j] != 0.0) {
            let c = x[[j, j]];
            for k in 0..m {
                let (weight, curve) = (rows[j] * beta_star[[j, k]], curves_x[[j, k]]);
                let product = if j == k {
                    towards.own[j]
                } else {
                    towards.teacher[[j, k]]
                };
                slopes.beta_star[[j, k]] += rows[j] * curve.d * product;
                slopes.x[[j, k]] += weight * (curve.slope * product - curve.d * c);
                slopes.x[[j, j]] -= weight * curve.d * x[[j, k]];
                if j == k {
                    value += weight * curve.d * product;
                    continue;
                }
                // What pulls and what pushes nearly cancel: their difference first.
                let other = curves_g[[j, k]].d;
                let modulation = rows[j] * (beta_star[[j, k]] - beta[[j, k]]);
                value += weight * ((curve.d - other) * product - other * towards.error[[j, k]])
                    + modulation * other * towards.student[[j, k]];
            }
            for k in (0..n).filter(|&k| k != j) {
                let (weight, curve) = (rows[j] * beta[[j, k]], curves_g[[j, k]]);
                let product = towards.student[[j, k]];
                if k >= m {
                    value -= weight * curve.d * product;
                }
                slopes.beta[[j, k]] -= rows[j] * curve.d * product;
                slopes.g[[j, k]] -= weight * (curve.slope * product - curve.d * c);
                slopes.x[[k, j]] -= weight * curve.d;
                slopes.x[[j, j]] += weight * curve.d * g[[j, k]];
            }
        }
        let mut fan_out = slopes.beta_star.dot(&self.fan_out) + (&slopes.beta + &slopes.beta.t()).dot(v);
        if !errors.is_empty() {
            let curves = [&curves_x, &curves_g];
            value += self.of_fan_out(v, errors, curves, &mut slopes, &mut fan_out);
        }
        let weights = slopes.x.dot(&teacher) + (&slopes.g + &slopes.g.t()).dot(w);
        (value, Slopes { weights, fan_out })
    }

    /// Products of p_j = −Δ_j + ½|Δ_j|² w_j, formed from the small Δ.
    fn towards(&self, w: &Array2<f64>) -> Towards {
        let teacher = self.teacher();
        let students = w.slice(s![..teacher.nrows(), ..]);
        let error = &students - &teacher;
        let squares = error.map_axis(Axis(1), |error| error.dot(&error));
        let p = &students * &(0.5 * squares).insert_axis(Axis(1)) - &error;
        Towards {
            own: p.map_axis(Axis(1), |p| p.dot(&p)),
            teacher: p.dot(&teacher.t()),
            student: p.dot(&w.t()),
            error: p.dot(&error.t()),
        }
    }

    /// Σ_i `rows`_i ε_i·(Σ_k L_ik v_k − Σ_k L\*_ik v\*_k).
    fn of_fan_out(
        &self,
        v: &Array2<f64>,
        rows: &[f64],
        [curves_x, curves_g]: [&Array2<Values>; 2],
        slopes: &mut Parts,
        out: &mut Array2<f64>,
    ) -> f64 {
        let (n, m) = curves_x.dim();
        let mut error = v.clone();
        for (mut error, target) in error.rows_mut().into_iter().zip(self.fan_out.rows()) {
            error -= &target;
        }
        for (mut error, row) in error.rows_mut().into_iter().zip(rows) {
            error *= *row;
        }
        let itself = self.curves.at(1.0).l;
        let l = Array2::from_shape_fn((n, n), |(i, k)| if i == k { itself } else { curves_g[[i, k]].l });
        let l_star = curves_x.map(|curve| curve.l);
        let force: Array2<f64> = l.dot(v) - l_star.dot(&self.fan_out);
        for ((mut out, force), row) in out.rows_mut().into_iter().zip(force.rows()).zip(rows) {
            out.scaled_add(*row, &force);
        }
        *out += &l.dot(&error);
        let products = error.dot(&v.t());
        let with_teacher = error.dot(&self.fan_out.t());
        for i in 0..n {
            for k in (0..n).filter(|&k| k != i) {
                slopes.g[[i, k]] += curves_g[[i, k]].d * products[[i, k]];
            }
            for k in 0..m {
                slopes.x[[i, k]] -= curves_x[[i, k]].d * with_teacher[[i, k]];
            }
        }
        (&error * &force).sum()
    }
}

/// p_j·w\*_j = |p_j|², and p_j·w\*_k, p_j·w_k, p_j·Δ_k.
struct Towards {
    own: Array1<f64>,
    teacher: Array2<f64>,
    student: Array2<f64>,
    error: Array2<f64>,
}

/// Derivatives in X = W·W\*ᵀ, G = W·Wᵀ, β\* and β.
struct Parts {
    x: Array2<f64>,
    g: Array2<f64>,
    beta_star: Array2<f64>,
    beta: Array2<f64>,
}

impl Parts {
    fn zeros(n: usize, m: usize) -> Self {
        Self {
            x: Array2::zeros((n, m)),
            g: Array2::zeros((n, n)),
            beta_star: Array2::zeros((n, m)),
            beta: Array2::zeros((n, n)),
        }
    }
}
