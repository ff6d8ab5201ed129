//! Nodes as rows of one slice: normalised, and their velocities projected. Rows may be short, and then what
//! matters is that nothing is called for each.

use multiversion::multiversion;

/// Lanes of a sum: two registers, so that one need not wait for what was added to it before.
const LANES: usize = 8;

/// A register.
const HALF: usize = LANES / 2;

/// Σ a_i b_i.
#[inline(always)]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let sums = total(by_lanes(a, b));
    let ((a, a_rest), (b, b_rest)) = (a_rest.as_chunks::<HALF>(), b_rest.as_chunks::<HALF>());
    let single: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums + (total_of_half(by_lanes(a, b)) + single)
}

/// The same of chunks, lane by lane.
#[inline(always)]
fn by_lanes<const N: usize>(a: &[[f64; N]], b: &[[f64; N]]) -> [f64; N] {
    let mut sums = [0.0; N];
    for (a, b) in a.iter().zip(b) {
        for lane in 0..N {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums
}

#[inline(always)]
fn total(sums: [f64; LANES]) -> f64 {
    let mut halves = [0.0; HALF];
    for lane in 0..HALF {
        halves[lane] = sums[lane] + sums[lane + HALF];
    }
    total_of_half(halves)
}

#[inline(always)]
fn total_of_half(sums: [f64; HALF]) -> f64 {
    (sums[0] + sums[2]) + (sums[1] + sums[3])
}

/// w_j·w_i of each row j with all rows after it, until `out` is full. O(length of `out` · length of a row).
#[multiversion(targets("x86_64+avx2"))]
pub fn products(nodes: &[f64], count: usize, out: &mut [f64]) {
    let length = nodes.len() / count;
    let mut out = out.iter_mut();
    for j in 0..count {
        let (own, after) = nodes[j * length..].split_at(length);
        for other in after.chunks_exact(length) {
            let Some(out) = out.next() else { return };
            *out = dot(own, other);
        }
    }
}

/// The norm of each row. O(length).
#[multiversion(targets("x86_64+avx512f", "x86_64+avx2"))]
pub fn norms(rows: &[f64], norms: &mut [f64]) {
    let length = rows.len() / norms.len();
    for (row, norm) in rows.chunks_exact(length).zip(norms) {
        *norm = dot(row, row).sqrt();
    }
}

/// Writes each row at unit norm into `out`, a zero row as it is. `norms` become those that rows have. O(length).
#[multiversion(targets("x86_64+avx512f", "x86_64+avx2"))]
pub fn normalize(rows: &[f64], norms: &mut [f64], out: &mut [f64]) {
    let length = rows.len() / norms.len();
    for ((row, norm), out) in rows.chunks_exact(length).zip(norms).zip(out.chunks_exact_mut(length)) {
        *norm = dot(row, row).sqrt();
        let scale = if *norm > 0.0 { 1.0 / *norm } else { 1.0 };
        for (out, x) in out.iter_mut().zip(row) {
            *out = x * scale;
        }
    }
}

/// r_j P⊥_j f_j into row j of `out`, P⊥_j = I − w_j w_jᵀ of unit node j and r_j its norm. Gives Σ ‖P⊥_j f_j‖². O(length).
#[multiversion(targets("x86_64+avx512f", "x86_64+avx2"))]
pub fn project(forces: &[f64], nodes: &[f64], norms: &[f64], out: &mut [f64]) -> f64 {
    let length = out.len() / norms.len();
    let rows = forces
        .chunks_exact(length)
        .zip(nodes.chunks_exact(length))
        .zip(norms)
        .zip(out.chunks_exact_mut(length));
    let mut squares = [0.0; LANES];
    for (((force, node), &norm), out) in rows {
        let along = dot(force, node);
        let (force, force_rest) = force.as_chunks::<LANES>();
        let (node, node_rest) = node.as_chunks::<LANES>();
        let (out, out_rest) = out.as_chunks_mut::<LANES>();
        for ((force, node), out) in force.iter().zip(node).zip(out) {
            for lane in 0..LANES {
                let tangent = force[lane] - along * node[lane];
                squares[lane] += tangent * tangent;
                out[lane] = norm * tangent;
            }
        }
        for ((force, node), out) in force_rest.iter().zip(node_rest).zip(out_rest) {
            let tangent = force - along * node;
            squares[0] += tangent * tangent;
            *out = norm * tangent;
        }
    }
    total(squares)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of 1 to 19 numbers, so that there are some beyond the last vector.
    fn rows(length: usize, seed: u64) -> Vec<f64> {
        let number = |i: usize| ((i as u64 * 37 + seed * 11) % 23) as f64 - 9.5;
        (0..3 * length).map(number).collect()
    }

    #[test]
    fn rows_are_normalized_and_keep_their_direction() {
        for length in 1..20 {
            let before = rows(length, 1);
            let (mut after, mut had, mut have) = (vec![0.0; 3 * length], [0.0; 3], [0.0; 3]);
            normalize(&before, &mut had, &mut after);
            norms(&after, &mut have);
            assert!(have.iter().all(|norm| (norm - 1.0).abs() < 1e-15));
            for (i, (after, before)) in after.iter().zip(&before).enumerate() {
                assert!((after * had[i / length] - before).abs() < 1e-14);
            }
        }
        let (mut out, mut norm) = ([1.0; 5], [1.0]);
        normalize(&[0.0; 5], &mut norm, &mut out);
        assert_eq!((out, norm), ([0.0; 5], [0.0]));
    }

    #[test]
    fn products_are_those_of_each_row_with_the_rows_after_it() {
        for length in 1..20 {
            let rows = rows(length, 4);
            let row = |j: usize| &rows[j * length..(j + 1) * length];
            let product = |(i, j)| (0..length).map(|c| row(i)[c] * row(j)[c]).sum::<f64>();
            let mut out = [0.0; 3];
            products(&rows, 3, &mut out);
            assert_eq!(out, [(0, 1), (0, 2), (1, 2)].map(product));
            let mut out = [0.0; 2];
            products(&rows, 3, &mut out);
            assert_eq!(out, [(0, 1), (0, 2)].map(product));
        }
    }

    #[test]
    fn what_is_projected_is_tangent_and_what_was_taken_is_radial() {
        for length in 1..20 {
            let (forces, mut nodes, mut norms) = (rows(length, 2), vec![0.0; 3 * length], [0.0; 3]);
            normalize(&rows(length, 3), &mut norms, &mut nodes);
            let mut out = vec![0.0; 3 * length];
            let squares = project(&forces, &nodes, &norms, &mut out);
            let mut expected = 0.0;
            for (j, norm) in norms.iter().enumerate() {
                let row = j * length..(j + 1) * length;
                let node = &nodes[row.clone()];
                let radial = dot(&forces[row.clone()], node);
                assert!(dot(&out[row.clone()], node).abs() < 1e-12 * norm);
                for i in row {
                    let tangent = forces[i] - radial * nodes[i];
                    assert!((out[i] - norm * tangent).abs() < 1e-12);
                    expected += tangent * tangent;
                }
            }
            assert!((squares - expected).abs() < 1e-12 * (1.0 + expected));
        }
    }
}
