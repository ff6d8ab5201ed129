//! Small matrices are turned in registers.

use std::array;

/// Numbers in the registers that all processors in question have, or in half of a wider one.
pub const TILE: usize = 4;

/// Rows of numbers.
pub type Tile = [[f64; TILE]; TILE];

/// Rows become columns. `FMA` is for code that runs where the processor has it alone, here as wherever it stands: elsewhere
/// what it asks for is no instruction.
#[inline(always)]
pub fn turn<const FMA: bool>(tile: Tile) -> Tile {
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
