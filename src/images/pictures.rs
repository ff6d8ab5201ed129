//! Folders of PNG files by class: `train/CLASS/*.png` and `test/CLASS/*.png`.

use super::{Format, ImageError, Images};
use crate::config::contents;
use crate::network::deep::Shape;
use png::{ColorType, Decoder, Limits, Transformations};
use std::io::Cursor;
use std::path::{Path, PathBuf};

const FORMAT: Format = Format::Pictures;

/// No more bytes are unpacked from a file: 64 MiB.
const LARGEST: usize = 1 << 26;

/// All files of `train` or `test` in order, each with its class: classes are the folders in `train` in the order of their
/// names.
pub(super) fn files(folder: &Path, part: &str) -> Result<Vec<(PathBuf, u8)>, ImageError> {
    let classes = names(&folder.join("train"), Path::is_dir)?;
    if classes.len() > 256 {
        let found = format!("{} folders", classes.len());
        let allowed = "at most 256 classes";
        return Err(ImageError::malformed(&folder.join("train"), FORMAT, found, allowed));
    }
    let mut all = Vec::new();
    for (class, name) in classes.iter().enumerate() {
        let within = folder.join(part).join(name);
        if !within.is_dir() {
            let allowed = "a folder for each class, as in train";
            return Err(ImageError::malformed(&within, FORMAT, "no folder", allowed));
        }
        let is_png = |path: &Path| {
            let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
            path.is_file() && ending.is_some_and(|ending| ending == "png")
        };
        let pictures = names(&within, is_png)?.into_iter();
        all.extend(pictures.map(|picture| (within.join(picture), class as u8)));
    }
    if all.is_empty() {
        let allowed = "train/CLASS/*.png and test/CLASS/*.png";
        return Err(ImageError::malformed(&folder.join(part), FORMAT, "no picture", allowed));
    }
    Ok(all)
}

/// All pictures of `train` or `test`: grey, or red, green and blue; what is transparent is read as if it were not.
pub(super) fn read(folder: &Path, part: &str) -> Result<Images, ImageError> {
    let mut first: Option<Shape> = None;
    let (mut pixels, mut labels) = (Vec::new(), Vec::new());
    for (path, class) in files(folder, part)? {
        let (shape, planes) = decode(&path)?;
        let wanted = *first.get_or_insert(shape);
        if shape != wanted {
            let allowed = format!("{wanted}, as the pictures before it");
            let found = format!("a picture of {shape}");
            return Err(ImageError::malformed(&path, FORMAT, found, allowed));
        }
        pixels.extend(planes);
        labels.push(class);
    }
    let shape = first.expect("there is a picture");
    Ok(Images::new(shape, pixels, labels))
}

/// Sorted names of what a folder has of a kind.
pub(super) fn names(folder: &Path, is_wanted: impl Fn(&Path) -> bool) -> Result<Vec<PathBuf>, ImageError> {
    let mut names = Vec::new();
    for entry in folder.read_dir().map_err(ImageError::unreadable(folder))? {
        let entry = entry.map_err(ImageError::unreadable(folder))?;
        if is_wanted(&entry.path()) {
            names.push(PathBuf::from(entry.file_name()));
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// A picture's planes.
fn decode(path: &Path) -> Result<(Shape, Vec<u8>), ImageError> {
    let bytes = contents(path).map_err(ImageError::missing(path, FORMAT))?;
    let refuse = |found: String| ImageError::malformed(path, FORMAT, found, "a whole PNG file");
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), Limits { bytes: LARGEST });
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    let mut reader = decoder.read_info().map_err(|error| refuse(error.to_string()))?;
    let size = reader.output_buffer_size().filter(|&size| size <= LARGEST);
    let size = size.ok_or_else(|| refuse(format!("more than {LARGEST} bytes of pixels")))?;
    let mut mixed = vec![0; size];
    let info = reader.next_frame(&mut mixed).map_err(|error| refuse(error.to_string()))?;
    let (there, channels) = match info.color_type {
        ColorType::Grayscale => (1, 1),
        ColorType::GrayscaleAlpha => (2, 1),
        ColorType::Rgb => (3, 3),
        ColorType::Rgba => (4, 3),
        ColorType::Indexed => return Err(refuse("a palette that is missing".into())),
    };
    let shape = Shape::image(channels, info.height as usize, info.width as usize);
    let plane = |channel: usize| mixed.iter().skip(channel).step_by(there).copied();
    let planes: Vec<u8> = (0..channels).flat_map(plane).collect();
    if planes.len() != shape.len() {
        return Err(refuse(format!("{} bytes of pixels", planes.len())));
    }
    Ok((shape, planes))
}
