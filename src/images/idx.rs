//! IDX files, packed or not: those of MNIST, Fashion-MNIST and their like.
//!
//! Two zero bytes, the type (8 for unsigned bytes), the number of dimensions, each dimension as a big-endian `u32`, the entries.

use super::{Format, ImageError, Images};
use crate::config::contents;
use crate::network::deep::Shape;
use flate2::read::MultiGzDecoder;
use std::io::Read;
use std::path::{Path, PathBuf};

/// No more entries are read from a file: 8 GiB.
const LARGEST: u64 = 1 << 33;

const FORMAT: Format = Format::Idx;

/// Images (N × rows × columns, one channel) with their labels (N).
pub(super) fn read([images, labels]: &[PathBuf; 2]) -> Result<Images, ImageError> {
    let (sides, pixels) = array::<3>(images)?;
    let (count, classes) = array::<1>(labels)?;
    if count[0] != sides[0] {
        let found = format!("{} labels", count[0]);
        let allowed = format!("{}, as many as in {}", sides[0], images.display());
        return Err(ImageError::malformed(labels, FORMAT, found, allowed));
    }
    let shape = Shape::image(1, sides[1], sides[2]);
    if shape.is_empty() || pixels.is_empty() {
        let found = format!("{} images of {}×{}", sides[0], sides[1], sides[2]);
        let allowed = "at least one image of at least one pixel";
        return Err(ImageError::malformed(images, FORMAT, found, allowed));
    }
    Ok(Images::new(shape, pixels, classes))
}

/// An array of unsigned bytes with N dimensions. No more is unpacked than the header says, whatever the file unpacks to.
fn array<const N: usize>(path: &Path) -> Result<([usize; N], Vec<u8>), ImageError> {
    let stored = contents(path).map_err(ImageError::missing(path, FORMAT))?;
    let mut reader: Box<dyn Read> = match stored.starts_with(&[0x1f, 0x8b]) {
        true => Box::new(MultiGzDecoder::new(&stored[..])),
        false => Box::new(&stored[..]),
    };
    let mut read = |limit: u64| {
        let mut bytes = Vec::new();
        let read = reader.by_ref().take(limit).read_to_end(&mut bytes);
        read.map(|_| bytes).map_err(|error| {
            let found = format!("damaged gzip ({error})");
            ImageError::malformed(path, FORMAT, found, "a whole file")
        })
    };
    let refuse = |found: String, allowed: String| Err(ImageError::malformed(path, FORMAT, found, allowed));
    let header = 4 + 4 * N;
    let allowed = format!("an IDX file of unsigned bytes with {N} dimensions");
    let head = read(header as u64)?;
    if head.len() < header {
        return refuse(format!("{} bytes", head.len()), allowed);
    }
    if head[..4] != [0, 0, 8, N as u8] {
        return refuse(format!("a file that begins with {:02x?}", &head[..4]), allowed);
    }
    let sides: [usize; N] = std::array::from_fn(|axis| {
        let at = 4 + 4 * axis;
        let word: [u8; 4] = std::array::from_fn(|byte| head[at + byte]);
        u32::from_be_bytes(word) as usize
    });
    let product = sides.iter().try_fold(1_u64, |product, &side| product.checked_mul(side as u64));
    let allowed = format!("the product of its dimensions {sides:?}");
    let Some(entries) = product.filter(|&entries| entries <= LARGEST) else {
        return refuse(format!("the dimensions {sides:?}"), "fewer entries".into());
    };
    let bytes = read(entries + 1)?;
    match bytes.len() as u64 {
        found if found > entries => refuse(format!("more than {entries} bytes after the header"), allowed),
        found if found < entries => refuse(format!("{found} bytes after the header"), allowed),
        _ => Ok((sides, bytes)),
    }
}
