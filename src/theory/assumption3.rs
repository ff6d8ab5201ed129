//! Assumption 3, measured: how small the overlap is, and how steep.

use super::kernel::{Kernel, RESOLVED};
use super::supremum::supremum;
use super::threshold::relative_overlap;
use crate::overlap::HalfAngle;
use ndarray::ArrayView2;
use serde::Serialize;
use std::f64::consts::PI;

/// How close the bound on a supremum is brought to values that are attained, relative.
const TOLERANCE: f64 = 1e-7;

/// Smaller angles θ₀ but 0 count as this one: K_d rises with θ₀, and products of smaller ones with D are nothing.
const LEAST: f64 = 1e-100;

/// The constants of Assumption 3 for one teacher with a common threshold, in the region θ_j ≤ θ₀.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Assumption3 {
    /// max_{j≠k} D(θ*_jk)/D(0): small overlap. 0 for a single node.
    pub epsilon: f64,
    /// The relative Lipschitz constant of D over all pairs of angles that the region allows; an upper
    /// bound within 1e-7, from b = 0 on within 3e-8. Infinite where D may vanish.
    #[serde(rename = "K_d")]
    pub k_d: f64,
    /// The largest angle θ₀ that a student node may have to its teacher node.
    pub theta0: f64,
    /// d₀ = D(0) = Q(b).
    pub d0: f64,
    /// The common threshold b.
    pub threshold: f64,
    /// Number of teacher nodes m.
    pub nodes: usize,
}

impl Assumption3 {
    /// Measures ε and K_d for teacher nodes at the given pairwise angles. From b = 0 on K_d takes four kernels, below it
    /// some hundreds to thousands.
    pub fn measure(angles: &TeacherAngles, threshold: f64, theta0: f64) -> Self {
        let quotients = Quotients {
            kernel: Kernel::new(threshold),
            reach: if theta0 > 0.0 { theta0.max(LEAST) } else { theta0 },
        };
        let k_d = match threshold >= 0.0 {
            true => quotients.from(angles.largest()),
            false => {
                let ranges = angles.reached(theta0).into_iter();
                ranges.map(|range| quotients.supremum(range)).fold(0.0, f64::max)
            }
        };
        Self {
            epsilon: angles.smallest.map_or(0.0, |angle| relative_overlap(threshold, angle)),
            k_d,
            theta0,
            d0: quotients.kernel.tail,
            threshold,
            nodes: angles.nodes,
        }
    }
}

/// |D(φ₁) − D(φ₂)| / (D(φ₁) · 2 sin(|φ₁ − φ₂|/2)) over |φ₂ − φ₁| ≤ `reach`, both in [0, π], as a function of φ₁.
///
/// D falls and is convex (its slope −E/2π rises), so for given φ₁ the largest quotient is at the lowest φ₂
/// there is, or, in the limit φ₂ → φ₁ from above, is at most |D'(φ₁)|/D(φ₁) times reach/(2 sin(reach/2))
/// (derived; docs/theory.md, section 3).
struct Quotients {
    kernel: Kernel,
    reach: f64,
}

impl Quotients {
    /// The quotient at φ₁ = `low` + reach and φ₂ = `low`, from above; 0 where there is but one angle. Next to π, where it
    /// is beyond 10⁵, the rounding of the angle may count for more than that of D.
    ///
    /// From b = 0 on no smaller φ₁ has a larger one: log D is concave.
    fn from(&self, low: f64) -> f64 {
        if self.reach == 0.0 {
            return 0.0;
        }
        let high = low + self.reach;
        let least = self.kernel.gate_below(high);
        // D vanishes at π.
        if high >= PI || least < RESOLVED {
            return f64::INFINITY;
        }
        self.kernel.fall(low, self.reach) / (least * self.chord())
    }

    /// 2 sin(reach/2)
    fn chord(&self) -> f64 {
        2.0 * (0.5 * self.reach).sin()
    }

    /// The supremum over φ₁ in a range, from above. What is left is one variable, where monotone parts bound each piece.
    fn supremum(&self, [low, high]: [f64; 2]) -> f64 {
        let Self { kernel, reach } = self;
        let (reach, chord) = (*reach, self.chord());
        let (d, slope) = (|phi: f64| kernel.gate_below(phi), |phi: f64| kernel.slope(phi));
        // Down to φ₁ − δ: (D(φ₁ − δ) − D(φ₁))/(2 sin(δ/2)) is largest for the largest δ ≤ min(reach, φ₁).
        let downward = |phi: f64| {
            let delta = reach.min(phi);
            if delta <= 0.0 {
                return 0.0;
            }
            kernel.fall(phi - delta, delta) / (2.0 * (0.5 * delta).sin())
        };
        // Over φ₁ in [a, b]: falls with φ₁ where δ = reach; where δ = φ₁ it is (D(0) − D(φ₁))/(2 sin(φ₁/2)).
        let downward_bound = |a: f64, b: f64| {
            if a >= reach {
                return downward(a);
            }
            let steepest = slope(0.0) * reach / chord;
            steepest.min(kernel.fall(0.0, b.min(reach)) / (2.0 * (0.5 * a).sin()))
        };
        let upward = |phi: f64| slope(phi) * reach / chord;
        let ratio = |numerator: f64, denominator: f64| {
            if denominator > 0.0 {
                numerator / denominator
            } else {
                f64::INFINITY
            }
        };
        supremum(
            [low.max(0.0), high.min(PI)],
            TOLERANCE,
            |phi| ratio(downward(phi).max(upward(phi)), d(phi)),
            |a, b| ratio(downward_bound(a, b).max(upward(a)), d(b)),
        )
    }
}

/// The angles between the nodes of a teacher.
#[derive(Clone, Debug)]
pub struct TeacherAngles {
    /// θ*_jk, m × m, zeros on the diagonal.
    pub radians: ndarray::Array2<f64>,
    /// The smallest of them between different nodes, if there are two.
    pub smallest: Option<HalfAngle>,
    /// m.
    pub nodes: usize,
}

impl TeacherAngles {
    /// Of unit columns, k × m. O(m² k).
    pub fn of(weights: ArrayView2<f64>) -> Self {
        let nodes = weights.ncols();
        let mut radians = ndarray::Array2::zeros((nodes, nodes));
        let mut smallest: Option<HalfAngle> = None;
        for j in 0..nodes {
            for k in 0..j {
                let angle = HalfAngle::between_units(weights.column(j), weights.column(k));
                radians[[j, k]] = angle.radians();
                radians[[k, j]] = angle.radians();
                if smallest.is_none_or(|least| angle.radians() < least.radians()) {
                    smallest = Some(angle);
                }
            }
        }
        Self {
            radians,
            smallest,
            nodes,
        }
    }

    /// The largest of them; 0 for a single node.
    fn largest(&self) -> f64 {
        self.radians.iter().copied().fold(0.0, f64::max)
    }

    /// What angles come within `reach` of 0 or of a pair angle: disjoint intervals.
    fn reached(&self, reach: f64) -> Vec<[f64; 2]> {
        let mut sorted: Vec<f64> = (0..self.nodes)
            .flat_map(|j| (0..j).map(move |k| (j, k)))
            .map(|(j, k)| self.radians[[j, k]])
            .chain([0.0])
            .collect();
        sorted.sort_by(f64::total_cmp);
        sorted
            .chunk_by(|a, b| b - a <= 2.0 * reach)
            .map(|chunk| [chunk[0] - reach, chunk[chunk.len() - 1] + reach])
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::overlap::GaussianPair;
    use crate::overlap::gaussian::normal;
    use ndarray::Array2;

    /// The definition itself, on a grid.
    fn lipschitz_on_a_grid(b: f64, centres: &[f64], theta0: f64) -> f64 {
        let pair = GaussianPair::new(b, b);
        let d = |phi: f64| pair.at(HalfAngle::from_radians(phi)).d;
        let mut largest = 0.0_f64;
        let allowed = 0.0..=std::f64::consts::PI;
        for centre in centres {
            for i in -60..=60 {
                let phi1 = centre + theta0 * f64::from(i) / 60.0;
                for j in (-60..=60).filter(|&j| j != 0) {
                    let phi2 = phi1 + theta0 * f64::from(j) / 60.0;
                    if allowed.contains(&phi1) && allowed.contains(&phi2) {
                        let chord = 2.0 * (0.5 * (phi1 - phi2).abs()).sin();
                        largest = largest.max((d(phi1) - d(phi2)).abs() / (d(phi1) * chord));
                    }
                }
            }
        }
        largest
    }

    #[test]
    fn the_constants_agree_with_reference_figures() {
        // Orthonormal, θ₀ = 0.1: figures of the project's numerical prototype.
        let angles = TeacherAngles::of(Array2::eye(4).view());
        for (b, k_d) in [(0.0, 0.68), (1.0, 2.8), (2.0, 8.5), (3.0, 22.6)] {
            let found = Assumption3::measure(&angles, b, 0.1);
            assert!((found.k_d / k_d - 1.0).abs() < 0.02, "b = {b}: {}", found.k_d);
            assert!((found.epsilon / normal::tail(b) - 1.0).abs() < 1e-13);
        }
    }

    #[test]
    fn no_pair_of_angles_exceeds_the_lipschitz_constant() {
        for b in [-3.0, -1.0, -0.2, 0.0, 0.7, 2.0] {
            for theta0 in [0.01, 0.1, 0.5] {
                for nodes in [1, 3] {
                    let angles = TeacherAngles::of(Array2::eye(nodes).view());
                    let bound = Assumption3::measure(&angles, b, theta0).k_d;
                    let right = std::f64::consts::FRAC_PI_2;
                    let centres: &[f64] = if nodes == 1 { &[0.0] } else { &[0.0, right] };
                    let seen = lipschitz_on_a_grid(b, centres, theta0);
                    assert!(seen <= bound, "b = {b}, θ₀ = {theta0}: {seen} > {bound}");
                    assert!(bound <= 1.02 * seen, "b = {b}, θ₀ = {theta0}: {seen} ≪ {bound}");
                }
            }
        }
    }

    #[test]
    fn from_zero_on_the_highest_angle_has_the_largest_quotient() {
        for b in [0.0, 0.05, 0.7, 2.0, 4.0, 7.5] {
            for theta0 in [1e-6, 1e-3, 0.1, 0.7] {
                for angle in [0.3, 1.0, 1.6, 2.1] {
                    let (sin, cos) = f64::sin_cos(angle);
                    let pair = Array2::from_shape_vec((2, 2), vec![1.0, cos, 0.0, sin]).unwrap();
                    let angles = TeacherAngles::of(pair.view());
                    let found = Assumption3::measure(&angles, b, theta0).k_d;
                    let quotients = Quotients {
                        kernel: Kernel::new(b),
                        reach: theta0,
                    };
                    let ranges = angles.reached(theta0).into_iter();
                    let searched = ranges.map(|range| quotients.supremum(range)).fold(0.0, f64::max);
                    if quotients.kernel.gate(angle + theta0) < RESOLVED {
                        assert_eq!(found, f64::INFINITY);
                        continue;
                    }
                    let excess = searched / found - 1.0;
                    assert!((-1e-9..1e-7).contains(&excess), "b = {b}, θ₀ = {theta0}, {angle}: {excess}");
                }
            }
        }
    }

    #[test]
    fn a_single_angle_has_no_quotient() {
        for b in [-1.0, 0.0, 1.0] {
            let found = Assumption3::measure(&TeacherAngles::of(Array2::eye(3).view()), b, 0.0);
            assert_eq!(found.k_d, 0.0, "b = {b}");
        }
    }

    #[test]
    fn angles_that_are_next_to_nothing_have_the_quotients_of_small_ones() {
        for b in [-1.0, 0.0, 2.0, 8.0] {
            let k_d = |theta0| Assumption3::measure(&TeacherAngles::of(Array2::eye(3).view()), b, theta0).k_d;
            for theta0 in [5e-324, 1e-320, 1e-308, 1e-150] {
                let excess = k_d(theta0) / k_d(1e-20) - 1.0;
                assert!(excess.abs() < 1e-9, "b = {b}, θ₀ = {theta0}: {excess}");
            }
        }
    }

    #[test]
    fn where_gates_may_never_meet_the_constant_is_infinite() {
        let opposite = Array2::from_shape_vec((1, 2), vec![1.0, -1.0]).unwrap();
        let found = Assumption3::measure(&TeacherAngles::of(opposite.view()), 1.0, 0.1);
        assert_eq!(found.k_d, f64::INFINITY);
    }
}
