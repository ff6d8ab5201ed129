//! Certificates, as `luckflow check` reads them.

use crate::{outcome_files, sentence, small};
use luckflow::check::check;

/// Checks it; every ingredient has a name, and one that is confirmed is a number.
pub fn read(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    match check(text) {
        Err(mistake) => sentence(mistake),
        Ok(all) => {
            for finding in all.iter().flat_map(|checked| &checked.findings) {
                assert!(!finding.item.is_empty());
                let known = !finding.claimed.is_nan() && !finding.recomputed.is_nan();
                assert!(known || !finding.confirmed, "{} is confirmed", finding.item);
            }
        }
    }
}

/// What has a start that is followed until it is certified.
const ENTRY: &[&str] = &["certificate.entry=true", "teacher.threshold=0", "student.theta0=0.45"];

/// Those of small runs of Theorems 4 and 5.
pub fn seeds() -> Vec<Vec<u8>> {
    let all = small::RUNS.iter().take(3).map(|text| outcome_files(text, &[]));
    let all = all.chain([outcome_files(small::RUNS[0], ENTRY)]);
    all.filter_map(|mut files| files.remove("certificate.json")).collect()
}
