//! Runge–Kutta–Chebyshev of order 2: explicit, for widely spread real rates.
//!
//! s stages are stable up to a step of 0.65 s²/ρ, ρ the fastest rate, where an ordinary method of s stages gets
//! about s/2 times the step of Euler's: long times cost √(tρ) per step, not tρ. The Jacobian of a gradient flow
//! is symmetric, so its rates are real, as the method needs.
//!
//! Sommeijer, Shampine, Verwer, "RKC: an explicit solver for parabolic PDEs", J. Comput. Appl. Math. 88 (1998).

use super::{Plan, RunEnd, Tolerance, VectorField, Watch};

/// Damping of the stability polynomial.
const DAMPING: f64 = 2.0 / 13.0;

/// Steps between two estimates of the fastest rate.
const REFRESH: u64 = 25;

/// The estimate is taken so much larger.
const MARGIN: f64 = 1.2;

/// More stages would let rounding grow.
const MOST_STAGES: usize = 200;

/// A step that is so small a part of the horizon will not get there, unless the run comes to rest before; it does not where
/// steps are held back by noise or by jumps.
const HOPELESS: f64 = 1e-12;

/// Integrates to the horizon or until something ends the run; gives the last time and state.
pub(super) fn rkc<F: VectorField>(
    watch: &Watch<'_, F>,
    y: Vec<f64>,
    tolerance: Tolerance,
    plan: &Plan,
) -> (f64, Vec<f64>) {
    let mut stepper = Stepper::new(watch, y);
    let mut step = 0.0_f64;
    let mut since_refresh = REFRESH;
    let targets = plan.outputs.iter().filter(|&&at| at < plan.horizon);
    for &target in targets.chain([&plan.horizon]) {
        while stepper.time < target * (1.0 - 1e-14) && !watch.ended() {
            if since_refresh >= REFRESH {
                stepper.estimate_fastest();
                since_refresh = 0;
            }
            if step == 0.0 {
                step = 0.1 / stepper.fastest;
            }
            // What the stages can keep stable.
            let most = 0.65 * (MOST_STAGES * MOST_STAGES) as f64 / stepper.fastest;
            step = step.min(most);
            let left = target - stepper.time;
            let taken = if step > 0.99 * left { left } else { step };
            let error = stepper.attempt(taken, tolerance);
            if watch.ended() {
                break;
            }
            let factor = (0.8 * error.max(1e-12).powf(-1.0 / 3.0)).clamp(0.1, 5.0);
            if error <= 1.0 {
                let time = if taken == left { target } else { stepper.time + taken };
                stepper.accept(time);
                since_refresh += 1;
                // A step that was cut short says nothing against a longer one.
                step = if taken < step {
                    step.max(taken * factor)
                } else {
                    taken * factor
                };
            } else {
                step = taken * factor.min(0.8);
                since_refresh = REFRESH;
                let slow = !(step > HOPELESS * plan.horizon);
                let lost = !(step > f64::EPSILON * stepper.time.max(f64::MIN_POSITIVE));
                if lost || slow && watch.is_rough(stepper.time, &stepper.y) {
                    watch.stop(Some(RunEnd::Stalled { time: stepper.time }));
                }
            }
        }
        if watch.ended() {
            break;
        }
        if plan.outputs.contains(&target) {
            watch.output(stepper.time, &stepper.y);
        }
    }
    (stepper.time, stepper.y)
}

/// A state with the memory of its stages.
struct Stepper<'a, 'w, F> {
    watch: &'a Watch<'w, F>,
    time: f64,
    y: Vec<f64>,
    /// f(y)
    velocity: Vec<f64>,
    fastest: f64,
    /// Direction of the fastest rate, as far as it is known.
    direction: Vec<f64>,
    before_last: Vec<f64>,
    last: Vec<f64>,
    stage_velocity: Vec<f64>,
    next: Vec<f64>,
}

impl<'a, 'w, F: VectorField> Stepper<'a, 'w, F> {
    fn new(watch: &'a Watch<'w, F>, y: Vec<f64>) -> Self {
        let zeros = vec![0.0; y.len()];
        let mut velocity = zeros.clone();
        watch.velocity(0.0, &y, &mut velocity);
        Self {
            watch,
            time: 0.0,
            direction: velocity.clone(),
            velocity,
            fastest: 0.0,
            before_last: zeros.clone(),
            last: zeros.clone(),
            stage_velocity: zeros.clone(),
            next: zeros,
            y,
        }
    }

    /// The fastest rate by power iteration on differences of the field.
    fn estimate_fastest(&mut self) {
        let size = 1e-6 * norm(&self.y).max(1e-3);
        let mut estimate = self.fastest / MARGIN;
        for iteration in 0..50 {
            let length = norm(&self.direction);
            if !(length > 0.0 && length.is_finite()) {
                // Any direction that is not special will do.
                for (i, x) in self.direction.iter_mut().enumerate() {
                    *x = 1.0 + (i as f64).sin();
                }
                continue;
            }
            for ((moved, y), direction) in self.last.iter_mut().zip(&self.y).zip(&self.direction) {
                *moved = y + size / length * direction;
            }
            self.watch.velocity(self.time, &self.last, &mut self.stage_velocity);
            if self.watch.ended() {
                return;
            }
            let difference = self.stage_velocity.iter().zip(&self.velocity);
            for (direction, (moved, here)) in self.direction.iter_mut().zip(difference) {
                *direction = moved - here;
            }
            let found = norm(&self.direction) / size;
            let settled = (found - estimate).abs() <= 0.02 * found;
            estimate = found;
            if iteration > 0 && settled {
                break;
            }
        }
        self.fastest = (MARGIN * estimate).max(1e-300);
    }

    /// One step into `next`; gives its error in units of the tolerance.
    fn attempt(&mut self, h: f64, tolerance: Tolerance) -> f64 {
        let stages = 1 + (1.0 + 1.54 * h * self.fastest).sqrt() as usize;
        let chebyshev = Chebyshev::of(stages.clamp(2, MOST_STAGES));
        let first = chebyshev.b(1) * chebyshev.w1 * h;
        self.before_last.copy_from_slice(&self.y);
        for ((stage, y), velocity) in self.last.iter_mut().zip(&self.y).zip(&self.velocity) {
            *stage = y + first * velocity;
        }
        for j in 2..=chebyshev.stages {
            self.watch.velocity(self.time, &self.last, &mut self.stage_velocity);
            if self.watch.ended() {
                return f64::INFINITY;
            }
            let (b, b1, b2) = (chebyshev.b(j), chebyshev.b(j - 1), chebyshev.b(j - 2));
            let mu = 2.0 * b * chebyshev.w0 / b1;
            let nu = -b / b2;
            let mu_h = 2.0 * b * chebyshev.w1 / b1 * h;
            let gamma_h = -(1.0 - b1 * chebyshev.t(j - 1)) * mu_h;
            let stay = 1.0 - mu - nu;
            for i in 0..self.y.len() {
                self.next[i] = stay * self.y[i]
                    + mu * self.last[i]
                    + nu * self.before_last[i]
                    + mu_h * self.stage_velocity[i]
                    + gamma_h * self.velocity[i];
            }
            std::mem::swap(&mut self.before_last, &mut self.last);
            std::mem::swap(&mut self.last, &mut self.next);
        }
        std::mem::swap(&mut self.next, &mut self.last);
        self.watch.velocity(self.time + h, &self.next, &mut self.stage_velocity);
        let squares: f64 = (0..self.y.len())
            .map(|i| {
                let scale = tolerance.scale(self.y[i].abs().max(self.next[i].abs()));
                let slopes = self.velocity[i] + self.stage_velocity[i];
                let error = 0.8 * (self.y[i] - self.next[i]) + 0.4 * h * slopes;
                (error / scale).powi(2)
            })
            .sum();
        (squares / self.y.len() as f64).sqrt()
    }

    /// The attempted step becomes the state.
    fn accept(&mut self, time: f64) {
        self.time = time;
        std::mem::swap(&mut self.y, &mut self.next);
        // Norms have drifted by less than the tolerance, and so has the velocity at hand from that at the state as it
        // is now: far less than what the error control allows it.
        self.watch.field.borrow().renormalize(&mut self.y);
        std::mem::swap(&mut self.velocity, &mut self.stage_velocity);
        self.watch.moving(time, &self.y, &self.velocity);
        self.watch.accept(time, &self.y);
    }
}

/// T_j, T'_j, T''_j at w₀, and what follows from them.
struct Chebyshev {
    stages: usize,
    w0: f64,
    w1: f64,
    values: Vec<[f64; 3]>,
}

impl Chebyshev {
    fn of(stages: usize) -> Self {
        let w0 = 1.0 + DAMPING / (stages * stages) as f64;
        let mut values = vec![[1.0, 0.0, 0.0], [w0, 1.0, 0.0]];
        for j in 2..=stages {
            let ([t, dt, ddt], [p, dp, ddp]) = (values[j - 1], values[j - 2]);
            values.push([2.0 * w0 * t - p, 2.0 * (t + w0 * dt) - dp, 2.0 * (2.0 * dt + w0 * ddt) - ddp]);
        }
        let [_, slope, curvature] = values[stages];
        Self {
            stages,
            w0,
            w1: slope / curvature,
            values,
        }
    }

    fn t(&self, j: usize) -> f64 {
        self.values[j][0]
    }

    fn b(&self, j: usize) -> f64 {
        match j {
            0 => self.b(2),
            1 => 1.0 / self.w0,
            j => self.values[j][2] / self.values[j][1].powi(2),
        }
    }
}

fn norm(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>().sqrt()
}
