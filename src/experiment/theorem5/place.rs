//! Where the teacher's and the student's nodes are at the start.

use super::Theorem5;
use super::keys::{ExtraWeights, Start, StartWeights};
use crate::experiment::ExperimentError;
use crate::experiment::two_layer::{matrix, start};
use crate::network::{Frame, draw, unit};
use crate::rng;
use ndarray::{Array2, ArrayViewMut2, Axis, concatenate};
use std::path::Path;

/// Nodes in common coordinates.
pub(super) struct Placed {
    pub frame: Frame,
    pub teacher: Array2<f64>,
    pub student: Array2<f64>,
    /// The norms that perturbed columns had before they were normalised, n; nothing of other starts.
    pub lengths: Vec<f64>,
}

/// The teacher's and the student's nodes in common coordinates.
pub(super) fn nodes(scenario: &Theorem5, frame: Frame, weights: Array2<f64>) -> Result<Placed, ExperimentError> {
    let (known, m) = weights.dim();
    let dim = frame.dim();
    let r = scenario.student.extra;
    if let Start::Parts {
        weights: StartWeights::File { weights: table },
        ..
    } = &scenario.student.start
    {
        let (frame, teacher, student) = start::place(&table.file, &frame, &weights, m + r, scenario.seed)?;
        return Ok(Placed {
            frame,
            teacher,
            student,
            lengths: Vec::new(),
        });
    }
    let mut stream = rng::stream(scenario.seed, "student", &[]);
    let (frame, teacher, directions) = match &scenario.student.extra_weights {
        None | Some(ExtraWeights::Random) => {
            let drawn = draw::gaussian_in_span(&mut stream, dim, known, m + r);
            (frame, draw::pad_rows(weights.view(), drawn.nrows()), drawn)
        }
        Some(ExtraWeights::File(path)) => {
            let extra = read_extra(path, dim, r)?;
            let full = frame.lift(weights.view())?;
            let (frame, together) = Frame::of_columns(concatenate![Axis(1), full, extra], scenario.seed)?;
            let drawn = draw::gaussian_in_span(&mut stream, dim, together.nrows(), m);
            let together = draw::pad_rows(together.view(), drawn.nrows());
            let (teacher, extra) = together.view().split_at(Axis(1), m);
            let directions = concatenate![Axis(1), drawn, extra];
            (frame, teacher.to_owned(), directions)
        }
    };
    let mut student = directions;
    let lengths = turn(scenario, student.view_mut().split_at(Axis(1), m), &teacher);
    Ok(Placed {
        frame,
        teacher,
        student,
        lengths,
    })
}

/// Turns drawn columns to where the start has nodes of u and r; gives the norms that perturbed ones had.
fn turn(
    scenario: &Theorem5,
    (mut drawn, mut extra): (ArrayViewMut2<f64>, ArrayViewMut2<f64>),
    teacher: &Array2<f64>,
) -> Vec<f64> {
    let mut lengths = Vec::new();
    let nodes = drawn.columns_mut().into_iter().zip(teacher.columns());
    for (j, (mut node, target)) in nodes.enumerate() {
        match &scenario.student.start {
            Start::Parts {
                weights: StartWeights::Angles { theta0 },
                ..
            } => {
                let theta = theta0[j.min(theta0.len() - 1)];
                draw::turn_to_angle(&mut node, target, theta);
            }
            Start::Perturbed { signal, noise } => {
                node *= *noise;
                node.scaled_add(signal[0], &target);
                lengths.push(unit::normalize(&mut node));
            }
            Start::Parts { .. } => unreachable!("placed above"),
        }
    }
    for mut node in extra.columns_mut() {
        let length = unit::normalize(&mut node);
        if let Start::Perturbed { noise, .. } = scenario.student.start {
            lengths.push(noise * length);
        }
    }
    lengths
}

fn read_extra(path: &Path, dim: usize, r: usize) -> Result<Array2<f64>, ExperimentError> {
    let allowed = format!("input_dim × extra = {dim} × {r}, finite columns, none of them zero");
    matrix::read("student.extra_weights", path, allowed, |extra| {
        let mut squares = extra.columns().into_iter().map(|w| w.dot(&w));
        extra.dim() == (dim, r) && squares.all(matrix::has_direction)
    })
}
