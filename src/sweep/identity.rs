//! What a point and a plan are, whatever file they stand in.

use super::Plan;
use crate::experiment::Scenario;
use crate::output::Identities;
use crate::output::digest::digest;
use std::fmt::Write;

/// Raised whenever the program would write another row for the same scenario: rows of older programs are not used again.
pub const RESULT_VERSION: u32 = 13;

/// Of a point: all that its row depends on.
pub fn of_point(identities: &Identities, scenario: &Scenario) -> String {
    identities.of(RESULT_VERSION, scenario)
}

/// Of a whole plan: equal plans have equal points in the same order, and equal columns.
pub fn of_plan(identities: &Identities, plan: &Plan) -> String {
    let mut text = plan.definition();
    for column in plan.kind().columns() {
        let _ = write!(text, "\n{}", column.name);
    }
    for scenario in plan.trial_scenarios() {
        let _ = write!(text, "\n{}", of_point(identities, &scenario));
    }
    digest::<12>(&[text.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Document;
    use std::path::Path;

    fn identity(name: &str, text: &str) -> String {
        let document = Document::parse(Path::new(name), text, &[]).unwrap();
        of_point(&Identities::default(), &Scenario::interpret(document).unwrap())
    }

    const TEXT: &str = "experiment = \"theorem4\"\n[teacher]\ninput_dim = 4\nnodes = 2\n[student]\ntheta0 = 0.1\n";

    #[test]
    fn a_point_is_what_it_means_and_not_where_it_is_written() {
        let one = identity("a.toml", TEXT);
        assert_eq!(one, identity("b.toml", &TEXT.replace("0.1", "1e-1")));
        assert_eq!(one, identity("b.toml", &format!("seed = 1\n{TEXT}")));
        assert_ne!(one, identity("a.toml", &TEXT.replace("0.1", "0.2")));
        assert_ne!(one, identity("a.toml", &format!("seed = 2\n{TEXT}")));
    }

    #[test]
    fn files_count_by_their_contents() {
        let place = tempfile::tempdir().unwrap();
        let text = TEXT.replace("nodes = 2", "weights = { file = \"w.npy\" }");
        let of = |folder: &str, contents: &str| {
            let folder = place.path().join(folder);
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join("w.npy"), contents).unwrap();
            identity(folder.join("s.toml").to_str().unwrap(), &text)
        };
        let one = of("a", "weights");
        assert_eq!(one, of("b", "weights"));
        assert_ne!(one, of("b", "others"));
    }
}
