//! Random teachers and students, drawn in the few coordinates that matter.
//!
//! For x ~ N(0, I) only angles between nodes count, so k = min(d, n + m) coordinates hold everything.
//! The vectors are never formed in R^d: the R of the QR decomposition of a Gaussian matrix has a
//! known law (Bartlett: chi on the diagonal, normal above it), and R holds all the angles.

use super::{NetworkError, unit};
use crate::rng::Stream;
use ndarray::{Array2, ArrayView1, ArrayView2, ArrayViewMut1, Axis, s};
use rand::RngExt;
use rand_distr::{ChiSquared, Distribution, StandardNormal};

/// `count` independent N(0, I) vectors of R^dim, a vector per column, in coordinates of an orthonormal basis.
///
/// The first `known` basis vectors are given; the others are chosen so that as few as possible are
/// needed: `known` + min(`count`, `dim` − `known`) in all. O((known + count) · count), whatever `dim` is.
pub fn gaussian_in_span(rng: &mut Stream, dim: usize, known: usize, count: usize) -> Array2<f64> {
    let free = dim - known;
    let needed = count.min(free);
    let mut columns = Array2::zeros((known + needed, count));
    for (j, mut column) in columns.columns_mut().into_iter().enumerate() {
        for (i, entry) in column.iter_mut().enumerate() {
            let row = i.checked_sub(known);
            *entry = match row {
                // All of R^dim is needed anyway: plain coordinates.
                _ if needed == free => StandardNormal.sample(rng),
                Some(row) if row > j => 0.0,
                Some(row) if row == j => {
                    let chi_squared = ChiSquared::new((free - row) as f64);
                    chi_squared.expect("row < free").sample(rng).sqrt()
                }
                _ => StandardNormal.sample(rng),
            };
        }
    }
    columns
}

/// `nodes` orthonormal columns, in the coordinates of their own span: the identity.
///
/// # Errors
/// More nodes than dimensions.
pub fn orthonormal_teacher(dim: usize, nodes: usize) -> Result<Array2<f64>, NetworkError> {
    if nodes > dim {
        return Err(NetworkError::TooManyOrthonormal { nodes, dim });
    }
    Ok(Array2::eye(nodes))
}

/// `nodes` independent uniform directions of R^dim, in the coordinates of their span.
pub fn random_teacher(rng: &mut Stream, dim: usize, nodes: usize) -> Array2<f64> {
    let mut weights = gaussian_in_span(rng, dim, 0, nodes);
    for mut column in weights.columns_mut() {
        unit::normalize(&mut column);
    }
    weights
}

/// Entries of a grid teacher.
const GRID: [f64; 5] = [-0.5, -0.25, 0.0, 0.25, 0.5];

/// Draws of a column after which there seem to be no more distinct ones.
const GRID_DRAWS: usize = 10_000;

/// `nodes` different columns of R^dim with entries from {±½, ±¼, 0}, normalised: as the poster's authors draw teachers.
///
/// # Errors
/// More nodes than there are distinct columns.
pub fn grid_columns(rng: &mut Stream, dim: usize, nodes: usize) -> Result<Array2<f64>, NetworkError> {
    scaled_grid_columns(rng, dim, nodes).map(|(columns, _)| columns)
}

/// [`grid_columns`] with the norms that the columns had.
pub(super) fn scaled_grid_columns(
    rng: &mut Stream,
    dim: usize,
    nodes: usize,
) -> Result<(Array2<f64>, Vec<f64>), NetworkError> {
    let mut columns = Array2::<f64>::zeros((dim, nodes));
    let mut norms = Vec::with_capacity(nodes);
    for j in 0..nodes {
        let (earlier, mut rest) = columns.view_mut().split_at(Axis(1), j);
        let mut column = rest.column_mut(0);
        let norm = (0..GRID_DRAWS).find_map(|_| {
            column.map_inplace(|x| *x = GRID[rng.random_range(0..GRID.len())]);
            let norm = unit::normalize(&mut column);
            // Equal up to a positive factor is equal once normalised.
            let seen = |other: ArrayView1<f64>| (&other - &column).iter().all(|x| x.abs() < 1e-12);
            (norm > 0.0 && !earlier.columns().into_iter().any(seen)).then_some(norm)
        });
        norms.push(norm.ok_or(NetworkError::GridExhausted { nodes, dim })?);
    }
    Ok((columns, norms))
}

/// Students at angle `theta0` from their teacher nodes, each in a uniformly random direction of R^dim.
///
/// `teacher` (k₀ × m) holds coordinates in the span of W*. The result (k × m) has
/// k = min(dim, k₀ + m) coordinates, of which the first k₀ are the teacher's.
pub fn students_at_angle(rng: &mut Stream, dim: usize, teacher: ArrayView2<f64>, theta0: f64) -> Array2<f64> {
    let (known, nodes) = teacher.dim();
    let mut students = gaussian_in_span(rng, dim, known, nodes);
    let padded = pad_rows(teacher, students.nrows());
    for (mut student, node) in students.columns_mut().into_iter().zip(padded.columns()) {
        turn_to_angle(&mut student, node, theta0);
    }
    students
}

/// Replaces a vector by the unit vector at angle `theta` from the unit vector `node`, in the vector's direction.
pub fn turn_to_angle(vector: &mut ArrayViewMut1<f64>, node: ArrayView1<f64>, theta: f64) {
    let (sin, cos) = theta.sin_cos();
    // Twice: once leaves what rounding left.
    for _ in 0..2 {
        let along = vector.dot(&node);
        vector.scaled_add(-along, &node);
    }
    unit::normalize(vector);
    *vector *= sin;
    vector.scaled_add(cos, &node);
    unit::normalize(vector);
}

/// The same columns with rows of zeros below: further coordinates.
pub fn pad_rows(columns: ArrayView2<f64>, rows: usize) -> Array2<f64> {
    let mut padded = Array2::zeros((rows, columns.ncols()));
    padded.slice_mut(s![..columns.nrows(), ..]).assign(&columns);
    padded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::stream;

    #[test]
    fn the_drawn_coordinates_have_the_law_of_gaussian_vectors() {
        // E‖g‖² = d and E(g·h)² = d for independent N(0, I) vectors of R^d.
        let (dim, draws) = (7, 4000);
        for known in [0, 2, 5] {
            let mut rng = stream(3, "test", &[known as u64]);
            let (mut norm, mut product) = (0.0, 0.0);
            for _ in 0..draws {
                let g = gaussian_in_span(&mut rng, dim, known, 2);
                norm += g.column(0).dot(&g.column(0)) / f64::from(draws);
                product += g.column(0).dot(&g.column(1)).powi(2) / f64::from(draws);
            }
            // Standard errors: √(2d/N) = 0.06 and about √(3 d²·…/N) = 0.2.
            assert!((norm - dim as f64).abs() < 0.25, "{norm}");
            assert!((product - dim as f64).abs() < 0.9, "{product}");
        }
    }

    #[test]
    fn a_million_dimensions_cost_no_more_than_twenty() {
        let teacher = random_teacher(&mut stream(1, "teacher", &[]), 1_000_000, 10);
        assert_eq!(teacher.dim(), (10, 10));
        let student = students_at_angle(&mut stream(1, "s", &[]), 1_000_000, teacher.view(), 0.3);
        assert_eq!(student.dim(), (20, 10));
        for (node, column) in student.columns().into_iter().enumerate() {
            let cosine = column.slice(s![..10]).dot(&teacher.column(node));
            assert!((cosine.acos() - 0.3).abs() < 1e-14);
        }
    }
}
