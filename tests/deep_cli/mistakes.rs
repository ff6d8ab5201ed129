//! Mistakes: where, what was found, what is allowed.

use crate::{TICKETS, TRAINING, place, run};
use predicates::prelude::*;

#[test]
fn mistakes_are_named_with_file_key_found_and_allowed() {
    let refuses = |text: &str, set: &str, said: &[&str]| {
        let place = place(text);
        let mut assert = run(&place, &["--set", set]).assert().code(2).stdout("");
        for said in said {
            assert = assert.stderr(predicate::str::contains(*said));
        }
        assert.stderr(predicate::str::contains("deep.toml"));
    };
    refuses(
        TRAINING,
        "teacher.hidden=[4, 0]",
        &["teacher.hidden", "found [4, 0]", "1 to 65536"],
    );
    refuses(
        TRAINING,
        "teacher.hidden=4",
        &["teacher.hidden", "found 4", "[10, 15]"],
    );
    refuses(
        TRAINING
            .replace("hidden = [4, 5]", "hidden = [4000, 5000]")
            .as_str(),
        "student.widths=1000",
        &["student.widths", "2.0e13 parameters", "at most 2.5e8"],
    );
    refuses(
        TRAINING,
        "student.widths=[2, 2]",
        &["student.widths", "found [2, 2]", "without repetition"],
    );
    refuses(
        TRAINING,
        "student.batch_norm=before",
        &["student.batch_norm", "found \"before\"", "\"after-relu\""],
    );
    refuses(
        TRAINING,
        "data.deviation=[1, -1]",
        &["data.deviation", "found [1, -1]", "positive"],
    );
    refuses(
        TRAINING,
        "training.step=[[1, 0.1]]",
        &[
            "training.step",
            "found [[1, 0.1]]",
            "[[0, 0.1], [20, 0.01]]",
        ],
    );
    refuses(
        TRAINING,
        "training.batch=5000",
        &[
            "training.batch",
            "mini-batches of 5000",
            "than there are samples",
        ],
    );
    refuses(
        TRAINING,
        "training.stpe=1",
        &["training.stpe", "did you mean step?"],
    );
    refuses(
        TRAINING,
        "training.loss=hinge",
        &["training.loss", "found \"hinge\"", "cross-entropy"],
    );
    refuses(
        TICKETS,
        "student.widths=[2, 4]",
        &["student.widths", "2 values", "one value"],
    );
    refuses(
        TICKETS,
        "tickets.size=4",
        &[
            "tickets.size",
            "found 4 with student.widths = 4",
            "less than",
        ],
    );
    refuses(
        TICKETS,
        "tickets.keep=luck",
        &["tickets.keep", "found \"luck\"", "\"fan-out\""],
    );
}
