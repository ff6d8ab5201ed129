//! Products of the loss's Hessian with vectors, exactly, by differentiating the two passes along the vector
//! (Pearlmutter 1994).

use super::data::Batch;
use super::pass::positive;
use super::{DataSet, Loss, Mode, Pass};
use crate::blas::multiply_add;
use crate::network::deep::Deep;
use crate::real::Real;
use ndarray::{Array2, ArrayView2, Axis, Zip};

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
    /// Derivatives of activations and of ∂ℓ/∂z along the direction, nodes × N.
    along: Vec<[Array2<T>; 2]>,
}

impl<'a, T: Real> Curvature<'a, T> {
    /// The Hessian at `network` of the loss on all of `data`.
    ///
    /// # Panics
    /// If the network is normalised by batches: its samples do not act alone.
    pub fn new(network: &'a Deep<T>, data: &DataSet<T>, loss: Loss) -> Self {
        assert!(
            network.architecture.batch_norm.is_none(),
            "no batch normalisation"
        );
        let mut batch = Batch::new(data, data.len());
        batch.gather(data, 0..data.len());
        let mut pass = Pass::new(&network.architecture, data.len());
        pass.forward(network, batch.inputs(), Mode::Evaluation);
        let (output, gradient) = pass.output_and_gradient();
        loss.evaluate(output, &batch, gradient);
        for l in (0..network.layers.len()).rev() {
            pass.back_through(network, l);
        }
        let zeros = |(_, nodes)| [0, 1].map(|_| Array2::zeros((nodes, data.len())));
        Self {
            network,
            direction: Deep::zeros(&network.architecture),
            along: network
                .architecture
                .shapes()
                .into_iter()
                .map(zeros)
                .collect(),
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
        self.backward(out);
    }

    fn forward(&mut self) {
        let one = T::one();
        let top = self.network.layers.len() - 1;
        let layers = self.network.layers.iter().zip(&self.direction.layers);
        for (l, (layer, direction)) in layers.enumerate() {
            let below = self.pass.gradient(l, self.batch.inputs()).below;
            let (lower, here) = self.along.split_at_mut(l);
            let here = &mut here[0][0];
            for (mut row, &b) in here.rows_mut().into_iter().zip(&direction.bias) {
                row.fill(b);
            }
            multiply_add(one, direction.weights.view(), below, one, here.view_mut());
            if let Some([lower, _]) = lower.last() {
                multiply_add(
                    one,
                    layer.weights.view(),
                    lower.view(),
                    one,
                    here.view_mut(),
                );
            }
            if l < top {
                gate(here, self.pass.activations(l));
            }
        }
    }

    /// The second derivative of the loss in the output, applied to the output's derivative.
    fn curve_of_loss(&mut self) {
        let samples = self.batch.inputs().ncols() as f64;
        let [output, delta] = self.along.last_mut().expect("there is an output");
        match self.loss {
            Loss::MeanSquared => {
                let twice = T::from_f64(2.0 / (samples * output.nrows() as f64));
                Zip::from(delta)
                    .and(&*output)
                    .for_each(|d, &y| *d = twice * y);
            }
            Loss::CrossEntropy => {
                let y = self.pass.output();
                for ((y, along), mut d) in y
                    .columns()
                    .into_iter()
                    .zip(output.columns())
                    .zip(delta.columns_mut())
                {
                    let largest = y.iter().fold(f64::NEG_INFINITY, |a, y| a.max(y.to_f64()));
                    let weights = y.mapv(|y| T::from_f64((y.to_f64() - largest).exp()));
                    let p = &weights / weights.sum();
                    let mean = p.dot(&along);
                    let scale = T::from_f64(1.0 / samples);
                    Zip::from(&mut d)
                        .and(&p)
                        .and(&along)
                        .for_each(|d, &p, &a| *d = scale * p * (a - mean));
                }
            }
        }
    }

    fn backward(&mut self, mut out: &mut [T]) {
        let (one, zero) = (T::one(), T::zero());
        for l in (1..self.network.layers.len()).rev() {
            let (lower, here) = self.along.split_at_mut(l);
            let (lower, here) = (&mut lower[l - 1][1], &here[0][1]);
            let delta = self.pass.gradient(l, self.batch.inputs()).delta;
            let (w, v) = (
                &self.network.layers[l].weights,
                &self.direction.layers[l].weights,
            );
            multiply_add(one, w.t(), here.view(), zero, lower.view_mut());
            multiply_add(one, v.t(), delta, one, lower.view_mut());
            gate(lower, self.pass.activations(l - 1));
        }
        for (l, layer) in self.network.layers.iter().enumerate() {
            let gradient = self.pass.gradient(l, self.batch.inputs());
            let (part, rest) = out.split_at_mut(layer.weights.len());
            let mut product = ndarray::ArrayViewMut2::from_shape(layer.weights.dim(), part)
                .expect("as long as the weights");
            let delta = self.along[l][1].view();
            multiply_add(one, delta, gradient.below.t(), zero, product.view_mut());
            if l > 0 {
                let below = self.along[l - 1][0].t();
                multiply_add(one, gradient.delta, below, one, product);
            }
            out = rest;
            if self.network.architecture.bias {
                let (part, rest) = out.split_at_mut(layer.bias.len());
                for (out, row) in part.iter_mut().zip(delta.axis_iter(Axis(0))) {
                    *out = row.sum();
                }
                out = rest;
            }
        }
    }

    /// The whole Hessian, P × P. O(P) products.
    pub fn dense(&mut self) -> Array2<T> {
        let count = self.dim();
        let mut unit = vec![T::zero(); count];
        let mut hessian = Array2::zeros((count, count));
        for (i, mut row) in hessian.rows_mut().into_iter().enumerate() {
            unit[i] = T::one();
            self.apply(&unit, row.as_slice_mut().expect("row by row"));
            unit[i] = T::zero();
        }
        hessian
    }
}

/// Zero where the node is not active.
fn gate<T: Real>(x: &mut Array2<T>, f: ArrayView2<T>) {
    Zip::from(x).and(f).for_each(|x, &f| *x = positive(f, *x));
}
