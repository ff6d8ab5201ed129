//! Cells without a number say why.

use super::*;

const SEARCHED: &str = r#"experiment = "theorem4"

[teacher]
input_dim = 8
nodes = 5
threshold = 0.0

[student]
theta0 = 0.05

[integrate]
rtol = 1e-6
outputs = 10
horizon = 1.0

[falsify]
starts = 6

[[sweep.axis]]
key = "student.theta0"
values = [0.05, 0.45, 1.3]

[[sweep.axis]]
key = "flow.fan_out"
values = ["fixed", "running"]
"#;

#[test]
fn a_map_tells_uncertified_uncertifiable_and_not_applicable_apart() {
    let place = place(SEARCHED);
    sweep(&place, &["--quiet", "--out", "o"]).assert().success();
    let text = cells(&place, "o");
    let mut csv = csv::Reader::from_reader(text.as_bytes());
    let header = csv.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|known| known == name).unwrap();
    let rows: Vec<csv::StringRecord> = csv.records().map(Result::unwrap).collect();
    let words = |fan_out: &str| -> Vec<&str> {
        let rows = rows.iter();
        let rows = rows.filter(|row| &row[column("flow.fan_out")] == fan_out);
        rows.map(|row| &row[column("certifiability")]).collect()
    };
    // Certified up to 0.32 and grown from 0.60 on, as docs/theory.md has it for five nodes at zero threshold.
    assert_eq!(words("fixed"), ["certified", "uncertified", "uncertifiable"]);
    assert_eq!(words("running"), ["not applicable"; 3]);
    for row in &rows {
        let is_certified = &row[column("certifiability")] == "certified";
        assert_eq!(!row[column("certified_of_found")].is_empty(), is_certified);
    }
    let map = std::fs::read_to_string(place.path().join("o/certified_of_found.svg")).unwrap();
    for reason in [
        "uncertifiable: a start is found whose distance grows",
        "uncertified: every start that is found converges",
        "not applicable: a premise is not met",
    ] {
        assert!(map.contains(reason), "{reason}");
    }
    // Not by their colour alone; and no run failed, nor was one left without a search.
    assert!(map.contains("-dots)") && map.contains("-hatch)"));
    assert!(!map.contains("the run failed") && !map.contains("not searched"));
}

#[test]
fn what_was_not_searched_is_not_said_to_be_uncertified() {
    let place = place(SEARCHED);
    let set = ["--quiet", "--out", "o", "--set", "falsify.starts=0"];
    sweep(&place, &set).assert().success();
    let text = cells(&place, "o");
    assert_eq!(text.matches(",not searched,").count(), 3);
    assert_eq!(text.matches(",not applicable,").count() % 3, 0);
    assert!(!text.contains(",uncertified,"));
}
