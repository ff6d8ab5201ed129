//! What a certificate of Theorem 5 is about: teacher, the nodes that it lacks, and the start.

use super::gaussian::Gaussian;
use super::geometry::Nodes;
use super::interval::Interval;
use super::read::{Mistake, Node};
use ndarray::{Array2, Axis, concatenate};

/// W⁰ = [W*, W_r(0)], V*, and the errors at the start.
pub struct Inputs {
    pub kernel: Gaussian,
    /// The teacher's m nodes come first.
    pub nodes: Nodes,
    pub teacher_nodes: usize,
    /// V*, m × C
    pub fan_out: Array2<Interval>,
    /// V\*V\*ᵀ, m × m
    pub products: Array2<Interval>,
    /// θ_j(0), j ∈ u
    pub angles: Vec<f64>,
    /// ‖ε_i(0)‖, i ∈ u, then ‖v_i(0)‖, i ∈ r
    pub errors: Vec<f64>,
}

impl Inputs {
    pub fn read(node: &Node) -> Result<Self, Mistake> {
        let teacher = node.matrix("teacher", None, None)?;
        let (m, k) = teacher.dim();
        let extra = match node.at("extra")?.list(Some(0)) {
            Ok(_) => Array2::zeros((0, k)),
            Err(_) => node.matrix("extra", None, Some(k))?,
        };
        let n = m + extra.nrows();
        let fan_out = node.matrix("fan_out", Some(m), None)?.mapv(Interval::from);
        let products = Array2::from_shape_fn((m, m), |(i, j)| -> Interval {
            let pairs = fan_out.row(i).into_iter().zip(fan_out.row(j));
            pairs.map(|(x, y)| if i == j { x.squared() } else { *x * *y }).sum()
        });
        let whole = concatenate(Axis(0), &[teacher.view(), extra.view()]).expect("rows of one length");
        Ok(Self {
            kernel: Gaussian::new(node.number("threshold")?),
            nodes: Nodes::of(&whole),
            teacher_nodes: m,
            fan_out,
            products,
            angles: node.numbers("angles", Some(m))?,
            errors: node.numbers("errors", Some(n))?,
        })
    }

    /// z(0)
    pub fn start(&self) -> Vec<f64> {
        self.angles.iter().chain(&self.errors).copied().collect()
    }
}
