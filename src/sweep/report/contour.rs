//! The zero contour of values on a grid: marching squares, linear along each edge.

use crate::plot::{Axis, Scale};

/// Pieces of the contour, in values of the axes. `value` gives what stands at (column, row); squares with a corner
/// that has none are left out. O(cells).
pub fn zero(x: &Axis, y: &Axis, value: impl Fn(usize, usize) -> Option<f64>) -> Vec<[(f64, f64); 2]> {
    let mut pieces = Vec::new();
    for column in 1..x.cells.len() {
        for row in 1..y.cells.len() {
            let corners = [(column - 1, row - 1), (column, row - 1), (column, row), (column - 1, row)];
            let values: Option<Vec<f64>> = corners.iter().map(|&(c, r)| value(c, r)).collect();
            let Some(values) = values.filter(|values| values.iter().all(|v| v.is_finite())) else {
                continue;
            };
            let mut crossings = Vec::new();
            for (i, j) in [(0, 1), (1, 2), (2, 3), (3, 0)] {
                if (values[i] > 0.0) != (values[j] > 0.0) {
                    let part = values[i] / (values[i] - values[j]);
                    let ((a, b), (c, d)) = (corners[i], corners[j]);
                    crossings.push((between(x, a, c, part), between(y, b, d, part)));
                }
            }
            // Two crossings are a piece; four, at a saddle, are two.
            pieces.extend(crossings.chunks_exact(2).map(|pair| [pair[0], pair[1]]));
        }
    }
    pieces
}

/// A part of the way from one value to another, on the axis' scale.
fn between(axis: &Axis, from: usize, to: usize, part: f64) -> f64 {
    let (from, to) = (axis.cells[from], axis.cells[to]);
    match axis.scale {
        Scale::Linear => from + part * (to - from),
        Scale::Log => from * (to / from).powf(part),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contour_of_a_plane_is_its_zero_line() {
        let axis = |cells: Vec<f64>, scale| Axis {
            cells,
            scale,
            ..Axis::default()
        };
        let x = axis((0..9).map(f64::from).collect(), Scale::Linear);
        let y = axis((0..7).map(|i| 10f64.powi(i)).collect(), Scale::Log);
        // log₁₀ y = 0.7 x + 0.35
        let pieces = zero(&x, &y, |column, row| Some(0.7 * column as f64 + 0.35 - row as f64));
        assert!(pieces.len() > 8);
        for (x, y) in pieces.into_iter().flatten() {
            assert!((y.log10() - 0.7 * x - 0.35).abs() < 1e-12, "{x} {y}");
        }
        assert!(zero(&x, &y, |_, _| Some(1.0)).is_empty());
        assert!(zero(&x, &y, |_, _| None).is_empty());
    }
}
