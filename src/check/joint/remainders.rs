//! What a region takes off the form: ℓ_ε, r₁₂, ℓ_W, and c_p.

use super::Choice;
use super::limits::Limits;
use crate::check::definite::largest_eigenvalue;
use crate::check::geometry::Nodes;
use crate::check::interval::Interval;
use crate::check::joint_inputs::Inputs;
use crate::check::slopes::around;
use crate::linalg::with_diagonal;
use ndarray::Array2;

/// All three.
pub struct Remainders {
    pub of_errors: Interval,
    pub mixed: Interval,
    pub of_weights: Interval,
}

/// √λ_max of a Gram matrix, from above.
pub fn norm_of(gram: &Array2<Interval>) -> Interval {
    let largest = Interval::from(largest_eigenvalue(gram).max(0.0));
    Interval::from(largest.sqrt().high)
}

impl Limits {
    /// As the theorem has them.
    pub fn remainders(&self, inputs: &Inputs, choice: &Choice) -> Remainders {
        let n = inputs.nodes.len();
        let steepest = Nodes::pairs(n).map(|at| self.rest[at]).fold(0.0, f64::max);
        let whole = (self.all_norm + self.moved / 2.0) * self.moved * steepest * 2.0;
        let single = with_diagonal(n, Interval::ZERO, |i, k| {
            (self.chord_of(inputs, i) + self.chord_of(inputs, k)) * self.rest[[i, k]]
        });
        let mut found = Remainders {
            of_errors: whole.min(Interval::from(largest_eigenvalue(&single))),
            mixed: self.mixed_whole(inputs).min(self.mixed_single(inputs)) / 2.0,
            of_weights: self.of_products(inputs),
        };
        if choice.share > 0.0 {
            let price = Interval::ONE / choice.share - 1.0;
            let largest = self.norms.iter().copied().fold(Interval::ZERO, Interval::max);
            let fourth = self.fourth();
            let of_student = ((self.fan_out_norm + self.error_u) * self.norm_u() * fourth)
                .min((largest + self.region.error) * self.radius_u);
            let of_teacher = (self.fan_out_norm * self.teacher_norm * fourth).min(largest * self.radius_u) / 2.0;
            let defect = self.error_u + of_student / 2.0;
            let shifted = of_teacher + defect / 2.0;
            found.of_errors = found.of_errors + self.linear * price * 2.0 * self.moved.squared();
            let bent = price * 2.0 * shifted.squared() + defect.squared() / 4.0;
            found.of_weights = found.of_weights + self.linear * bent;
        }
        found
    }

    /// |D⁰ − Q₂|
    fn nominal_rest(&self, i: usize, j: usize) -> Interval {
        (self.nominal[[i, j]] - self.linear).abs()
    }

    /// The largest |ρ|.
    fn widest_cosine(&self, inputs: &Inputs, i: usize, j: usize) -> Interval {
        inputs.nodes.widest(i, j, self.margin(inputs, i, j)).cos()
    }

    /// √(Σ entries²) of the largest of the teacher's columns.
    pub fn largest_column(&self, inputs: &Inputs, entry: impl Fn(usize, usize) -> Interval) -> Interval {
        let column = |j: usize| -> Interval {
            let others = (0..inputs.nodes.len()).filter(|&i| i != j);
            others.map(|i| entry(i, j).squared()).sum()
        };
        (0..inputs.teacher_nodes).map(column).fold(Interval::ZERO, Interval::max).sqrt()
    }

    /// 2 r₁₂ by norms of whole matrices.
    fn mixed_whole(&self, inputs: &Inputs) -> Interval {
        let (m, n) = (inputs.teacher_nodes, inputs.nodes.len());
        let (fourth, d) = (self.fourth(), self.chord);
        let curved = self.largest(inputs, &self.density, n);
        let entries = (0..n).flat_map(|i| (0..m).filter(move |&j| j != i).map(move |j| (i, j)));
        let largest = entries.map(|(i, j)| self.nominal_rest(i, j)).fold(Interval::ZERO, Interval::max);
        let farthest = d.max(self.region.single_drift);
        let z = curved * (farthest * 2.0 + d * 1.5) * self.norm()
            + self.largest_column(inputs, |i, j| self.nominal_rest(i, j) * inputs.nodes.cosines[[i, j]]) * fourth
            + largest * self.moved * 2.0
            + self.largest_column(inputs, |i, j| self.widest_cosine(inputs, i, j) * self.rest[[i, j]]) * fourth / 2.0;
        let among = self.largest(inputs, &self.rest, m) * self.radius_u
            + self.largest(inputs, &self.density, m) * d * self.norm_u();
        let products = self.largest(inputs, &self.rest, n) * self.norm() * self.error_u;
        self.fan_out_norm * (z + among) + products
    }

    /// 2 r₁₂ entry by entry: ‖Z‖_op.
    fn mixed_single(&self, inputs: &Inputs) -> Interval {
        let (m, n, d) = (inputs.teacher_nodes, inputs.nodes.len(), self.chord);
        let z = Array2::from_shape_fn((n, m), |(i, j)| {
            if i == j {
                return Interval::ZERO;
            }
            let own = self.chord_of(inputs, i);
            let (rest, density) = (Interval::from(self.rest[[i, j]]), Interval::from(self.density[[i, j]]));
            let mut sum = density * (own * 2.0 + d * 1.5)
                + self.nominal_rest(i, j) * (d * inputs.nodes.cosines[[i, j]].abs() + own * 2.0)
                + rest * self.widest_cosine(inputs, i, j) * d / 2.0;
            if i < m {
                sum = sum + (rest + density) * d;
            }
            self.norms[j] * sum + self.region.error * rest
        });
        let gram = Array2::from_shape_fn((m, m), |(a, b)| -> Interval { (0..n).map(|i| z[[i, a]] * z[[i, b]]).sum() });
        norm_of(&gram)
    }

    /// r₂₂: 0 where the rows of V* are orthogonal.
    fn of_products(&self, inputs: &Inputs) -> Interval {
        let (m, d) = (inputs.teacher_nodes, self.chord);
        if self.products.iter().all(|b| *b == Interval::ZERO) {
            return Interval::ZERO;
        }
        let entry = |j: usize, k: usize| {
            let angle = inputs.nodes.angles[[j, k]];
            let (rest, density) = (Interval::from(self.rest[[j, k]]), Interval::from(self.density[[j, k]]));
            let nominal = inputs.kernel.density(angle);
            let (near, far) = around(angle, self.margin(inputs, j, k));
            let [least, most] = inputs.kernel.densities(near, far);
            let change = (Interval::from(most) - nominal).max(nominal - least);
            let cosine = inputs.nodes.cosines[[j, k]].abs();
            let sum = d * density * 2.0
                + rest * (d * 1.5 + d.squared() / 2.0)
                + change
                + nominal * (d + d * cosine / 2.0)
                + density * d * (cosine * 2.0 + d) / 2.0;
            self.products[[j, k]].abs() * sum
        };
        let y = with_diagonal(m, Interval::ZERO, |j, k| (entry(j, k) + entry(k, j)) / 2.0);
        Interval::from(largest_eigenvalue(&y))
    }

    /// c_p: ‖Y − Z‖ in L² over R.
    pub fn bent(&self, inputs: &Inputs) -> Interval {
        let kernel = &inputs.kernel;
        let gates = (self.chord * 2.0 / (Interval::PI * 3.0 * self.tangential().sqrt())).sqrt();
        let moment = kernel.tail + kernel.density * kernel.threshold;
        self.fan_out_norm * (gates + self.chord / 2.0 * moment.sqrt()) + kernel.tail.sqrt() * self.error_u
    }
}
