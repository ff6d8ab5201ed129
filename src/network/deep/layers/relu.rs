//! max(x, 0).

use super::{InPlace, LayerKind, Mode, Room, Work, least_share};
use crate::network::deep::{Parameters, Shape};
use crate::real::Real;
use ndarray::parallel::prelude::{IndexedParallelIterator, ParallelIterator};
use ndarray::{Array1, ArrayView2, ArrayViewMut2};
use rayon::slice::{ParallelSlice, ParallelSliceMut};
use serde::Serialize;

/// max(x, 0)
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Relu;

impl LayerKind for Relu {
    fn output(&self, input: Shape) -> Result<Shape, String> {
        Ok(input)
    }

    fn work<T: Real>(&self, room: Room) -> Work<T> {
        let copy = (!room.stays).then(|| vec![T::zero(); room.input.len() * room.capacity]);
        Work::InPlace(Box::new(Gates { copy }))
    }
}

/// Which nodes are active: where the activations themselves do not stay, a copy of them tells.
struct Gates<T> {
    copy: Option<Vec<T>>,
}

impl<T: Real> InPlace<T> for Gates<T> {
    fn forward(&mut self, _: &Parameters<T>, mut x: ArrayViewMut2<T>, _: Mode) {
        let x = x.as_slice_mut().expect("activations are contiguous");
        match &mut self.copy {
            None => x.par_chunks_mut(PIECE).with_min_len(least_share(true)).for_each(|x| {
                x.iter_mut().for_each(|x| *x = positive(*x, *x));
            }),
            Some(copy) => {
                for (copy, x) in copy.iter_mut().zip(x) {
                    *x = positive(*x, *x);
                    *copy = *x;
                }
            }
        }
    }

    fn backward(&mut self, _: &Parameters<T>, f: ArrayView2<T>, delta: ArrayViewMut2<T>, _: &mut [Array1<T>]) {
        self.tangent(f, delta);
    }

    fn tangent(&self, f: ArrayView2<T>, mut along: ArrayViewMut2<T>) -> bool {
        let along = along.as_slice_mut().expect("activations are contiguous");
        let f = match &self.copy {
            Some(copy) => &copy[..along.len()],
            None => f.to_slice().expect("activations are contiguous"),
        };
        let pieces = along.par_chunks_mut(PIECE).zip(f.par_chunks(PIECE));
        pieces.with_min_len(least_share(true)).for_each(|(along, f)| {
            for (d, &f) in along.iter_mut().zip(f) {
                *d = positive(f, *d);
            }
        });
        true
    }
}

/// x where the node is active, else 0: a selection, not a branch.
#[inline(always)]
fn positive<T: Real>(f: T, x: T) -> T {
    if f > T::zero() { x } else { T::zero() }
}

/// Numbers of a piece of work: fewer are not worth a second thread.
const PIECE: usize = 1 << 17;
