//! States become entries of a number from each, and back: a matrix is turned, tile by tile.

use crate::overlap::gaussian::{TILE, turn};
use std::array;

/// Entries of P states become entries of P numbers each. P is 1 or whole tiles.
#[inline(always)]
pub fn gather<const FMA: bool, const P: usize>(states: [&[f64]; P], to: &mut [[f64; P]]) {
    let states = states.map(|state| &state[..to.len()]);
    let (tiles, rest) = match P {
        1 => (&mut [][..], to),
        _ => to.as_chunks_mut::<TILE>(),
    };
    let begin = TILE * tiles.len();
    for (tile, to) in tiles.iter_mut().enumerate() {
        for first in (0..P).step_by(TILE) {
            let turned = turn::<FMA>(array::from_fn(|p| states[first + p].as_chunks().0[tile]));
            for (to, turned) in to.iter_mut().zip(turned) {
                to.as_chunks_mut().0[first / TILE] = turned;
            }
        }
    }
    for (i, to) in rest.iter_mut().enumerate() {
        *to = array::from_fn(|p| states[p][begin + i]);
    }
}

/// The way back, to the states that are wanted.
#[inline(always)]
pub fn spread<const FMA: bool, const P: usize>(from: &[[f64; P]], mut states: [Option<&mut [f64]>; P]) {
    let (tiles, rest) = match P {
        1 => (&[][..], from),
        _ => from.as_chunks::<TILE>(),
    };
    let begin = TILE * tiles.len();
    for (tile, from) in tiles.iter().enumerate() {
        for first in (0..P).step_by(TILE) {
            let turned = turn::<FMA>(array::from_fn(|i| from[i].as_chunks().0[first / TILE]));
            for (state, turned) in states[first..].iter_mut().zip(turned) {
                if let Some(state) = state {
                    state.as_chunks_mut().0[tile] = turned;
                }
            }
        }
    }
    for (p, state) in states.iter_mut().enumerate() {
        if let Some(state) = state {
            let entries = state[begin..].iter_mut().zip(rest);
            entries.for_each(|(to, from)| *to = from[p]);
        }
    }
}
