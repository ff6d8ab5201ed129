//! Correlations of two layers whose activations are too many to be held at once, piece by piece.

use super::Correlations;
use super::correlation::SILENT;
use crate::blas::multiply_add;
use ndarray::{Array2, ArrayView2, Zip};

/// Sums over the samples so far, from which correlations follow.
///
/// # Precision
/// Activations are centred by the means of the first piece before they are multiplied, so that nothing cancels; what these
/// means are off is taken out at the end. Products of a piece in f32, sums in f64: correlations to 10⁻⁵.
pub struct CorrelationSums {
    teacher: Layer,
    student: Layer,
    /// Of a piece, then of all.
    product: Array2<f32>,
    products: Array2<f64>,
    count: f64,
}

/// One of the two layers.
struct Layer {
    /// Means of the first piece.
    shifts: Vec<f64>,
    /// Σ (f − shift)
    sums: Vec<f64>,
    /// Σ (f − shift)²
    squares: Vec<f64>,
    /// Σ f²
    sizes: Vec<f64>,
    /// A piece, centred.
    centred: Vec<f32>,
}

impl CorrelationSums {
    /// Of so many nodes of a teacher and a student.
    pub fn new(teacher: usize, student: usize) -> Self {
        Self {
            teacher: Layer::new(teacher),
            student: Layer::new(student),
            product: Array2::zeros((teacher, student)),
            products: Array2::zeros((teacher, student)),
            count: 0.0,
        }
    }

    /// Activations of both on the same samples, nodes × samples. O(m n · samples).
    pub fn add(&mut self, teacher: ArrayView2<f32>, student: ArrayView2<f32>) {
        let is_first = self.count == 0.0;
        self.count += teacher.ncols() as f64;
        let teacher = self.teacher.centre(teacher, is_first);
        let student = self.student.centre(student, is_first);
        let product = self.product.view_mut();
        multiply_add(1.0, teacher, student.t(), 0.0, product);
        Zip::from(&mut self.products)
            .and(&self.product)
            .for_each(|sum, &product| *sum += f64::from(product));
    }

    /// What they come to.
    pub fn correlations(&self) -> Correlations {
        let norms = |layer: &Layer| -> Vec<f64> { (0..layer.sums.len()).map(|j| layer.norm(j, self.count)).collect() };
        let (teacher, student) = (norms(&self.teacher), norms(&self.student));
        let of = |(i, j): (usize, usize)| {
            let means = self.teacher.sums[i] * self.student.sums[j] / self.count;
            let norms = teacher[i] * student[j];
            match norms > 0.0 {
                true => ((self.products[[i, j]] - means) / norms) as f32,
                false => 0.0,
            }
        };
        Correlations::of_matrix(Array2::from_shape_fn(self.products.dim(), of))
    }
}

impl Layer {
    fn new(nodes: usize) -> Self {
        let zeros = || vec![0.0; nodes];
        Self {
            shifts: zeros(),
            sums: zeros(),
            squares: zeros(),
            sizes: zeros(),
            centred: Vec::new(),
        }
    }

    /// Adds a piece to the sums; gives it, centred.
    fn centre(&mut self, activations: ArrayView2<f32>, is_first: bool) -> ArrayView2<'_, f32> {
        let (nodes, samples) = activations.dim();
        self.centred.resize(self.centred.len().max(nodes * samples), 0.0);
        let rows = self.centred[..nodes * samples].chunks_exact_mut(samples.max(1));
        for (j, (row, centred)) in activations.rows().into_iter().zip(rows).enumerate() {
            if is_first {
                self.shifts[j] = row.iter().map(|&f| f64::from(f)).sum::<f64>() / samples as f64;
            }
            let shift = self.shifts[j];
            for (&f, centred) in row.iter().zip(centred) {
                let (f, apart) = (f64::from(f), f64::from(f) - shift);
                self.sums[j] += apart;
                self.squares[j] += apart * apart;
                self.sizes[j] += f * f;
                *centred = apart as f32;
            }
        }
        let centred = &self.centred[..nodes * samples];
        ArrayView2::from_shape((nodes, samples), centred).expect("as many as there are")
    }

    /// √Σ (f − mean)²; zero where the node is silent.
    fn norm(&self, j: usize, count: f64) -> f64 {
        let square = self.squares[j] - self.sums[j].powi(2) / count;
        match square > SILENT * SILENT * self.sizes[j] {
            true => square.sqrt(),
            false => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::Standardized;
    use crate::rng::stream;
    use ndarray::s;
    use rand::RngExt;

    fn in_pieces(teacher: &Array2<f32>, student: &Array2<f32>, piece: usize) -> Correlations {
        let mut sums = CorrelationSums::new(teacher.nrows(), student.nrows());
        for begin in (0..teacher.ncols()).step_by(piece) {
            let columns = s![.., begin..(begin + piece).min(teacher.ncols())];
            sums.add(teacher.slice(columns), student.slice(columns));
        }
        sums.correlations()
    }

    #[test]
    fn pieces_of_any_size_give_the_correlations_of_the_whole() {
        let mut rng = stream(1, "activations", &[]);
        // Far from zero, with little spread: what cancels if it is not centred; and one node that is constant.
        let mut draw = |nodes| {
            Array2::from_shape_fn((nodes, 500), |(j, _)| match j {
                0 => 3.0,
                j => 100.0 * j as f32 + rng.random_range(0.0_f32..1.0),
            })
        };
        let (teacher, mut student) = (draw(3), draw(5));
        let copy = teacher.row(1).mapv(|f| 2.0 * f - 7.0);
        student.row_mut(4).assign(&copy);
        let whole = Correlations::between(&Standardized::of(teacher.view()), &Standardized::of(student.view()));
        for piece in [1, 7, 64, 500] {
            let found = in_pieces(&teacher, &student, piece);
            let apart = (&found.matrix() - &whole.matrix()).mapv(f32::abs);
            assert!(apart.iter().all(|&d| d < 1e-5), "{piece}: {apart}");
            assert!((found.matrix()[[1, 4]] - 1.0).abs() < 1e-5);
            assert!(found.matrix().row(0).iter().all(|&c| c == 0.0));
            assert!(found.winners()[0].is_none());
        }
    }
}
