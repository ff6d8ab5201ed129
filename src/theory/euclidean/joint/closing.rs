//! How far single errors and W_r come while ‖·‖ ≤ ϱ e^{−λt}: what a region must hold.

use super::geometry::Geometry;
use super::limits::{Limits, Region};
use crate::theory::euclidean::region::Coupling;
use crate::theory::kernel::{ROUNDING, sinc};

/// The errors at the start.
pub(super) struct Start {
    /// ϱ
    pub radius: f64,
    /// The largest θ_j and |ε_j|, j ∈ u, and |v_k| for k ∈ r.
    pub theta: f64,
    pub error: f64,
    pub extra: Vec<f64>,
}

/// By which sums of bounds are enlarged, for what rounding takes.
const ROOM: f64 = 1.0 + 100.0 * ROUNDING;

/// What a region must hold, at the rate `rate` in it.
pub(super) fn needed(geometry: &Geometry, limits: &Limits, region: &Region, start: &Start, rate: f64) -> Region {
    let held = Held {
        geometry,
        limits,
        region,
        start,
        // Below L(0), the pull on a single v.
        rate: rate.min(geometry.l0 * (1.0 - 1e-6)),
    };
    let (theta, error, extra) = (held.theta(), held.error(), held.extra());
    let (drift, single_drift) = held.drift();
    Region {
        radius: start.radius,
        theta: theta * ROOM,
        error: error * ROOM,
        extra: extra * ROOM,
        drift: drift * ROOM,
        single_drift: single_drift * ROOM,
    }
}

struct Held<'a> {
    geometry: &'a Geometry,
    limits: &'a Limits,
    region: &'a Region,
    start: &'a Start,
    rate: f64,
}

impl Held<'_> {
    fn m(&self) -> usize {
        self.geometry.teacher_nodes
    }

    /// ê or v̂
    fn largest_error(&self, node: usize) -> f64 {
        if node < self.m() {
            self.region.error
        } else {
            self.region.extra
        }
    }

    fn others(&self, node: usize, end: usize) -> impl Iterator<Item = usize> {
        (0..end).filter(move |&k| k != node)
    }

    /// θ_j' ≤ −q θ_j + c ‖·‖
    fn of_angles(&self) -> Coupling {
        let (geometry, limits) = (self.geometry, self.limits);
        let (m, error, theta) = (self.m(), self.region.error, self.region.theta);
        let least = geometry.norms.iter().map(|norm| norm * norm - norm * error);
        let largest = geometry.norms.iter().copied().fold(0.0, f64::max);
        let column = geometry.largest_column(|i, j| limits.gate[[i, j]]);
        let of_errors = (largest + error) * column.min(limits.largest(&limits.gate, 0..geometry.nodes) * limits.norm);
        let row = (0..m)
            .map(|j| geometry.products.row(j).iter().map(|b| b * b).sum::<f64>())
            .fold(0.0, f64::max)
            .sqrt();
        let pair = limits.largest(&limits.gate, 0..m) + limits.largest(&limits.density, 0..m);
        let of_weights = if m > 1 {
            (row + error * geometry.fan_out_norm) * pair
        } else {
            0.0
        };
        Coupling {
            pull: least.fold(f64::INFINITY, f64::min) * geometry.kernel.gate_below(theta) * sinc(theta),
            push: of_errors.hypot(of_weights),
        }
    }

    /// |ε_i|' ≤ −L(0) |ε_i| + c ‖·‖
    fn of_error(&self, node: usize) -> Coupling {
        let (geometry, limits) = (self.geometry, self.limits);
        let row = self.others(node, geometry.nodes).map(|k| limits.l[[node, k]].powi(2)).sum::<f64>().sqrt();
        let steepest = self.others(node, self.m()).map(|j| limits.gate[[node, j]]).fold(0.0, f64::max);
        Coupling {
            pull: geometry.l0 * (1.0 - ROUNDING),
            push: row.hypot(geometry.fan_out_norm * steepest) + self.own_curve(node),
        }
    }

    /// N Q d/2 on u: what a node's own turn costs its v, over δ.
    fn own_curve(&self, node: usize) -> f64 {
        match node < self.m() {
            true => 0.5 * self.geometry.norms[node] * self.geometry.kernel.tail * self.limits.chord,
            false => 0.0,
        }
    }

    /// Ĝ_kj, √(D² + D'²) from above.
    fn gain(&self, k: usize, j: usize) -> f64 {
        self.limits.gate[[k, j]].hypot(self.limits.slope[[k, j]])
    }

    fn theta(&self) -> f64 {
        let coupling = self.of_angles();
        let by_ball = coupling.reach(self.start.theta, self.start.radius, self.rate);
        let push = |j: usize| {
            let error = self.region.error;
            let norms = &self.geometry.norms;
            let angles = self.others(j, self.m()).map(|k| {
                let modulation = self.geometry.products[[j, k]].abs() + error * norms[k];
                self.gain(j, k) * modulation * self.region.theta
            });
            let errors = self.others(j, self.geometry.nodes).map(|k| self.limits.gate[[k, j]] * self.largest_error(k));
            angles.sum::<f64>() + (norms[j] + error) * errors.sum::<f64>()
        };
        let most = (0..self.m()).map(push).fold(0.0, f64::max);
        by_ball.min(self.start.theta.max(most / coupling.pull))
    }

    /// The largest of some nodes' |ε|, from the ball or from the box alone.
    fn largest(&self, nodes: std::ops::Range<usize>, start: impl Fn(usize) -> f64) -> f64 {
        let one = |i: usize| {
            let coupling = self.of_error(i);
            let by_ball = coupling.reach(start(i), self.start.radius, self.rate);
            let errors = self.others(i, self.geometry.nodes).map(|k| self.limits.l[[i, k]] * self.largest_error(k));
            let turned = self.others(i, self.m()).map(|j| self.limits.gate[[i, j]] * self.geometry.norms[j]);
            let push = errors.sum::<f64>() + (turned.sum::<f64>() + self.own_curve(i)) * self.limits.chord;
            by_ball.min(start(i).max(push / coupling.pull))
        };
        nodes.map(one).fold(0.0, f64::max)
    }

    fn error(&self) -> f64 {
        self.largest(0..self.m(), |_| self.start.error)
    }

    fn extra(&self) -> f64 {
        let m = self.m();
        self.largest(m..self.geometry.nodes, |k| self.start.extra[k - m])
    }

    /// ψ and the largest single drift.
    fn drift(&self) -> (f64, f64) {
        let (geometry, limits) = (self.geometry, self.limits);
        let (m, n, radius, rate) = (self.m(), geometry.nodes, self.start.radius, self.rate);
        if m == n {
            return (0.0, 0.0);
        }
        let tail = geometry.kernel.tail;
        // ∫ a ‖e‖ with ∫ ‖e‖² ≤ x².
        let c = limits.bent(geometry) * radius / (2.0 * rate).sqrt();
        let x = 0.5 * (c + (c * c + 2.0 * radius * radius).sqrt());
        let by_energy = (tail / (2.0 * rate)).sqrt() * radius * x;
        let gate = limits.gate.iter().copied().fold(0.0, f64::max);
        let push = limits.largest(&limits.gate, 0..n) + limits.largest(&limits.density, 0..n);
        let by_norm = (gate * limits.norm).hypot(geometry.fan_out_norm * push) * radius * radius / (2.0 * rate);
        let together = by_energy.min(by_norm);
        let single = (m..n).map(|k| self.single_drift(k).min(together));
        let (squares, largest) = single.fold((0.0, 0.0), |(sum, most): (f64, f64), x| (sum + x * x, most.max(x)));
        (together.min(squares.sqrt()), largest)
    }

    /// ∫ |v_k| (Σ_j N_j Ĝ_kj θ_j + Σ_i D̂_ki |ε_i|) dt
    fn single_drift(&self, k: usize) -> f64 {
        let (geometry, limits) = (self.geometry, self.limits);
        let (m, n, radius, rate) = (self.m(), geometry.nodes, self.start.radius, self.rate);
        let (start, own) = (self.start.extra[k - m], self.of_error(k).push);
        let theta = self.region.theta;
        // θ ≤ (θ̂/d̂) δ.
        let arc = if theta > 0.0 {
            theta / (2.0 * (0.5 * theta).sin())
        } else {
            1.0
        };
        let of_angles = (0..m).map(|j| (geometry.norms[j] * self.gain(k, j) * arc).powi(2));
        let of_errors = self.others(k, n).map(|i| limits.gate[[k, i]].powi(2));
        let all = (of_angles.sum::<f64>() + of_errors.sum::<f64>()).sqrt();
        let faster = geometry.l0 * (1.0 - ROUNDING) + rate;
        let by_ball = all * radius * (start / faster + own * radius / (2.0 * rate * faster));
        let angles = self.of_angles();
        if !(angles.pull > rate) {
            return by_ball;
        }
        // ∫ (x₀ + cϱt)(y₀ + c'ϱt) e^{−2λt} dt
        let product = |other: f64, push: f64| {
            start * other / (2.0 * rate)
                + (start * push + other * own) * radius / (4.0 * rate * rate)
                + own * push * radius * radius / (4.0 * rate.powi(3))
        };
        let turned = (0..m).map(|j| geometry.norms[j] * self.gain(k, j)).sum::<f64>();
        let errors = self.others(k, n).map(|i| {
            let from = if i < m {
                self.start.error
            } else {
                self.start.extra[i - m]
            };
            limits.gate[[k, i]] * product(from, self.of_error(i).push)
        });
        by_ball.min(turned * product(self.start.theta, angles.push) + errors.sum::<f64>())
    }
}
