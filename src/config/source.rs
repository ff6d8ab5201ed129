//! Where a scenario's text comes from: a file, a scenario inside the program, standard input.

use super::ScenarioError;
use super::shipped::{self, shipped};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Bytes of a scenario, at most.
const LARGEST: u64 = 1_000_000;

/// The argument that stands for standard input.
const STANDARD_INPUT: &str = "-";

/// What messages call it.
pub(super) const STANDARD_INPUT_NAME: &str = "<standard input>";

/// What a scenario is called in messages, and its text: `-` is standard input; a path is a file; a name that is no file is
/// a shipped scenario.
pub(super) fn find(path: &Path) -> Result<(PathBuf, String), ScenarioError> {
    if path.as_os_str() == STANDARD_INPUT {
        let path = PathBuf::from(STANDARD_INPUT_NAME);
        let text = decode(&path, read(&path, io::stdin().lock())?)?;
        return Ok((path, text));
    }
    if !path.exists()
        && let Some(name) = path.to_str()
        && let Some(text) = shipped(name)
    {
        return Ok((path.with_extension("toml"), text.into()));
    }
    let metadata = std::fs::metadata(path).map_err(|error| absent(path, &error))?;
    if !metadata.is_file() {
        let found = match metadata.is_dir() {
            true => "a folder",
            false => "no regular file",
        };
        let allowed = "a regular file, the name of a shipped scenario, or - for standard input";
        return Err(mistake(path, found.into(), allowed));
    }
    let file = File::open(path).map_err(|error| absent(path, &error))?;
    Ok((path.to_owned(), decode(path, read(path, file)?)?))
}

fn mistake(path: &Path, found: String, allowed: &str) -> ScenarioError {
    ScenarioError {
        place: path.display().to_string(),
        key: "the file".into(),
        found,
        allowed: allowed.into(),
    }
}

fn absent(path: &Path, error: &io::Error) -> ScenarioError {
    let names = shipped::SHIPPED.iter().map(|(name, _)| *name);
    let near = path.to_str().and_then(|path| super::near(path, names));
    let guess = near.map_or(String::new(), |name| format!(" (did you mean {name}?)"));
    let allowed = "a scenario in TOML, or the name of a shipped one, as in theorem4: luckflow list names them";
    mistake(path, format!("{error}{guess}"), allowed)
}

/// All bytes, of which there must not be too many: what never ends is not waited for.
fn read(path: &Path, from: impl Read) -> Result<Vec<u8>, ScenarioError> {
    let mut bytes = Vec::new();
    from.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| absent(path, &error))?;
    if bytes.len() as u64 > LARGEST {
        let found = format!("more than {LARGEST} bytes");
        return Err(mistake(path, found, "a scenario of at most 1 MB"));
    }
    Ok(bytes)
}

/// UTF-8, with or without its mark; other encodings are named.
fn decode(path: &Path, bytes: Vec<u8>) -> Result<String, ScenarioError> {
    let allowed = "text in UTF-8";
    let encoding = match &bytes[..] {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Some("UTF-32"),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("UTF-16"),
        // Without a mark: Latin letters have a zero beside them.
        [0, x, 0, y, ..] | [x, 0, y, 0, ..] if *x != 0 && *y != 0 => Some("UTF-16"),
        _ => None,
    };
    if let Some(encoding) = encoding {
        return Err(mistake(path, format!("text in {encoding}"), allowed));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + good.iter().filter(|&&byte| byte == b'\n').count();
        let byte = error.as_bytes()[good.len()];
        ScenarioError {
            place: format!("{}:{line}", path.display()),
            ..mistake(path, format!("a byte {byte:#04x} that is not UTF-8"), allowed)
        }
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned())
}
