//! States become entries of a number from each, and back: a matrix is turned, tile by tile.

use std::array;

/// So many entries of so many states are turned at a time: numbers of a register that all processors in question have.
const TILE: usize = 4;

/// Rows of numbers.
type Tile = [[f64; TILE]; TILE];

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

/// Rows become columns. `FMA` is for code that runs where the processor has it alone, here as wherever it stands: elsewhere
/// what it asks for is no instruction.
#[inline(always)]
fn turn<const FMA: bool>(tile: Tile) -> Tile {
    #[cfg(target_arch = "x86_64")]
    if FMA {
        // SAFETY: callers are compiled for fused multiply–add, and what has that has AVX.
        return unsafe { turn_avx(tile) };
    }
    array::from_fn(|i| array::from_fn(|j| tile[j][i]))
}

/// By registers: the compiler takes the numbers one by one, or gathers them, which is as slow.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx")]
#[inline]
fn turn_avx(tile: Tile) -> Tile {
    use std::arch::x86_64::{__m256d, _mm256_permute2f128_pd as halves, _mm256_unpackhi_pd, _mm256_unpacklo_pd};
    use std::mem::transmute;
    // SAFETY: four numbers are a register.
    let [a, b, c, d] = unsafe { transmute::<Tile, [__m256d; TILE]>(tile) };
    let even = [_mm256_unpacklo_pd(a, b), _mm256_unpacklo_pd(c, d)];
    let odd = [_mm256_unpackhi_pd(a, b), _mm256_unpackhi_pd(c, d)];
    let turned = [
        halves::<0x20>(even[0], even[1]),
        halves::<0x20>(odd[0], odd[1]),
        halves::<0x31>(even[0], even[1]),
        halves::<0x31>(odd[0], odd[1]),
    ];
    // SAFETY: and the other way round.
    unsafe { transmute::<[__m256d; TILE], Tile>(turned) }
}
