//! What a rate is a rate of.

use serde::Serialize;

/// What falls at a rate: the bound says that it is at most e^{−λt} times what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Measure {
    /// max θ_j
    Theta,
    /// tan(max θ_j/2)
    TanHalf,
    /// ‖W − W*‖_F
    Distance,
    /// max_i z_i/p_i, the weighted norm of Theorem 5's errors.
    WeightedNorm,
    /// √(Σ_u δ_j² + Σ_i |ε_i|²), δ_j = 2 sin(θ_j/2), ε = V − [V*; 0]: all of Theorem 5's errors.
    JointDistance,
}

impl Measure {
    /// As in tables and legends.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Theta => "θ",
            Self::TanHalf => "tan(θ/2)",
            Self::Distance => "‖W − W*‖",
            Self::WeightedNorm => "weighted norm",
            Self::JointDistance => "joint distance",
        }
    }

    /// The largest angle that is left of θ₀ when the measure has fallen to the part `decay` of what it was, e^{−λt};
    /// `None` for a measure that is none of angles.
    pub fn largest_angle(self, theta0: f64, decay: f64) -> Option<f64> {
        match self {
            Self::Theta => Some(theta0 * decay),
            Self::TanHalf => Some(2.0 * ((0.5 * theta0).tan() * decay).atan()),
            Self::Distance | Self::WeightedNorm | Self::JointDistance => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_rate_allows_falls_at_that_rate_in_its_own_measure() {
        let (rate, theta0, time) = (0.3, 1.2, 2.0);
        let theta = |measure: Measure, time: f64| {
            let decay = (-rate * time).exp();
            measure.largest_angle(theta0, decay).unwrap()
        };
        for (measure, of) in [(Measure::Theta, (|x| x) as fn(f64) -> f64), (Measure::TanHalf, |x| (0.5 * x).tan())] {
            assert!((theta(measure, 0.0) - theta0).abs() < 1e-15);
            let fallen = (of(theta0) / of(theta(measure, time))).ln() / time;
            assert!((fallen - rate).abs() < 1e-12, "{measure:?}: {fallen}");
        }
    }
}
