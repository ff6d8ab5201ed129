//! Images as arrays of NumPy, and as pictures in folders.

use luckflow::images::{ImageFolder, Images};
use luckflow::network::deep::Shape;
use std::fs;
use std::path::Path;
use tempfile::tempdir;

const FASHION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/fashion-mnist");

fn fashion() -> ImageFolder {
    ImageFolder::open(Path::new(FASHION)).unwrap()
}

fn message(folder: &Path) -> String {
    ImageFolder::open(folder).unwrap_err().to_string()
}

/// Images of a set as an array, rows behind each other.
fn pixels(images: &Images) -> ndarray::Array3<u8> {
    let all = (0..images.len()).flat_map(|index| images.image(index).to_vec());
    ndarray::Array3::from_shape_vec((images.len(), 28, 28), all.collect()).unwrap()
}

#[test]
fn arrays_of_numpy_are_read_in_any_order_of_their_axes() {
    use ndarray::{Array1, Axis, concatenate, stack};
    use ndarray_npy::write_npy;
    let source = fashion();
    let (train, test) = (pixels(&source.train), pixels(&source.test));
    let labels = |images: &Images| Array1::from(images.labels().to_vec());
    let folder = tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write_npy(at("x_train.npy"), &train).unwrap();
    write_npy(at("y_train.npy"), &labels(&source.train).mapv(i64::from)).unwrap();
    write_npy(at("x_test.npy"), &test).unwrap();
    write_npy(at("y_test.npy"), &labels(&source.test)).unwrap();
    let read = ImageFolder::open(folder.path()).unwrap();
    assert_eq!((&read.train, &read.test), (&source.train, &source.test));
    assert_eq!(read.classes(), 10);
    assert_eq!(ImageFolder::files(folder.path()).unwrap().len(), 4);

    // Three channels, last or second.
    let half = train.mapv(|byte| byte / 2);
    let last = stack![Axis(3), train, half, train];
    let second = stack![Axis(1), train, half, train];
    let test_last = stack![Axis(3), test, test, test];
    write_npy(at("x_test.npy"), &test_last).unwrap();
    write_npy(at("x_train.npy"), &last).unwrap();
    let one = ImageFolder::open(folder.path()).unwrap().train;
    write_npy(at("x_train.npy"), &second).unwrap();
    let other = ImageFolder::open(folder.path()).unwrap().train;
    assert_eq!(one, other);
    assert_eq!(one.shape(), Shape::image(3, 28, 28));
    assert_eq!(one.image(3)[784..1568], half.index_axis(Axis(0), 3).iter().copied().collect::<Vec<u8>>());

    // In one archive, packed.
    let packed = tempdir().unwrap();
    let file = fs::File::create(packed.path().join("images.npz")).unwrap();
    let mut archive = zip::ZipWriter::new(file);
    for name in ["x_train", "y_train", "x_test", "y_test"] {
        let entry = format!("{name}.npy");
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file(&entry, options).unwrap();
        std::io::Write::write_all(&mut archive, &fs::read(at(&entry)).unwrap()).unwrap();
    }
    archive.finish().unwrap();
    assert_eq!(ImageFolder::open(packed.path()).unwrap().train, one);

    // What is wrong is named.
    let refuses = |said: &[&str]| {
        let message = message(folder.path());
        for said in said {
            assert!(message.contains(said), "{message}: {said}");
        }
    };
    write_npy(at("x_train.npy"), &train.mapv(f64::from)).unwrap();
    refuses(&["x_train.npy", "unsigned bytes"]);
    // Its reading would take for ever.
    let nested = [&b"\x93NUMPY\x01\x00\x40\x00"[..], &[b'{'; 64], &[0; 64]].concat();
    std::fs::write(at("x_train.npy"), nested).unwrap();
    refuses(&["x_train.npy", "brackets within each other"]);
    write_npy(at("x_train.npy"), &train).unwrap();
    write_npy(at("y_train.npy"), &Array1::from(vec![1_i64; 299])).unwrap();
    refuses(&["y_train.npy", "299 labels", "300, as many as in"]);
    write_npy(at("y_train.npy"), &Array1::from(vec![-1_i64; 300])).unwrap();
    refuses(&["label -1 of image 0", "0 to 255"]);
    write_npy(at("y_train.npy"), &Array1::from(vec![0.5_f64; 300])).unwrap();
    refuses(&["y_train.npy", "uint8, int32 or int64"]);
    let whole = concatenate![Axis(0), train, train];
    write_npy(at("y_train.npy"), &Array1::from(vec![1_i32; 600])).unwrap();
    write_npy(at("x_train.npy"), &whole).unwrap();
    refuses(&["to test on", "those of 1×28×28"]);
}

#[test]
fn pictures_are_classed_by_their_folders() {
    let source = fashion();
    let folder = tempdir().unwrap();
    let draw = |images: &Images, part: &str, count: usize| {
        for index in 0..count {
            let class = folder.path().join(part).join(format!("class-{}", images.labels()[index]));
            fs::create_dir_all(&class).unwrap();
            let file = fs::File::create(class.join(format!("{index:03}.png"))).unwrap();
            let mut encoder = png::Encoder::new(file, 28, 28);
            encoder.set_color(png::ColorType::Grayscale);
            let mut writer = encoder.write_header().unwrap();
            writer.write_image_data(images.image(index)).unwrap();
        }
    };
    draw(&source.train, "train", 60);
    draw(&source.test, "test", 60);
    let read = ImageFolder::open(folder.path()).unwrap();
    assert_eq!((read.train.len(), read.test.len(), read.classes()), (60, 60, 10));
    let of = |class: u8| source.train.labels()[..60].iter().filter(|&&label| label == class).count();
    assert_eq!(read.train.counts(10), (0..10).map(of).collect::<Vec<_>>());
    // Class by class, within a class in the order of names.
    let first = (0..60).find(|&index| source.train.labels()[index] == 0).unwrap();
    assert_eq!(read.train.image(0), source.train.image(first));
    assert_eq!(ImageFolder::files(folder.path()).unwrap().len(), 120);

    let broken = folder.path().join("train/class-0/zzz.png");
    fs::write(&broken, b"no picture").unwrap();
    let said = message(folder.path());
    assert!(said.contains("zzz.png") && said.contains("a whole PNG file"), "{said}");
    let file = fs::File::create(&broken).unwrap();
    let mut writer = png::Encoder::new(file, 2, 2).write_header().unwrap();
    writer.write_image_data(&[0; 4]).unwrap();
    writer.finish().unwrap();
    let said = message(folder.path());
    assert!(said.contains("a picture of 1×2×2; allowed: 1×28×28"), "{said}");
    fs::remove_file(&broken).unwrap();
    fs::remove_dir_all(folder.path().join("test/class-3")).unwrap();
    let said = message(folder.path());
    assert!(said.contains("test/class-3: found no folder"), "{said}");
}
