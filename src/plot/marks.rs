//! Every mark of a series as SVG: a group of few elements, however many points it has.

use super::axes::Scale;
use super::axis::Coordinate;
use super::curves::{SPARSE, band, edge, line, set, stroke};
use super::dark::SCALE;
use super::figure::{Mark, Series};
use super::style::{Look, Rgb, code};
use super::svg::{Element, path, px};
use plotters::style::colors::colormaps::ViridisRGB;
use std::fmt::Write;

/// Colours that a bar is divided into.
pub(super) const STEPS: usize = 48;

/// Where a panel is drawn, in pixels.
#[derive(Clone, Copy)]
pub(super) struct Frame<'a> {
    pub(super) x: &'a Coordinate<'a>,
    pub(super) y: &'a Coordinate<'a>,
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
    /// Begins every id.
    pub(super) prefix: &'a str,
    /// Which panel it is; none for a sample in the key.
    pub(super) index: Option<usize>,
}

/// Of the marked lines of a panel, which one this is: each has its markers at other places.
#[derive(Clone, Copy)]
pub(super) struct Turn {
    pub(super) index: usize,
    pub(super) count: usize,
}

pub(super) type Point = (f64, f64);

impl Frame<'_> {
    pub(super) fn across(&self, part: f64) -> f64 {
        self.left + part * (self.right - self.left)
    }

    pub(super) fn up(&self, part: f64) -> f64 {
        self.bottom - part * (self.bottom - self.top)
    }

    /// `None` where a value has no place. What is far outside stays far outside.
    pub(super) fn at(&self, (x, y): Point) -> Option<Point> {
        let far = |part: f64| part.clamp(-99.0, 99.0);
        let (x, y) = (self.x.part(x), self.y.part(y));
        (!x.is_nan() && !y.is_nan()).then(|| (self.across(far(x)), self.up(far(y))))
    }

    pub(super) fn holds(&self, (x, y): Point) -> bool {
        (self.left - 0.5..=self.right + 0.5).contains(&x) && (self.top - 0.5..=self.bottom + 0.5).contains(&y)
    }

    /// Cut off at the frame.
    pub(super) fn clipped(&self, element: Element) -> Element {
        match self.index {
            Some(index) => element.with("clip-path", format!("url(#{}-clip{index})", self.prefix)),
            None => element,
        }
    }

    /// Whether a point of the data is one that a log axis has at its lower edge: zero or less.
    pub(super) fn is_at_edge(&self, (x, y): Point) -> bool {
        self.y.axis.scale == Scale::Log && self.x.shows(x) && y <= 0.0
    }
}

impl Series {
    /// Whether a line has its markers between points of the data.
    pub(super) fn is_dense(&self) -> bool {
        let Mark::Line(points) = &self.mark else {
            return false;
        };
        self.look.marker.is_some() && points.len() > SPARSE
    }

    /// Pixels at which something of it is seen: where the curve ends at the right, for lines.
    pub(super) fn seen(&self, frame: &Frame) -> Option<Point> {
        let corner = (frame.left, frame.top);
        match &self.mark {
            Mark::Level(y) => frame.y.shows(*y).then(|| (frame.right, frame.up(frame.y.part(*y)))),
            Mark::Divider(x) => frame.x.shows(*x).then(|| (frame.across(frame.x.part(*x)), frame.top)),
            Mark::Cells(cells) => (!cells.is_empty()).then_some(corner),
            Mark::Heat(values, _) => values.iter().any(|x| x.is_finite()).then_some(corner),
            Mark::Pieces(pieces) => (!pieces.is_empty()).then_some(corner),
            _ => {
                let points = self.mark.points();
                let mut at = points.iter().rev().filter_map(|&point| frame.at(point));
                let seen = at.find(|at| frame.holds(*at));
                let is_line = matches!(self.mark, Mark::Line(_));
                seen.or_else(|| crossing(&points, frame).filter(|_| is_line))
            }
        }
    }

    /// All of it, in a group that says what it is. Curves and areas are cut off at the frame; markers are not.
    pub(super) fn draw(&self, frame: &Frame, turn: Turn) -> Element {
        let mut group = Element::new("g");
        if !self.label.is_empty() {
            group.push(Element::new("title").saying(&super::text::plain(&self.label)));
        }
        let look = self.look;
        match &self.mark {
            Mark::Line(points) => line(&mut group, points, look, frame, turn),
            Mark::Points(points) => {
                let at = points.iter().filter_map(|&point| frame.at(point));
                let at: Vec<Point> = at.filter(|at| frame.holds(*at)).collect();
                group.push(set(&at, look));
                edge(&mut group, points, look, frame);
            }
            Mark::Band(points) => band(&mut group, points, look, frame),
            Mark::Whiskers(points) => {
                group.push(frame.clipped(stroke(whiskers(points, frame), look, "butt")));
            }
            Mark::Level(_) => {
                if let Some((_, y)) = self.seen(frame) {
                    group.push(stroke(format!("M{} {}H{}", px(frame.left), px(y), px(frame.right)), look, "butt"));
                }
            }
            Mark::Divider(_) => {
                if let Some((x, _)) = self.seen(frame) {
                    group.push(stroke(format!("M{} {}V{}", px(x), px(frame.top), px(frame.bottom)), look, "butt"));
                }
            }
            Mark::Cells(cells) => fill(&mut group, areas(cells, frame), look, frame),
            Mark::Heat(values, ends) => heat(&mut group, values, *ends, frame),
            Mark::Pieces(pieces) => {
                let at = |[from, to]: &[Point; 2]| Some([frame.at(*from)?, frame.at(*to)?]);
                let d = pieces.iter().filter_map(at).map(|piece| path(&piece)).collect();
                group.push(frame.clipped(stroke(d, look, "round")));
            }
        }
        group
    }
}

/// Areas as their look is: painted or made paler, and with a pattern over them.
fn fill(group: &mut Element, d: String, look: Look, frame: &Frame) {
    if look.width > 0.0 {
        group.push(area(d.clone(), code(look.color)));
    }
    if look.is_veil() {
        group.push(area(d.clone(), code(look.color)).with("fill-opacity", "0.6"));
    }
    if look.hatched {
        group.push(area(d.clone(), format!("url(#{}-hatch)", frame.prefix)));
    }
    if look.dotted {
        group.push(area(d, format!("url(#{}-dots)", frame.prefix)));
    }
}

/// A line up and down at each place.
fn whiskers(points: &[(f64, f64, f64)], frame: &Frame) -> String {
    let mut d = String::new();
    for &(x, low, high) in points {
        if let (Some((x, low)), Some((_, high))) = (frame.at((x, low)), frame.at((x, high))) {
            let _ = write!(d, "M{} {}V{}", px(x), px(low), px(high));
        }
    }
    d
}

/// A place where a curve passes through the frame though none of its points is inside.
fn crossing(points: &[Point], frame: &Frame) -> Option<Point> {
    points.windows(2).rev().find_map(|pair| {
        let (a, b) = (frame.at(pair[0])?, frame.at(pair[1])?);
        let part = |i: usize| {
            let part = i as f64 / 64.0;
            (a.0 + part * (b.0 - a.0), a.1 + part * (b.1 - a.1))
        };
        (0..=64).map(part).find(|at| frame.holds(*at))
    })
}

pub(super) fn area(d: String, fill: String) -> Element {
    Element::new("path").with("d", d).with("fill", fill)
}

/// Rectangles of cells, those beside each other as one.
fn areas(cells: &[usize], frame: &Frame) -> String {
    let columns = frame.x.axis.cells.len().max(1);
    let x: Vec<f64> = frame.x.borders().into_iter().map(|part| frame.across(part)).collect();
    let y: Vec<f64> = frame.y.borders().into_iter().map(|part| frame.up(part)).collect();
    let mut d = String::new();
    for run in cells.chunk_by(|&a, &b| a + 1 == b && b % columns != 0) {
        let (row, first) = (run[0] / columns, run[0] % columns);
        if let (Some(below), Some(above), Some(right)) = (y.get(row), y.get(row + 1), x.get(first + run.len())) {
            let (left, below, above, right) = (px(x[first]), px(*below), px(*above), px(*right));
            let _ = write!(d, "M{left} {below}H{right}V{above}H{left}z");
        }
    }
    d
}

fn heat(group: &mut Element, values: &[f64], ends: [f64; 2], frame: &Frame) {
    let mut steps: Vec<Vec<usize>> = vec![Vec::new(); STEPS];
    for (cell, value) in values.iter().enumerate().filter(|(_, value)| !value.is_nan()) {
        steps[step(*value, ends)].push(cell);
    }
    for (step, cells) in steps.iter().enumerate().filter(|(_, cells)| !cells.is_empty()) {
        let cells = area(areas(cells, frame), code(color(step)));
        // Neighbours of different colours leave no seam.
        let cells = cells.with("shape-rendering", "crispEdges");
        group.push(cells.with("class", SCALE));
    }
}

/// The colour of a value on a logarithmic bar; beyond its ends that of the end.
fn step(value: f64, [low, high]: [f64; 2]) -> usize {
    let part = (value.max(f64::MIN_POSITIVE) / low).ln() / (high / low).ln();
    ((part * STEPS as f64) as usize).min(STEPS - 1)
}

/// Of one step of a bar.
pub(super) fn color(step: usize) -> Rgb {
    let plotters::style::RGBColor(r, g, b) = ViridisRGB::get_color(step as f64 / (STEPS - 1) as f64);
    Rgb(r, g, b)
}
