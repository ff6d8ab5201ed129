//! A sheet of samples as a PNG: a row per class, the first images of it.

use super::Images;
use crate::network::deep::Shape;
use std::io::{self, Write};

/// Pixels between pictures.
const GAP: usize = 2;

/// What lies between pictures: white.
const PAPER: u8 = 255;

/// Pictures of one size in rows: grey if they have one channel, else the first three as red, green and blue.
pub(super) struct Sheet {
    picture: Shape,
    colours: usize,
    /// Of the whole sheet.
    across: usize,
    down: usize,
    pixels: Vec<u8>,
}

impl Sheet {
    /// With room for so many rows and columns of pictures.
    pub fn new([rows, columns]: [usize; 2], picture: Shape) -> Self {
        let colours = if picture.channels < 3 { 1 } else { 3 };
        let across = columns * (picture.width + GAP) + GAP;
        let down = rows * (picture.height + GAP) + GAP;
        Self {
            picture,
            colours,
            across,
            down,
            pixels: vec![PAPER; across * down * colours],
        }
    }

    /// Draws the picture of a row and column, whose byte `at` tells by channel, row and column.
    pub fn draw(&mut self, [row, column]: [usize; 2], at: impl Fn(usize, usize, usize) -> u8) {
        let top = GAP + row * (self.picture.height + GAP);
        let left = GAP + column * (self.picture.width + GAP);
        for y in 0..self.picture.height {
            for x in 0..self.picture.width {
                let first = ((top + y) * self.across + left + x) * self.colours;
                for colour in 0..self.colours {
                    self.pixels[first + colour] = at(colour, y, x);
                }
            }
        }
    }

    /// Writes it as PNG.
    pub fn write(&self, out: impl Write) -> io::Result<()> {
        let side = |length: usize| u32::try_from(length).map_err(io::Error::other);
        let mut encoder = png::Encoder::new(out, side(self.across)?, side(self.down)?);
        encoder.set_color(match self.colours {
            1 => png::ColorType::Grayscale,
            _ => png::ColorType::Rgb,
        });
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().map_err(io::Error::other)?;
        writer.write_image_data(&self.pixels).map_err(io::Error::other)?;
        writer.finish().map_err(io::Error::other)
    }
}

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
        let mut sheet = Sheet::new([classes, columns], self.shape);
        let mut shown = vec![0; classes];
        for (index, &label) in self.labels.iter().enumerate() {
            let class = usize::from(label);
            if shown[class] < columns {
                let pixels = self.image(index);
                sheet.draw([class, shown[class]], |colour, y, x| pixels[(colour * height + y) * width + x]);
                shown[class] += 1;
            }
        }
        sheet.write(out)
    }
}
