//! Where a rate is claimed: a ball of ‖W − W*‖_F with a bound on each angle, and how a run is kept in it.

use std::f64::consts::{FRAC_PI_2, SQRT_2};

/// The largest radius that is considered: beyond it c_j + c_k − 1 may fall below ½.
const LARGEST_RADIUS: f64 = 1.0;

/// {Σ δ_j² ≤ R², θ_j ≤ θ̂} with δ_j = 2 sin(θ_j/2), and what follows from it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Region {
    /// R
    pub radius: f64,
    /// θ̂, at most 2 asin(R/2)
    pub theta: f64,
    /// The largest θ_j + θ_k of two nodes.
    pub pair: f64,
    /// δ̂ = 2 sin(θ̂/2)
    pub chord: f64,
    /// e: the largest |Δ_j·Δ_k| of two nodes.
    pub product: f64,
    /// a: the smallest c_j + c_k − 1 of two nodes, c = cos θ.
    pub alignment: f64,
}

impl Region {
    /// `None` where it is too large for what is proved.
    pub fn new(radius: f64, theta: f64) -> Option<Self> {
        if !(radius <= LARGEST_RADIUS) || !(theta >= 0.0) {
            return None;
        }
        let theta = theta.min(whole_ball(radius));
        let pair = (2.0 * theta).min(4.0 * (0.5 * radius / SQRT_2).asin());
        let chord = 2.0 * (0.5 * theta).sin();
        let product = (0.5 * radius * radius).min(chord * chord);
        (pair < FRAC_PI_2).then_some(Self {
            radius,
            theta,
            pair,
            chord,
            product,
            alignment: 1.0 - product,
        })
    }

    /// The ball alone.
    pub fn ball(radius: f64) -> Option<Self> {
        Self::new(radius, whole_ball(radius))
    }

    /// cos²(θ̂/2): at least this part of Σ δ_j² is in the tangents.
    pub fn tangential(&self) -> f64 {
        (0.5 * self.theta).cos().powi(2)
    }

    /// √(Σ δ_j⁴) over R, at most.
    pub fn fourth(&self) -> f64 {
        self.radius.min(self.chord)
    }
}

/// The largest angle in a ball.
pub(super) fn whole_ball(radius: f64) -> f64 {
    2.0 * (0.5 * radius).min(1.0).asin()
}

/// θ_j' ≤ −q θ_j + c ‖W − W*‖_F in a region.
#[derive(Clone, Copy, Debug)]
pub(super) struct Coupling {
    pub pull: f64,
    pub push: f64,
}

impl Coupling {
    /// sup_t of x' ≤ −q x + c R e^{−λt} from x(0) = `start`, with R = `size` and λ = `rate`.
    pub fn reach(&self, start: f64, size: f64, rate: f64) -> f64 {
        excursion(start, self.push * size, [self.pull, rate], |rate| rate)
    }

    /// sup_k of x_{k+1} ≤ (1 − η q) x_k + η c R (1 − η λ)^k.
    pub fn reach_in_steps(&self, start: f64, size: f64, rate: f64, step: f64) -> f64 {
        let exponent = |rate: f64| -(-step * rate).ln_1p();
        excursion(start, self.push * size, [self.pull, rate], exponent)
    }
}

/// sup over t ≥ 0 of k e^{−bt} + (x₀ − k) e^{−at}, k = `force`/(q − λ), with a and b the exponents of the rates q and λ.
///
/// Where λ is not well below q a smaller λ is taken: it pushes for longer.
fn excursion(start: f64, force: f64, rates: [f64; 2], exponent: impl Fn(f64) -> f64) -> f64 {
    const APART: f64 = 1e-6;
    let [pull, rate] = rates;
    let rate = rate.min(pull * (1.0 - APART));
    let (own, forced) = (exponent(pull), exponent(rate));
    if !(pull > 0.0) || !own.is_finite() {
        return f64::INFINITY;
    }
    let size = force / (pull - rate);
    if own * (size - start) <= forced * size {
        return start;
    }
    let time = (own * (size - start) / (forced * size)).ln() / (own - forced);
    size * (-forced * time).exp() + (start - size) * (-own * time).exp()
}

/// Looks for a bound on the angles that they cannot pass: (rate, region), with the largest rate if none is found but the ball's own.
///
/// `rate` of a region, and how far an angle comes in it, `reach`(region, rate). The start has all angles up to
/// `theta0` and ‖W − W*‖_F ≤ `radius`; a rate up to `wanted` ≥ 0 is none.
pub(super) fn closed(
    radius: f64,
    theta0: f64,
    wanted: f64,
    mut rate: impl FnMut(&Region) -> f64,
    reach: impl Fn(&Region, f64) -> f64,
) -> Option<(f64, Region)> {
    let ball = Region::ball(radius)?;
    let mut theta = theta0 * (1.0 + ROOM);
    for _ in 0..ROUNDS {
        if theta >= ball.theta {
            break;
        }
        let region = Region::new(radius, theta)?;
        let found = rate(&region);
        // In a larger region the rate is smaller.
        if !(found > wanted) {
            return None;
        }
        let needed = reach(&region, found);
        // Strictly: at the first exit an angle would be at θ̂, and all it could have reached is less.
        if needed < theta {
            return Some((found, region));
        }
        theta = needed.max(theta) * GROWTH;
    }
    let found = rate(&ball);
    (found > wanted).then_some((found, ball))
}

/// Of the first bound on the angles, above the start.
const ROOM: f64 = 1e-9;
/// By which it is enlarged, beyond what it must hold.
const GROWTH: f64 = 1.01;
const ROUNDS: usize = 25;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_excursion_is_the_largest_value_of_the_solution() {
        let coupling = Coupling { pull: 0.4, push: 0.7 };
        for (start, size, rate) in [(0.1, 0.3, 0.1), (0.5, 0.1, 0.2), (0.02, 0.3, 0.399), (0.1, 0.2, 0.5)] {
            let bound = coupling.reach(start, size, rate);
            let (mut x, mut largest, h) = (start, start, 1e-4);
            for i in 0..400_000 {
                let force = coupling.push * size * (-rate * h * f64::from(i)).exp();
                x += h * (force - coupling.pull * x);
                largest = f64::max(largest, x);
            }
            assert!(largest <= bound * (1.0 + 1e-4), "{start}: {largest} > {bound}");
            assert!(rate > coupling.pull || bound <= largest * 1.001, "{start}: {largest} ≪ {bound}");
            let (step, mut x, mut force) = (0.9, start, coupling.push * size);
            let bound = coupling.reach_in_steps(start, size, rate, step);
            let mut largest = start;
            for _ in 0..1000 {
                x += step * (force - coupling.pull * x);
                force *= 1.0 - step * rate;
                largest = f64::max(largest, x);
            }
            assert!(largest <= bound * (1.0 + 1e-12) && bound < 1.3 * largest, "{start}: {largest}, {bound}");
        }
    }

    #[test]
    fn two_angles_in_a_ball_keep_below_their_sum() {
        let region = Region::ball(0.5).unwrap();
        for i in 0..=100 {
            let share = f64::from(i) / 100.0;
            let (a, b) = (0.25 * share, 0.25 * (1.0 - share));
            let sum = whole_ball(a.sqrt()) + whole_ball(b.sqrt());
            assert!(sum <= region.pair + 1e-14);
        }
        assert!(Region::ball(1.2).is_none());
    }
}
