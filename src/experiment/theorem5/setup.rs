//! From the scenario's words to networks, the certificate's problem and a plan.

use crate::bound::Premise;
use crate::experiment::ExperimentError;
use crate::experiment::theorem5::biases::{self, Biases};
use crate::experiment::theorem5::keys::{FanOutWeights, Start, StartFanOut};
use crate::experiment::theorem5::place;
use crate::experiment::theorem5::{Certificates, Theorem5};
use crate::experiment::two_layer::settings::Sampling;
use crate::experiment::two_layer::{input, matrix, plan, start, teacher};
use crate::integrate::{FloorCause, Method, NoiseFloor, Plan, stagnation_floor};
use crate::network::{Frame, Layer, TwoLayer, draw, unit};
use crate::overlap::{GaussianPair, HalfAngle, Input, OverlapMethod};
use crate::rng::{self, Stream};
use crate::theory::assumption3::TeacherAngles;
use crate::theory::certificate::Problem;
use ndarray::{Array2, s};
use rand_distr::{Distribution, StandardNormal};

/// "auto" horizon without a certificate, in units of 1/D(0).
const FALLBACK_TIMES: f64 = 200.0;

/// All that is known before the first step.
pub struct Setup {
    pub(crate) network: TwoLayer,
    pub(in crate::experiment) frame: Frame,
    pub(in crate::experiment) input: Input,
    pub(super) threshold: f64,
    pub(super) sampling: Option<Sampling>,
    normalized_fan_out: bool,
    biases: Biases,
}

impl Setup {
    /// Draws or loads everything.
    ///
    /// # Errors
    /// Values that do not go together, files that cannot be read.
    pub fn prepare(scenario: &Theorem5) -> Result<Self, ExperimentError> {
        let sampling = scenario.overlap.sampling().cloned();
        let input = input::load(sampling.as_ref())?;
        let settings = &scenario.teacher.hidden;
        let (frame, weights) = teacher::load(settings, scenario.seed)?;
        input::check_dimension(&input, frame.dim())?;
        let threshold = teacher::solve_threshold(settings.threshold, &TeacherAngles::of(weights.view()))?;
        let mut fan_out = load_fan_out(scenario, weights.ncols())?;
        if scenario.flow.normalized_fan_out {
            normalize_outputs(&mut fan_out);
        }
        let placed = place::nodes(scenario, frame, weights)?;
        let mut network = TwoLayer {
            fan_out: start_fan_out(scenario, &fan_out)?,
            teacher: Layer::with_threshold(placed.teacher, threshold),
            student: Layer::with_threshold(placed.student, threshold),
            teacher_fan_out: fan_out,
        };
        if scenario.biases != Biases::None {
            biases::perturb(&mut network, scenario, &placed.lengths);
        }
        if scenario.flow.normalized_fan_out {
            normalize_outputs(&mut network.fan_out);
        }
        let frame = input::orient(&mut network, placed.frame, &input, scenario.seed)?;
        Ok(Self {
            network,
            frame,
            input,
            threshold,
            sampling,
            normalized_fan_out: scenario.flow.normalized_fan_out,
            biases: scenario.biases,
        })
    }

    /// Number of teacher nodes m.
    pub fn teacher_nodes(&self) -> usize {
        self.network.teacher.weights.ncols()
    }

    /// What the certificate is asked about; `None` where its premises do not hold.
    pub(crate) fn problem(&self) -> Option<Problem> {
        let learns_biases = self.biases != Biases::None;
        if !self.input.is_standard() || self.normalized_fan_out || learns_biases {
            return None;
        }
        Some(Problem::of(&self.network, self.threshold))
    }

    /// The overlaps of the run.
    pub(in crate::experiment) fn overlap(&self, seed: u64) -> Box<dyn OverlapMethod> {
        input::overlap(self.sampling.as_ref(), &self.input, rng::derive(seed, "replica", &[0]))
    }

    /// Method and plan with everything "auto" filled in.
    pub(in crate::experiment) fn plan(&self, scenario: &Theorem5, certificates: &Certificates) -> (Method, Plan) {
        let settings = &scenario.integrate;
        let d0 = crate::overlap::gaussian::normal::tail(self.threshold);
        // Until what is certified has fallen to the floor.
        let automatic_horizon = || {
            let floor = self.noise_floor(&settings.method.with_step(0.0)).value.max(1e-11);
            certificates.horizon(floor).unwrap_or(FALLBACK_TIMES / d0)
        };
        let horizon = settings.horizon.unwrap_or_else(automatic_horizon);
        // No rate exceeds the largest row sum of H, nor the largest of L, which is below (1 + b²) D₀ n.
        let modulation = self.network.teacher_fan_out.mapv(|x| x * x).sum();
        let nodes = self.network.fan_out.nrows() as f64;
        // A constant node adds 1.
        let constant = f64::from(u8::from(self.biases != Biases::None));
        let fastest = d0 * (modulation + (1.0 + self.threshold.powi(2)) * nodes) + constant;
        plan::fill_in(settings, horizon, fastest)
    }

    /// Below this, errors are those of rounding, of the tolerance, of the sample, or of the step.
    pub(super) fn noise_floor(&self, method: &Method) -> NoiseFloor {
        let tolerance = method.tolerance().map_or(0.0, |t| 10.0 * (t.rtol + t.atol));
        let sampling = self.sampling.as_ref().map_or(0.0, |sampling| 10.0 / sampling.samples as f64);
        let stagnation = stagnation_floor(method, self.slowest());
        NoiseFloor::highest([
            (1e-13, FloorCause::Rounding),
            (tolerance, FloorCause::Tolerance),
            (sampling, FloorCause::Sampling),
            (stagnation, FloorCause::Step),
        ])
    }

    /// The rate of the slowest thing, V: about L(0).
    fn slowest(&self) -> f64 {
        GaussianPair::new(self.threshold, self.threshold).at(HalfAngle::ZERO).l
    }

    /// A time by which every mode has moved.
    pub(super) fn patience(&self) -> f64 {
        FALLBACK_TIMES / self.slowest()
    }

    /// Premises of the theorem that the scenario does not meet.
    pub(super) fn unmet(&self, method: &Method) -> Vec<Premise> {
        let lacks = [
            (Premise::FreeFanOut, self.normalized_fan_out),
            (Premise::StandardInput, !self.input.is_standard()),
            (Premise::Flow, method.learning_rate().is_some()),
        ];
        lacks.into_iter().filter_map(|(premise, lacking)| lacking.then_some(premise)).collect()
    }

    /// What the theory presumes and the scenario does otherwise.
    pub(super) fn premises_not_met(&self, unmet: &[Premise], certificates: &Certificates) -> Vec<String> {
        let mut missing = Vec::new();
        missing.extend(unmet.iter().map(|premise| premise.unmet().to_owned()));
        missing.extend(self.sampling.as_ref().map(plan::sampling_premise));
        missing.extend(self.input.remark());
        if unmet.is_empty() && certificates.best().is_none() {
            missing.push("no certificate: the start lies outside the region that is proved".into());
        }
        missing
    }
}

/// Columns of V at unit norm.
fn normalize_outputs(fan_out: &mut Array2<f64>) {
    for mut output in fan_out.columns_mut() {
        unit::normalize(&mut output);
    }
}

/// V*, m × C.
fn load_fan_out(scenario: &Theorem5, m: usize) -> Result<Array2<f64>, ExperimentError> {
    let outputs = scenario.teacher.outputs.unwrap_or(0);
    let mut stream = rng::stream(scenario.seed, "teacher fan-out", &[]);
    let key = "teacher.fan_out";
    let path = match &scenario.teacher.fan_out {
        FanOutWeights::Orthonormal if m > outputs => {
            return Err(ExperimentError::Impossible {
                key,
                found: format!("{m} orthonormal rows of {outputs} outputs"),
                allowed: "at least as many outputs as teacher nodes".into(),
            });
        }
        FanOutWeights::Orthonormal => {
            return Ok(Array2::eye(outputs).slice(s![..m, ..]).to_owned());
        }
        FanOutWeights::Random => {
            let scale = 1.0 / (outputs as f64).sqrt();
            return Ok(normal(&mut stream, (m, outputs)) * scale);
        }
        FanOutWeights::Ones => return Ok(Array2::ones((m, outputs))),
        FanOutWeights::Grid => return Ok(draw::grid_columns(&mut stream, m, outputs)?),
        FanOutWeights::File(path) => path,
    };
    let given = scenario.teacher.outputs;
    let named = given.map_or("C".to_owned(), |outputs| outputs.to_string());
    matrix::read(key, path, format!("nodes × outputs = {m} × {named}, finite"), |fan_out| {
        let (nodes, outputs) = fan_out.dim();
        nodes == m && outputs > 0 && given.is_none_or(|given| given == outputs)
    })
}

/// V at the start, n × C.
fn start_fan_out(scenario: &Theorem5, teacher: &Array2<f64>) -> Result<Array2<f64>, ExperimentError> {
    let (m, outputs) = teacher.dim();
    let shape = (m + scenario.student.extra, outputs);
    let mut stream = rng::stream(scenario.seed, "student fan-out", &[]);
    let mut drawn = || normal(&mut stream, shape);
    Ok(match &scenario.student.start {
        Start::Parts {
            fan_out: StartFanOut::File { fan_out },
            ..
        } => start::read_fan_out(&fan_out.file, shape)?,
        &Start::Parts {
            fan_out: StartFanOut::Distances { e0, v0 },
            ..
        } => {
            let mut v = drawn();
            for (i, mut row) in v.rows_mut().into_iter().enumerate() {
                unit::normalize(&mut row);
                row *= if i < m { e0 } else { v0 };
            }
            let mut of_u = v.slice_mut(s![..m, ..]);
            of_u += teacher;
            v
        }
        &Start::Perturbed { signal, noise } => {
            let mut v = drawn() * noise;
            v.slice_mut(s![..m, ..]).scaled_add(signal[1], teacher);
            v
        }
    })
}

fn normal(stream: &mut Stream, shape: (usize, usize)) -> Array2<f64> {
    Array2::from_shape_simple_fn(shape, || StandardNormal.sample(stream))
}
