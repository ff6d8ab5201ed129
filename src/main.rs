//! The program: parse, run, report. The one place that prints errors.

mod cli;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(unix)]
    cli::pool::end_without_room();
    match cli::Cli::parse().execute() {
        Ok(status) => status,
        Err(failure) => {
            cli::tell(&format!("error: {}", failure.message));
            ExitCode::from(failure.status)
        }
    }
}
