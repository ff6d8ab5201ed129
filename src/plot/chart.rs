//! One chart: curves, a band, horizontal levels, and a legend at its right that nothing runs under.

use super::number::{power_of_ten, superscript};
use super::style::{Look, Stroke};
use plotters::coord::Shift;
use plotters::coord::ranged1d::ValueFormatter;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Pixels that a reader sees.
const SIZE: (u32, u32) = (1080, 620);
/// The backend rounds to whole pixels: it draws so many times larger, for smooth curves.
const ZOOM: i32 = 4;
const LEGEND: u32 = 330;
pub(super) const FONT: &str = "sans-serif";
const LINE_HEIGHT: i32 = 20;
/// Where the legend's samples of lines begin and end.
const SAMPLE: (i32, i32) = (8, 56);
/// Characters of a legend text that fit on a line.
const LEGEND_CHARACTERS: usize = 36;
/// A marked line has so many markers, or one at each point where there are fewer.
const MARKERS: usize = 20;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Failure = Box<dyn std::error::Error>;

/// How the vertical axis is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Equal differences; labels are multiples of a common power of ten.
    Linear,
    /// The same of things that are counted: only whole numbers have labels.
    Whole,
    /// Equal ratios.
    Log,
}

/// A curve or, with two points, a level.
pub struct Line {
    /// Text of the legend; empty for a line that has none.
    pub label: String,
    /// (x, y)
    pub points: Vec<(f64, f64)>,
    /// How it looks.
    pub look: Look,
}

/// The area between two curves.
pub struct Band {
    /// Text of the legend.
    pub label: String,
    /// (x, low, high)
    pub points: Vec<(f64, f64, f64)>,
    /// Whose colour it takes.
    pub look: Look,
}

/// A line of the legend without a curve.
pub type Note = String;

/// What is drawn.
pub struct Chart {
    /// Above the chart.
    pub title: String,
    /// Below it, with its unit.
    pub x_label: String,
    /// At its left.
    pub y_label: String,
    /// Unit of the vertical axis.
    pub y_unit: String,
    /// Of the horizontal axis.
    pub x_scale: Scale,
    /// Of the vertical axis.
    pub scale: Scale,
    /// Ends of the horizontal axis.
    pub x_range: [f64; 2],
    /// Ends of the vertical axis.
    pub y_range: [f64; 2],
    /// Under everything else.
    pub bands: Vec<Band>,
    /// In this order, the last on top.
    pub lines: Vec<Line>,
    /// At the end of the legend.
    pub notes: Vec<Note>,
}

impl Chart {
    /// The chart as SVG.
    ///
    /// # Panics
    /// If ranges are empty: whoever makes the chart sees to it that they are not.
    pub fn to_svg(&self) -> String {
        zoomed_svg(SIZE, |root| self.draw(root))
    }

    fn draw(&self, root: &Area) -> Result<(), Failure> {
        let (title, rest) = root.split_vertically(zoom(44));
        title.draw_text(
            &self.title,
            &(FONT, zoom(18)).into_text_style(&title),
            (zoomed(14), zoomed(14)),
        )?;
        let (plot, legend) = rest.split_horizontally(zoom(SIZE.0 - LEGEND));
        let [x0, x1] = self.x_range;
        let [y0, y1] = self.y_range;
        let mut builder = ChartBuilder::on(&plot);
        builder.margin(zoom(8)).margin_right(zoom(20));
        builder
            .x_label_area_size(zoom(52))
            .y_label_area_size(zoom(84));
        let (x, y) = (x0..x1, y0..y1);
        match (self.x_scale, self.scale) {
            (Scale::Log, Scale::Log) => {
                self.panel(builder.build_cartesian_2d(x.log_scale(), y.log_scale())?)?;
            }
            (Scale::Log, _) => self.panel(builder.build_cartesian_2d(x.log_scale(), y)?)?,
            (_, Scale::Log) => self.panel(builder.build_cartesian_2d(x, y.log_scale())?)?,
            (_, _) => self.panel(builder.build_cartesian_2d(x, y)?)?,
        }
        self.legend(&legend)
    }

    /// Axes, then curves.
    fn panel<'a, X, Y>(
        &self,
        mut chart: ChartContext<'a, SVGBackend<'a>, Cartesian2d<X, Y>>,
    ) -> Result<(), Failure>
    where
        X: Ranged<ValueType = f64> + ValueFormatter<f64>,
        Y: Ranged<ValueType = f64> + ValueFormatter<f64>,
    {
        let x = Labels::of(self.x_scale, self.x_range, 5);
        let y = Labels::of(self.scale, self.y_range, 12);
        let y_unit = match y.exponent {
            0 => self.y_unit.clone(),
            exponent => format!("10{} {}", superscript(exponent), self.y_unit),
        };
        chart
            .configure_mesh()
            .x_desc(&self.x_label)
            .y_desc(format!("{} ({y_unit})", self.y_label))
            .x_labels(x.count)
            .y_labels(y.count)
            // Times read well in full.
            .x_label_formatter(&|value| match self.x_scale {
                Scale::Whole if value.fract().abs() > 1e-9 => String::new(),
                Scale::Linear | Scale::Whole => trim(*value),
                Scale::Log if (1e-3..1e4).contains(value) => trim(*value),
                Scale::Log => power_of_ten(*value),
            })
            .y_label_formatter(&|value| y.text(*value))
            .axis_desc_style((FONT, zoom(16)))
            .label_style((FONT, zoom(14)))
            .axis_style(BLACK.stroke_width(zoom(1)))
            .set_all_tick_mark_size(zoom(5))
            .light_line_style(TRANSPARENT)
            .bold_line_style(RGBColor(225, 225, 225).stroke_width(zoom(1)))
            .draw()?;
        self.curves(&mut chart)
    }

    fn curves<'a, X, Y>(
        &self,
        chart: &mut ChartContext<'a, SVGBackend<'a>, Cartesian2d<X, Y>>,
    ) -> Result<(), Failure>
    where
        X: Ranged<ValueType = f64>,
        Y: Ranged<ValueType = f64>,
    {
        for band in &self.bands {
            let [low, high] = self.y_range;
            let upper = band.points.iter().map(|&(x, _, y)| (x, y.clamp(low, high)));
            let lower = band
                .points
                .iter()
                .rev()
                .map(|&(x, y, _)| (x, y.clamp(low, high)));
            let outline: Vec<_> = upper.chain(lower).collect();
            chart.draw_series([Polygon::new(outline, band.look.color.mix(0.22))])?;
        }
        for line in &self.lines {
            let style = line.look.color.stroke_width(zoom(line.look.width));
            if line.look.stroke == Stroke::Points {
                let [low, high] = self.y_range;
                let inside = line.points.iter().filter(|(_, y)| (low..=high).contains(y));
                let (radius, style) = marker(line.look);
                chart.draw_series(inside.map(|&point| Circle::new(point, radius, style)))?;
                continue;
            }
            for points in self.visible(&line.points) {
                match line.look.stroke.dash() {
                    None => chart.draw_series(LineSeries::new(points.iter().copied(), style))?,
                    Some((dash, gap)) => chart.draw_series(DashedLineSeries::new(
                        points.iter().copied(),
                        zoomed(dash),
                        zoomed(gap),
                        style,
                    ))?,
                };
                if line.look.stroke == Stroke::Marked {
                    let marks = points.iter().step_by(points.len().div_ceil(MARKERS));
                    let color = line.look.color.filled();
                    chart.draw_series(marks.map(|&point| Circle::new(point, zoom(4), color)))?;
                }
            }
        }
        Ok(())
    }

    /// The parts of a curve within the ranges, cut where it leaves them.
    fn visible(&self, points: &[(f64, f64)]) -> Vec<Vec<(f64, f64)>> {
        let [low, high] = self.y_range;
        let inside = |y: f64| (low..=high).contains(&y);
        let warp = |y: f64| {
            if self.scale == Scale::Log {
                y.max(f64::MIN_POSITIVE).ln()
            } else {
                y
            }
        };
        let crossing = |(x0, y0): (f64, f64), (x1, y1): (f64, f64), edge: f64| {
            let part = (warp(edge) - warp(y0)) / (warp(y1) - warp(y0));
            (x0 + part * (x1 - x0), edge)
        };
        let mut parts = vec![Vec::new()];
        for (i, &point) in points.iter().enumerate() {
            let previous = i.checked_sub(1).map(|i| points[i]);
            let edge = if point.1 < low { low } else { high };
            match (previous, inside(point.1)) {
                (Some(previous), true) if !inside(previous.1) => {
                    let edge = if previous.1 < low { low } else { high };
                    parts.push(vec![crossing(previous, point, edge), point]);
                }
                (Some(previous), false) if inside(previous.1) => {
                    parts
                        .last_mut()
                        .expect("never empty")
                        .push(crossing(previous, point, edge));
                }
                (_, true) => parts.last_mut().expect("never empty").push(point),
                (_, false) => {}
            }
        }
        parts.retain(|part| part.len() > 1);
        parts
    }

    fn legend(&self, area: &Area) -> Result<(), Failure> {
        let text = (FONT, zoom(14))
            .into_text_style(area)
            .pos(Pos::new(HPos::Left, VPos::Center));
        let mut y = 20;
        let write = |label: &str, y: &mut i32| -> Result<(), Failure> {
            for line in wrap(label, LEGEND_CHARACTERS) {
                area.draw_text(&line, &text, (zoomed(66), zoomed(*y)))?;
                *y += LINE_HEIGHT;
            }
            *y += 6;
            Ok(())
        };
        for line in self.lines.iter().filter(|line| !line.label.is_empty()) {
            let style = line.look.color.stroke_width(zoom(line.look.width));
            let (left, right) = (SAMPLE.0, SAMPLE.1);
            let at = |x: i32| (zoomed(x), zoomed(y));
            if line.look.stroke == Stroke::Points {
                let (radius, style) = marker(line.look);
                area.draw(&Circle::new(at((left + right) / 2), radius, style))?;
                write(&line.label, &mut y)?;
                continue;
            }
            match line.look.stroke.dash() {
                None => area.draw(&PathElement::new([at(left), at(right)], style))?,
                Some((dash, gap)) => {
                    let mut x = left;
                    while x < right {
                        let end = (x + dash).min(right);
                        area.draw(&PathElement::new([at(x), at(end)], style))?;
                        x += dash + gap;
                    }
                }
            }
            if line.look.stroke == Stroke::Marked {
                area.draw(&Circle::new(
                    at((left + right) / 2),
                    zoom(4),
                    line.look.color.filled(),
                ))?;
            }
            write(&line.label, &mut y)?;
        }
        for band in &self.bands {
            let fill = band.look.color.mix(0.22).filled();
            let corners = [(SAMPLE.0, y - 7), (SAMPLE.1, y + 7)];
            area.draw(&Rectangle::new(
                corners.map(|(x, y)| (zoomed(x), zoomed(y))),
                fill,
            ))?;
            write(&band.label, &mut y)?;
        }
        for note in &self.notes {
            write(note, &mut y)?;
        }
        Ok(())
    }
}

/// How an axis is labelled.
struct Labels {
    scale: Scale,
    count: usize,
    /// Of the power of ten that labels are multiples of.
    exponent: i32,
}

impl Labels {
    fn of(scale: Scale, [low, high]: [f64; 2], narrow: usize) -> Self {
        let decades = (high / low).log10();
        let exponent = low.abs().max(high.abs()).log10().floor() as i32;
        match scale {
            Scale::Log => Self {
                scale,
                // Within a decade or two, labels between the powers of ten, as far as there is room.
                count: match decades {
                    ..1.0 => 10,
                    ..2.0 => narrow,
                    _ => decades.ceil().clamp(3.0, 12.0) as usize,
                },
                exponent: 0,
            },
            Scale::Linear | Scale::Whole => Self {
                scale,
                count: 8,
                // Labels from 0.01 to 1000 read well as they are.
                exponent: if (-2..3).contains(&exponent) {
                    0
                } else {
                    exponent
                },
            },
        }
    }

    fn text(&self, value: f64) -> String {
        match self.scale {
            Scale::Log => power_of_ten(value),
            Scale::Linear | Scale::Whole => trim(value / 10f64.powi(self.exponent)),
        }
    }
}

/// An SVG of so many pixels as seen, on white.
pub(super) fn zoomed_svg(
    size: (u32, u32),
    draw: impl FnOnce(&Area) -> Result<(), Failure>,
) -> String {
    let mut svg = String::new();
    let drawn = (zoom(size.0), zoom(size.1));
    {
        let root = SVGBackend::with_string(&mut svg, drawn).into_drawing_area();
        root.fill(&WHITE)
            .expect("drawing into memory does not fail");
        draw(&root).expect("drawing into memory does not fail");
        root.present().expect("drawing into memory does not fail");
    }
    let header = |(width, height): (u32, u32)| format!("width=\"{width}\" height=\"{height}\"");
    svg.replacen(&header(drawn), &header(size), 1)
}

/// Radius and style of the points of a set.
fn marker(look: Look) -> (u32, ShapeStyle) {
    let style = look.color.stroke_width(zoom(2));
    (
        zoom(look.width),
        if look.is_filled() {
            style.filled()
        } else {
            style
        },
    )
}

/// Pixels as seen → pixels as drawn, for sizes.
pub(super) const fn zoom(pixels: u32) -> u32 {
    pixels * ZOOM as u32
}

/// The same for positions.
pub(super) const fn zoomed(pixels: i32) -> i32 {
    pixels * ZOOM
}

/// Breaks a legend text at spaces.
pub(super) fn wrap(text: &str, characters: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("never empty");
        if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > characters {
            lines.push(word.into());
        } else {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}

/// An axis label without trailing zeros.
fn trim(value: f64) -> String {
    let text = format!("{value:.6}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" {
        "0".into()
    } else {
        text.replace('-', "−")
    }
}
