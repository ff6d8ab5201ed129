//! Small pictures in rows, as one PNG.

use super::sheet::Sheet;
use crate::network::deep::Shape;
use std::io::{self, Write};

/// Each picture is at least so many pixels wide.
const LEAST: usize = 40;

/// Square pictures of one size, in rows.
pub struct Mosaic {
    channels: usize,
    side: usize,
    rows: Vec<Vec<Vec<f32>>>,
}

impl Mosaic {
    /// For pictures of `side` × `side` with so many channels, of which one is shown in grey, or the first three in colour.
    pub fn new(channels: usize, side: usize) -> Self {
        Self {
            channels,
            side,
            rows: Vec::new(),
        }
    }

    /// Of one picture.
    pub fn numbers(&self) -> usize {
        self.channels * self.side * self.side
    }

    /// Pictures beside each other, below those before: channel by channel, row by row, from 0 for black to 1 for white.
    ///
    /// # Panics
    /// If one has another size.
    pub fn push_row(&mut self, row: Vec<Vec<f32>>) {
        let size = self.numbers();
        assert!(row.iter().all(|picture| picture.len() == size), "pictures of one size");
        self.rows.push(row);
    }

    /// Writes it as PNG.
    ///
    /// # Errors
    /// The writer's.
    pub fn write(&self, out: impl Write) -> io::Result<()> {
        let scale = LEAST.div_ceil(self.side);
        let wide = self.side * scale;
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let mut sheet = Sheet::new([self.rows.len(), columns], Shape::image(self.channels, wide, wide));
        for (i, row) in self.rows.iter().enumerate() {
            for (j, picture) in row.iter().enumerate() {
                sheet.draw([i, j], |colour, y, x| {
                    let at = (colour * self.side + y / scale) * self.side + x / scale;
                    (255.0 * picture[at].clamp(0.0, 1.0)).round() as u8
                });
            }
        }
        sheet.write(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_stand_in_their_rows_each_point_as_large_as_they_need() {
        let mut mosaic = Mosaic::new(1, 2);
        mosaic.push_row(vec![vec![0.0, 1.0, 0.5, 0.0], vec![1.0; 4]]);
        mosaic.push_row(vec![vec![0.0; 4]]);
        let mut bytes = Vec::new();
        mosaic.write(&mut bytes).unwrap();
        let mut reader = png::Decoder::new(io::Cursor::new(bytes)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        let across = 2 * 40 + 3 * 2;
        assert_eq!(pixels.len(), across * across);
        let at = |y: usize, x: usize| pixels[y * across + x];
        assert_eq!([at(2, 2), at(21, 21), at(2, 22), at(22, 2)], [0, 0, 255, 128]);
        assert_eq!([at(0, 0), at(2, 44), at(44, 2), at(44, 44)], [255, 255, 0, 255]);
    }
}
