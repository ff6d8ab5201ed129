//! Deep networks: Theorem 1's rule for node gradients, and the matrix flow under separation of expectations.
//!
//! The bias is a constant input: f̂ = [f; 1] and Ŵ = [[W, b], [0, 1]], a node per row. The constant is a node like the
//! others, with a gate that is always open.

use crate::blas::multiply_add;
use crate::network::deep::{Architecture, Deep, unrolled};
use crate::sgd::{Gradient, Mode, Pass};
use ndarray::{Array1, Array2, ArrayView2, Axis, concatenate, s};

/// Activations of a network on a sample: the input first, then each hidden layer, with the constant as the last row.
struct Layers(Vec<Array2<f64>>);

impl Layers {
    fn of(network: &Deep<f64>, x: ArrayView2<f64>) -> (Self, Array2<f64>) {
        let mut pass = Pass::new(&network.architecture, x.ncols());
        pass.forward(network, x, Mode::Evaluation);
        let hidden = (0..network.depth()).map(|l| with_ones(pass.activations(l)));
        let layers = [with_ones(x)].into_iter().chain(hidden).collect();
        (Self(layers), pass.output().to_owned())
    }

    /// Gates of layer `l` ≥ 1: 1 where a node is active; always for the constant.
    fn gates(&self, l: usize) -> Array2<f64> {
        self.0[l].mapv(|f| f64::from(f > 0.0))
    }
}

fn with_ones(f: ArrayView2<f64>) -> Array2<f64> {
    concatenate![Axis(0), f, Array2::ones((1, f.ncols()))]
}

/// Ŵ of layer `l`; the output has no constant.
fn augmented(network: &Deep<f64>, l: usize) -> Array2<f64> {
    let layer = network.linear(l);
    let (weights, bias) = (&layer.weights, layer.bias());
    let (nodes, inputs) = weights.dim();
    let constant = usize::from(l < network.depth());
    let mut all = Array2::zeros((nodes + constant, inputs + 1));
    all.slice_mut(s![..nodes, ..inputs]).assign(weights);
    all.slice_mut(s![..nodes, inputs]).assign(bias);
    if constant == 1 {
        all[[nodes, inputs]] = 1.0;
    }
    all
}

/// β below from H above: Ŵᵀ H Ŵ*. For the student's own β the teacher is the student.
fn modulation(student: &Array2<f64>, h: &Array2<f64>, teacher: &Array2<f64>) -> Array2<f64> {
    product(product(student.t(), h.view()).view(), teacher.view())
}

fn product(a: ArrayView2<f64>, b: ArrayView2<f64>) -> Array2<f64> {
    let mut out = Array2::zeros((a.nrows(), b.ncols()));
    multiply_add(1.0, a, b, 0.0, out.view_mut());
    out
}

/// Theorem 1: g_k(x) = f'_k(x) [Σ β\*_kk°(x) f\*_k°(x) − Σ β_kk'(x) f_k'(x)], the negative gradient of ½‖f\* − f‖² in each
/// node's pre-activation, by the recursion for β and β* alone. (The poster's printed line has f_k' as f'_j' and a stray
/// β* at its end.)
///
/// A matrix per layer, from the bottom, nodes × samples; a channel of a convolution is a node at each position. Inputs are
/// d × samples. For checks: O(nodes³) per sample and layer.
///
/// # Panics
/// If the networks differ in depth, input or output, or are normalised by batches.
pub fn node_gradients(teacher: &Deep<f64>, student: &Deep<f64>, x: ArrayView2<f64>) -> Vec<Array2<f64>> {
    let depth = check(teacher, student);
    let (teacher, student) = (&unrolled(teacher), &unrolled(student));
    let (f_star, y_star) = Layers::of(teacher, x);
    let (f, y) = Layers::of(student, x);
    let mut all: Vec<Array2<f64>> = (0..depth).map(|l| Array2::zeros(student_shape(student, l, x))).collect();
    all.push(&y_star - &y);
    let gates: Vec<_> = (1..=depth).map(|l| [f.gates(l), f_star.gates(l)]).collect();
    for sample in 0..x.ncols() {
        // At the output H = H* = I.
        let mut h = Array2::eye(student.architecture.output());
        let mut h_star = h.clone();
        for l in (0..depth).rev() {
            let (w, w_star) = (augmented(student, l + 1), augmented(teacher, l + 1));
            let beta = modulation(&w, &h, &w);
            let beta_star = modulation(&w, &h_star, &w_star);
            let [gate, gate_star] = &gates[l];
            let (gate, gate_star) = (gate.column(sample), gate_star.column(sample));
            let pull = beta_star.dot(&f_star.0[l + 1].column(sample)) - beta.dot(&f.0[l + 1].column(sample));
            let nodes = all[l].nrows();
            let g = (&pull * &gate).slice(s![..nodes]).to_owned();
            all[l].column_mut(sample).assign(&g);
            h = gated(beta, &gate.to_owned(), &gate.to_owned());
            h_star = gated(beta_star, &gate.to_owned(), &gate_star.to_owned());
        }
    }
    all
}

fn student_shape(student: &Deep<f64>, l: usize, x: ArrayView2<f64>) -> (usize, usize) {
    (student.architecture.hidden()[l], x.ncols())
}

/// diag(left) M diag(right)
fn gated(mut m: Array2<f64>, left: &Array1<f64>, right: &Array1<f64>) -> Array2<f64> {
    m *= right;
    m *= &left.view().insert_axis(Axis(1));
    m
}

/// The same by backpropagation, for comparison: negative gradients in pre-activations, nodes × samples.
pub fn backpropagated(teacher: &Deep<f64>, student: &Deep<f64>, x: ArrayView2<f64>) -> Vec<Array2<f64>> {
    let pass = backward(teacher, student, x, 1.0);
    let nodes = |l| {
        let delta = -&pass.delta(l);
        let shape = (delta.len() / x.ncols(), x.ncols());
        let nodes = delta.into_shape_with_order(shape);
        nodes.expect("a row for each node")
    };
    (0..=student.depth()).map(nodes).collect()
}

fn backward(teacher: &Deep<f64>, student: &Deep<f64>, x: ArrayView2<f64>, scale: f64) -> Pass<f64> {
    check(teacher, student);
    let (_, y_star) = Layers::of(teacher, x);
    let mut pass = Pass::new(&student.architecture, x.ncols());
    pass.forward(student, x, Mode::Evaluation);
    let (y, mut delta) = pass.output_and_gradient();
    delta.assign(&((&y - &y_star) * scale));
    for l in (0..=student.depth()).rev() {
        pass.back_through(student, l);
    }
    pass
}

/// −∂/∂W of ½E‖f* − f‖² over the samples: what the matrix flow approximates.
pub fn true_velocity(teacher: &Deep<f64>, student: &Deep<f64>, x: ArrayView2<f64>) -> Gradient<f64> {
    let scale = 1.0 / x.ncols() as f64;
    let mut pass = backward(teacher, student, x, scale);
    let mut velocity = Deep::zeros(&student.architecture);
    for l in 0..=student.depth() {
        let bias = -pass.delta(l).sum_axis(Axis(1));
        let layer = velocity.linear_mut(l);
        let room = layer.weights.view_mut();
        pass.weight_gradient(&student.architecture, l, x, [-1.0, 0.0], room);
        *layer.bias_mut() = bias;
    }
    velocity
}

/// Ẇ_l = L\*_l W\*_l H\*_{l+1} − L_l W_l H_{l+1} of every layer, with expectations over the samples (d × N) taken apart.
///
/// At the output nothing is separated and the velocity is exact; with a single sample it is exact everywhere, and this is
/// Theorem 1. Each further layer separates one expectation more.
///
/// # Cost
/// O(N Σ n²) for L and D, O(Σ n³) for the rest.
///
/// # Panics
/// If the networks differ in depth, input or output, are normalised by batches, or share weights among positions.
pub fn separated_velocity(teacher: &Deep<f64>, student: &Deep<f64>, x: ArrayView2<f64>) -> Gradient<f64> {
    let depth = check(teacher, student);
    let is_dense = |network: &Deep<f64>| network.architecture.is_dense();
    assert!(is_dense(teacher) && is_dense(student), "no shared weights");
    let (f_star, _) = Layers::of(teacher, x);
    let (f, _) = Layers::of(student, x);
    let per_sample = 1.0 / x.ncols() as f64;
    let overlap = |a: &Array2<f64>, b: &Array2<f64>| {
        let mut out = Array2::zeros((a.nrows(), b.nrows()));
        multiply_add(per_sample, a.view(), b.t(), 0.0, out.view_mut());
        out
    };
    let mut velocity = Deep::zeros(&student.architecture);
    let mut h = Array2::eye(student.architecture.output());
    let mut h_star = h.clone();
    for l in (0..=depth).rev() {
        let (w, w_star) = (augmented(student, l), augmented(teacher, l));
        let (l_own, l_star) = (overlap(&f.0[l], &f.0[l]), overlap(&f.0[l], &f_star.0[l]));
        // (L* W* H* − L W H)ᵀ, a node per row.
        let pull = product(product(h_star.view(), w_star.view()).view(), l_star.t());
        let push = product(product(h.view(), w.view()).view(), l_own.view());
        let layer = velocity.linear_mut(l);
        let (nodes, inputs) = layer.weights.dim();
        let change = pull - push;
        layer.weights.assign(&change.slice(s![..nodes, ..inputs]));
        if student.architecture.has_bias() {
            layer.bias_mut().assign(&change.slice(s![..nodes, inputs]));
        }
        if l > 0 {
            let (gates, gates_star) = (f.gates(l), f_star.gates(l));
            h = modulation(&w, &h, &w) * overlap(&gates, &gates);
            h_star = modulation(&w, &h_star, &w_star) * overlap(&gates, &gates_star);
        }
    }
    velocity
}

/// The common depth.
fn check(teacher: &Deep<f64>, student: &Deep<f64>) -> usize {
    let (a, b) = (&teacher.architecture, &student.architecture);
    assert_eq!(a.depth(), b.depth(), "equal depth");
    let ends = |network: &Architecture| (network.input(), network.output());
    assert_eq!(ends(a), ends(b), "equal ends");
    assert!(!a.has_batch_norm() && !b.has_batch_norm(), "no batch normalisation");
    b.depth()
}
