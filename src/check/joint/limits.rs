//! A region, and suprema over it.

use super::remainders;
use super::{Choice, ORTHOGONAL};
use crate::check::geometry::{Nodes, arc, chord, in_ball};
use crate::check::interval::Interval;
use crate::check::joint_inputs::Inputs;
use crate::check::ledger::{Ledger, Side};
use crate::check::read::{Mistake, Node};
use crate::linalg::with_diagonal;
use ndarray::Array2;

/// Where the claim is made.
pub struct Region {
    /// ϱ
    pub radius: Interval,
    /// θ̂, and whether the ball implies it.
    pub theta: Interval,
    pub is_ball: bool,
    /// ê and v̂
    pub error: Interval,
    pub extra: Interval,
    /// ψ and ψ_m
    pub drift: Interval,
    pub single_drift: Interval,
}

impl Region {
    pub fn read(node: &Node) -> Result<Self, Mistake> {
        let radius = Interval::from(node.positive("radius")?);
        let (theta, is_ball) = in_ball(radius, node.not_negative("largest_angle")?);
        Ok(Self {
            radius,
            theta,
            is_ball,
            error: node.not_negative("largest_error")?.into(),
            extra: node.not_negative("largest_extra")?.into(),
            drift: node.not_negative("drift")?.into(),
            single_drift: node.not_negative("single_drift")?.into(),
        })
    }
}

/// All that follows from a region.
pub struct Limits {
    pub region: Region,
    /// Q₂
    pub linear: Interval,
    /// B off its diagonal, and N.
    pub products: Array2<Interval>,
    pub norms: Vec<Interval>,
    /// ‖V\*‖_op, ‖W⁰‖_op, ‖W\*‖_op
    pub fan_out_norm: Interval,
    pub all_norm: Interval,
    pub teacher_norm: Interval,
    /// d, R̄, R̃, a_u
    pub chord: Interval,
    pub radius_u: Interval,
    pub moved: Interval,
    pub error_u: Interval,
    /// D⁰ with zeros on the diagonal, L⁰.
    pub nominal: Array2<Interval>,
    pub activation_nominal: Array2<Interval>,
    /// D̂, D̂₁, φ̂, |D'|, L̂, as in the file.
    pub gate: Array2<f64>,
    pub rest: Array2<f64>,
    pub density: Array2<f64>,
    pub slope: Array2<f64>,
    pub activation: Array2<f64>,
    /// ℓ_ε, r₁₂, ℓ_W, o
    pub of_errors: Interval,
    pub mixed: Interval,
    pub of_weights: Interval,
    pub own: Vec<f64>,
}

impl Limits {
    /// Of a region, with each bound of the file confirmed.
    pub fn read(
        inputs: &Inputs,
        region: Region,
        choice: &Choice,
        bounds: &Node,
        ledger: &mut Ledger,
    ) -> Result<Self, Mistake> {
        let (m, n) = (inputs.teacher_nodes, inputs.nodes.len());
        let kernel = &inputs.kernel;
        let table = |name: &str| bounds.matrix(name, Some(n), Some(n));
        let linear = if choice.share > 0.0 {
            kernel.tail.squared()
        } else {
            Interval::ZERO
        };
        let chord = chord(region.theta).min(region.radius);
        let root = Interval::from(m as f64).sqrt();
        let radius_u = region.radius.min(root * chord);
        let largest = (0..m).map(|j| inputs.products[[j, j]]).fold(Interval::ZERO, Interval::max);
        let angles = &inputs.nodes.angles;
        let mut limits = Self {
            linear,
            products: off_diagonal(inputs, largest, ledger),
            norms: (0..m).map(|j| inputs.products[[j, j]].sqrt()).collect(),
            fan_out_norm: remainders::norm_of(&inputs.products),
            all_norm: inputs.nodes.norm(n),
            teacher_norm: inputs.nodes.norm(m),
            chord,
            radius_u,
            moved: radius_u.hypot(region.drift),
            error_u: region.radius.min(root * region.error),
            nominal: with_diagonal(n, Interval::ZERO, |j, k| kernel.gate(angles[[j, k]])),
            activation_nominal: angles.mapv(|angle| kernel.activation(angle)),
            gate: table("gate")?,
            rest: table("rest")?,
            density: table("density")?,
            slope: table("slope")?,
            activation: table("activation")?,
            of_errors: Interval::from(bounds.not_negative("of_errors")?),
            mixed: Interval::from(bounds.not_negative("mixed")?),
            of_weights: Interval::from(bounds.not_negative("of_weights")?),
            own: bounds.numbers("own", Some(m))?,
            region,
        };
        limits.note_tables(inputs, choice, ledger);
        limits.note_remainders(inputs, choice, ledger);
        Ok(limits)
    }

    fn note_tables(&mut self, inputs: &Inputs, choice: &Choice, ledger: &mut Ledger) {
        let (kernel, nodes) = (&inputs.kernel, &inputs.nodes);
        let nearest = |j: usize, k: usize| (nodes.angles[[j, k]] - self.margin(inputs, j, k)).positive_part();
        let widest = |j: usize, k: usize| nodes.widest(j, k, self.margin(inputs, j, k));
        let gate = |j: usize, k: usize| kernel.gate(nearest(j, k)).high;
        let rest = |j: usize, k: usize| match choice.share > 0.0 {
            true => (kernel.gate(widest(j, k)) - self.linear).positive_part().high,
            false => self.gate[[j, k]],
        };
        let mut note = |name: &str, meaning, table: &Array2<f64>, entry: &dyn Fn(usize, usize) -> f64| {
            let item = format!("bounds.{name}");
            ledger.table(&item, meaning, Side::AtLeast, table, |j, k| (j != k).then(|| entry(j, k)));
        };
        note("gate", "D̂", &self.gate, &gate);
        note("rest", "D̂₁ ≥ |D − Q₂|", &self.rest, &rest);
        note("density", "φ̂", &self.density, &|j, k| kernel.density_above(widest(j, k)));
        note("slope", "|dD/dφ|", &self.slope, &|j, k| kernel.slope(nearest(j, k)).high);
        note("activation", "L̂", &self.activation, &|j, k| kernel.activation(nearest(j, k)).high);
    }

    fn note_remainders(&mut self, inputs: &Inputs, choice: &Choice, ledger: &mut Ledger) {
        let found = self.remainders(inputs, choice);
        ledger.at_least("bounds.of_errors", "ℓ_ε", self.of_errors.high, found.of_errors);
        ledger.at_least("bounds.mixed", "r₁₂", self.mixed.high, found.mixed);
        ledger.at_least("bounds.of_weights", "ℓ_W", self.of_weights.high, found.of_weights);
        let own = self.own_parts(inputs, choice);
        ledger.row("bounds.own", "o_j", Side::AtMost, &self.own, &own);
    }

    /// o_j, from below; −∞ where the theorem does not apply.
    fn own_parts(&self, inputs: &Inputs, choice: &Choice) -> Vec<f64> {
        let kernel = &inputs.kernel;
        let gate = kernel.gate(self.region.theta) - self.linear;
        let error = self.region.error;
        let kept = (Interval::ONE - choice.share) * self.linear;
        let own = |norm: &Interval| {
            if !(gate.low > 0.0) || !(norm.low > error.high) {
                return f64::NEG_INFINITY;
            }
            let lost = *norm * error * (kernel.tail - self.linear) / (self.tangential() * 2.0);
            ((norm.squared() - *norm * error) * gate - lost + kept * norm.squared()).low
        };
        self.norms.iter().map(own).collect()
    }

    /// cos²(θ̂/2)
    pub fn tangential(&self) -> Interval {
        (self.region.theta / 2.0).cos().squared()
    }

    /// W̄
    pub fn norm(&self) -> Interval {
        self.all_norm + self.moved
    }

    /// W_u
    pub fn norm_u(&self) -> Interval {
        self.teacher_norm + self.radius_u
    }

    /// min(R̄, d)
    pub fn fourth(&self) -> Interval {
        self.radius_u.min(self.chord)
    }

    /// d_i
    pub fn chord_of(&self, inputs: &Inputs, node: usize) -> Interval {
        if node < inputs.teacher_nodes {
            self.chord
        } else {
            self.region.single_drift
        }
    }

    /// How far the angle of two nodes may be from where it was.
    pub fn margin(&self, inputs: &Inputs, j: usize, k: usize) -> Interval {
        let (m, theta) = (inputs.teacher_nodes, self.region.theta);
        if j < m && k < m {
            let ball = arc(self.region.radius / Interval::from(2.0).sqrt()) * 2.0;
            return (theta * 2.0).min(ball);
        }
        let drift = arc(self.region.single_drift);
        let own = |node: usize| if node < m { theta } else { drift };
        own(j) + own(k)
    }

    /// The largest entry in the teacher's columns, off the diagonal.
    pub fn largest(&self, inputs: &Inputs, table: &Array2<f64>, rows: usize) -> Interval {
        let entries = (0..rows).flat_map(|i| (0..inputs.teacher_nodes).map(move |j| (i, j)));
        let entries = entries.filter(|(i, j)| i != j).map(|at| table[at]);
        Interval::from(entries.fold(0.0, f64::max))
    }
}

/// B_jk, j ≠ k; zero throughout where the rows of V* are orthogonal.
fn off_diagonal(inputs: &Inputs, largest: Interval, ledger: &mut Ledger) -> Array2<Interval> {
    let m = inputs.teacher_nodes;
    let most = Nodes::pairs(m).map(|at| inputs.products[at].abs()).fold(Interval::ZERO, Interval::max);
    let allowed = largest * ORTHOGONAL;
    if most.low > allowed.low {
        return with_diagonal(m, Interval::ZERO, |j, k| inputs.products[[j, k]]);
    }
    ledger.at_least("bounds", "orthogonal rows of V*: their largest product", allowed.high, most);
    Array2::from_elem((m, m), Interval::ZERO)
}
