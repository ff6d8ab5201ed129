//! What is wrong with a file of JSON, in a line.

use crate::config::shorten;
use std::io;

/// An error of reading; serde quotes what it found, however long that is and whatever a terminal would do with it.
pub(crate) fn mistake(error: serde_json::Error) -> io::Error {
    let whole = error.to_string();
    let said = shorten(&whole);
    let said = match said == whole {
        true => said,
        false => format!("{said} at line {} column {}", error.line(), error.column()),
    };
    io::Error::new(io::ErrorKind::InvalidData, said)
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
        let said = |text: &str| {
            let wrong = serde_json::from_str::<Word>(text).unwrap_err();
            mistake(wrong).to_string()
        };
        let long = said(&format!("\"{}\"", "ä".repeat(5000)));
        assert!(long.chars().count() < 200, "{long}");
        assert!(long.starts_with("unknown variant `ää") && long.contains("line 1 column"));
        // What a terminal would obey is escaped.
        let colour = said("\"\\u001b[31m\"");
        assert!(!colour.contains('\u{1b}') && colour.contains("line 1 column"), "{colour}");
        let right: Word = serde_json::from_str("\"One\"").unwrap();
        assert_eq!(format!("{right:?}"), "One");
    }
}
