//! Mistakes: where, what was found, what is allowed.

use super::{TICKETS, TRAINING, place, run};
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
    refuses(TRAINING, "teacher.hidden=[4, 0]", &["teacher.hidden", "found [4, 0]", "1 to 65536"]);
    refuses(TRAINING, "teacher.hidden=4", &["teacher.hidden", "found 4", "[10, 15]"]);
    refuses(
        TRAINING.replace("hidden = [4, 5]", "hidden = [4000, 5000]").as_str(),
        "student.widths=1000",
        &["student.widths", "2.0e13 parameters", "at most 2.5e8"],
    );
    refuses(TRAINING, "student.widths=[2, 2]", &["student.widths", "found [2, 2]", "without repetition"]);
    refuses(TRAINING, "student.batch_norm=before", &["student.batch_norm", "found \"before\"", "\"after-relu\""]);
    refuses(TRAINING, "data.deviation=[1, -1]", &["data.deviation", "found [1, -1]", "positive"]);
    refuses(
        TRAINING,
        "training.step=[[1, 0.1]]",
        &["training.step", "found [[1, 0.1]]", "[[0, 0.1], [20, 0.01]]"],
    );
    refuses(
        TRAINING,
        "training.batch=5000",
        &["training.batch", "mini-batches of 5000", "than there are samples"],
    );
    refuses(TRAINING, "training.stpe=1", &["training.stpe", "did you mean step?"]);
    refuses(TRAINING, "training.loss=hinge", &["training.loss", "found \"hinge\"", "cross-entropy"]);
    refuses(TICKETS, "student.widths=[2, 4]", &["student.widths", "2 values", "one value"]);
    refuses(TICKETS, "tickets.size=4", &["tickets.size", "found 4 with student.widths = 4", "less than"]);
    refuses(TICKETS, "tickets.keep=luck", &["tickets.keep", "found \"luck\"", "\"fan-out\""]);
}

const IMAGES: &str = r#"experiment = "deep-training"
[teacher]
layers = "convolution"
image = [1, 28, 28]
hidden = [4, 4]
outputs = 10
weights = "trained"
[teacher.training]
epochs = 1
[data]
images = { folder = "IMAGES" }
samples = 64
held_out = 20
[training]
epochs = 1
step = 0.1
"#;

#[test]
fn mistakes_with_images_say_what_the_folder_holds() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/fashion-mnist");
    let text = IMAGES.replace("IMAGES", folder);
    let refuses = |set: &[&str], said: &[&str]| {
        let place = place(&text);
        let set: Vec<&str> = set.iter().flat_map(|set| ["--set", set]).collect();
        let mut assert = run(&place, &set).assert().code(2).stdout("");
        for said in said {
            assert = assert.stderr(predicate::str::contains(*said));
        }
        assert.stderr(predicate::str::contains("deep.toml"));
        assert!(!place.path().join("plots").exists());
    };
    refuses(&["data.samples=301"], &["data.samples", "300 images to train on", "at most 300"]);
    refuses(&["data.held_out=101"], &["data.held_out", "100 images to test on", "at most 100"]);
    refuses(&["teacher.image=[3, 32, 32]"], &["1×28×28", "reads 3×32×32", "teacher.image = [1, 28, 28]"]);
    refuses(&["teacher.outputs=12"], &["teacher.outputs", "10 classes", "an output for each"]);
    refuses(&["data.moments=[[0.5, 0.5], [1, 1]]"], &["data.moments", "means of 2 channels", "one for each"]);
    refuses(&["data.moments=[[0.5], [0]]"], &["data.moments", "found [[0.5], [0]]", "[[0.5], [0.25]]"]);
    refuses(&["data.moments=[[nan], [1]]"], &["data.moments", "means and deviations of the channels"]);
    refuses(&["data.images.folder=/nowhere"], &["data.images", "/nowhere", "No such file"]);
    refuses(&["data.deviation=2"], &["data.deviation", "nothing with data.images"]);
    refuses(&["teacher.input_dim=784"], &["teacher.input_dim", "teacher.image is the input"]);
    refuses(&["teacher.weights=grid"], &["teacher.training", "only with teacher.weights = \"trained\""]);
    refuses(&["teacher.layers=dense"], &["teacher.image", "only with teacher.layers = \"convolution\""]);
    refuses(
        &["teacher.kernel=15", "teacher.hidden=[4, 4, 4]"],
        &["teacher.image", "large enough for all layers"],
    );
    refuses(&["teacher.training.batch=65"], &["teacher.training.batch", "65 with data.samples = 64"]);
}

#[test]
fn mistakes_without_images_say_what_needs_them() {
    let refuses = |set: &[&str], said: &[&str]| {
        let place = place(TRAINING);
        let set: Vec<&str> = set.iter().flat_map(|set| ["--set", set]).collect();
        let mut assert = run(&place, &set).assert().code(2).stdout("");
        for said in said {
            assert = assert.stderr(predicate::str::contains(*said));
        }
    };
    refuses(&["teacher.weights=trained"], &["teacher.weights", "\"trained\" without images", "data.images"]);
    refuses(&["data.flip=true"], &["data.flip", "only with data.images"]);
    refuses(
        &["teacher.batch_norm=after-relu"],
        &["teacher.batch_norm", "weights = \"grid\"", "has seen no batches"],
    );
    refuses(&["teacher.layers=convolution"], &["teacher.input_dim", "nothing with teacher.layers"]);
}

#[test]
fn a_teacher_with_an_entry_that_is_no_number_is_refused() {
    let place = place(TRAINING);
    let once = ["--quiet", "--set", "training.epochs=1", "--out", "a"];
    run(&place, &once).assert().success();
    let mut students = std::fs::read_dir(place.path().join("a/students")).unwrap();
    let mut bytes = std::fs::read(students.next().unwrap().unwrap().path()).unwrap();
    let header = 8 + u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let tensors: serde_json::Value = serde_json::from_slice(&bytes[8..header]).unwrap();
    let name = "teacher.layers.0.weight";
    let at = header + tensors[name]["data_offsets"][0].as_u64().unwrap() as usize;
    for entry in [f32::NAN, f32::NEG_INFINITY] {
        bytes[at..at + 4].copy_from_slice(&entry.to_le_bytes());
        std::fs::write(place.path().join("t.safetensors"), &bytes).unwrap();
        let taught = "teacher.weights={file=\"t.safetensors\"}";
        let said = format!("t.safetensors: found {entry} in {name}; allowed: finite weights");
        run(&place, &["--set", taught, "--out", "b"])
            .assert()
            .code(2)
            .stderr(predicate::str::contains(said));
        assert!(!place.path().join("b").exists());
    }
}
