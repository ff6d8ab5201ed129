//! The program in a folder of its own, and what of its output is the same each time.

pub use crate::common::files;

use assert_cmd::Command;
use regex::{Captures, Regex};
use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::Duration;
use tempfile::TempDir;

/// No call of the program takes as long, but on a machine that has come to a stop.
pub const LIMIT: Duration = Duration::from_secs(120);

/// Numbers keep so many digits: the last ones are another processor's, or those of `f32`.
const DIGITS: usize = 5;

/// Numbers below `SMALL` are often differences of larger ones, and keep only so many.
const FEW_DIGITS: usize = 2;

const SMALL: f64 = 5e-5;

/// What is smaller still is left over from rounding.
const NOISE: f64 = 1e-7;

/// A temporary folder to run the program in.
pub struct Place(TempDir);

impl Place {
    /// With one file in it.
    pub fn with(name: &str, text: &str) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        place.write(name, text);
        place
    }

    /// Of a file in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file.
    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    /// The text of a file.
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The program, with a limit on its time.
    pub fn luckflow(&self, arguments: &[&str]) -> Command {
        let mut command = Command::cargo_bin("luckflow").unwrap();
        command.current_dir(self.0.path()).timeout(LIMIT).args(arguments);
        // One BLAS kernel for all machines that have it, so that they agree on as many digits as possible.
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
            command.env("OPENBLAS_CORETYPE", "Haswell");
        }
        command
    }
}

/// Without times, seconds, commit and version.
pub fn without_provenance(text: &str) -> String {
    static CHANGING: LazyLock<[(Regex, &str); 5]> = LazyLock::new(|| {
        [
            (r"\d+\.\d+ s\b", "[seconds] s"),
            (r#""seconds": [-+.\de]+"#, r#""seconds": "[seconds]""#),
            (r#""(commit|time|rustc|openblas|host)": "[^"]*""#, r#""$1": "[$1]""#),
            (r#""command": \[[^\]]*\]"#, r#""command": "[command]""#),
            (r"luckflow \d+\.\d+\.\d+", "luckflow [version]"),
        ]
        .map(|(pattern, to)| (Regex::new(pattern).unwrap(), to))
    });
    CHANGING.iter().fold(text.to_owned(), |text, (from, to)| from.replace_all(&text, *to).into_owned())
}

/// Numbers with a fraction or an exponent in as many digits as every machine agrees on.
pub fn rounded(text: &str) -> String {
    static NUMBER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"-?\b\d+(\.\d+(e-?\d+)?|e-?\d+)\b").unwrap());
    let text = NUMBER.replace_all(text, |found: &Captures| {
        let number: f64 = found[0].parse().unwrap();
        match nearest(number) {
            None => "≈0".to_owned(),
            // Nothing is lost: as it was written.
            Some(nearest) if nearest == number => found[0].to_owned(),
            Some(number) if found[0].contains('e') => format!("{number:e}"),
            Some(number) => number.to_string(),
        }
    });
    // As tables for readers have them, with as many characters.
    static SHORT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(−?\d(?:\.\d+)?)·10(⁻[⁰¹²³⁴⁵⁶⁷⁸⁹]+)").unwrap());
    SHORT
        .replace_all(&text, |found: &Captures| {
            let factor: f64 = found[1].replace('−', "-").parse().unwrap();
            let rounded = match nearest(factor * 10f64.powi(exponent(&found[2]))) {
                None => "≈0".to_owned(),
                Some(number) if number.abs() < SMALL => {
                    let factor = format!("{:.*}", FEW_DIGITS - 1, factor).replace('-', "−");
                    format!("{factor}·10{}", &found[2])
                }
                Some(_) => found[0].to_owned(),
            };
            format!("{rounded:>0$}", found[0].chars().count())
        })
        .into_owned()
}

/// ⁻¹² → −12
pub fn exponent(raised: &str) -> i32 {
    const RAISED: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹";
    let digit = |c: char| RAISED.chars().position(|known| known == c);
    let plain = raised.chars().map(|c| match digit(c) {
        Some(digit) => char::from_digit(digit as u32, 10).unwrap(),
        None => '-',
    });
    plain.collect::<String>().parse().unwrap()
}

/// With fewer digits; `None` where there is only noise.
fn nearest(number: f64) -> Option<f64> {
    let digits = match number.abs() {
        0.0 => return Some(0.0),
        ..NOISE => return None,
        ..SMALL => FEW_DIGITS,
        _ => DIGITS,
    };
    format!("{number:.*e}", digits - 1).parse().ok()
}

/// Compares with `snapshots/<name>.snap`.
pub fn assert_snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn what_changes_from_run_to_run_is_taken_out() {
    let text = "a 12.30 s\n\"seconds\": 1.5e-3,\n\"commit\": \"0a\"\nluckflow 0.1.0\n3 samples";
    assert_eq!(
        without_provenance(text),
        "a [seconds] s\n\"seconds\": \"[seconds]\",\n\"commit\": \"[commit]\"\nluckflow [version]\n3 samples"
    );
}

#[test]
fn numbers_lose_the_digits_that_differ_between_machines() {
    assert_eq!(
        rounded("1 -0.123456789,2.5e0;1.23456789e-3 1.234e-6 3.1e-9 7e-1 0e0 1.50 47e33aa"),
        "1 -0.12346,2.5e0;1.2346e-3 1.2e-6 ≈0 7e-1 0e0 1.50 47e33aa"
    );
    assert_eq!(rounded("−1.234·10⁻¹⁵ 1.234·10⁻⁶ 1.234·10⁻⁴ 1.2·10⁵"), "          ≈0   1.2·10⁻⁶ 1.234·10⁻⁴ 1.2·10⁵");
}
