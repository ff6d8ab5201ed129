//! The binary files of CIFAR-10 and CIFAR-100: records of one label (two in CIFAR-100: coarse and fine) and 3 planes of 32 × 32.

use super::{Format, ImageError, Images};
use crate::config::contents;
use crate::network::deep::Shape;
use std::path::Path;

const SHAPE: Shape = Shape::image(3, 32, 32);

/// All records of some files, one file after the other; of CIFAR-100 with the fine label.
pub(super) fn read(folder: &Path, names: &[&str], format: Format) -> Result<Images, ImageError> {
    let (mut pixels, mut labels) = (Vec::new(), Vec::new());
    for name in names {
        read_file(&folder.join(name), format, &mut pixels, &mut labels)?;
    }
    Ok(Images::new(SHAPE, pixels, labels))
}

/// Appends what a file holds.
fn read_file(path: &Path, format: Format, pixels: &mut Vec<u8>, labels: &mut Vec<u8>) -> Result<(), ImageError> {
    let (label_bytes, classes) = match format {
        Format::Cifar100 => (2, 100),
        _ => (1, 10),
    };
    let bytes = contents(path).map_err(ImageError::missing(path, format))?;
    let record = label_bytes + SHAPE.len();
    if bytes.is_empty() || !bytes.len().is_multiple_of(record) {
        let found = format!("{} bytes", bytes.len());
        let allowed = format!("a multiple of {record}, the bytes of an image with its label");
        return Err(ImageError::malformed(path, format, found, allowed));
    }
    pixels.reserve(bytes.len());
    for (index, record) in bytes.chunks_exact(record).enumerate() {
        let (label, planes) = record.split_at(label_bytes);
        let fine = label[label_bytes - 1];
        if fine >= classes {
            let found = format!("label {fine} of image {index}");
            let allowed = format!("0 to {}", classes - 1);
            return Err(ImageError::malformed(path, format, found, allowed));
        }
        labels.push(fine);
        pixels.extend_from_slice(planes);
    }
    Ok(())
}
