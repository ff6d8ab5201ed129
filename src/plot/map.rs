//! Maps over two axes: panels of coloured cells that share their axes, with a key at the right.

use super::chart::{FONT, Scale, zoom, zoomed, zoomed_svg};
use super::number::{power_of_ten, short};
use super::style::Shade;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

const WIDTH: i32 = 1080;
const KEY: i32 = 250;
const HEAD: i32 = 44;
/// Room around a panel for its title and labels.
const MARGIN: [i32; 4] = [62, 30, 14, 30];
/// Room for what the axes are called.
const NAMES: [i32; 2] = [26, 28];
/// Colours that a ramp is divided into: neighbours that share one are one rectangle.
const STEPS: usize = 32;
/// Pixels between the strokes of a hatched area, at least.
const HATCH: f64 = 7.0;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Failure = Box<dyn std::error::Error>;

/// An axis with the values that were run.
pub struct Lattice {
    /// What it is called, with its unit.
    pub label: String,
    /// Ascending.
    pub values: Vec<f64>,
    /// How they are spaced.
    pub scale: Scale,
    /// In place of numbers, for values that are words: one each.
    pub names: Option<Vec<String>>,
}

/// What a cell looks like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fill {
    /// Nothing was run there.
    Blank,
    /// One of a few classes.
    Class(Shade),
    /// A place on the ramp.
    Level(f64),
}

/// One map.
pub struct Panel {
    /// Above it.
    pub title: String,
    /// Row by row from below, left to right.
    pub fills: Vec<Fill>,
    /// Cells to be hatched, in the same order.
    pub hatched: Vec<bool>,
    /// Pieces of a contour, in values of the axes.
    pub contour: Vec<[(f64, f64); 2]>,
}

/// What colours mean.
pub struct Ramp {
    /// What is shown.
    pub label: String,
    /// Both ends; levels beyond have the colour of the end.
    pub range: [f64; 2],
}

/// Panels that share axes and key.
pub struct Map {
    /// Above all.
    pub title: String,
    /// Horizontal.
    pub x: Lattice,
    /// Vertical.
    pub y: Lattice,
    /// One to six.
    pub panels: Vec<Panel>,
    /// Classes that occur.
    pub classes: Vec<(String, Shade)>,
    /// Colours of levels.
    pub ramp: Option<Ramp>,
    /// What hatching means, where there is some.
    pub hatching: Option<String>,
    /// What the contour is, where there is one.
    pub contour: Option<String>,
    /// At the end of the key.
    pub notes: Vec<String>,
}

/// Where a panel's cells are, in pixels as drawn.
struct Frame {
    x: Vec<i32>,
    y: Vec<i32>,
}

impl Lattice {
    fn position(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Linear | Scale::Whole => value,
            Scale::Log => value.log10(),
        }
    }

    /// Borders between cells: half way between values, on the axis' scale.
    fn borders(&self) -> Vec<f64> {
        let at: Vec<f64> = self.values.iter().map(|&x| self.position(x)).collect();
        let last = at.len() - 1;
        if last == 0 {
            return vec![at[0] - 0.5, at[0] + 0.5];
        }
        let mut borders = vec![1.5 * at[0] - 0.5 * at[1]];
        borders.extend(at.windows(2).map(|pair| 0.5 * (pair[0] + pair[1])));
        borders.push(1.5 * at[last] - 0.5 * at[last - 1]);
        borders
    }

    /// Positions and texts of labels, at most about `room` of them.
    fn labels(&self, room: usize) -> Vec<(f64, String)> {
        if let Some(names) = &self.names {
            let every = names.len().div_ceil(room.max(1));
            let named = self.values.iter().zip(names).step_by(every);
            return named
                .map(|(&value, name)| (self.position(value), name.clone()))
                .collect();
        }
        let borders = self.borders();
        let (low, high) = (borders[0], borders[borders.len() - 1]);
        let inside = |at: &f64| (low..=high).contains(at);
        if self.scale == Scale::Log && high - low >= 1.5 {
            let every = ((high - low) / room as f64).ceil().max(1.0) as i32;
            let decades = (low.ceil() as i32..=high.floor() as i32).filter(|n| n % every == 0);
            return decades
                .map(|n| (f64::from(n), power_of_ten(10f64.powi(n))))
                .collect();
        }
        // The values themselves, where they are few or span little.
        if self.scale == Scale::Log || self.values.len() <= room {
            let every = self.values.len().div_ceil(room.max(1));
            let values = self.values.iter().step_by(every);
            return values.map(|&x| (self.position(x), short(x))).collect();
        }
        let step = nice_step((high - low) / room as f64);
        let first = (low / step).ceil() as i64;
        let last = (high / step).floor() as i64;
        (first..=last)
            .map(|n| n as f64 * step)
            .filter(inside)
            .map(|x| (x, short((x / step).round() * step)))
            .collect()
    }
}

/// 1, 2 or 5 times a power of ten, at least `least`.
fn nice_step(least: f64) -> f64 {
    let power = 10f64.powf(least.log10().floor());
    let factor = [1.0, 2.0, 5.0].into_iter().find(|f| f * power >= least);
    factor.unwrap_or(10.0) * power
}

impl Map {
    /// The map as SVG. Size: O(borders between cells of different colour).
    ///
    /// # Panics
    /// If an axis has no values: whoever makes the map sees to it that they have.
    pub fn to_svg(&self) -> String {
        let columns = if self.panels.len() == 1 { 1 } else { 2 };
        let rows = self.panels.len().div_ceil(columns) as i32;
        let high = match (columns, rows) {
            (1, _) => 560,
            (_, 1) => 430,
            _ => 345,
        };
        let height = HEAD + rows * high + NAMES[1];
        zoomed_svg((WIDTH as u32, height as u32), |root| {
            self.draw(root, columns as i32, high, height)
        })
    }

    fn draw(&self, root: &Area, columns: i32, high: i32, height: i32) -> Result<(), Failure> {
        let text = |pixels: u32| (FONT, zoom(pixels)).into_text_style(root);
        root.draw_text(&self.title, &text(18), (zoomed(14), zoomed(14)))?;
        let wide = (WIDTH - KEY - NAMES[0]) / columns;
        for (index, panel) in self.panels.iter().enumerate() {
            let (column, row) = (index as i32 % columns, index as i32 / columns);
            let corner = (NAMES[0] + column * wide, HEAD + row * high);
            self.panel(root, panel, corner, (wide, high))?;
        }
        let middle = Pos::new(HPos::Center, VPos::Center);
        let center = NAMES[0] + MARGIN[0] + (wide * columns - MARGIN[0]) / 2;
        root.draw_text(
            &self.x.label,
            &text(16).pos(middle),
            (zoomed(center), zoomed(height - NAMES[1] / 2 - 2)),
        )?;
        let turned = text(16).transform(FontTransform::Rotate270).pos(middle);
        let center = HEAD + (height - HEAD - NAMES[1]) / 2;
        root.draw_text(&self.y.label, &turned, (zoomed(16), zoomed(center)))?;
        self.key(root)
    }

    fn panel(
        &self,
        root: &Area,
        panel: &Panel,
        (left, top): (i32, i32),
        (wide, high): (i32, i32),
    ) -> Result<(), Failure> {
        let text = (FONT, zoom(13)).into_text_style(root);
        let (x0, x1) = (left + MARGIN[0], left + wide - MARGIN[2]);
        let (y0, y1) = (top + high - MARGIN[3], top + MARGIN[1]);
        root.draw_text(
            &panel.title,
            &(FONT, zoom(15)).into_text_style(root),
            (zoomed(x0), zoomed(top + 8)),
        )?;
        let scale = |lattice: &Lattice, from: i32, to: i32| {
            let borders = lattice.borders();
            let (low, high) = (borders[0], borders[borders.len() - 1]);
            let (from, to) = (f64::from(zoomed(from)), f64::from(zoomed(to)));
            (borders, move |at: f64| {
                (from + (at - low) / (high - low) * (to - from)).round() as i32
            })
        };
        let (x_borders, to_x) = scale(&self.x, x0, x1);
        let (y_borders, to_y) = scale(&self.y, y0, y1);
        let frame = Frame {
            x: x_borders.into_iter().map(&to_x).collect(),
            y: y_borders.into_iter().map(&to_y).collect(),
        };
        self.cells(root, panel, &frame)?;
        let line = BLACK.stroke_width(zoom(1));
        let style = BLACK.stroke_width(zoom(2));
        for [a, b] in &panel.contour {
            let at = |&(x, y): &(f64, f64)| (to_x(self.x.position(x)), to_y(self.y.position(y)));
            root.draw(&PathElement::new([at(a), at(b)], style))?;
        }
        let corners = [(zoomed(x0), zoomed(y1)), (zoomed(x1), zoomed(y0))];
        root.draw(&Rectangle::new(corners, line))?;
        for (at, label) in self.x.labels(((x1 - x0) / 62) as usize) {
            let x = to_x(at);
            root.draw(&PathElement::new(
                [(x, zoomed(y0)), (x, zoomed(y0 + 5))],
                line,
            ))?;
            let style = text.pos(Pos::new(HPos::Center, VPos::Top));
            root.draw_text(&label, &style, (x, zoomed(y0 + 8)))?;
        }
        for (at, label) in self.y.labels(((y0 - y1) / 34) as usize) {
            let y = to_y(at);
            root.draw(&PathElement::new(
                [(zoomed(x0), y), (zoomed(x0 - 5), y)],
                line,
            ))?;
            let style = text.pos(Pos::new(HPos::Right, VPos::Center));
            root.draw_text(&label, &style, (zoomed(x0 - 8), y))?;
        }
        Ok(())
    }

    /// Runs of equal colour in a row are one rectangle.
    fn cells(&self, root: &Area, panel: &Panel, frame: &Frame) -> Result<(), Failure> {
        let columns = self.x.values.len();
        for (row, fills) in panel.fills.chunks(columns).enumerate() {
            let colors: Vec<Option<RGBColor>> =
                fills.iter().map(|&fill| self.color(fill)).collect();
            let mut begin = 0;
            for run in colors.chunk_by(|a, b| a == b) {
                let end = begin + run.len();
                if let Some(color) = run[0] {
                    // A little under its neighbours, which are drawn later: no seam shows between them.
                    let right = (frame.x[end] + zoomed(1)).min(frame.x[columns]);
                    let above = (frame.y[row + 1] - zoomed(1)).max(frame.y[frame.y.len() - 1]);
                    let corners = [(frame.x[begin], above), (right, frame.y[row])];
                    root.draw(&Rectangle::new(corners, color.filled()))?;
                }
                begin = end;
            }
        }
        // As many strokes as are told apart.
        let every = |borders: &[i32]| {
            let span = f64::from((borders[borders.len() - 1] - borders[0]).abs());
            let size = span / (borders.len() - 1) as f64;
            (f64::from(zoomed(1)) * HATCH / size).ceil().max(1.0) as usize
        };
        let (dx, dy) = (every(&frame.x), every(&frame.y));
        let stroke = BLACK.stroke_width(zoom(1));
        for (index, _) in panel
            .hatched
            .iter()
            .enumerate()
            .filter(|(_, hatched)| **hatched)
        {
            let (row, column) = (index / columns, index % columns);
            if row % dy != 0 || column % dx != 0 {
                continue;
            }
            let (right, above) = (
                (column + dx).min(columns),
                (row + dy).min(frame.y.len() - 1),
            );
            let ends = [
                (frame.x[column], frame.y[row]),
                (frame.x[right], frame.y[above]),
            ];
            root.draw(&PathElement::new(ends, stroke))?;
        }
        Ok(())
    }

    fn color(&self, fill: Fill) -> Option<RGBColor> {
        match fill {
            Fill::Blank => None,
            Fill::Class(shade) => Some(shade.color),
            Fill::Level(level) => self.ramp.as_ref().map(|ramp| ramp.color(level)),
        }
    }

    fn key(&self, root: &Area) -> Result<(), Failure> {
        let text = (FONT, zoom(14)).into_text_style(root);
        let beside = text.pos(Pos::new(HPos::Left, VPos::Center));
        let left = WIDTH - KEY + 14;
        let mut y = HEAD + MARGIN[1] + 8;
        let hatch = |top: i32| {
            PathElement::new(
                [
                    (zoomed(left), zoomed(top + 16)),
                    (zoomed(left + 26), zoomed(top)),
                ],
                BLACK.stroke_width(zoom(1)),
            )
        };
        let write = |label: &str, y: &mut i32, indent: i32| -> Result<(), Failure> {
            for line in super::chart::wrap(label, ((KEY - 24 - indent) / 8) as usize) {
                root.draw_text(&line, &beside, (zoomed(left + indent), zoomed(*y)))?;
                *y += 19;
            }
            *y += 8;
            Ok(())
        };
        for (label, shade) in &self.classes {
            let corners = [(left, y - 8), (left + 26, y + 8)].map(|(x, y)| (zoomed(x), zoomed(y)));
            root.draw(&Rectangle::new(corners, shade.color.filled()))?;
            if shade.hatched {
                root.draw(&hatch(y - 8))?;
            }
            root.draw(&Rectangle::new(corners, BLACK.stroke_width(zoom(1))))?;
            write(label, &mut y, 36)?;
        }
        if let Some(ramp) = &self.ramp {
            write(&ramp.label, &mut y, 0)?;
            let (top, bottom) = (y, y + 200);
            let height = f64::from(bottom - top);
            for step in 0..STEPS {
                let at = |step: usize| {
                    zoomed(bottom)
                        - (f64::from(zoomed(1)) * height * step as f64 / STEPS as f64).round()
                            as i32
                };
                // Each from its place to the top, the next one over it: no seams.
                let corners = [(zoomed(left), zoomed(top)), (zoomed(left + 26), at(step))];
                root.draw(&Rectangle::new(corners, ramp_color(step).filled()))?;
            }
            let corners = [
                (zoomed(left), zoomed(top)),
                (zoomed(left + 26), zoomed(bottom)),
            ];
            root.draw(&Rectangle::new(corners, BLACK.stroke_width(zoom(1))))?;
            for (part, label) in ramp.labels() {
                let at = bottom - (height * part).round() as i32;
                let tick = [(left + 26, at), (left + 31, at)].map(|(x, y)| (zoomed(x), zoomed(y)));
                root.draw(&PathElement::new(tick, BLACK.stroke_width(zoom(1))))?;
                root.draw_text(&label, &beside, (zoomed(left + 36), zoomed(at)))?;
            }
            y = bottom + 24;
        }
        if let Some(label) = &self.hatching {
            root.draw(&hatch(y - 8))?;
            write(label, &mut y, 36)?;
        }
        if let Some(label) = &self.contour {
            let line = [(zoomed(left), zoomed(y)), (zoomed(left + 26), zoomed(y))];
            root.draw(&PathElement::new(line, BLACK.stroke_width(zoom(2))))?;
            write(label, &mut y, 36)?;
        }
        for note in &self.notes {
            write(note, &mut y, 0)?;
        }
        Ok(())
    }
}

impl Ramp {
    /// From 0 to 1 on the ramp, which is logarithmic.
    fn part(&self, level: f64) -> f64 {
        let [low, high] = self.range;
        ((level / low).ln() / (high / low).ln()).clamp(0.0, 1.0)
    }

    fn color(&self, level: f64) -> RGBColor {
        ramp_color((self.part(level) * STEPS as f64) as usize)
    }

    fn labels(&self) -> Vec<(f64, String)> {
        let [low, high] = self.range;
        let (first, last) = (
            (low.log10() - 1e-9).ceil() as i32,
            (high.log10() + 1e-9).floor() as i32,
        );
        let every = ((last - first) / 8 + 1).max(1);
        let decades = (first..=last).step_by(every as usize);
        let mut labels: Vec<(f64, String)> = decades
            .map(|n| (self.part(10f64.powi(n)), power_of_ten(10f64.powi(n))))
            .collect();
        if labels.len() < 3 {
            // Less than two decades: also halves and fifths.
            for n in first - 1..=last {
                let between = [2.0, 5.0].map(|factor| factor * 10f64.powi(n));
                let inside = between.into_iter().filter(|x| (low..=high).contains(x));
                labels.extend(inside.map(|x| (self.part(x), short(x))));
            }
        }
        if labels.len() < 2 {
            labels = vec![(0.0, short(low)), (1.0, short(high))];
        }
        labels
    }
}

fn ramp_color(step: usize) -> RGBColor {
    let part = step.min(STEPS - 1) as f64 / (STEPS - 1) as f64;
    ViridisRGB::get_color(part)
}
