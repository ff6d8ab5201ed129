//! Images from files: a slice of Fashion-MNIST, and files of CIFAR's format made from it.

mod formats;

use flate2::{Compression, write::GzEncoder};
use luckflow::images::{Augmentation, ImageFolder, Images, Moments, View};
use luckflow::network::deep::Shape;
use ndarray::{Array2, Axis};
use std::fs;
use std::io::Write;
use std::path::Path;
use tempfile::{TempDir, tempdir};

const FASHION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/fashion-mnist");

fn fashion() -> ImageFolder {
    ImageFolder::open(Path::new(FASHION)).unwrap()
}

/// A copy of the slice that may be damaged.
fn copy() -> TempDir {
    let folder = tempdir().unwrap();
    for entry in fs::read_dir(FASHION).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
    }
    folder
}

/// 28 × 28 in the middle of three planes of 32 × 32.
fn padded(image: &[u8]) -> Vec<u8> {
    let mut plane = vec![0; 32 * 32];
    for (y, row) in image.chunks_exact(28).enumerate() {
        plane[(y + 2) * 32 + 2..][..28].copy_from_slice(row);
    }
    plane.repeat(3)
}

/// Records with these bytes before the label.
fn records(images: &Images, chosen: std::ops::Range<usize>, before: &[u8]) -> Vec<u8> {
    let record = |index: usize| {
        let label = images.labels()[index];
        [before, &[label], &padded(images.image(index))[..]].concat()
    };
    chosen.flat_map(record).collect()
}

fn message(folder: &Path) -> String {
    ImageFolder::open(folder).unwrap_err().to_string()
}

fn identity(count: usize) -> impl ExactSizeIterator<Item = (usize, View)> {
    (0..count).map(|index| (index, View::default()))
}

#[test]
fn idx_files_agree_with_python() {
    let ImageFolder { train, test, .. } = fashion();
    assert_eq!((train.len(), test.len()), (300, 100));
    assert_eq!(train.shape(), Shape::image(1, 28, 28));
    assert_eq!(train.labels()[..10], [9, 0, 0, 3, 0, 2, 7, 2, 5, 5]);
    assert_eq!(test.labels()[..10], [9, 2, 1, 1, 6, 1, 4, 6, 5, 7]);
    let sum = |images: &Images| images.image(0).iter().map(|&byte| u32::from(byte)).sum::<u32>();
    assert_eq!((sum(&train), sum(&test)), (76_247, 33_456));
    let counts = [32, 33, 31, 29, 29, 31, 33, 30, 27, 25];
    assert_eq!(train.counts(10), counts);
    let Moments { mean, deviation } = Moments::of(&train);
    assert!((mean[0] - 0.291_476_924_102_974_54).abs() < 1e-14);
    assert!((deviation[0] - 0.355_209_312_513_989_85).abs() < 1e-12);
}

#[test]
fn files_that_are_not_packed_hold_the_same() {
    let folder = copy();
    for name in ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"] {
        let packed = folder.path().join(format!("{name}.gz"));
        let file = fs::File::open(&packed).unwrap();
        let mut plain = fs::File::create(folder.path().join(name)).unwrap();
        std::io::copy(&mut flate2::read::GzDecoder::new(file), &mut plain).unwrap();
        fs::remove_file(packed).unwrap();
    }
    assert_eq!(ImageFolder::open(folder.path()).unwrap().train, fashion().train);
}

#[test]
fn cifar_10_is_read_plane_by_plane_and_file_by_file() {
    let source = fashion().train;
    let folder = tempdir().unwrap();
    for file in 0..5 {
        let chosen = file * 4..file * 4 + 4;
        let name = format!("data_batch_{}.bin", file + 1);
        fs::write(folder.path().join(name), records(&source, chosen, &[])).unwrap();
    }
    fs::write(folder.path().join("test_batch.bin"), records(&source, 20..23, &[])).unwrap();
    let read = ImageFolder::open(folder.path()).unwrap();
    assert_eq!((read.train.len(), read.test.len(), read.classes()), (20, 3, 10));
    assert_eq!(read.train.shape(), Shape::image(3, 32, 32));
    assert_eq!(read.train.labels(), &source.labels()[..20]);
    for index in 0..20 {
        assert_eq!(read.train.image(index), padded(source.image(index)));
    }
    assert_eq!(read.test.image(2), padded(source.image(22)));
}

#[test]
fn cifar_100_has_its_fine_labels() {
    let source = fashion().train;
    let folder = tempdir().unwrap();
    // The coarse label stands first.
    fs::write(folder.path().join("train.bin"), records(&source, 0..5, &[17])).unwrap();
    fs::write(folder.path().join("test.bin"), records(&source, 5..6, &[17])).unwrap();
    let read = ImageFolder::open(folder.path()).unwrap();
    assert_eq!(read.classes(), 100);
    assert_eq!(read.train.labels(), &source.labels()[..5]);
    assert_eq!(read.train.image(4), padded(source.image(4)));
}

#[test]
fn damaged_idx_files_are_refused_by_name() {
    let header = |magic: u8, count: u32, rest: &[u8]| [&[0, 0, 8, magic][..], &count.to_be_bytes(), rest].concat();
    // What unpacks to more than its header says is not unpacked beyond that.
    let bomb = {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        let image = header(3, 1, &[0, 0, 0, 2, 0, 0, 0, 2]);
        encoder.write_all(&image).unwrap();
        encoder.write_all(&[7; 100_000]).unwrap();
        encoder.finish().unwrap()
    };
    let cases: [(&str, Vec<u8>, &str); 7] = [
        ("train-images-idx3-ubyte", bomb, "found more than 4 bytes after the header"),
        ("train-labels-idx1-ubyte", vec![0, 0], "found 2 bytes; allowed: an IDX file"),
        ("train-labels-idx1-ubyte", header(3, 300, &[0; 300]), "[00, 00, 08, 03]"),
        ("train-labels-idx1-ubyte", header(1, 300, &[0; 299]), "found 299 bytes after the header"),
        ("train-labels-idx1-ubyte", header(1, 2, &[0; 2]), "found 2 labels; allowed: 300"),
        (
            "train-images-idx3-ubyte",
            header(3, u32::MAX, &[0xff; 8]),
            "found the dimensions [4294967295, 4294967295, 4294967295]",
        ),
        ("train-images-idx3-ubyte", vec![0x1f, 0x8b, 8, 0], "found damaged gzip"),
    ];
    for (name, bytes, expected) in cases {
        let folder = copy();
        fs::write(folder.path().join(name), bytes).unwrap();
        let message = message(folder.path());
        for part in [name, expected, "dataset-fashion-mnist"] {
            assert!(message.contains(part), "{message}: {part}");
        }
    }
}

#[test]
fn other_cifar_files_are_refused_by_name() {
    let record = records(&fashion().train, 0..1, &[]);
    let mut label = record.clone();
    label[0] = 10;
    let cases = [
        (record[1..].to_vec(), "found 3072 bytes; allowed: a multiple of 3073"),
        (Vec::new(), "found 0 bytes"),
        (label, "found label 10 of image 0; allowed: 0 to 9"),
    ];
    for (bytes, expected) in cases {
        let folder = tempdir().unwrap();
        fs::write(folder.path().join("data_batch_1.bin"), bytes).unwrap();
        let message = message(folder.path());
        for part in ["data_batch_1.bin", expected, "cs.toronto.edu"] {
            assert!(message.contains(part), "{message}: {part}");
        }
    }
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("data_batch_1.bin"), record).unwrap();
    assert!(message(folder.path()).contains("data_batch_2.bin: found No such file"));
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("train"), "").unwrap();
    assert!(message(folder.path()).contains("cifar-100-binary.tar.gz"));
}

#[test]
fn a_gathered_set_has_mean_zero_and_deviation_one() {
    let images = fashion().train;
    let mut batch = Array2::<f64>::zeros((784, 300));
    images.gather(identity(300), &Moments::of(&images), batch.view_mut());
    assert!(batch.mean().unwrap().abs() < 1e-12);
    assert!((batch.std(0.0) - 1.0).abs() < 1e-12);
    // A sample per column, rows of the image one after the other.
    let byte = f64::from(images.image(7)[400]) / 255.0;
    let expected = (byte - 0.291_476_924_102_974_54) / 0.355_209_312_513_989_85;
    assert!((batch[[400, 7]] - expected).abs() < 1e-12);
}

#[test]
fn views_shift_then_mirror_and_are_zero_outside() {
    // Two channels of 2 × 3.
    let pixels = vec![1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16];
    let images = Images::new(Shape::image(2, 2, 3), pixels, vec![0]);
    let moments = Moments {
        mean: vec![0.0; 2],
        deviation: vec![1.0 / 255.0; 2],
    };
    let seen = |down, right, mirrored| {
        let view = View { down, right, mirrored };
        let mut out = Array2::<f64>::zeros((12, 1));
        images.gather(std::iter::once((0, view)), &moments, out.view_mut());
        let rounded = out.mapv(|value| value.round() as i32);
        rounded.index_axis_move(Axis(1), 0).to_vec()
    };
    assert_eq!(seen(0, 0, false), [1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16]);
    assert_eq!(seen(0, 0, true), [3, 2, 1, 6, 5, 4, 13, 12, 11, 16, 15, 14]);
    assert_eq!(seen(1, 0, false), [4, 5, 6, 0, 0, 0, 14, 15, 16, 0, 0, 0]);
    assert_eq!(seen(0, -1, false), [0, 1, 2, 0, 4, 5, 0, 11, 12, 0, 14, 15]);
    assert_eq!(seen(0, -1, true), [2, 1, 0, 5, 4, 0, 12, 11, 0, 15, 14, 0]);
    assert_eq!(seen(2, 0, false), [0; 12]);
}

#[test]
fn augmentation_is_uniform_and_known_by_seed_epoch_and_image() {
    let augmentation = Augmentation {
        padding: 4,
        flip: true,
        seed: 1,
    };
    let views: Vec<_> = (0..9000).map(|image| augmentation.view(3, image)).collect();
    // Each of 9 shifts 1000 times, deviation 30; half of 9000 mirrored, deviation 47.
    for shift in -4..=4 {
        let down = views.iter().filter(|view| view.down == shift).count();
        let right = views.iter().filter(|view| view.right == shift).count();
        assert!(down.abs_diff(1000) < 150 && right.abs_diff(1000) < 150, "{down} {right}");
    }
    let mirrored = views.iter().filter(|view| view.mirrored).count();
    assert!(mirrored.abs_diff(4500) < 240, "{mirrored}");
    // One of 162 views is the same by chance.
    let same = |other: Augmentation, epoch| {
        let same = |&(image, view): &(usize, &View)| other.view(epoch, image) == *view;
        views.iter().enumerate().filter(same).count()
    };
    assert_eq!(same(augmentation, 3), 9000);
    assert!(same(augmentation, 4) < 120);
    assert!(
        same(
            Augmentation {
                seed: 2,
                ..augmentation
            },
            3
        ) < 120
    );
    let still = Augmentation {
        padding: 0,
        flip: false,
        seed: 1,
    };
    assert!((0..100).all(|image| still.view(0, image) == View::default()));
}

#[test]
fn the_sheet_shows_the_first_images_of_each_class() {
    let images = fashion().train;
    let mut file = Vec::new();
    images.write_sheet(10, 3, &mut file).unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
    let (across, down) = (reader.info().width as usize, reader.info().height as usize);
    assert_eq!((across, down), (3 * 30 + 2, 10 * 30 + 2));
    let mut pixels = vec![0; across * down];
    reader.next_frame(&mut pixels).unwrap();
    // Labels begin 9 0 0 3 0: image 4 is the third of class 0, image 0 the first of class 9.
    for (image, left, top) in [(4, 62, 2), (0, 2, 272)] {
        for (at, byte) in images.image(image).iter().enumerate() {
            let place = (top + at / 28) * across + left + at % 28;
            assert_eq!(pixels[place], *byte, "pixel {at} of image {image}");
        }
    }
    assert_eq!(pixels[0], 255);
}
