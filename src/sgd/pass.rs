//! One mini-batch through a network and back.

use crate::blas;
use crate::network::deep::layers::{LayerKind, Mode, Room, Work};
use crate::network::deep::{Architecture, Deep, Shape};
use crate::real::Real;
use ndarray::{Array1, ArrayView2, ArrayViewMut2};

/// Activations of a mini-batch and the gradients of the loss in them, with room for so many samples.
///
/// # Cost
/// Forward 2B·(weights) operations for dense layers, times the positions for convolutions; back the same for the
/// gradients in activations; all in matrix products but for O(B·nodes). Nothing is allocated after [`Pass::new`].
pub struct Pass<T> {
    capacity: usize,
    batch: usize,
    /// The inputs, where the first layer wants them by positions.
    pub(super) input: Option<Vec<T>>,
    pub(super) slots: Vec<Slot<T>>,
    pub(super) operations: Vec<Placed<T>>,
    /// For each of the theory's layers: the slot that its weights fill, and the one that the next layer reads.
    stages: Vec<[usize; 2]>,
}

/// Activations in one place, each node's samples side by side.
pub(super) struct Slot<T> {
    pub shape: Shape,
    /// What the layer above sees. For the output, the output.
    pub f: Vec<T>,
    /// ∂ℓ/∂f, then ∂ℓ/∂z.
    pub delta: Vec<T>,
}

/// A layer of the list at work.
pub(super) struct Placed<T> {
    pub work: Work<T>,
    /// Gradients in its vectors.
    pub vectors: Vec<Array1<T>>,
    /// The shape that it reads.
    pub input: Shape,
    /// The shape that it gives.
    pub output: Shape,
    /// Where what it gives stands; `None` for the network's input.
    pub slot: Option<usize>,
}

/// The numbers of a batch as channels × (positions · batch).
pub(super) fn view<T>(numbers: &[T], shape: Shape, batch: usize) -> ArrayView2<'_, T> {
    let columns = shape.positions() * batch;
    let numbers = &numbers[..shape.channels * columns];
    ArrayView2::from_shape((shape.channels, columns), numbers).expect("as many as there are")
}

/// The same, to write.
pub(super) fn view_mut<T>(numbers: &mut [T], shape: Shape, batch: usize) -> ArrayViewMut2<'_, T> {
    let columns = shape.positions() * batch;
    let numbers = &mut numbers[..shape.channels * columns];
    ArrayViewMut2::from_shape((shape.channels, columns), numbers).expect("as many as there are")
}

impl<T: Real> Pass<T> {
    /// Room for up to `capacity` samples at a time.
    pub fn new(architecture: &Architecture, capacity: usize) -> Self {
        blas::single_threaded();
        let zeros = |shape: Shape| vec![T::zero(); shape.len() * capacity];
        // From the top, since it matters whether the one above changes what a layer leaves.
        let mut works: Vec<Work<T>> = Vec::new();
        for (i, kind) in architecture.operations().iter().enumerate().rev() {
            works.push(kind.work(Room {
                input: architecture.shape_below(i),
                capacity,
                stays: !matches!(works.last(), Some(Work::InPlace(_))),
            }));
        }
        let (mut slots, mut operations): (Vec<Slot<T>>, Vec<Placed<T>>) = (Vec::new(), Vec::new());
        let mut input = None;
        for (i, work) in works.into_iter().rev().enumerate() {
            let (below, output) = (architecture.shape_below(i), architecture.shape_below(i + 1));
            if matches!(work, Work::Map(_)) {
                if slots.is_empty() && below.positions() > 1 {
                    input = Some(zeros(below));
                }
                slots.push(Slot {
                    shape: output,
                    f: zeros(output),
                    delta: zeros(output),
                });
            }
            let vectors = architecture.layout(i).vectors;
            operations.push(Placed {
                work,
                vectors: vectors.iter().map(|v| Array1::zeros(v.length)).collect(),
                input: below,
                output,
                slot: slots.len().checked_sub(1),
            });
        }
        let slot = |i: usize| operations[i].slot.expect("weights fill one");
        let ends = architecture.stages().iter().map(|stage| slot(stage.end - 1));
        let stages = ends.enumerate().map(|(l, end)| [slot(architecture.linear(l)), end]);
        Self {
            capacity,
            batch: 0,
            input,
            stages: stages.collect(),
            slots,
            operations,
        }
    }

    /// How many samples fit.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// How many there are.
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// Computes all activations for inputs x (d × batch).
    ///
    /// # Panics
    /// If shapes do not fit.
    pub fn forward(&mut self, network: &Deep<T>, x: ArrayView2<T>, mode: Mode) {
        assert!(x.ncols() <= self.capacity, "more samples than there is room for");
        assert_eq!(x.nrows(), network.architecture.input(), "inputs");
        self.batch = x.ncols();
        let batch = self.batch;
        if let Some(input) = &mut self.input {
            let room = &mut input[..x.len()];
            let room = ArrayViewMut2::from_shape(x.dim(), room);
            room.expect("as many as there are").assign(&x);
        }
        for (here, parameters) in self.operations.iter_mut().zip(&network.parameters) {
            match (&mut here.work, here.slot) {
                (Work::Map(map), Some(slot)) => {
                    let (lower, upper) = self.slots.split_at_mut(slot);
                    let x = below(lower, &self.input, x, here.input, batch);
                    let y = view_mut(&mut upper[0].f, here.output, batch);
                    map.forward(parameters, x, y);
                }
                (Work::InPlace(change), Some(slot)) => {
                    let f = view_mut(&mut self.slots[slot].f, here.output, batch);
                    change.forward(parameters, f, mode);
                }
                _ => {}
            }
        }
    }

    /// The network's output, C × batch.
    pub fn output(&self) -> ArrayView2<'_, T> {
        self.activations(self.stages.len() - 1)
    }

    /// Activations of layer `l` as the next one reads them, normalised where the layer is: nodes × batch, or channels ×
    /// (positions · batch).
    pub fn activations(&self, l: usize) -> ArrayView2<'_, T> {
        let slot = &self.slots[self.stages[l][1]];
        view(&slot.f, slot.shape, self.batch)
    }

    /// ∂ℓ/∂z of layer `l`, in its pre-activations, once the way back has come through it: nodes × batch, or channels ×
    /// (positions · batch).
    pub fn delta(&self, l: usize) -> ArrayView2<'_, T> {
        let slot = &self.slots[self.stages[l][0]];
        view(&slot.delta, slot.shape, self.batch)
    }

    /// Output, and room for the loss's gradient in it: where the way back begins.
    pub fn output_and_gradient(&mut self) -> (ArrayView2<'_, T>, ArrayViewMut2<'_, T>) {
        let top = self.slots.last_mut().expect("there is an output");
        (view(&top.f, top.shape, self.batch), view_mut(&mut top.delta, top.shape, self.batch))
    }

    /// Takes the gradient through layer `l`: first from its activations to its pre-activations, then to the
    /// activations below. Layers have to be taken from the top, each before its weights change.
    pub fn back_through(&mut self, network: &Deep<T>, l: usize) {
        for i in network.architecture.stages()[l].clone().rev() {
            self.back_through_operation(network, i);
        }
    }

    fn back_through_operation(&mut self, network: &Deep<T>, i: usize) {
        let (batch, parameters) = (self.batch, &network.parameters[i]);
        let here = &mut self.operations[i];
        match (&mut here.work, here.slot) {
            (Work::Map(map), Some(slot)) => {
                let (lower, upper) = self.slots.split_at_mut(slot);
                let delta = view(&upper[0].delta, here.output, batch);
                if let Some(vector) = here.vectors.first_mut() {
                    map.sums(delta, vector.as_slice_mut().expect("contiguous"));
                }
                if let Some(below) = lower.last_mut() {
                    let below = view_mut(&mut below.delta, here.input, batch);
                    map.transposed(parameters.weights.view(), delta, T::zero(), below);
                }
            }
            (Work::InPlace(change), Some(slot)) => {
                let Slot { f, delta, .. } = &mut self.slots[slot];
                let (f, delta) = (view(f, here.output, batch), view_mut(delta, here.output, batch));
                change.backward(parameters, f, delta, &mut here.vectors);
            }
            _ => {}
        }
    }

    /// out ← α ∂ℓ/∂W + β out for the weights of layer `l`, once the way back has come through it, at inputs x. Without
    /// room for the gradient itself: a step is made in the weights.
    pub fn weight_gradient(
        &mut self,
        network: &Architecture,
        l: usize,
        x: ArrayView2<T>,
        [alpha, beta]: [T; 2],
        out: ArrayViewMut2<T>,
    ) {
        let here = &mut self.operations[network.linear(l)];
        if let (Work::Map(map), Some(slot)) = (&mut here.work, here.slot) {
            let (lower, upper) = self.slots.split_at_mut(slot);
            let delta = view(&upper[0].delta, here.output, self.batch);
            let x = below(lower, &self.input, x, here.input, self.batch);
            map.outer(alpha, delta, x, beta, out);
        }
    }

    /// The gradients in the vectors of layer `i` of the list, once the way back has come through it.
    pub fn vector_gradients(&self, i: usize) -> &[Array1<T>] {
        &self.operations[i].vectors
    }
}

/// What a map reads: the highest of the slots below it, or the network's input.
pub(super) fn below<'a, T>(
    slots: &'a [Slot<T>],
    input: &'a Option<Vec<T>>,
    x: ArrayView2<'a, T>,
    shape: Shape,
    batch: usize,
) -> ArrayView2<'a, T> {
    match (slots.last(), input) {
        (Some(slot), _) => view(&slot.f, shape, batch),
        (None, Some(input)) => view(input, shape, batch),
        (None, None) => x,
    }
}
