//! Where a result comes from.

use crate::blas;
use serde::Serialize;
use std::time::SystemTime;

/// How a result was made. The scenario, resolved, and its seed stand beside it.
#[derive(Clone, Debug, Serialize)]
pub struct Provenance {
    /// Name and version of the program.
    pub program: &'static str,
    /// Commit that it was built from, with "+changes" if there were any; "unknown" outside its own repository.
    pub commit: &'static str,
    /// The compiler.
    pub rustc: &'static str,
    /// OpenBLAS, as it describes itself: its kernels decide last digits.
    pub openblas: String,
    /// The command line, word by word; overrides and a number of threads are among them.
    pub command: Vec<String>,
    /// The machine's name.
    pub host: String,
    /// UTC, RFC 3339.
    pub time: String,
}

impl Provenance {
    /// Of a result made now.
    pub fn now() -> Self {
        let words = std::env::args_os().map(|word| word.to_string_lossy().into_owned());
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        Self {
            program: concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")),
            commit: env!("LUCKFLOW_COMMIT"),
            rustc: env!("LUCKFLOW_RUSTC"),
            openblas: blas::description(),
            command: words.collect(),
            host: host.trim().to_owned(),
            time: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
        }
    }
}
