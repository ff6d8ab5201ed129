//! Folders of images: a byte for the format, then its files.

use crate::{joined, pieces, scratch, sentence};
use flate2::{Compression, write::GzEncoder};
use luckflow::images::ImageFolder;
use std::io::Write;

const IDX: [&str; 4] = [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
];

const CIFAR10: [&str; 6] = [
    "data_batch_1.bin",
    "data_batch_2.bin",
    "data_batch_3.bin",
    "data_batch_4.bin",
    "data_batch_5.bin",
    "test_batch.bin",
];

const CIFAR100: [&str; 2] = ["train.bin", "test.bin"];

fn names(format: u8) -> Vec<String> {
    match format % 4 {
        0 => IDX.map(String::from).into(),
        1 => IDX.map(|name| format!("{name}.gz")).into(),
        2 => CIFAR10.map(String::from).into(),
        _ => CIFAR100.map(String::from).into(),
    }
}

/// As many labels as images, of classes that there are.
pub fn read(data: &[u8]) {
    let Some((&format, data)) = data.split_first() else {
        return;
    };
    let place = scratch();
    for (name, bytes) in names(format).iter().zip(pieces::<6>(data)) {
        std::fs::write(place.path().join(name), bytes).expect("a folder that can be written to");
    }
    match ImageFolder::open(place.path()) {
        Err(error) => sentence(error),
        Ok(folder) => {
            for part in [&folder.train, &folder.test] {
                assert_eq!(part.counts(folder.classes()).iter().sum::<usize>(), part.len());
                assert_eq!(part.image(part.len() - 1).len(), part.shape().len());
            }
        }
    }
}

/// Two images of each format.
pub fn seeds() -> Vec<Vec<u8>> {
    let images = [&[0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3][..], &[7; 12]].concat();
    let labels = vec![0, 0, 8, 1, 0, 0, 0, 2, 1, 9];
    let idx = [&images[..], &labels, &images, &labels];
    let packed = idx.map(packed);
    let record = |label_bytes: usize| [vec![3; label_bytes], vec![128; 3072]].concat();
    let (ten, hundred) = (record(1), record(2));
    vec![
        joined(0, &idx),
        joined(1, &packed.each_ref().map(Vec::as_slice)),
        joined(2, &[&ten[..]; 6]),
        joined(3, &[&hundred[..]; 2]),
    ]
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.expect("writing into memory does not fail")
}
