//! Where a result comes from.

use serde::Serialize;
use std::time::SystemTime;

/// Program, commit and time of a result. The scenario, resolved, and its seed stand beside it.
#[derive(Clone, Debug, Serialize)]
pub struct Provenance {
    /// Name and version of the program.
    pub program: &'static str,
    /// Commit that it was built from, with "+changes" if there were any.
    pub commit: &'static str,
    /// UTC, RFC 3339.
    pub time: String,
}

impl Provenance {
    /// Of a result made now.
    pub fn now() -> Self {
        Self {
            program: concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")),
            commit: env!("LUCKFLOW_COMMIT"),
            time: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
        }
    }
}
