//! What is proved, checked: certificate files, and the project's claims.

use crate::{errors, job};
use luckflow::check::{self, Checked};
use luckflow::verify;
use pyo3::prelude::*;
use pythonize::pythonize;

/// A claim: in words, what stands behind it, measured, expected, verdict.
type Claim = (String, String, f64, String, String);

/// The certificates of a file's text, each with its ingredients.
#[pyfunction]
pub fn check_certificates(py: Python<'_>, text: String) -> PyResult<Bound<'_, PyAny>> {
    let checked = job::wide(py, move || check::check(&text))?;
    let checked: Vec<Checked> =
        checked.map_err(|mistake| errors::argument("certificate", mistake, "a certificate as a run writes it"))?;
    Ok(pythonize(py, &checked)?)
}

/// Every claim of the project, checked in a short form.
#[pyfunction]
pub fn verify_claims(py: Python<'_>) -> PyResult<Vec<Claim>> {
    let claims = job::wide(py, verify::all)?;
    let shown = |claim: verify::Claim| {
        let verdict = claim.verdict().to_string();
        (claim.claim, claim.standing.to_string(), claim.measured, claim.expected.to_string(), verdict)
    };
    Ok(claims.into_iter().map(shown).collect())
}
