//! A sheet of samples as a PNG: a row per class, the first images of it.

use super::Images;
use std::io::{self, Write};

/// Pixels between images.
const GAP: usize = 2;

/// What lies between images: white.
const PAPER: u8 = 255;

impl Images {
    /// Writes the first `columns` images of each class, a row per class, as a PNG: grey if there is one channel, else
    /// the first three as red, green and blue.
    ///
    /// # Errors
    /// The writer's.
    ///
    /// # Panics
    /// If a label is `classes` or more.
    pub fn write_sheet(&self, classes: usize, columns: usize, out: impl Write) -> io::Result<()> {
        let (height, width) = (self.shape.height, self.shape.width);
        let colours = if self.shape.channels < 3 { 1 } else { 3 };
        let across = columns * (width + GAP) + GAP;
        let down = classes * (height + GAP) + GAP;
        let mut sheet = vec![PAPER; across * down * colours];
        let mut shown = vec![0; classes];
        for (index, &label) in self.labels.iter().enumerate() {
            let class = usize::from(label);
            if shown[class] == columns {
                continue;
            }
            let left = GAP + shown[class] * (width + GAP);
            let top = GAP + class * (height + GAP);
            shown[class] += 1;
            let planes = self.image(index).chunks_exact(self.shape.positions());
            for (colour, plane) in planes.take(colours).enumerate() {
                for (at, &byte) in plane.iter().enumerate() {
                    let (y, x) = (top + at / width, left + at % width);
                    sheet[(y * across + x) * colours + colour] = byte;
                }
            }
        }
        encode(&sheet, [across, down], colours, out)
    }
}

pub(super) fn encode(pixels: &[u8], [across, down]: [usize; 2], colours: usize, out: impl Write) -> io::Result<()> {
    let side = |length: usize| u32::try_from(length).map_err(io::Error::other);
    let mut encoder = png::Encoder::new(out, side(across)?, side(down)?);
    encoder.set_color(match colours {
        1 => png::ColorType::Grayscale,
        _ => png::ColorType::Rgb,
    });
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(io::Error::other)?;
    writer.write_image_data(pixels).map_err(io::Error::other)?;
    writer.finish().map_err(io::Error::other)
}
