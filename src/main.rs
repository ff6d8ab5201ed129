//! The program: parse, run, report. The one place that prints errors.

mod cli;

use clap::Parser;
use std::process::ExitCode;
use std::time::Duration;

fn main() -> ExitCode {
    #[cfg(unix)]
    cli::pool::end_without_room();
    // What Ctrl-C left alone has been given its time.
    luckflow::runs::ending::end_in_order(Duration::ZERO);
    match cli::Cli::parse().execute() {
        Ok(status) => status,
        Err(failure) => {
            cli::tell(&format!("error: {}", failure.message));
            ExitCode::from(failure.status)
        }
    }
}
