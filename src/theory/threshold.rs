//! Overlap as a knob: the threshold that gives a wanted ε.

use crate::overlap::gaussian::normal;
use crate::overlap::{GaussianPair, HalfAngle};

/// Thresholds are looked for in this range.
pub const RANGE: [f64; 2] = [-8.0, 8.0];

/// ε(b) = D(θ; b, b)/D(0; b, b) for the smallest angle θ between teacher nodes. Falls as b grows.
pub fn relative_overlap(threshold: f64, smallest_angle: HalfAngle) -> f64 {
    GaussianPair::new(threshold, threshold).at(smallest_angle).d / normal::tail(threshold)
}

/// The threshold b in [`RANGE`] with ε(b) = `epsilon`, by bisection; the ε that the ends give if there is none.
///
/// For orthogonal nodes this is b = Q⁻¹(ε).
///
/// # Errors
/// No threshold in the range has this ε: those of its ends.
pub fn for_epsilon(epsilon: f64, smallest_angle: HalfAngle) -> Result<f64, [f64; 2]> {
    let [mut low, mut high] = RANGE;
    let ends = [relative_overlap(high, smallest_angle), relative_overlap(low, smallest_angle)];
    if !(ends[0]..=ends[1]).contains(&epsilon) {
        return Err(ends);
    }
    // To the last bit of numbers of order one: 57 halvings.
    loop {
        let middle = 0.5 * (low + high);
        if high - low <= f64::EPSILON || middle <= low || middle >= high {
            // ε = ½ between orthogonal nodes means 0, not 1e-17.
            return Ok(if middle.abs() <= f64::EPSILON { 0.0 } else { middle });
        }
        if relative_overlap(middle, smallest_angle) > epsilon {
            low = middle;
        } else {
            high = middle;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orthogonal_nodes_have_the_inverse_tail_as_threshold() {
        let right = HalfAngle::from_radians(std::f64::consts::FRAC_PI_2);
        for epsilon in [0.5, 0.1, 1e-3, 1e-8] {
            let b = for_epsilon(epsilon, right).unwrap();
            assert!((normal::tail(b) / epsilon - 1.0).abs() < 5e-13, "{epsilon}: {b}");
        }
    }

    #[test]
    fn what_cannot_be_reached_is_said_with_what_can() {
        let [least, greatest] = for_epsilon(1e-300, HalfAngle::from_radians(1.0)).unwrap_err();
        assert!(least > 1e-300 && greatest < 1.0 + 1e-12);
    }
}
