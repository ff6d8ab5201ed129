//! From the scenario's words to networks, constants and a plan.

use crate::bound::{Facts, Premise};
use crate::experiment::ExperimentError;
use crate::experiment::theorem4::Theorem4;
use crate::experiment::theorem4::keys::Start;
use crate::experiment::two_layer::settings::{FileTable, Sampling, Stepping};
use crate::experiment::two_layer::{input, plan, start, teacher};
use crate::flow::FanOut;
use crate::integrate::{FloorCause, Method, NoiseFloor, Plan, stagnation_floor};
use crate::lately::{Lately, key};
use crate::network::{Frame, TwoLayer, draw};
use crate::overlap::{HalfAngle, Input, OverlapMethod};
use crate::rng;
use crate::theory::assumption3::{Assumption3, TeacherAngles};
use crate::theory::{AsymptoticRate, asymptotic_rate};
use ndarray::{Array2, ArrayView2};
use std::sync::LazyLock;

/// "auto" horizon where no slowest rate is known, in units of 1/d₀.
const FALLBACK_TIMES: f64 = 30.0;

/// Above the noise floor by this factor rates are good to 1e-6.
const RATE_MARGIN: f64 = 1e6;

/// Bytes of the modes of exact rates that are kept.
const KEPT: u64 = 32 << 20;

/// All that is known before the first step.
pub struct Setup {
    pub(crate) network: TwoLayer,
    pub(super) frame: Frame,
    pub(super) input: Input,
    pub(super) angles: TeacherAngles,
    pub(crate) assumption: Assumption3,
    pub(super) asymptotic: Option<AsymptoticRate>,
    pub(super) asymptotic_problem: Option<String>,
    sampling: Option<Sampling>,
}

impl Setup {
    /// Draws or loads everything and measures the assumption.
    ///
    /// # Errors
    /// Values that do not go together, files that cannot be read.
    pub fn prepare(scenario: &Theorem4) -> Result<Self, ExperimentError> {
        let sampling = scenario.overlap.sampling().cloned();
        let input = input::load(sampling.as_ref())?;
        let (frame, teacher) = teacher::load(&scenario.teacher, scenario.seed)?;
        let dim = frame.dim();
        input::check_dimension(&input, dim)?;
        let angles = TeacherAngles::of(teacher.view());
        let b = teacher::solve_threshold(scenario.teacher.threshold, &angles)?;
        let (frame, teacher, student, theta0) = place_students(scenario, frame, teacher)?;
        let (asymptotic, asymptotic_problem) = match exact_rate(teacher.view(), b, dim) {
            Ok(rate) => (Some(rate), None),
            Err(problem) => (None, Some(problem)),
        };
        let mut network = TwoLayer::with_unit_fan_out(&teacher, student, b);
        if let Some(FileTable { file }) = &scenario.student.fan_out {
            network.fan_out = start::read_fan_out(file, network.fan_out.dim())?;
        }
        let frame = input::orient(&mut network, frame, &input, scenario.seed)?;
        Ok(Self {
            network,
            frame,
            input,
            assumption: measured(&angles, b, theta0),
            angles,
            asymptotic,
            asymptotic_problem,
            sampling,
        })
    }

    /// The overlaps of one replica.
    pub(super) fn overlap(&self, seed: u64, replica: u64) -> Box<dyn OverlapMethod> {
        input::overlap(self.sampling.as_ref(), &self.input, rng::derive(seed, "replica", &[replica]))
    }

    /// Method and plan with everything "auto" filled in.
    pub(super) fn plan(&self, scenario: &Theorem4) -> (Method, Plan) {
        let settings = &scenario.integrate;
        let fastest = self
            .asymptotic
            .as_ref()
            .map_or(self.assumption.d0 * self.assumption.nodes as f64, |rate| rate.fastest);
        let automatic_horizon = || match &self.asymptotic {
            Some(exact) if exact.rate > 0.0 => {
                let start = self.assumption.theta0;
                // Three times below the floor, so that the run ends by reaching it.
                (3.0 * start / self.noise_floor(&settings.method.with_step(0.0)).value).ln().max(1.0) / exact.rate
            }
            _ => FALLBACK_TIMES / self.assumption.d0,
        };
        let horizon = settings.horizon.unwrap_or_else(automatic_horizon);
        plan::fill_in(settings, horizon, fastest)
    }

    /// The angle that rounding leaves: the field's error over the rate at which errors decay.
    pub(super) fn rounding_floor(&self) -> f64 {
        let m = self.assumption.nodes as f64;
        let row_sum = self.assumption.d0 * (1.0 + (m - 1.0) * self.assumption.epsilon);
        let stiffness = row_sum / self.rate_or_gate();
        64.0 * f64::EPSILON * (1.0 + stiffness)
    }

    /// The angle below which the noise of a sample outweighs the pull to the teacher (derived; docs/theory.md).
    ///
    /// A gate turned by θ differs in N θ exp(−b²/2)/π samples, in Q(b) of which another node is active.
    /// D_jk − D*_jk then has variance θ exp(−b²/2) Q(b)/(πN), and m − 1 such terms pull against λθ.
    pub(super) fn sampling_floor(&self) -> f64 {
        let Some(sampling) = &self.sampling else {
            return 0.0;
        };
        let (b, m) = (self.assumption.threshold, self.assumption.nodes as f64);
        let flips_per_angle = sampling.samples as f64 * (-0.5 * b * b).exp() / std::f64::consts::PI;
        let rate = self.rate_or_gate();
        let crosstalk = (m - 1.0) * self.assumption.d0 * flips_per_angle / (sampling.samples as f64 * rate).powi(2);
        crosstalk.max(10.0 / flips_per_angle)
    }

    /// The slowest rate, or d₀ where it is not known.
    fn rate_or_gate(&self) -> f64 {
        self.asymptotic.as_ref().map_or(self.assumption.d0, |exact| exact.rate.abs())
    }

    /// The angle below which a run by `method` shows its own error.
    pub(super) fn noise_floor(&self, method: &Method) -> NoiseFloor {
        let tolerance = method.tolerance().map_or(0.0, |t| 10.0 * (t.rtol + t.atol));
        NoiseFloor::highest([
            (self.rounding_floor(), FloorCause::Rounding),
            (self.sampling_floor(), FloorCause::Sampling),
            (stagnation_floor(method, self.rate_or_gate()), FloorCause::Step),
            (tolerance, FloorCause::Tolerance),
        ])
    }

    /// A time by which every mode has moved.
    pub(super) fn patience(&self) -> f64 {
        FALLBACK_TIMES / self.rate_or_gate()
    }

    /// The angle above which velocities, and so rates, are good to 1e-6. Errors of the integrator do not
    /// matter here: it is the rate at whatever state the run is in that a bound speaks of.
    pub(super) fn rate_floor(&self) -> f64 {
        (RATE_MARGIN * self.rounding_floor()).max(self.sampling_floor())
    }

    /// What the bounds are computed from.
    pub(crate) fn facts(&self, step: Option<f64>) -> Facts<'_> {
        Facts {
            assumption: Some(&self.assumption),
            angles: Some(&self.angles),
            asymptotic: self.asymptotic.as_ref(),
            teacher: Some(self.network.teacher.weights.view()),
            step,
            ..Facts::default()
        }
    }

    /// Premises of the theorem that the scenario does not meet.
    pub(crate) fn unmet(&self, scenario: &Theorem4) -> Vec<Premise> {
        let by_steps = matches!(scenario.integrate.method, Stepping::GradientDescent(_));
        let lacks = [
            (Premise::Projected, !scenario.flow.projection),
            (Premise::FixedFanOut, scenario.flow.fan_out != FanOut::Fixed || scenario.student.fan_out.is_some()),
            (Premise::StandardInput, !self.input.is_standard()),
            (Premise::Flow, by_steps),
            (Premise::Steps, !by_steps),
        ];
        lacks.into_iter().filter_map(|(premise, lacking)| lacking.then_some(premise)).collect()
    }

    /// What Theorem 4 presumes and the scenario does otherwise.
    pub(super) fn premises_not_met(&self, scenario: &Theorem4) -> Vec<String> {
        let of_time = |premise: &Premise| matches!(premise, Premise::Flow | Premise::Steps);
        let unmet = self.unmet(scenario).into_iter();
        let unmet = unmet.filter(|premise| !of_time(premise));
        let mut missing: Vec<String> = unmet.map(|premise| premise.unmet().into()).collect();
        missing.extend(self.sampling.as_ref().map(plan::sampling_premise));
        missing.extend(self.input.remark());
        missing
    }
}

/// [`asymptotic_rate`], or why it is not known; kept for points that share teacher and threshold.
fn exact_rate(teacher: ArrayView2<f64>, threshold: f64, dim: usize) -> Result<AsymptoticRate, String> {
    static LATELY: LazyLock<Lately<Result<AsymptoticRate, String>>> =
        LazyLock::new(|| Lately::weighing(KEPT, |rate| rate.as_ref().map_or(1, |rate| 1 + rate.bytes() as u64)));
    LATELY.get(&key(teacher, &[threshold, dim as f64]), || {
        asymptotic_rate(teacher, threshold, dim).map_err(|problem| problem.to_string())
    })
}

/// [`Assumption3::measure`], kept for points that share what it is of.
fn measured(angles: &TeacherAngles, threshold: f64, theta0: f64) -> Assumption3 {
    static LATELY: LazyLock<Lately<Assumption3>> = LazyLock::new(Lately::new);
    LATELY.get(&key(angles.radians.view(), &[threshold, theta0]), || {
        Assumption3::measure(angles, threshold, theta0)
    })
}

/// Teacher and student in common coordinates, with the largest angle between them.
fn place_students(
    scenario: &Theorem4,
    frame: Frame,
    teacher: Array2<f64>,
) -> Result<(Frame, Array2<f64>, Array2<f64>, f64), ExperimentError> {
    match &scenario.student.start {
        &Start::Angle { theta0 } => {
            let mut stream = rng::stream(scenario.seed, "student", &[]);
            let dim = frame.dim();
            let student = draw::students_at_angle(&mut stream, dim, teacher.view(), theta0);
            Ok((frame, teacher, student, theta0))
        }
        Start::File { weights } => {
            let (file, nodes) = (&weights.file, teacher.ncols());
            let (frame, teacher, student) = start::place(file, &frame, &teacher, nodes, scenario.seed)?;
            let pairs = student.columns().into_iter().zip(teacher.columns());
            let angles = pairs.map(|(w, target)| HalfAngle::between_units(w, target).radians());
            let largest = angles.fold(0.0, f64::max);
            Ok((frame, teacher, student, largest))
        }
    }
}
