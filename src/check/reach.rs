//! How far a single error comes: x' ≤ −q x + f e^{−λt}.

use super::interval::Interval;

/// sup_t x(t) from x(0) = `start`, from above; infinite where `pull` is not positive.
///
/// The solution x = k e^{−λt} + (x₀ − k) e^{−qt}, k = f/(q − λ), falls from the beginning if f ≤ q x₀. Otherwise it is
/// largest where q x = f e^{−λt}: there e^{(q−λ)t} = q(k − x₀)/(λk), so that x = (f/q) (q(k − x₀)/(λk))^{−λ/(q−λ)}. A smaller λ pushes for
/// longer, so that one below q may be taken for one that is not.
pub fn reach(start: f64, force: Interval, pull: Interval, rate: f64) -> Interval {
    if !(pull.low > 0.0) || !(rate > 0.0) || !force.is_finite() {
        return Interval::from(f64::INFINITY);
    }
    // The least pull and the largest force bound all others.
    let (pull, force) = (Interval::from(pull.low), Interval::from(force.high));
    let start = Interval::from(start);
    if (force - pull * start).high <= 0.0 {
        return start;
    }
    let rate = Interval::from(rate.min(pull.low * (1.0 - 1e-6)));
    let apart = pull - rate;
    let size = force / apart;
    let ratio = pull * (size - start) / (rate * size);
    if !(ratio.low > 0.0) {
        return Interval::from(f64::INFINITY);
    }
    let exponent = -(rate / apart * ratio.ln());
    (force / pull * exponent.exp()).max(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_is_the_largest_value_of_the_solution() {
        for (start, force, pull, rate) in [(0.1, 0.21, 0.4, 0.1), (0.5, 0.07, 0.4, 0.2), (0.02, 0.2, 0.4, 0.399)] {
            let bound = reach(start, Interval::from(force), Interval::from(pull), rate);
            let (mut x, mut largest, h) = (start, start, 1e-4);
            for i in 0..400_000 {
                x += h * (force * (-rate * h * f64::from(i)).exp() - pull * x);
                largest = f64::max(largest, x);
            }
            assert!(bound.high >= largest * (1.0 - 1e-4) && bound.high <= largest * 1.001, "{bound:?}, {largest}");
        }
    }
}
