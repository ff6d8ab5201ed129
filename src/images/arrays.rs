//! Images as arrays of NumPy: `x_train`, `y_train`, `x_test`, `y_test` as `.npy` files, or together in one `.npz`, as Keras
//! has them.

use super::{Format, ImageError, Images};
use crate::config::{check_npy_header, contents};
use crate::network::deep::Shape;
use ndarray::{ArrayD, ArrayViewD, IxDyn};
use ndarray_npy::{ReadNpyExt, ReadableElement, ViewElement, ViewNpyError, ViewNpyExt};
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

/// No more bytes are unpacked from a file: 8 GiB.
const LARGEST: u64 = 1 << 33;

/// The bytes of an array, and what it is called in messages.
struct Source {
    path: PathBuf,
    format: Format,
    bytes: Vec<u8>,
}

/// `train` or `test`, from two files of a folder.
pub(super) fn read_files(folder: &Path, part: &str) -> Result<Images, ImageError> {
    let source = |name: String| {
        let (path, format) = (folder.join(name), Format::Npy);
        let bytes = contents(&path).map_err(ImageError::missing(&path, format))?;
        Ok(Source { path, format, bytes })
    };
    images(&source(format!("x_{part}.npy"))?, &source(format!("y_{part}.npy"))?)
}

/// `train` and `test` of an archive.
pub(super) fn read_archive(path: &Path) -> Result<[Images; 2], ImageError> {
    let format = Format::Npz;
    let bytes = contents(path).map_err(ImageError::missing(path, format))?;
    let refuse = |found: String| {
        let allowed = "a .npz file with x_train, y_train, x_test and y_test";
        ImageError::malformed(path, format, found, allowed)
    };
    let archive = zip::ZipArchive::new(Cursor::new(bytes));
    let mut archive = archive.map_err(|error| refuse(error.to_string()))?;
    let mut source = |name: String| {
        let entry = archive.by_name(&format!("{name}.npy"));
        let entry = entry.map_err(|error| refuse(format!("no {name} ({error})")))?;
        let mut bytes = Vec::new();
        entry
            .take(LARGEST)
            .read_to_end(&mut bytes)
            .map_err(|error| refuse(format!("a damaged {name} ({error})")))?;
        Ok(Source {
            path: path.join(name),
            format,
            bytes,
        })
    };
    let mut both = |part: &str| {
        let (x, y) = (source(format!("x_{part}"))?, source(format!("y_{part}"))?);
        images(&x, &y)
    };
    Ok([both("train")?, both("test")?])
}

fn images(x: &Source, y: &Source) -> Result<Images, ImageError> {
    for source in [x, y] {
        check_npy_header(&source.bytes).map_err(|found| source.refuse(found, "what NumPy writes"))?;
    }
    let pixels: ArrayD<u8> = x.array().map_err(|error| {
        x.refuse(error.to_string(), "unsigned bytes, N × rows × columns, with channels last or second")
    })?;
    let (shape, pixels) = planes(pixels.view()).ok_or_else(|| {
        let found = format!("an array of shape {:?}", pixels.shape());
        x.refuse(found, "N × rows × columns, with 1 or 3 channels last or second")
    })?;
    let labels = y.labels()?;
    if labels.len() * shape.len() != pixels.len() {
        let count = pixels.len() / shape.len();
        let allowed = format!("{count}, as many as in {}", x.path.display());
        return Err(y.refuse(format!("{} labels", labels.len()), &allowed));
    }
    Ok(Images::new(shape, pixels, labels))
}

/// Image × channel × row × column, from whatever order it is in; `None` for no images.
fn planes(array: ArrayViewD<u8>) -> Option<(Shape, Vec<u8>)> {
    let is_channels = |side: usize| side == 1 || side == 3;
    let (array, [channels, height, width]) = match *array.shape() {
        [_, height, width] => (array, [1, height, width]),
        [_, height, width, channels] if is_channels(channels) => {
            (array.permuted_axes(IxDyn(&[0, 3, 1, 2])), [channels, height, width])
        }
        [_, channels, height, width] if is_channels(channels) => (array, [channels, height, width]),
        _ => return None,
    };
    let shape = Shape::image(channels, height, width);
    let is_some = !array.is_empty();
    is_some.then(|| (shape, array.iter().copied().collect()))
}

impl Source {
    fn refuse(&self, found: String, allowed: &str) -> ImageError {
        ImageError::malformed(&self.path, self.format, found, allowed)
    }

    /// Nothing is allocated that the bytes do not hold, whatever the header claims.
    fn array<T: ViewElement + ReadableElement + Clone>(&self) -> Result<ArrayD<T>, ViewNpyError> {
        match ArrayViewD::<T>::view_npy(&self.bytes) {
            Ok(view) => Ok(view.to_owned()),
            // Its length fits the header; only where it lies in memory does not.
            Err(ViewNpyError::MisalignedData) => {
                ArrayD::<T>::read_npy(Cursor::new(&self.bytes)).map_err(|_| ViewNpyError::MisalignedData)
            }
            Err(error) => Err(error),
        }
    }

    /// Classes from 0 to 255, of whatever whole type.
    fn labels(&self) -> Result<Vec<u8>, ImageError> {
        let mut numbers = self.numbers::<u8>();
        for of_type in [Self::numbers::<i64>, Self::numbers::<i32>] {
            if let Err(ViewNpyError::WrongDescriptor(_)) = numbers {
                numbers = of_type(self);
            }
        }
        let numbers = numbers.map_err(|error| self.refuse(error.to_string(), "labels as uint8, int32 or int64"))?;
        let label = |(index, &label): (usize, &i64)| {
            u8::try_from(label).map_err(|_| self.refuse(format!("label {label} of image {index}"), "0 to 255"))
        };
        numbers.iter().enumerate().map(label).collect()
    }

    fn numbers<T: ViewElement + ReadableElement + Copy + Into<i64>>(&self) -> Result<Vec<i64>, ViewNpyError> {
        Ok(self.array::<T>()?.iter().map(|&number| number.into()).collect())
    }
}
