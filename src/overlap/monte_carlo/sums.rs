//! Sums over samples of gates, activations and their squares, pair by pair.

use super::gates::{self, Gates};
use super::sample::PART;
use crate::real::Real;
use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, ArrayView1, ArrayView2, ArrayViewMut2, Axis, Zip, s};

/// Where both nodes of a pair are active in a smaller part of the samples, those are added one by one: each costs what
/// so many multiply–adds of a matrix product do.
const SPARSE: f64 = 1.0 / 60.0;

/// So few student nodes are multiplied with all others at once; more of them, in the symmetric half alone.
const FEW: usize = 24;

/// All nodes, students before teachers.
#[derive(Clone, Copy)]
pub struct Nodes<'a, T> {
    /// (n + m) × d, a node per row
    pub weights: ArrayView2<'a, T>,
    /// n + m
    pub thresholds: ArrayView1<'a, T>,
}

/// Sums over samples, each n × (n + m): students beside students, of those only k ≥ j, then beside teachers.
pub struct Sums<T> {
    pub gates: Array2<u64>,
    pub activations: Array2<f64>,
    pub squares: Array2<f64>,
    /// Gates of the first with activations of the second, for all k; 0 × 0 where nobody asks.
    pub mixed: Array2<f64>,
    /// Of the pairs and samples, those with both active, as the last part had it.
    joint: Option<f64>,
    /// Activations of a part, node by node.
    f: Vec<T>,
    /// Gates of a part, node by node.
    open: Vec<Gates>,
    /// The students' gates as numbers, node by node, where they are mixed with activations.
    opened: Vec<T>,
    product: Array2<T>,
}

impl<T: Real> Sums<T> {
    /// Nothing summed yet, for n student and m teacher nodes, with gates and activations mixed or without.
    pub fn zeros(n: usize, m: usize, mixed: bool) -> Self {
        let of_mixed = if mixed { (n, n + m) } else { (0, 0) };
        Self {
            gates: Array2::zeros((n, n + m)),
            activations: Array2::zeros((n, n + m)),
            squares: Array2::zeros((n, n + m)),
            mixed: Array2::zeros(of_mixed),
            joint: None,
            f: vec![T::zero(); (n + m) * PART],
            open: vec![Gates::default(); n + m],
            opened: vec![T::zero(); of_mixed.0 * PART],
            product: Array2::zeros((n, n + m)),
        }
    }

    /// Forgets all samples.
    pub fn clear(&mut self) {
        self.gates.fill(0);
        self.activations.fill(0.0);
        self.squares.fill(0.0);
        self.mixed.fill(0.0);
        self.joint = None;
    }

    /// Adds a part of the sample, `x` d × at most [`PART`].
    pub fn add(&mut self, nodes: Nodes<T>, x: ArrayView2<T>, squares: bool) {
        let (count, samples) = (nodes.weights.nrows(), x.ncols());
        let f = &mut self.f[..count * samples];
        let mut f = ArrayViewMut2::from_shape((count, samples), f).expect("as long as its shape");
        general_mat_mul(T::one(), &nodes.weights, &x, T::zero(), &mut f);
        gates::open(f, nodes.thresholds, &mut self.open);
        self.add_mixed(samples);

        // Of the first part what independent gates would have.
        let independent = || (gates::count(&self.open) as f64 / (count * samples) as f64).powi(2);
        let joint = self.joint.unwrap_or_else(independent);
        let both = if joint < SPARSE {
            self.add_sparse(samples, squares)
        } else {
            self.add_dense(samples, squares)
        };
        let n = self.gates.nrows();
        let pairs = n * count - n * (n - 1) / 2;
        self.joint = Some(both as f64 / (pairs * samples) as f64);
    }

    /// Σ f'_j f_k over the samples, if there is room for it.
    fn add_mixed(&mut self, samples: usize) {
        if self.mixed.is_empty() {
            return;
        }
        let (n, nodes) = self.product.dim();
        let own = self.opened.iter_mut().zip(&self.f[..n * samples]);
        own.for_each(|(open, x)| *open = if *x > T::zero() { T::one() } else { T::zero() });
        let (opened, f) = (activations(&self.opened, n, samples), activations(&self.f, nodes, samples));
        general_mat_mul(T::one(), &opened, &f.t(), T::zero(), &mut self.product);
        Zip::from(&mut self.mixed).and(&self.product).for_each(|sum, x| *sum += x.to_f64());
    }

    /// From the samples in which both nodes of a pair are active, whose number it gives.
    fn add_sparse(&mut self, samples: usize, squares: bool) -> u64 {
        let (n, nodes) = self.product.dim();
        let f = activations(&self.f, nodes, samples);
        gates::sum_joint(&self.open, f, n, |j, k, pair| {
            self.gates[[j, k]] += pair.both;
            self.activations[[j, k]] += pair.products;
            if squares {
                self.squares[[j, k]] += pair.squares;
            }
        })
    }

    /// From counts of packed gates and a product of the activations. Gives the number of samples with both active.
    fn add_dense(&mut self, samples: usize, squares: bool) -> u64 {
        let nodes = self.product.ncols();
        let both = gates::count_joint(&self.open, self.gates.view_mut());
        self.multiply(samples);
        add_upper(&mut self.activations, &self.product);
        if squares {
            let f = self.f[..nodes * samples].iter_mut();
            f.for_each(|x| *x = *x * *x);
            self.multiply(samples);
            add_upper(&mut self.squares, &self.product);
        }
        both
    }

    /// f fᵀ, of pairs of students perhaps only the upper half.
    fn multiply(&mut self, samples: usize) {
        let (n, nodes) = self.product.dim();
        let f = activations(&self.f, nodes, samples);
        let (students, teachers) = f.split_at(Axis(0), n);
        if n <= FEW {
            return general_mat_mul(T::one(), &students, &f.t(), T::zero(), &mut self.product);
        }
        let product = self.product.as_slice_mut().expect("stored row by row");
        T::gram(&self.f[..n * samples], n, product, nodes);
        let mut beside = self.product.slice_mut(s![.., n..]);
        general_mat_mul(T::one(), &students, &teachers.t(), T::zero(), &mut beside);
    }
}

/// The activations of a part, nodes × samples.
fn activations<T>(f: &[T], nodes: usize, samples: usize) -> ArrayView2<'_, T> {
    let f = &f[..nodes * samples];
    ArrayView2::from_shape((nodes, samples), f).expect("as long as its shape")
}

/// Adds what is on or above the diagonal.
fn add_upper<T: Real>(sums: &mut Array2<f64>, product: &Array2<T>) {
    let rows = sums.rows_mut().into_iter().zip(product.rows());
    for (j, (mut sums, product)) in rows.enumerate() {
        Zip::from(sums.slice_mut(s![j..])).and(product.slice(s![j..])).for_each(|sum, x| *sum += x.to_f64());
    }
}
