//! Kinds of layers: a file for each, and a line in the list below. Nothing else knows them one by one.
//!
//! A kind says what it makes of a shape, which parameters it has and what it works with. What it works with is one of
//! three: a [`Map`] makes new activations of those below (and with weights is linear in both), an [`InPlace`] changes
//! activations where they stand, and a view leaves them as they are. Passes, steps, products with the Hessian,
//! files and selections of nodes follow from these.

mod batch_norm;
mod convolution;
mod dense;
mod flatten;
mod relu;

pub use batch_norm::Normalization;
pub use convolution::Convolution;
pub use dense::Dense;
pub use flatten::Flatten;
pub use relu::Relu;

use super::{Layout, Parameters, Shape};
use crate::real::Real;
use ndarray::{Array1, ArrayView2, ArrayViewMut2};
use serde::Serialize;

/// Which statistics batch normalisation uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Those of the batch.
    Training,
    /// The running ones.
    Evaluation,
}

/// A kind of layer.
pub trait LayerKind {
    /// The shape of what it gives, or in words what it cannot read.
    ///
    /// # Errors
    /// If it cannot read such a shape.
    fn output(&self, input: Shape) -> Result<Shape, String>;

    /// Its parameters.
    fn layout(&self, _input: Shape) -> Layout {
        Layout::default()
    }

    /// Nodes, and whether they have biases, of a kind with weights: these begin a layer of the theory.
    fn nodes(&mut self) -> Option<(&mut usize, &mut bool)> {
        None
    }

    /// What passes work with.
    fn work<T: Real>(&self, room: Room) -> Work<T>;
}

/// What a kind has to make room for.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// The shape below.
    pub input: Shape,
    /// Samples, at most.
    pub capacity: usize,
    /// Whether what an in-place kind leaves still stands there on the way back.
    pub stays: bool,
}

/// What a kind works with in a pass.
pub enum Work<T> {
    /// New activations of those below.
    Map(Box<dyn Map<T>>),
    /// Other activations in the same place.
    InPlace(Box<dyn InPlace<T>>),
    /// The same numbers in another shape.
    View,
}

/// Makes new activations. Matrices are channels × (positions · batch), those of inputs in the shape below.
///
/// With A the map's derivative in its input at the last forward pass; where there are weights, A is linear in them and
/// the map is A x + bias.
pub trait Map<T>: Send + Sync {
    /// y = A x + bias.
    fn forward(&mut self, parameters: &Parameters<T>, x: ArrayView2<T>, y: ArrayViewMut2<T>);

    /// y ← A x + β y, with other weights where there are any.
    fn apply(&mut self, weights: ArrayView2<T>, x: ArrayView2<T>, beta: T, y: ArrayViewMut2<T>);

    /// x ← Aᵀ δ + β x.
    fn transposed(&mut self, weights: ArrayView2<T>, delta: ArrayView2<T>, beta: T, x: ArrayViewMut2<T>);

    /// out ← α ∂(δ·A x)/∂weights + β out.
    fn outer(&mut self, _alpha: T, _delta: ArrayView2<T>, _x: ArrayView2<T>, _beta: T, _out: ArrayViewMut2<T>) {}

    /// ∂/∂bias, a number per node: δ summed over positions and samples.
    fn sums(&self, _delta: ArrayView2<T>, _out: &mut [T]) {}
}

/// Changes activations where they stand. Matrices are channels × (positions · batch).
pub trait InPlace<T>: Send + Sync {
    /// x → f(x).
    fn forward(&mut self, parameters: &Parameters<T>, x: ArrayViewMut2<T>, mode: Mode);

    /// ∂ℓ/∂output → ∂ℓ/∂input, and the gradients of its learned vectors. `f` is what stands there now.
    fn backward(
        &mut self,
        parameters: &Parameters<T>,
        f: ArrayView2<T>,
        delta: ArrayViewMut2<T>,
        vectors: &mut [Array1<T>],
    );

    /// After a step: what is kept but not learned.
    fn keep(&self, _parameters: &mut Parameters<T>) {}

    /// For kinds that are linear in pieces and whose samples act alone: the derivative at what stands there, applied to a
    /// derivative of activations or, being diagonal, of gradients. False if the kind is no such.
    fn tangent(&self, f: ArrayView2<T>, along: ArrayViewMut2<T>) -> bool;
}

/// So many pieces of work at least go to one thread: one, or all of them where there is no second thread or where they are
/// not worth it.
fn least_share(is_worth_it: bool) -> usize {
    if is_worth_it && rayon::current_num_threads() > 1 {
        1
    } else {
        usize::MAX
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident),* $(,)?) => {
        /// A layer of one of the kinds.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
        #[serde(tag = "kind", rename_all = "kebab-case")]
        pub enum Operation {
            $($(#[$doc])* $kind($kind),)*
        }

        impl LayerKind for Operation {
            fn output(&self, input: Shape) -> Result<Shape, String> {
                match self {
                    $(Self::$kind(kind) => kind.output(input),)*
                }
            }

            fn layout(&self, input: Shape) -> Layout {
                match self {
                    $(Self::$kind(kind) => kind.layout(input),)*
                }
            }

            fn nodes(&mut self) -> Option<(&mut usize, &mut bool)> {
                match self {
                    $(Self::$kind(kind) => kind.nodes(),)*
                }
            }

            fn work<T: Real>(&self, room: Room) -> Work<T> {
                match self {
                    $(Self::$kind(kind) => kind.work(room),)*
                }
            }
        }

        $(impl From<$kind> for Operation {
            fn from(kind: $kind) -> Self {
                Self::$kind(kind)
            }
        })*
    };
}

kinds! {
    /// All nodes see all inputs.
    Dense,
    /// Each channel sees a few positions of all channels below, the same way everywhere.
    Convolution,
    /// Whitens each node over the batch.
    Normalization,
    /// max(x, 0)
    Relu,
    /// Channels and positions as nodes.
    Flatten,
}
