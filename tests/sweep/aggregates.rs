//! `aggregate.csv` with chosen columns, and in long form.

use super::*;

/// A table as a header and rows.
fn read(place: &TempDir, name: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut csv = csv::Reader::from_path(place.path().join("o").join(name)).unwrap();
    let words = |row: &csv::StringRecord| row.iter().map(String::from).collect::<Vec<_>>();
    let header = words(csv.headers().unwrap());
    (header, csv.records().map(|row| words(&row.unwrap())).collect())
}

#[test]
fn the_long_form_says_what_the_wide_one_says() {
    let place = place(SMALL);
    sweep(&place, &["--quiet", "--out", "o", "--long"]).assert().success();
    let (names, wide) = read(&place, "aggregate.csv");
    let (header, long) = read(&place, "aggregate-long.csv");
    let axes = ["student.theta0", "teacher.epsilon"];
    assert_eq!(header, [&["point"], &axes[..], &["column", "statistic", "value"]].concat());
    // All that is in one is in the other, whatever is empty.
    let mut left = long.len();
    for (cell, row) in wide.iter().enumerate() {
        let of_cell: Vec<_> = long.iter().filter(|line| line[0] == (2 * cell).to_string()).collect();
        for (name, value) in names.iter().zip(row).skip(2) {
            let found = of_cell.iter().find(|line| {
                let column = match &line[3][..] {
                    "runs" => line[4].clone(),
                    column => format!("{}_{}", column.trim_end_matches("_verdict"), line[4]),
                };
                column == *name
            });
            assert_eq!(found.map_or("", |line| &line[5]), value, "{name} of cell {cell}");
            left -= usize::from(found.is_some());
            assert!(found.is_none_or(|line| line[1..3] == row[..2]));
        }
    }
    assert_eq!(left, 0, "lines that say something else");
}

#[test]
fn columns_are_those_that_are_asked_for() {
    let place = place(SMALL);
    let run = |arguments: &[&str]| {
        let mut command = luckflow();
        command.current_dir(place.path()).args(arguments);
        command
    };
    sweep(&place, &["--quiet", "--out", "o", "--columns", "sharp_verdict, d0"]).assert().success();
    let (names, rows) = read(&place, "aggregate.csv");
    let wanted = [
        "student.theta0",
        "teacher.epsilon",
        "count",
        "failed",
        "sharp_holds",
        "sharp_violated",
        "sharp_vacuous",
        "sharp_not_applicable",
        "sharp_untested",
        "sharp_undecided",
        "d0_median",
        "d0_min",
        "d0_max",
    ];
    let set =
        |names: &[&str]| -> std::collections::BTreeSet<String> { names.iter().map(|&name| name.to_owned()).collect() };
    assert_eq!(set(&names.iter().map(String::as_str).collect::<Vec<_>>()), set(&wanted));
    assert_eq!((names[4].as_str(), rows.len()), ("sharp_holds", 21));
    assert!(names.ends_with(&["d0_median", "d0_min", "d0_max"].map(String::from)));

    // Drawn again it is all of them, and what is stale is gone.
    run(&["plot", "o", "--columns", "fitted,worst", "--long", "--quiet"]).assert().success();
    assert_eq!(read(&place, "aggregate.csv").0.len(), 4 + 6);
    let columns: std::collections::BTreeSet<_> =
        read(&place, "aggregate-long.csv").1.into_iter().map(|row| row[3].clone()).collect();
    assert_eq!(columns, set(&["runs", "fitted", "worst"]));
    run(&["plot", "o", "--quiet"]).assert().success();
    assert!(read(&place, "aggregate.csv").0.len() > 50);
    assert!(!place.path().join("o/aggregate-long.csv").exists());

    // Words have no aggregate; what is no column is named before anything is run.
    for (name, said) in [("d00", "did you mean d0?"), ("error", "a column of numbers or of verdicts")] {
        sweep(&place, &["--out", "none", "--columns", name])
            .assert()
            .code(2)
            .stderr(predicate::str::contains(format!("--columns: found {name}")).and(predicate::str::contains(said)));
        assert!(!place.path().join("none").exists());
        run(&["plot", "o", "--columns", name]).assert().code(2);
    }
    luckflow().args(["plot", "--long"]).arg(std::env::temp_dir()).assert().code(2);
}
