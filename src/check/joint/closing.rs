//! How far single errors and W_r come while ‖·‖ ≤ ϱ e^{−λt}: what the region must hold.

use super::limits::Limits;
use crate::check::geometry::{largest, sinc};
use crate::check::interval::Interval;
use crate::check::joint_inputs::Inputs;
use crate::check::ledger::{Ledger, Side};
use crate::check::reach::reach;

/// Notes for each side of the region whether nothing gets there.
pub fn note(inputs: &Inputs, limits: &Limits, rate: f64, ledger: &mut Ledger) {
    let l0 = inputs.kernel.activation(Interval::ZERO);
    let held = Held {
        inputs,
        limits,
        rate: rate.min(l0.low * (1.0 - 1e-6)),
        l0,
    };
    let region = &limits.region;
    let (m, n) = (inputs.teacher_nodes, inputs.nodes.len());
    let ball = region.radius.high;
    let mut note = |item, meaning, side: Interval, reached: Interval| {
        ledger.note(item, meaning, Side::Above, side.high, reached.high);
    };
    if !region.is_ball {
        note("largest_angle", "θ̂, above all that an angle reaches", region.theta, held.theta());
    }
    if region.error.high < ball {
        note("largest_error", "ê, above all that an error reaches", region.error, held.largest(0..m));
    }
    if region.extra.high < ball {
        note("largest_extra", "v̂, above all that an error reaches", region.extra, held.largest(m..n));
    }
    let (together, single) = held.drift();
    note("drift", "ψ, above all that W_r moves", region.drift, together);
    note("single_drift", "ψ_m, above all that a node of W_r moves", region.single_drift, single);
}

struct Held<'a> {
    inputs: &'a Inputs,
    limits: &'a Limits,
    /// A rate below L(0), the pull on a single v.
    rate: f64,
    l0: Interval,
}

/// x' ≤ −q x + c ‖·‖
struct Coupling {
    pull: Interval,
    push: Interval,
}

impl Held<'_> {
    fn m(&self) -> usize {
        self.inputs.teacher_nodes
    }

    fn n(&self) -> usize {
        self.inputs.nodes.len()
    }

    fn others(&self, node: usize, end: usize) -> impl Iterator<Item = usize> {
        (0..end).filter(move |&k| k != node)
    }

    fn gate(&self, i: usize, j: usize) -> Interval {
        self.limits.gate[[i, j]].into()
    }

    /// √(D² + D'²)
    fn gain(&self, i: usize, j: usize) -> Interval {
        self.gate(i, j).hypot(Interval::from(self.limits.slope[[i, j]]))
    }

    /// ê or v̂
    fn error_of(&self, node: usize) -> Interval {
        if node < self.m() {
            self.limits.region.error
        } else {
            self.limits.region.extra
        }
    }

    fn reached(&self, start: f64, coupling: &Coupling) -> Interval {
        reach(start, coupling.push * self.limits.region.radius, coupling.pull, self.rate)
    }

    fn of_angles(&self) -> Coupling {
        let (limits, inputs, m) = (self.limits, self.inputs, self.m());
        let (theta, error) = (limits.region.theta, limits.region.error);
        let least = limits.norms.iter().map(|norm| norm.squared() - *norm * error);
        let least = least.reduce(Interval::min).unwrap_or(Interval::ONE);
        let largest = limits.norms.iter().copied().fold(Interval::ZERO, Interval::max);
        let column = limits.largest_column(inputs, |i, j| self.gate(i, j));
        let of_errors = (largest + error) * column.min(limits.largest(inputs, &limits.gate, self.n()) * limits.norm());
        let row = |j: usize| (0..m).map(|k| limits.products[[j, k]].squared()).sum::<Interval>();
        let row = (0..m).map(row).fold(Interval::ZERO, Interval::max).sqrt();
        let pair = limits.largest(inputs, &limits.gate, m) + limits.largest(inputs, &limits.density, m);
        let of_weights = match m {
            1 => Interval::ZERO,
            _ => (row + error * limits.fan_out_norm) * pair,
        };
        Coupling {
            pull: least * inputs.kernel.gate(theta) * sinc(theta),
            push: of_errors.hypot(of_weights),
        }
    }

    fn of_error(&self, node: usize) -> Coupling {
        let limits = self.limits;
        let row: Interval =
            self.others(node, self.n()).map(|k| Interval::from(limits.activation[[node, k]]).squared()).sum();
        let steepest = self.others(node, self.m()).map(|j| limits.gate[[node, j]]).fold(0.0, f64::max);
        let turned = limits.fan_out_norm * steepest;
        Coupling {
            pull: self.l0,
            push: row.sqrt().hypot(turned) + self.own_curve(node),
        }
    }

    /// N Q d/2 on u.
    fn own_curve(&self, node: usize) -> Interval {
        match node < self.m() {
            true => self.limits.norms[node] * self.inputs.kernel.tail * self.limits.chord / 2.0,
            false => Interval::ZERO,
        }
    }

    fn theta(&self) -> Interval {
        let coupling = self.of_angles();
        let start = largest(&self.inputs.angles);
        let region = &self.limits.region;
        let push = |j: usize| {
            let angles = self.others(j, self.m()).map(|k| {
                let modulation = self.limits.products[[j, k]].abs() + region.error * self.limits.norms[k];
                self.gain(j, k) * modulation * region.theta
            });
            let errors = self.others(j, self.n()).map(|k| self.gate(k, j) * self.error_of(k));
            angles.sum::<Interval>() + (self.limits.norms[j] + region.error) * errors.sum::<Interval>()
        };
        let most = (0..self.m()).map(push).fold(Interval::ZERO, Interval::max);
        let by_box = (most / coupling.pull).max(start);
        self.reached(start, &coupling).min(by_box)
    }

    /// The largest of some nodes' |ε|, from the ball or from the box.
    fn largest(&self, nodes: std::ops::Range<usize>) -> Interval {
        let one = |i: usize| {
            let start = self.start_of(i);
            let errors = self.others(i, self.n());
            let errors = errors.map(|k| self.error_of(k) * self.limits.activation[[i, k]]);
            let turned = self.others(i, self.m()).map(|j| self.gate(i, j) * self.limits.norms[j]);
            let push = errors.sum::<Interval>() + (turned.sum::<Interval>() + self.own_curve(i)) * self.limits.chord;
            let by_box = (push / self.l0).max(start);
            self.reached(start, &self.of_error(i)).min(by_box)
        };
        nodes.map(one).fold(Interval::ZERO, Interval::max)
    }

    /// |ε_i| at the start, and of u the largest.
    fn start_of(&self, node: usize) -> f64 {
        if node >= self.m() {
            return self.inputs.errors[node];
        }
        largest(&self.inputs.errors[..self.m()])
    }

    /// ψ and ψ_m.
    fn drift(&self) -> (Interval, Interval) {
        let (limits, inputs) = (self.limits, self.inputs);
        let (m, n) = (self.m(), self.n());
        if m == n {
            return (Interval::ZERO, Interval::ZERO);
        }
        let twice = Interval::from(self.rate) * 2.0;
        let radius = limits.region.radius;
        let c = limits.bent(inputs) * radius / twice.sqrt();
        let x = (c + (c.squared() + radius.squared() * 2.0).sqrt()) / 2.0;
        let by_energy = (inputs.kernel.tail / twice).sqrt() * radius * x;
        let gate = limits.gate.iter().copied().fold(0.0, f64::max);
        let push = limits.largest(inputs, &limits.gate, n) + limits.largest(inputs, &limits.density, n);
        let by_norm = (limits.norm() * gate).hypot(limits.fan_out_norm * push) * radius.squared() / twice;
        let together = by_energy.min(by_norm);
        let single: Vec<Interval> = (m..n).map(|k| self.single_drift(k).min(together)).collect();
        let squares: Interval = single.iter().map(|x| x.squared()).sum();
        let largest = single.into_iter().fold(Interval::ZERO, Interval::max);
        (together.min(squares.sqrt()), largest)
    }

    /// ∫ |v_k| (Σ_j N_j Ĝ_kj θ_j + Σ_i D̂_ki |ε_i|) dt
    fn single_drift(&self, k: usize) -> Interval {
        let (limits, m, n) = (self.limits, self.m(), self.n());
        let (radius, theta) = (limits.region.radius, limits.region.theta);
        let rate = Interval::from(self.rate);
        let (start, own) = (Interval::from(self.inputs.errors[k]), self.of_error(k).push);
        let arc = match theta.high > 0.0 {
            true => theta / ((theta / 2.0).sin() * 2.0),
            false => Interval::ONE,
        };
        let of_angles = (0..m).map(|j| (limits.norms[j] * self.gain(k, j) * arc).squared());
        let of_errors = self.others(k, n).map(|i| self.gate(k, i).squared());
        let all = (of_angles.sum::<Interval>() + of_errors.sum::<Interval>()).sqrt();
        let faster = self.l0 + rate;
        let by_ball = all * radius * (start / faster + own * radius / (rate * 2.0 * faster));
        let angles = self.of_angles();
        if !(angles.pull.low > self.rate) {
            return by_ball;
        }
        // ∫ (x₀ + cϱt)(y₀ + c'ϱt) e^{−2λt} dt
        let product = |other: Interval, push: Interval| {
            start * other / (rate * 2.0)
                + (start * push + other * own) * radius / (rate.squared() * 4.0)
                + own * push * radius.squared() / (rate.squared() * rate * 4.0)
        };
        let turned: Interval = (0..m).map(|j| limits.norms[j] * self.gain(k, j)).sum();
        let errors =
            self.others(k, n).map(|i| self.gate(k, i) * product(self.start_of(i).into(), self.of_error(i).push));
        let errors: Interval = errors.sum();
        let first = largest(&self.inputs.angles);
        by_ball.min(turned * product(first.into(), angles.push) + errors)
    }
}
