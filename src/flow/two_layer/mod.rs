//! The projected flow of a two-layer student beside its teacher.
//!
//! ```text
//! dw_j/dt = P⊥_j (W* h*_j − W h_j),   P⊥_j = I − w_j w_jᵀ
//! dV/dt   = L* V* − L V
//! ```
//!
//! with h\*_j, h_j the rows j of H\* = D\*∘β\*, H = D∘β. For x ~ N(0, I) this is exactly the Riemannian
//! gradient flow of the population loss on spheres × R^{n×C} (derived; docs/theory.md).

mod velocity;

use crate::blas::{self, multiply};
use crate::flow::lanes::Small;
use crate::flow::loss::{population_loss, product_sum};
use crate::flow::options::{FanOut, FlowOptions};
use crate::flow::snapshot::Snapshot;
use crate::flow::state::StateLayout;
use crate::flow::thresholds::ThresholdRule;
use crate::flow::turning::{turning, turning_of_any};
use crate::integrate::VectorField;
use crate::network::{Layer, LayerView, TwoLayer, rows, unit};
use crate::overlap::{ExactGaussian, Input, OverlapMethod, Overlaps};
use ndarray::{Array1, Array2, Axis, concatenate, s};

/// The vector field, with the working memory of its evaluation.
///
/// With projection the field is extended to nodes of any norm so that the directions move as on the
/// sphere and norms stay: a norm that drifts by rounding or by an integrator's error has no effect.
///
/// Teacher nodes stand below student nodes in all matrices, with a sign where they pull the other way, so that each
/// step is one product: [−β, β\*] = V [−V; V\*]ᵀ, (W\* H\*ᵀ − W Hᵀ)ᵀ = [−H, H\*] [W; W\*]ᵀ, dV/dt = [L, L\*] [−V; V\*].
///
/// # Cost
/// One evaluation: the overlaps, and 2n(n + m)(k + 2C) operations in matrix products; nothing is allocated.
pub struct TwoLayerFlow {
    options: FlowOptions,
    layout: StateLayout,
    overlap: Box<dyn OverlapMethod>,
    /// W*, k × m, of any norms, and its thresholds.
    teacher: Layer,
    thresholds: Array1<f64>,
    /// How thresholds move, where they do.
    rule: Option<ThresholdRule>,
    /// E[x xᵀ], where it is not I.
    second_moment: Option<Array2<f64>>,
    teacher_energy: f64,
    /// Losses are exact for Gaussian input even where the flow samples.
    loss_kernel: Option<ExactGaussian>,

    /// Normalised Wᵀ, then W*ᵀ: (n + m) × k
    nodes: Array2<f64>,
    norms: Vec<f64>,
    /// [−V; V*], (n + m) × C
    signed_fan_out: Array2<f64>,
    /// Norms that V's columns had.
    output_norms: Array1<f64>,
    overlaps: Overlaps,
    /// [−β, β*], n × (n + m)
    signed_beta: Array2<f64>,
    /// [−H, H*], n × (n + m)
    signed_h: Array2<f64>,
    /// (W\* H\*ᵀ − W Hᵀ)ᵀ, n × k
    force: Array2<f64>,
    scratch: Array2<f64>,
    /// What takes its place where nodes are few.
    small: Option<Small>,
    /// Where a step ended last.
    arrival: Arrival,
}

/// A state of the small flow, and what was evaluated there.
#[derive(Default)]
struct Arrival {
    state: Vec<f64>,
    velocity: Vec<f64>,
    /// Of twice the loss what changes.
    changes: f64,
}

/// [`OverlapMethod::evaluate`] or [`OverlapMethod::peek`].
type Ask = fn(&mut dyn OverlapMethod, LayerView, LayerView, &mut Overlaps);

impl TwoLayerFlow {
    /// The flow that starts at `network`, with overlaps by `overlap`, for input like `input`.
    ///
    /// `exact_loss` says whether losses may be had in closed form: the input is N(0, I).
    ///
    /// # Panics
    /// If shapes do not belong together.
    pub fn new(network: &TwoLayer, mut overlap: Box<dyn OverlapMethod>, input: &Input, options: FlowOptions) -> Self {
        blas::single_threaded();
        let (k, n) = network.student.weights.dim();
        let m = network.teacher.weights.ncols();
        let outputs = network.fan_out.ncols();
        assert_eq!(network.teacher.weights.nrows(), k, "student and teacher share coordinates");
        assert_eq!(network.fan_out.nrows(), n, "V has a row per student node");
        assert_eq!(network.teacher_fan_out.dim(), (m, outputs), "V* is m × C");

        let mut loss_kernel = input.is_standard().then(ExactGaussian::new);
        let mut own = Overlaps::zeros(m, m);
        let teacher = network.teacher.view();
        match &mut loss_kernel {
            Some(kernel) => kernel.evaluate(teacher.reborrow(), teacher, &mut own),
            None => overlap.evaluate(teacher.reborrow(), teacher, &mut own),
        }
        let teacher_beta = network.teacher_fan_out.dot(&network.teacher_fan_out.t());
        let mut flow = Self {
            options,
            layout: StateLayout {
                coordinates: k,
                nodes: n,
                outputs: match options.fan_out {
                    FanOut::Fixed => 0,
                    _ => outputs,
                },
                thresholds: 0,
            },
            overlap,
            teacher: network.teacher.clone(),
            thresholds: network.student.thresholds.clone(),
            rule: None,
            second_moment: input.second_moment(),
            teacher_energy: product_sum(teacher_beta.view(), own.l()),
            loss_kernel,
            nodes: concatenate![Axis(0), network.student.weights.t(), network.teacher.weights.t()],
            norms: vec![1.0; n],
            signed_fan_out: concatenate![Axis(0), -&network.fan_out, network.teacher_fan_out],
            output_norms: Array1::ones(outputs),
            overlaps: Overlaps::zeros(n, m),
            signed_beta: Array2::zeros((n, n + m)),
            signed_h: Array2::zeros((n, n + m)),
            force: Array2::zeros((n, k)),
            scratch: Array2::zeros((n, k)),
            small: None,
            arrival: Arrival::default(),
        };
        flow.update_modulation();
        flow.small = flow.as_small(network);
        flow
    }

    /// The same with thresholds that are learned: they are part of its states.
    pub fn learning_thresholds(mut self, rule: ThresholdRule) -> Self {
        let (n, m) = (self.layout.nodes, self.teacher.weights.ncols());
        self.layout.thresholds = n;
        if rule == ThresholdRule::Gradient {
            self.overlaps = Overlaps::with_mixed(n, m);
        }
        self.rule = Some(rule);
        self.small = None;
        self
    }

    /// How states lie in a vector.
    pub fn layout(&self) -> StateLayout {
        self.layout
    }

    /// The state at the start: `network` as a vector.
    pub fn state_of(&self, network: &TwoLayer) -> Vec<f64> {
        let mut y = vec![0.0; self.layout.len()];
        self.layout.weights_mut(&mut y).assign(&network.student.weights.t());
        if self.options.fan_out != FanOut::Fixed {
            self.layout.fan_out_mut(&mut y).assign(&network.fan_out);
        }
        if self.rule.is_some() {
            let thresholds = self.layout.thresholds_mut(&mut y).iter_mut();
            let given = thresholds.zip(&network.student.thresholds);
            given.for_each(|(to, b)| *to = *b);
        }
        y
    }

    /// Its small counterpart, where there is one: with projection, overlaps in closed form, and few nodes.
    fn as_small(&self, network: &TwoLayer) -> Option<Small> {
        let beta = self.signed_beta.as_slice().expect("stored row by row");
        let fixed = match self.options.fan_out {
            FanOut::Fixed => Some(beta),
            FanOut::Running => None,
            FanOut::RunningNormalized => return None,
        };
        let is_exact = self.overlap.is_closed_form() && self.second_moment.is_none();
        let may_be = is_exact && self.options.projection;
        may_be.then(|| Small::of(network, fixed)).flatten()
    }

    /// Writes dy/dt into `dy`.
    pub fn velocity(&mut self, y: &[f64], dy: &mut [f64]) {
        if let Some(small) = &mut self.small {
            return small.velocity(y, dy);
        }
        self.velocity_with(y, dy, |overlap, w, w_star, out| overlap.evaluate(w, w_star, out));
    }

    /// [`TwoLayerFlow::velocity`] with one of the two ways to ask for overlaps.
    fn velocity_with(&mut self, y: &[f64], dy: &mut [f64], ask: Ask) {
        self.load(y);
        let student = student(&self.nodes, &self.thresholds);
        let teacher = self.teacher.view();
        ask(&mut *self.overlap, student, teacher, &mut self.overlaps);
        let weights = self.velocity_of_weights(dy);
        let fan_out = self.velocity_of_fan_out(dy);
        let thresholds = self.velocity_of_thresholds(dy);
        dy[self.layout.len() - 1] = weights + fan_out + thresholds;
    }

    /// Loss, angles and their rates at a state. Costs an evaluation, but leaves random streams alone.
    pub fn snapshot(&mut self, y: &[f64], dy: &mut [f64]) -> Snapshot {
        let loss = self.velocity_and_loss(y, dy);
        let k = self.layout.coordinates;
        let nodes = self.nodes.as_slice().expect("stored node by node");
        let (own, targets) = nodes.split_at(k * self.layout.nodes);
        let moves = self.norms.iter().copied().zip(dy.chunks_exact(k));
        let pairs = own.chunks_exact(k).zip(moves).zip(targets.chunks_exact(k));
        let (angles, angle_rates) = pairs
            .map(|((node, moves), target)| match self.options.projection {
                true => turning(node, moves, target),
                false => turning_of_any(node, moves, target),
            })
            .unzip();
        Snapshot {
            loss,
            dissipated: self.layout.dissipated(y),
            angles,
            angle_rates,
        }
    }

    /// Writes dy/dt into `dy`, gives the loss, and leaves random streams alone.
    fn velocity_and_loss(&mut self, y: &[f64], dy: &mut [f64]) -> f64 {
        if let Some(small) = &mut self.small {
            let changes = match self.arrival.state == y {
                true => {
                    dy.copy_from_slice(&self.arrival.velocity);
                    self.arrival.changes
                }
                false => small.velocity_and_loss(y, dy),
            };
            self.load_weights(y);
            return 0.5 * (changes + self.teacher_energy);
        }
        self.velocity_with(y, dy, |overlap, w, w_star, out| overlap.peek(w, w_star, out));
        let beta = self.signed_beta.view();
        match &mut self.loss_kernel {
            // Unless the overlaps at hand are the exact ones already.
            Some(kernel) if self.overlap.resolution() > 0.0 => {
                let student = student(&self.nodes, &self.thresholds);
                let mut exact = Overlaps::zeros(self.layout.nodes, self.teacher.weights.ncols());
                kernel.evaluate(student, self.teacher.view(), &mut exact);
                population_loss(&exact, beta, self.teacher_energy)
            }
            _ => population_loss(&self.overlaps, beta, self.teacher_energy),
        }
    }

    /// Scales what the dynamics keep at unit norm back to it, which changes nothing but rounding.
    pub fn renormalize(&self, y: &mut [f64]) {
        if self.options.projection {
            for mut node in self.layout.weights_mut(y).rows_mut() {
                unit::normalize(&mut node);
            }
        }
        if self.options.fan_out == FanOut::RunningNormalized {
            for mut output in self.layout.fan_out_mut(y).columns_mut() {
                unit::normalize(&mut output);
            }
        }
    }

    /// W out of the state, normalised where the dynamics keep norms.
    fn load_weights(&mut self, y: &[f64]) {
        let n = self.layout.nodes;
        let given = &y[..n * self.layout.coordinates];
        let nodes = self.nodes.as_slice_mut().expect("stored node by node");
        let nodes = &mut nodes[..given.len()];
        if self.options.projection {
            rows::normalize(given, &mut self.norms, nodes);
        } else {
            nodes.copy_from_slice(given);
            rows::norms(given, &mut self.norms);
        }
    }

    /// W, V and thresholds out of the state, normalised where the dynamics keep norms.
    fn load(&mut self, y: &[f64]) {
        self.load_weights(y);
        let n = self.layout.nodes;
        if self.rule.is_some() {
            let thresholds = self.thresholds.iter_mut();
            let given = thresholds.zip(self.layout.thresholds(y));
            given.for_each(|(to, b)| *to = *b);
        }
        if self.options.fan_out == FanOut::Fixed {
            return;
        }
        let mut fan_out = self.signed_fan_out.slice_mut(s![..n, ..]);
        fan_out.zip_mut_with(&self.layout.fan_out(y), |to, v| *to = -v);
        if self.options.fan_out == FanOut::RunningNormalized {
            let outputs = fan_out.columns_mut().into_iter();
            for (mut output, norm) in outputs.zip(&mut self.output_norms) {
                *norm = unit::normalize(&mut output);
            }
        }
        self.update_modulation();
    }

    /// [−β, β*] = V [−V; V*]ᵀ.
    fn update_modulation(&mut self) {
        let fan_out = self.signed_fan_out.slice(s![..self.layout.nodes, ..]);
        let beta = self.signed_beta.view_mut();
        multiply(-1.0, fan_out, self.signed_fan_out.t(), beta);
    }
}

/// The student's nodes, which stand above the teacher's.
fn student<'a>(nodes: &'a Array2<f64>, thresholds: &'a Array1<f64>) -> LayerView<'a> {
    LayerView {
        weights: nodes.slice(s![..thresholds.len(), ..]).reversed_axes(),
        thresholds: thresholds.view(),
    }
}

impl VectorField for TwoLayerFlow {
    fn velocity(&mut self, y: &[f64], dy: &mut [f64]) {
        TwoLayerFlow::velocity(self, y, dy);
    }

    /// What a small flow costs little more to know: [`TwoLayerFlow::snapshot`] of the same state then evaluates nothing.
    fn arrive(&mut self, y: &[f64], dy: &mut [f64]) {
        let Some(small) = &mut self.small else {
            return TwoLayerFlow::velocity(self, y, dy);
        };
        self.arrival.changes = small.velocity_and_loss(y, dy);
        for (kept, new) in [(&mut self.arrival.state, y), (&mut self.arrival.velocity, &*dy)] {
            kept.clear();
            kept.extend_from_slice(new);
        }
    }

    fn renormalize(&self, y: &mut [f64]) {
        TwoLayerFlow::renormalize(self, y);
    }

    fn is_repeatable(&self) -> bool {
        self.overlap.is_repeatable()
    }

    /// The dissipated energy.
    fn quadratures(&self) -> usize {
        1
    }

    fn resolution(&self) -> f64 {
        self.overlap.resolution()
    }
}
