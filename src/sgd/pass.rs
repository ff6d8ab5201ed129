//! One mini-batch through a network and back.

use super::norm::NormPass;
use crate::blas::{self, multiply_add};
use crate::network::deep::{Architecture, Deep, Dense, Place};
use crate::real::Real;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, ArrayViewMut2, Zip, s};

/// Which statistics batch normalisation uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Those of the batch.
    Training,
    /// The running ones.
    Evaluation,
}

/// Activations of a mini-batch and the gradients of the loss in them, with room for so many samples.
///
/// # Cost
/// Forward 2B·(weights) operations, back the same for the gradients in activations; all in matrix products but for
/// O(B·nodes). Nothing is allocated after [`Pass::new`].
pub struct Pass<T> {
    place: Option<Place>,
    capacity: usize,
    batch: usize,
    layers: Vec<LayerPass<T>>,
}

struct LayerPass<T> {
    /// Activations: what the layer above sees. For the output, the output.
    f: Array2<T>,
    /// max(z, 0), where it is normalised afterwards.
    relu: Option<Array2<T>>,
    /// ∂ℓ/∂f, then ∂ℓ/∂z.
    delta: Array2<T>,
    norm: Option<NormPass<T>>,
}

/// What makes up the gradient in a layer's parameters: ∂ℓ/∂W = δ fᵀ, ∂ℓ/∂b = Σ δ.
pub struct LayerGradient<'a, T> {
    /// ∂ℓ/∂z, nodes × batch.
    pub delta: ArrayView2<'a, T>,
    /// Activations below, inputs × batch.
    pub below: ArrayView2<'a, T>,
    /// ∂ℓ/∂gain and ∂ℓ/∂shift, where the layer is normalised.
    pub affine: Option<[ArrayView1<'a, T>; 2]>,
    pub(super) norm: Option<&'a NormPass<T>>,
}

impl<T: Real> Pass<T> {
    /// Room for up to `capacity` samples at a time.
    pub fn new(architecture: &Architecture, capacity: usize) -> Self {
        blas::single_threaded();
        let place = architecture.batch_norm.map(|norm| norm.place);
        let depth = architecture.hidden.len();
        let zeros = |nodes| Array2::zeros((nodes, capacity));
        let layer = |(l, (_, nodes))| LayerPass {
            f: zeros(nodes),
            relu: (l < depth && place == Some(Place::AfterRelu)).then(|| zeros(nodes)),
            delta: zeros(nodes),
            norm: (l < depth && place.is_some()).then(|| NormPass::new(nodes, capacity)),
        };
        Self {
            place,
            capacity,
            batch: 0,
            layers: architecture
                .shapes()
                .into_iter()
                .enumerate()
                .map(layer)
                .collect(),
        }
    }

    /// How many samples fit.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Computes all activations for inputs x (d × batch).
    ///
    /// # Panics
    /// If shapes do not fit.
    pub fn forward(&mut self, network: &Deep<T>, x: ArrayView2<T>, mode: Mode) {
        assert!(
            x.ncols() <= self.capacity,
            "more samples than there is room for"
        );
        self.batch = x.ncols();
        let batch = self.batch;
        let last = network.layers.len() - 1;
        for (l, layer) in network.layers.iter().enumerate() {
            let (below, here) = self.layers.split_at_mut(l);
            let here = &mut here[0];
            let below = below
                .last()
                .map_or(x, |below| below.f.slice(s![.., ..batch]));
            let mut f = here.f.slice_mut(s![.., ..batch]);
            multiply_add(
                T::one(),
                layer.weights.view(),
                below,
                T::zero(),
                f.view_mut(),
            );
            if l == last {
                each_row(f, &layer.bias, |z, b| z + b);
                return;
            }
            if let (Some(Place::BeforeRelu), Some(pass)) = (self.place, &mut here.norm) {
                each_row(f.view_mut(), &layer.bias, |z, b| z + b);
                let norm = layer.norm.as_ref().expect("the architecture has it");
                pass.forward(norm, f.view_mut(), mode == Mode::Training);
                f.mapv_inplace(|z| positive(z, z));
            } else {
                each_row(f.view_mut(), &layer.bias, |z, b| positive(z + b, z + b));
            }
            if let (Some(Place::AfterRelu), Some(pass)) = (self.place, &mut here.norm) {
                let relu = here.relu.as_mut().expect("the place says so");
                relu.slice_mut(s![.., ..batch]).assign(&f);
                let norm = layer.norm.as_ref().expect("the architecture has it");
                pass.forward(norm, f.view_mut(), mode == Mode::Training);
            }
        }
    }

    /// The network's output, C × batch.
    pub fn output(&self) -> ArrayView2<'_, T> {
        self.activations(self.layers.len() - 1)
    }

    /// Activations of layer `l`, nodes × batch, normalised where the layer is.
    pub fn activations(&self, l: usize) -> ArrayView2<'_, T> {
        self.layers[l].f.slice(s![.., ..self.batch])
    }

    /// Output, and room for the loss's gradient in it: where the way back begins.
    pub fn output_and_gradient(&mut self) -> (ArrayView2<'_, T>, ArrayViewMut2<'_, T>) {
        let batch = self.batch;
        let top = self.layers.last_mut().expect("there is an output");
        (
            top.f.slice(s![.., ..batch]),
            top.delta.slice_mut(s![.., ..batch]),
        )
    }

    /// Takes the gradient through layer `l`: first from its activations to its pre-activations, then to the
    /// activations below. Layers have to be taken from the top, each before its weights change.
    pub fn back_through(&mut self, network: &Deep<T>, l: usize) {
        self.pull_to_pre_activations(&network.layers[l], l);
        if l == 0 {
            return;
        }
        let batch = self.batch;
        let (below, here) = self.layers.split_at_mut(l);
        multiply_add(
            T::one(),
            network.layers[l].weights.t(),
            here[0].delta.slice(s![.., ..batch]),
            T::zero(),
            below[l - 1].delta.slice_mut(s![.., ..batch]),
        );
    }

    fn pull_to_pre_activations(&mut self, layer: &Dense<T>, l: usize) {
        if l + 1 == self.layers.len() {
            return;
        }
        let batch = self.batch;
        let here = &mut self.layers[l];
        let mut delta = here.delta.slice_mut(s![.., ..batch]);
        let norm = here.norm.as_mut().zip(layer.norm.as_ref());
        let gates = here.relu.as_ref().unwrap_or(&here.f);
        let gate = |delta: &mut ArrayViewMut2<T>| {
            Zip::from(delta)
                .and(gates.slice(s![.., ..batch]))
                .for_each(|d, &f| *d = positive(f, *d));
        };
        match (self.place, norm) {
            (Some(Place::AfterRelu), Some((pass, norm))) => {
                pass.backward(norm, delta.view_mut());
                gate(&mut delta);
            }
            (_, Some((pass, norm))) => {
                gate(&mut delta);
                pass.backward(norm, delta.view_mut());
            }
            (_, None) => gate(&mut delta),
        }
    }

    /// What the gradient of layer `l` is made of, once the way back has come through it.
    pub fn gradient<'a>(&'a self, l: usize, x: ArrayView2<'a, T>) -> LayerGradient<'a, T> {
        let norm = self.layers[l].norm.as_ref();
        LayerGradient {
            delta: self.layers[l].delta.slice(s![.., ..self.batch]),
            below: if l == 0 { x } else { self.activations(l - 1) },
            affine: norm.map(|norm| [norm.gain.view(), norm.shift.view()]),
            norm,
        }
    }
}

/// x where the node is active, else 0: a selection, not a branch.
#[inline(always)]
pub(super) fn positive<T: Real>(f: T, x: T) -> T {
    if f > T::zero() { x } else { T::zero() }
}

/// Applies a function of each entry and its node's bias.
fn each_row<T: Real>(mut f: ArrayViewMut2<T>, bias: &Array1<T>, apply: impl Fn(T, T) -> T) {
    for (mut row, &b) in f.rows_mut().into_iter().zip(bias) {
        let row = row.as_slice_mut().expect("node by node");
        row.iter_mut().for_each(|z| *z = apply(*z, b));
    }
}
