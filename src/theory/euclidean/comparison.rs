//! Theorem B, second form: a quadratic form in the tangents below −dE/dt, exact as R → 0. One eigenvalue of m(p − 1) unknowns.

use super::eigen::{largest_eigenvalue, smallest_eigenvalue};
use super::evidence::Claim;
use super::region::Region;
use super::tangents::{outer, tangents};
use super::teacher::Teacher;
use crate::linalg::{self, with_diagonal};
use crate::theory::kernel::ROUNDING;
use ndarray::{Array1, Array2, ArrayView1, s};

/// Unknowns beyond which the form is not tried.
const LARGEST: usize = 1024;

/// Times that the weights are adapted to the worst tangent.
const ADAPTATIONS: usize = 2;

/// A better rate than this part more is not looked for.
const TOLERANCE: f64 = 2e-3;

/// What does not depend on the region.
pub(super) struct Comparison<'a> {
    teacher: &'a Teacher,
    /// λ_D, the smallest eigenvalue of D(Γ*), from below.
    least: f64,
    /// C = D(Γ*) − λ_D
    constant: Array2<f64>,
    /// Per node (p − 1) × p, the rows an orthonormal basis of its tangents.
    tangents: Vec<Array2<f64>>,
    /// Per node (p − 1) × m: the teacher's nodes in that basis.
    seen: Vec<Array2<f64>>,
    /// max_j (Σ_k γ_jk²)^½
    row: f64,
    weights: Weights,
}

/// How squares (u + v)² are split: ω for the pairs, ω' for the constant part, ω'' for the own products.
#[derive(Clone, Copy, Debug)]
struct Weights {
    pairs: f64,
    constant: f64,
    own: f64,
}

/// The form and its costs in one region, with each weight's share apart.
struct Form {
    /// o
    own: f64,
    /// A, m × m
    against: Array2<f64>,
    /// a h_lo, m × m
    towards: Array2<f64>,
    cost: f64,
    /// What is multiplied by 1/ω − 1, by 1/ω' − 1 and by 1/ω'' in the cost.
    price: Weights,
    tangential: f64,
}

impl<'a> Comparison<'a> {
    /// `None` if there are too many unknowns, or LAPACK fails.
    pub fn new(teacher: &'a Teacher, ball: &Region) -> Option<Self> {
        let (p, m) = teacher.weights.dim();
        if m * (p - 1) > LARGEST {
            return None;
        }
        let kernel = &teacher.kernel;
        let mut constant = teacher.angles.mapv(|angle| kernel.gate(angle));
        constant.diag_mut().fill(kernel.tail);
        let room = ROUNDING * kernel.tail * m as f64;
        let least = linalg::eigenvalues(&constant).ok()?[0] - room;
        constant.diag_mut().mapv_inplace(|d| d - least);
        let tangents: Vec<Array2<f64>> = teacher.weights.columns().into_iter().map(tangents).collect();
        let seen = tangents.iter().map(|basis| basis.dot(&teacher.weights)).collect();
        let small = ball.radius.clamp(1e-6, 1.0);
        Some(Self {
            least,
            constant,
            tangents,
            seen,
            row: teacher.largest_row(|j, k| teacher.cosines[[j, k]]),
            weights: Weights {
                pairs: (3.0 * small).min(1.0),
                constant: (1.5 * small).min(1.0),
                own: small,
            },
            teacher,
        })
    }

    /// λ_B2(R, θ̂); −∞ where it claims nothing. Keeps the weights it found for the next region.
    pub fn rate(&mut self, region: &Region) -> f64 {
        let Some(form) = self.form(region) else {
            return f64::NEG_INFINITY;
        };
        let mut best = f64::NEG_INFINITY;
        let mut weights = self.weights;
        for _ in 0..=ADAPTATIONS {
            let Some((least, worst)) = self.smallest(&form, weights) else {
                break;
            };
            let rate = least * if least > 0.0 { form.tangential } else { 1.0 };
            let rate = rate - form.costs(weights);
            let gained = rate - best;
            if gained > 0.0 {
                (best, self.weights) = (rate, weights);
            }
            if !(gained > TOLERANCE * best.abs()) {
                break;
            }
            let (adapted, gain) = self.adapted(&form, worst.view(), weights);
            // The same tangent would not let the rate rise by more than this.
            if !(gain > TOLERANCE * best.abs()) {
                break;
            }
            weights = adapted;
        }
        best
    }

    /// ω, ω', ω'' of the last region.
    pub fn splits(&self) -> [f64; 3] {
        [self.weights.pairs, self.weights.constant, self.weights.own]
    }

    /// What the form in a region is made of.
    pub fn claims(&self, region: &Region) -> Option<Vec<(&'static str, Claim)>> {
        let form = self.form(region)?;
        let price = form.price;
        Some(vec![
            ("least", Claim::Number(self.least)),
            ("own", Claim::Number(form.own)),
            ("cost", Claim::Number(form.cost * (1.0 + ROUNDING))),
            (
                "prices",
                Claim::Row([price.pairs, price.constant, price.own].map(|x| x * (1.0 + ROUNDING)).to_vec()),
            ),
            ("against", Claim::Table(form.against)),
            ("towards", Claim::Table(form.towards)),
        ])
    }

    fn form(&self, region: &Region) -> Option<Form> {
        let teacher = self.teacher;
        let kernel = &teacher.kernel;
        let (m, radius, theta) = (teacher.nodes, region.radius, region.theta);
        let own = self.least - (kernel.tail - kernel.gate_below(theta)) * (1.0 + ROUNDING);
        let against = with_diagonal(m, 0.0, |j, k| steepest_product(teacher, teacher.angles[[j, k]], theta));
        let a = region.alignment;
        let towards = with_diagonal(m, 0.0, |j, k| a * kernel.flattest_chord(teacher.angles[[j, k]], region.pair));
        let largest = |matrix: &Array2<f64>| matrix.iter().copied().fold(0.0, f64::max);
        let fourth = region.fourth();
        // √(Σ_{j<k} ε²), √(Σ_{j<k} (ν_jk + ν_kj)²) and √(Σ_{j≠k} ν_jk²), over R.
        let epsilon = radius * (0.5 * (1.0 - 1.0 / m as f64)).sqrt();
        let both = self.row * fourth / 2f64.sqrt();
        let single = 0.5 * self.row * fourth;
        let small = teacher.pairs().map(|(j, k)| {
            let far = teacher.widest(j, k, 0.0);
            let near = (far.cos() + region.product / a).min(1.0).acos().min(far);
            kernel.chord(far, near)
        });
        let small = small.fold(0.0, f64::max) / (4.0 * a) * epsilon * epsilon;
        let bent = teacher
            .largest_row(|j, k| teacher.cosines[[j, k]] * kernel.density_above(teacher.widest(j, k, region.pair)));
        let quartic = self.quartic(region)?;
        let form = Form {
            own,
            cost: small + 0.5 * radius * bent + quartic / 16.0,
            price: Weights {
                pairs: largest(&towards) * ((1.0 + 0.5 / a) * epsilon + both).powi(2),
                constant: 9.0 / 16.0 * quartic,
                own: largest(&against) * single * single,
            },
            against,
            towards,
            tangential: region.tangential(),
        };
        (own > 0.0 && form.cost.is_finite() && form.against.iter().all(|a| a.is_finite())).then_some(form)
    }

    /// ‖X N C^½‖²/R² for X = W, W* or between.
    fn quartic(&self, region: &Region) -> Option<f64> {
        let teacher = self.teacher;
        let diagonal = teacher.kernel.tail - self.least;
        let all = diagonal * region.radius.powi(2);
        let products = Array2::from_shape_fn(self.constant.dim(), |(j, k)| {
            let cosine = if j == k {
                1.0
            } else {
                teacher.widest(j, k, region.pair).cos()
            };
            self.constant[[j, k]].abs() * cosine
        });
        let largest = largest_eigenvalue(&products)?;
        Some(all.min(region.chord.powi(2) * largest) * (1.0 + ROUNDING))
    }

    /// A lower bound on the smallest value of the form on unit tangents, and where it is had; an empty vector where that is outside the span.
    fn smallest(&self, form: &Form, weights: Weights) -> Option<(f64, Array1<f64>)> {
        let matrix = self.assemble(form, weights);
        if matrix.is_empty() {
            return Some((form.own, Array1::zeros(0)));
        }
        let (least, vector) = smallest_eigenvalue(&matrix)?;
        Some((form.own.min(least), vector))
    }

    fn assemble(&self, form: &Form, weights: Weights) -> Array2<f64> {
        let m = self.teacher.nodes;
        let size = self.tangents[0].nrows();
        let mut matrix = Array2::zeros((m * size, m * size));
        for j in 0..m {
            let seen = &self.seen[j];
            let mut diagonal = Array1::zeros(m);
            for k in (0..m).filter(|&k| k != j) {
                diagonal[k] = (1.0 - weights.pairs) * form.towards[[j, k]] - (1.0 + weights.own) * form.against[[j, k]];
            }
            let own = form.own + (1.0 - weights.constant) * self.constant[[j, j]];
            let mut block = (seen * &diagonal).dot(&seen.t());
            block.diag_mut().mapv_inplace(|d| d + own);
            let place = |j: usize| j * size..(j + 1) * size;
            matrix.slice_mut(s![place(j), place(j)]).assign(&block);
            for k in 0..j {
                let same = (1.0 - weights.constant) * self.constant[[j, k]];
                let crossed = (1.0 - weights.pairs) * form.towards[[j, k]];
                let mut block = self.tangents[j].dot(&self.tangents[k].t()) * same;
                block += &(outer(seen.column(k), self.seen[k].column(j)) * crossed);
                matrix.slice_mut(s![place(j), place(k)]).assign(&block);
                matrix.slice_mut(s![place(k), place(j)]).assign(&block.t());
            }
        }
        matrix
    }

    /// Weights that are best for the worst tangent there was, half way on a logarithmic scale, and what they gain for it.
    fn adapted(&self, form: &Form, worst: ArrayView1<f64>, old: Weights) -> (Weights, f64) {
        let m = self.teacher.nodes;
        let size = self.tangents[0].nrows();
        let (mut pairs, mut constant, mut own) = (0.0, 0.0, 0.0);
        if !worst.is_empty() {
            let part = |j: usize| worst.slice(s![j * size..(j + 1) * size]);
            let seen: Vec<Array1<f64>> = (0..m).map(|j| self.seen[j].t().dot(&part(j))).collect();
            let whole: Vec<Array1<f64>> = (0..m).map(|j| self.tangents[j].t().dot(&part(j))).collect();
            for j in 0..m {
                for k in 0..m {
                    constant += self.constant[[j, k]] * whole[j].dot(&whole[k]);
                    own += form.against[[j, k]] * seen[j][k].powi(2);
                    pairs += 0.5 * form.towards[[j, k]] * (seen[j][k] + seen[k][j]).powi(2);
                }
            }
        }
        // x ω + c/ω is least at √(c/x).
        let best = |price: f64, share: f64, old: f64| {
            let share = (form.tangential * share).max(1e-12);
            ((price / share).sqrt().min(1.0) * old).sqrt().clamp(1e-9, 1.0)
        };
        let new = Weights {
            pairs: best(form.price.pairs, pairs, old.pairs),
            constant: best(form.price.constant, constant, old.constant),
            own: best(form.price.own, own, old.own),
        };
        let gain =
            (old.pairs - new.pairs) * pairs + (old.constant - new.constant) * constant + (old.own - new.own) * own;
        let gain = form.tangential * gain + form.costs(old) - form.costs(new);
        (new, gain)
    }
}

impl Form {
    fn costs(&self, weights: Weights) -> f64 {
        self.cost
            + self.price.pairs * (1.0 / weights.pairs - 1.0)
            + self.price.constant * (1.0 / weights.constant - 1.0)
            + self.price.own * (1.0 + 1.0 / weights.own)
    }
}

/// sup over θ ≤ `reach` of cos θ times the steepest chord within θ of `angle`, by pieces.
fn steepest_product(teacher: &Teacher, angle: f64, reach: f64) -> f64 {
    const PIECES: usize = 8;
    let at = |i: usize| reach * (i as f64 / PIECES as f64);
    let piece = |i: usize| at(i).cos() * teacher.kernel.steepest_chord(angle, at(i + 1));
    (0..PIECES).map(piece).fold(0.0, f64::max)
}
