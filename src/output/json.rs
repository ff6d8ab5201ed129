//! What is wrong with a file of JSON, in a line.

use std::io;

/// Characters that are shown of its beginning and of its end.
const BEGINNING: usize = 120;
const END: usize = 60;

/// An error of reading; serde quotes what it found, however long that is.
pub(crate) fn mistake(error: serde_json::Error) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, shorten(&error.to_string()))
}

/// A text without its middle, where it is long.
pub(crate) fn shorten(text: &str) -> String {
    let count = text.chars().count();
    if count <= BEGINNING + END {
        return text.to_owned();
    }
    let beginning = text.chars().take(BEGINNING);
    let end = text.chars().skip(count - END);
    beginning.chain(['…']).chain(end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_is_cut_and_its_place_is_kept() {
        #[derive(Debug, serde::Deserialize)]
        enum Word {
            One,
        }
        let wrong = serde_json::from_str::<Word>(&format!("\"{}\"", "ä".repeat(5000)));
        let said = mistake(wrong.unwrap_err()).to_string();
        assert!(said.chars().count() < 200, "{said}");
        assert!(said.starts_with("unknown variant `ää") && said.contains("line 1 column"));
        let right: Word = serde_json::from_str("\"One\"").unwrap();
        assert_eq!(shorten(&format!("{right:?}")), "One");
    }
}
