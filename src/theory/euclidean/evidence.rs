//! What a certificate was made of, for those who check it.

use super::comparison::Comparison;
use super::orthonormal::Orthonormal;
use super::region::Region;
use super::split::Split;
use super::teacher::Teacher;
use super::{Certificate, Form};
use crate::theory::kernel::ROUNDING;
use ndarray::{Array2, ArrayView2};

/// A bound that the proof of a rate uses.
#[derive(Clone, Debug, PartialEq)]
pub enum Claim {
    /// One.
    Number(f64),
    /// A few: for each of ω, ω', ω'', or for each node.
    Row(Vec<f64>),
    /// One for each pair of nodes.
    Table(Array2<f64>),
}

/// The bounds behind a certificate of the flow, by name (docs/certificates.md).
///
/// `None` where the certificate is none of this teacher's.
pub fn evidence(
    weights: ArrayView2<f64>,
    threshold: f64,
    certificate: &Certificate,
) -> Option<Vec<(&'static str, Claim)>> {
    let teacher = Teacher::of(weights, threshold)?;
    let ball = Region::ball(certificate.radius)?;
    let region = Region::new(certificate.radius, certificate.largest_angle)?;
    let mut claims = match certificate.form {
        Form::Orthonormal if teacher.nodes == 1 => Vec::new(),
        Form::Orthonormal => Orthonormal::new(&teacher, &ball).claims(&region),
        Form::Split => Split::new(&teacher, &ball, 0.0)?.claims(&region),
        Form::Comparison => Comparison::new(&teacher, &ball)?.claims(&region)?,
    };
    let coupling = teacher.coupling(&region);
    claims.push(("pull", Claim::Number(coupling.pull * (1.0 - ROUNDING))));
    claims.push(("push", Claim::Number(coupling.push)));
    Some(claims)
}
