//! The standard normal distribution: density φ, tail Q, probability of an interval.

use super::quadrature;

/// Beyond this many standard deviations φ underflows: a gate is always open, or never.
pub(super) const SUPPORT: f64 = 39.0;

/// Density φ(x).
pub fn density(x: f64) -> f64 {
    (-0.5 * x * x).exp() / std::f64::consts::TAU.sqrt()
}

/// Upper tail Q(x) = P(X > x).
///
/// # Precision
/// The relative error grows like x²·2⁻⁵³ (rounding of x/√2): 7e-15 at x = 8.
pub fn tail(x: f64) -> f64 {
    0.5 * libm::erfc(x * std::f64::consts::FRAC_1_SQRT_2)
}

/// E[g(X − low); low < X < low + width] for a polynomial g of low degree that is positive there; 0 if the interval is empty.
///
/// The distance above `low` is what is integrated over, so that nothing cancels however short the interval, and g may be
/// small near either end.
pub fn moment(low: f64, width: f64, g: impl Fn(f64) -> f64) -> f64 {
    let first = (-SUPPORT - low).max(0.0);
    let last = (SUPPORT - low).min(width);
    if first >= last {
        return 0.0;
    }
    quadrature::integrate(first, last, 1.5, |above| g(above) * density(low + above))
}

/// E[(X − b)(−b' − X); b < X < −b'], to full relative precision: 0 unless b + b' < 0.
///
/// Both factors are distances from the end that lies within the density's support, which is where they may be small;
/// an end beyond it is so far from all of the density that its distance has no cancellation.
pub fn between(b: f64, b_prime: f64) -> f64 {
    let width = -b_prime - b;
    match [b, b_prime].map(|end| end >= -SUPPORT) {
        [true, _] => moment(b, width, |above| above * (width - above)),
        // X → −X exchanges the two ends.
        [false, true] => moment(b_prime, width, |above| above * (width - above)),
        [false, false] => quadrature::integrate(-SUPPORT, SUPPORT, 1.5, |x| (x - b) * (-b_prime - x) * density(x)),
    }
}

/// E[(X − low)₊], to full relative precision where it is a normal number.
pub fn mean_above(low: f64) -> f64 {
    if low < -SUPPORT {
        return -low;
    }
    moment(low, f64::INFINITY, |above| above)
}

/// P(b < X < −b'), to full relative precision: 0 unless b + b' < 0.
pub fn probability_between(b: f64, b_prime: f64) -> f64 {
    let width = -b_prime - b;
    match [b, b_prime].map(|end| end >= -SUPPORT) {
        [true, _] => moment(b, width, |_| 1.0),
        [false, true] => moment(b_prime, width, |_| 1.0),
        [false, false] => 1.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_above_a_threshold_meet_their_closed_form() {
        for b in [-1e100, -40.0, -39.5, -39.0, -8.0, -1.0, 0.0, 2.0] {
            let closed = density(b) - b * tail(b);
            assert!((mean_above(b) / closed - 1.0).abs() < 1e-13, "{b}: {}", mean_above(b));
        }
    }

    #[test]
    fn intervals_agree_with_differences_of_tails() {
        let interval = |low, width| moment(low, width, |_| 1.0);
        for (low, high) in [(-1.0, 2.0), (0.5, 0.6), (3.0, 8.0), (-8.0, 8.0)] {
            let difference = tail(low) - tail(high);
            assert!((interval(low, high - low) / difference - 1.0).abs() < 1e-13);
        }
        assert_eq!(interval(1.0, 0.0), 0.0);
        assert_eq!(interval(2.0, -1.0), 0.0);
    }
}
