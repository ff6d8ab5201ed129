//! A layer of ReLU nodes: weights and thresholds.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2};

/// Nodes f_j(x) = max(w_j·x − b_j, 0), owned.
#[derive(Clone, Debug)]
pub struct Layer {
    /// d × n, a node per column, stored so that each column is contiguous.
    pub weights: Array2<f64>,
    /// b, one per node.
    pub thresholds: Array1<f64>,
}

/// A borrowed [`Layer`]: what the hot loops pass around.
#[derive(Clone, Copy, Debug)]
pub struct LayerView<'a> {
    /// d × n, a node per column.
    pub weights: ArrayView2<'a, f64>,
    /// b, one per node.
    pub thresholds: ArrayView1<'a, f64>,
}

impl Layer {
    /// A layer with the same threshold on every node.
    pub fn with_threshold(weights: Array2<f64>, threshold: f64) -> Self {
        let thresholds = Array1::from_elem(weights.ncols(), threshold);
        Self::new(weights, thresholds)
    }

    /// A layer with a threshold per node.
    ///
    /// # Panics
    /// If there is not one threshold per column.
    pub fn new(weights: Array2<f64>, thresholds: Array1<f64>) -> Self {
        assert_eq!(weights.ncols(), thresholds.len(), "one threshold per node");
        Self { weights, thresholds }
    }

    /// Borrows it.
    pub fn view(&self) -> LayerView<'_> {
        LayerView {
            weights: self.weights.view(),
            thresholds: self.thresholds.view(),
        }
    }
}

impl<'a> LayerView<'a> {
    /// The same view for a shorter time (array views are invariant in their lifetime).
    pub fn reborrow<'b>(self) -> LayerView<'b>
    where
        'a: 'b,
    {
        LayerView {
            weights: self.weights.reborrow(),
            thresholds: self.thresholds.reborrow(),
        }
    }

    /// Number of nodes n.
    pub fn nodes(&self) -> usize {
        self.weights.ncols()
    }

    /// Input dimension d.
    pub fn input_dim(&self) -> usize {
        self.weights.nrows()
    }
}
