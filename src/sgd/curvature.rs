//! Products of the loss's Hessian with vectors, exactly, by differentiating the two passes along the vector
//! (Pearlmutter 1994).

use super::data::Batch;
use super::pass::{Slot, below, view, view_mut};
use super::{DataSet, Loss, Mode, Pass};
use crate::network::deep::Deep;
use crate::network::deep::layers::Work;
use crate::real::Real;
use ndarray::{Array2, ArrayView2, ArrayViewMut2, Zip};

/// The Hessian of a network's loss on a sample, as a map on parameters (weights, then biases, layer by layer).
///
/// # Precision
/// Almost everywhere: where a pre-activation is exactly zero the loss has a kink, whose curvature no sample sees. In the
/// population loss kinks add a term that is proportional to the residual, and so vanishes where the fit is perfect.
///
/// # Cost
/// A product: about 8N(weights) operations, all in matrix products; memory 6N numbers per node.
pub struct Curvature<'a, T> {
    network: &'a Deep<T>,
    direction: Deep<T>,
    batch: Batch<T>,
    pass: Pass<T>,
    loss: Loss,
    /// Derivatives of activations and of ∂ℓ/∂z along the direction, in each of the pass's slots.
    along: Vec<[Vec<T>; 2]>,
}

impl<'a, T: Real> Curvature<'a, T> {
    /// The Hessian at `network` of the loss on all of `data`.
    ///
    /// # Panics
    /// If the network is normalised by batches: its samples do not act alone.
    pub fn new(network: &'a Deep<T>, data: &DataSet<T>, loss: Loss) -> Self {
        let architecture = &network.architecture;
        assert!(!architecture.has_batch_norm(), "no batch normalisation");
        let mut batch = Batch::new(data, data.len());
        batch.gather(data, 0..data.len());
        let mut pass = Pass::new(architecture, data.len());
        pass.forward(network, batch.inputs(), Mode::Evaluation);
        let (output, gradient) = pass.output_and_gradient();
        loss.evaluate(output, &batch, gradient);
        for l in (0..architecture.stages().len()).rev() {
            pass.back_through(network, l);
        }
        let zeros = |slot: &Slot<T>| [0, 1].map(|_| vec![T::zero(); slot.f.len()]);
        Self {
            network,
            direction: Deep::zeros(architecture),
            along: pass.slots.iter().map(zeros).collect(),
            batch,
            pass,
            loss,
        }
    }

    /// Number of parameters.
    pub fn dim(&self) -> usize {
        self.network.architecture.parameters()
    }

    /// `out` = H `v`.
    ///
    /// # Panics
    /// If a length is not [`Curvature::dim`].
    pub fn apply(&mut self, v: &[T], out: &mut [T]) {
        assert_eq!(v.len(), self.dim());
        let mut from = v;
        for slice in self.direction.parameters_mut() {
            let (part, rest) = from.split_at(slice.len());
            slice.copy_from_slice(part);
            from = rest;
        }
        self.forward();
        self.curve_of_loss();
        self.backward();
        self.gradients(out);
    }

    /// With A linear in the weights, and v the direction's: R(A_w x) = A_v x + A_w Rx.
    fn forward(&mut self) {
        let (one, batch, x) = (T::one(), self.pass.batch(), self.batch.inputs());
        let Pass {
            slots,
            operations,
            input,
            ..
        } = &mut self.pass;
        for (i, here) in operations.iter_mut().enumerate() {
            let Some(slot) = here.slot else {
                continue;
            };
            let (w, v) = (&self.network.parameters[i], &self.direction.parameters[i]);
            let (lower, upper) = self.along.split_at_mut(slot);
            let mut along = view_mut(&mut upper[0][0], here.output, batch);
            match &mut here.work {
                Work::Map(map) => {
                    along.fill(T::zero());
                    if let Some(bias) = v.vectors.first() {
                        let rows = along.rows_mut().into_iter().zip(bias);
                        rows.for_each(|(mut row, &b)| row.fill(b));
                        let x = below(&slots[..slot], input, x, here.input, batch);
                        map.apply(v.weights.view(), x, one, along.view_mut());
                    }
                    if let Some([lower, _]) = lower.last() {
                        let lower = view(lower, here.input, batch);
                        map.apply(w.weights.view(), lower, one, along);
                    }
                }
                Work::InPlace(change) => {
                    let f = view(&slots[slot].f, here.output, batch);
                    assert!(change.tangent(f, along), "samples act alone");
                }
                Work::View => {}
            }
        }
    }

    /// The second derivative of the loss in the output, applied to the output's derivative.
    fn curve_of_loss(&mut self) {
        let samples = self.batch.inputs().ncols() as f64;
        let shape = self.pass.output().dim();
        let [output, delta] = self.along.last_mut().expect("there is an output");
        let output = ArrayView2::from_shape(shape, output).expect("the output's size");
        let mut delta = ArrayViewMut2::from_shape(shape, delta).expect("the output's size");
        match self.loss {
            Loss::MeanSquared => {
                let twice = T::from_f64(2.0 / (samples * output.nrows() as f64));
                Zip::from(delta).and(output).for_each(|d, &y| *d = twice * y);
            }
            Loss::CrossEntropy => {
                let y = self.pass.output();
                for ((y, along), mut d) in y.columns().into_iter().zip(output.columns()).zip(delta.columns_mut()) {
                    let largest = y.iter().fold(f64::NEG_INFINITY, |a, y| a.max(y.to_f64()));
                    let weights = y.mapv(|y| T::from_f64((y.to_f64() - largest).exp()));
                    let p = &weights / weights.sum();
                    let mean = p.dot(&along);
                    let scale = T::from_f64(1.0 / samples);
                    Zip::from(&mut d).and(&p).and(&along).for_each(|d, &p, &a| *d = scale * p * (a - mean));
                }
            }
        }
    }

    fn backward(&mut self) {
        let (one, zero, batch) = (T::one(), T::zero(), self.pass.batch());
        let Pass { slots, operations, .. } = &mut self.pass;
        for (i, here) in operations.iter_mut().enumerate().rev() {
            let Some(slot) = here.slot else {
                continue;
            };
            let (lower, upper) = self.along.split_at_mut(slot);
            let delta = view_mut(&mut upper[0][1], here.output, batch);
            match (&mut here.work, lower.last_mut()) {
                (Work::Map(map), Some([_, lower])) => {
                    let (w, v) = (&self.network.parameters[i], &self.direction.parameters[i]);
                    let mut lower = view_mut(lower, here.input, batch);
                    map.transposed(w.weights.view(), delta.view(), zero, lower.view_mut());
                    if !v.weights.is_empty() {
                        let delta = view(&slots[slot].delta, here.output, batch);
                        map.transposed(v.weights.view(), delta, one, lower);
                    }
                }
                (Work::InPlace(change), _) => {
                    let f = view(&slots[slot].f, here.output, batch);
                    assert!(change.tangent(f, delta), "samples act alone");
                }
                _ => {}
            }
        }
    }

    /// R(∂ℓ/∂w) = ∂(Rδ·A x)/∂w + ∂(δ·A Rx)/∂w.
    fn gradients(&mut self, mut out: &mut [T]) {
        let (one, zero, batch) = (T::one(), T::zero(), self.pass.batch());
        let x = self.batch.inputs();
        let Pass {
            slots,
            operations,
            input,
            ..
        } = &mut self.pass;
        for (i, here) in operations.iter_mut().enumerate() {
            let layout = self.network.architecture.layout(i);
            let (Work::Map(map), Some(slot)) = (&mut here.work, here.slot) else {
                continue;
            };
            let along = view(&self.along[slot][1], here.output, batch);
            let (part, rest) = out.split_at_mut(layout.matrix().0 * layout.matrix().1);
            let mut product = ArrayViewMut2::from_shape(layout.matrix(), part).expect("as long as the weights");
            let x = below(&slots[..slot], input, x, here.input, batch);
            map.outer(one, along, x, zero, product.view_mut());
            if slot > 0 {
                let delta = view(&slots[slot].delta, here.output, batch);
                let lower = view(&self.along[slot - 1][0], here.input, batch);
                map.outer(one, delta, lower, one, product);
            }
            out = rest;
            for vector in layout.vectors.iter().filter(|vector| vector.learned) {
                let (part, rest) = out.split_at_mut(vector.length);
                map.sums(along, part);
                out = rest;
            }
        }
    }

    /// The whole Hessian, P × P. O(P) products, before each of which `goes_on` is asked; `None` if it does not.
    pub fn dense(&mut self, goes_on: impl Fn() -> bool) -> Option<Array2<T>> {
        let count = self.dim();
        let mut unit = vec![T::zero(); count];
        let mut hessian = Array2::zeros((count, count));
        for (i, mut row) in hessian.rows_mut().into_iter().enumerate() {
            if !goes_on() {
                return None;
            }
            unit[i] = T::one();
            self.apply(&unit, row.as_slice_mut().expect("row by row"));
            unit[i] = T::zero();
        }
        Some(hessian)
    }
}
