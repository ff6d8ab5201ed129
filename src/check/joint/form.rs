//! The form of Theorem C in (ε, t), and the rate it gives.

use super::Choice;
use super::limits::Limits;
use crate::check::definite::least_eigenvalue;
use crate::check::interval::Interval;
use crate::check::joint_inputs::Inputs;
use ndarray::Array2;

/// λ_C, from below.
pub fn rate(inputs: &Inputs, limits: &Limits, choice: &Choice) -> f64 {
    let (m, n) = (inputs.teacher_nodes, inputs.nodes.len());
    let linear = limits.linear * choice.share;
    let of_errors = limits.of_errors + limits.mixed * choice.split;
    let of_weights = (limits.of_weights + limits.mixed / choice.split) / limits.tangential();
    let activation =
        Array2::from_shape_fn((n, n), |at| limits.activation_nominal[at] - linear * inputs.nodes.cosines[at]);
    // ε at right angles to the rows of V*.
    let across = (Interval::from(least_eigenvalue(&activation)) - of_errors).low;
    let own: Vec<Interval> = limits.own.iter().map(|own| Interval::from(*own) - of_weights).collect();
    // t at right angles to all nodes.
    let outside = Array2::from_shape_fn((m, m), |(j, l)| match j == l {
        true => own[j],
        false => limits.products[[j, l]] * (limits.nominal[[j, l]] - linear),
    });
    let away = (limits.tangential() * least_eigenvalue(&outside)).low;
    let matrix = matrix(inputs, limits, linear, of_errors, &own, &activation);
    across.min(away).min(least_eigenvalue(&matrix))
}

/// The form on ε by nodes, n C, and m vectors of R^k, of which it sees the tangents; along a node it is `own`.
fn matrix(
    inputs: &Inputs,
    limits: &Limits,
    linear: Interval,
    of_errors: Interval,
    own: &[Interval],
    activation: &Array2<Interval>,
) -> Array2<Interval> {
    let (m, n) = (inputs.teacher_nodes, inputs.nodes.len());
    let fan_out = coordinates(inputs, limits);
    let (k, outputs) = (inputs.nodes.weights.nrows(), fan_out.ncols());
    let tangential = limits.tangential();
    let scale = tangential.sqrt();
    let errors = n * outputs;
    let mut matrix = Array2::from_elem((errors + m * k, errors + m * k), Interval::ZERO);
    for i in 0..n {
        for j in 0..n {
            let entry = if i == j {
                activation[[i, i]] - of_errors
            } else {
                activation[[i, j]]
            };
            for c in 0..outputs {
                matrix[[i * outputs + c, j * outputs + c]] = entry;
            }
        }
    }
    for j in 0..m {
        let place = |j: usize, a: usize| errors + j * k + a;
        for a in 0..k {
            matrix[[place(j, a), place(j, a)]] = tangential * own[j];
        }
        for i in (0..n).filter(|&i| i != j) {
            let gate = (limits.nominal[[i, j]] - linear) * scale;
            for (a, seen) in inputs.nodes.beside(j, i).into_iter().enumerate() {
                for c in 0..outputs {
                    let entry = fan_out[[j, c]] * seen * gate;
                    matrix[[i * outputs + c, place(j, a)]] = entry;
                    matrix[[place(j, a), i * outputs + c]] = entry;
                }
            }
        }
        for l in (0..j).filter(|&l| limits.products[[j, l]] != Interval::ZERO) {
            let (here, there) = (inputs.nodes.beside(j, l), inputs.nodes.beside(l, j));
            let gate = limits.nominal[[j, l]] - linear;
            let density = inputs.kernel.density(inputs.nodes.angles[[j, l]]);
            for a in 0..k {
                for b in 0..k {
                    let form = inputs.nodes.across_both([j, l], [a, b]) * gate + here[a] * there[b] * density;
                    let entry = form * limits.products[[j, l]] * tangential;
                    matrix[[place(j, a), place(l, b)]] = entry;
                    matrix[[place(l, b), place(j, a)]] = entry;
                }
            }
        }
    }
    matrix
}

/// V\* in coordinates along its rows where they are orthogonal, so that the form falls into parts; as given otherwise. The form does not see
/// a rotation, and what is across all rows of V\* has a bound of its own.
fn coordinates(inputs: &Inputs, limits: &Limits) -> Array2<Interval> {
    let m = inputs.teacher_nodes;
    let mut pairs = (0..m).flat_map(|j| (0..j).map(move |l| [j, l]));
    match pairs.all(|at| limits.products[at] == Interval::ZERO) {
        true => Array2::from_shape_fn((m, m), |(j, c)| match j == c {
            true => limits.norms[j],
            false => Interval::ZERO,
        }),
        false => inputs.fan_out.clone(),
    }
}
