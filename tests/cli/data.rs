//! `luckflow data`.

use crate::util::Place;
use predicates::prelude::PredicateBooleanExt;
use predicates::str::contains;

/// 300 and 100 images of Fashion-MNIST.
const FASHION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/fashion-mnist");

#[test]
fn data_says_what_a_folder_holds_and_draws_it_once() {
    let place = Place::with("beside.txt", "");
    let draw = ["data", FASHION, "--sheet", "sheet.png"];
    // Counts and moments from Python's gzip and statistics.
    let answer = place.luckflow(&draw).assert().success();
    let printed = String::from_utf8(answer.get_output().stdout.clone()).unwrap();
    let rows: Vec<Vec<&str>> = printed.lines().map(|line| line.split_whitespace().collect()).collect();
    let heading = "IDX: 300 images of 1×28×28 to train on, 100 to test on; 10 classes";
    assert_eq!(printed.lines().next(), Some(heading));
    for row in [["0", "32", "8"], ["9", "25", "6"], ["0", "0.2915", "0.3552"]] {
        assert!(rows.contains(&row.to_vec()), "{row:?} in {printed}");
    }
    assert!(printed.ends_with("wrote sheet.png\n"));
    let drawn = std::fs::read(place.path("sheet.png")).unwrap();
    assert!(drawn.starts_with(b"\x89PNG\r\n"));
    place.luckflow(&draw).assert().code(1).stderr(contains("sheet.png: File exists"));
}

#[test]
fn data_refuses_other_folders_and_says_what_it_knows() {
    let place = Place::with("notes.txt", "");
    place.luckflow(&["data", "."]).assert().code(2).stderr(
        contains("found notes.txt; allowed: a folder with data_batch_1.bin (CIFAR-10)")
            .and(contains("train-images-idx3-ubyte.gz (IDX)")),
    );
    place.write("data_batch_1", "");
    place
        .luckflow(&["data", "."])
        .assert()
        .code(2)
        .stderr(contains("./data_batch_1: found Python's pickled archive").and(contains("cifar-10-binary.tar.gz")));
}
