//! What is proved, checked: certificate files, and the project's claims.

use crate::{errors, job};
use luckflow::check::{self, Checked};
use luckflow::verify::{self, Standing};
use pyo3::prelude::*;
use pythonize::pythonize;

/// A claim: in words, measured, expected, whether it is proved, verdict.
type Claim = (String, f64, String, bool, String);

/// The certificates of a file's text, each with its ingredients.
#[pyfunction]
pub fn check_certificates(py: Python<'_>, text: String) -> PyResult<Bound<'_, PyAny>> {
    let checked = job::wide(py, move || check::check(&text))?;
    let checked: Vec<Checked> = checked.map_err(|mistake| {
        errors::argument("certificate", mistake, "a certificate as a run writes it")
    })?;
    Ok(pythonize(py, &checked)?)
}

/// Every claim of the project, checked in a short form.
#[pyfunction]
pub fn verify_claims(py: Python<'_>) -> PyResult<Vec<Claim>> {
    let claims = job::wide(py, verify::all)?;
    let shown = |claim: verify::Claim| {
        let proved = claim.standing == Standing::Proven;
        let verdict = claim.verdict.to_string();
        (
            claim.claim.into(),
            claim.measured,
            claim.expected,
            proved,
            verdict,
        )
    };
    Ok(claims.into_iter().map(shown).collect())
}
