//! Every mark of a series as SVG: a group of few elements, however many points it has.

use super::axis::{Coordinate, Scale};
use super::figure::{Mark, Series};
use super::style::{Look, Marker, code};
use super::svg::{Element, path, px};
use plotters::style::RGBColor;
use plotters::style::colors::colormaps::ViridisRGB;
use std::fmt::Write;

/// Lines of so many points or fewer are marked at each.
const SPARSE: usize = 24;
/// Markers along other lines.
const MARKERS: usize = 6;
/// Sets of more points are drawn smaller, and let others shine through.
const MANY: usize = 100;
/// Colours that a bar is divided into.
pub(super) const STEPS: usize = 48;
/// Pixels that a curve may be off.
const TOLERANCE: f64 = 0.07;

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

type Point = (f64, f64);

impl Frame<'_> {
    pub(super) fn across(&self, part: f64) -> f64 {
        self.left + part * (self.right - self.left)
    }

    pub(super) fn up(&self, part: f64) -> f64 {
        self.bottom - part * (self.bottom - self.top)
    }

    /// `None` where a value has no place. What is far outside stays far outside.
    fn at(&self, (x, y): Point) -> Option<Point> {
        let far = |part: f64| part.clamp(-99.0, 99.0);
        let (x, y) = (self.x.part(x), self.y.part(y));
        (!x.is_nan() && !y.is_nan()).then(|| (self.across(far(x)), self.up(far(y))))
    }

    fn holds(&self, (x, y): Point) -> bool {
        (self.left - 0.5..=self.right + 0.5).contains(&x)
            && (self.top - 0.5..=self.bottom + 0.5).contains(&y)
    }

    /// Cut off at the frame.
    fn clipped(&self, element: Element) -> Element {
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
        let last = |points: &mut dyn DoubleEndedIterator<Item = Point>| {
            points
                .rev()
                .filter_map(|point| frame.at(point))
                .find(|at| frame.holds(*at))
        };
        match &self.mark {
            Mark::Line(points) => {
                last(&mut points.iter().copied()).or_else(|| crossing(points, frame))
            }
            Mark::Points(points) => last(&mut points.iter().copied()),
            Mark::Band(points) | Mark::Whiskers(points) => last(
                &mut points
                    .iter()
                    .flat_map(|&(x, low, high)| [(x, low), (x, high)])
                    .rev()
                    .rev(),
            ),
            Mark::Level(y) => frame
                .y
                .shows(*y)
                .then(|| (frame.right, frame.up(frame.y.part(*y)))),
            Mark::Divider(x) => frame
                .x
                .shows(*x)
                .then(|| (frame.across(frame.x.part(*x)), frame.top)),
            Mark::Cells(cells) => (!cells.is_empty()).then_some((frame.left, frame.top)),
            Mark::Heat(values, _) => values
                .iter()
                .any(|x| x.is_finite())
                .then_some((frame.left, frame.top)),
            Mark::Pieces(pieces) => (!pieces.is_empty()).then_some((frame.left, frame.top)),
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
                let mut d = String::new();
                for &(x, low, high) in points {
                    if let (Some((x, low)), Some((_, high))) =
                        (frame.at((x, low)), frame.at((x, high)))
                    {
                        let _ = write!(d, "M{} {}V{}", px(x), px(low), px(high));
                    }
                }
                group.push(frame.clipped(stroke(d, look, "butt")));
            }
            Mark::Level(y) => {
                if let Some((_, y)) = self.seen(frame).filter(|_| y.is_finite()) {
                    group.push(stroke(
                        format!("M{} {}H{}", px(frame.left), px(y), px(frame.right)),
                        look,
                        "butt",
                    ));
                }
            }
            Mark::Divider(_) => {
                if let Some((x, _)) = self.seen(frame) {
                    group.push(stroke(
                        format!("M{} {}V{}", px(x), px(frame.top), px(frame.bottom)),
                        look,
                        "butt",
                    ));
                }
            }
            Mark::Cells(cells) => {
                let d = areas(cells, frame);
                if look.width > 0.0 {
                    group.push(area(d.clone(), code(look.color)));
                }
                if look.hatched {
                    group.push(area(d, format!("url(#{}-hatch)", frame.prefix)));
                }
            }
            Mark::Heat(values, ends) => heat(&mut group, values, *ends, frame),
            Mark::Pieces(pieces) => {
                let mut d = String::new();
                for [from, to] in pieces {
                    if let (Some(from), Some(to)) = (frame.at(*from), frame.at(*to)) {
                        d += &path(&[from, to]);
                    }
                }
                group.push(frame.clipped(stroke(d, look, "round")));
            }
        }
        group
    }
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

fn stroke(d: String, look: Look, cap: &str) -> Element {
    let element = Element::new("path")
        .with("d", d)
        .with("fill", "none")
        .with("stroke", code(look.color))
        .at([("stroke-width", look.width)])
        .with("stroke-linejoin", "round")
        .with("stroke-linecap", cap);
    if look.dash.is_empty() {
        return element;
    }
    let dashes: Vec<String> = look.dash.iter().map(u8::to_string).collect();
    element.with("stroke-dasharray", dashes.join(" "))
}

fn line(group: &mut Element, points: &[Point], look: Look, frame: &Frame, turn: Turn) {
    let mut pieces: Vec<Vec<Point>> = vec![Vec::new()];
    for &point in points {
        match frame.at(point) {
            Some(at) => pieces.last_mut().expect("never empty").push(at),
            None => pieces.push(Vec::new()),
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    let mut d = String::new();
    for piece in &pieces {
        d += &path(&simplified(piece));
        if piece.len() == 1 {
            d += "h0";
        }
    }
    let cap = if look.dash.is_empty() {
        "round"
    } else {
        "butt"
    };
    group.push(frame.clipped(stroke(d, look, cap)));
    let dense = points.len() > SPARSE;
    let at: Vec<Point> = match (look.marker, dense) {
        (None, _) => Vec::new(),
        (Some(_), false) => pieces.concat(),
        (Some(_), true) => staggered(&pieces, frame, turn),
    };
    let at: Vec<Point> = at.into_iter().filter(|at| frame.holds(*at)).collect();
    if !at.is_empty() {
        group.push(glyphs(&at, look, dense));
    }
    edge(group, points, look, frame);
}

/// Places along a curve at equal distances, others for each curve.
fn staggered(pieces: &[Vec<Point>], frame: &Frame, turn: Turn) -> Vec<Point> {
    let phase = (turn.index as f64 + 0.5) / turn.count.max(1) as f64;
    let place = |i: usize| {
        let x = frame.across((i as f64 + phase) / MARKERS as f64);
        pieces
            .iter()
            .flat_map(|piece| piece.windows(2))
            .find_map(|pair| {
                let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
                (x0 <= x && x < x1).then(|| (x, y0 + (x - x0) / (x1 - x0) * (y1 - y0)))
            })
    };
    (0..MARKERS).filter_map(place).collect()
}

/// Markers as one path; hollow where they are no points of the data.
pub(super) fn glyphs(at: &[Point], look: Look, hollow: bool) -> Element {
    let marker = look.marker.unwrap_or(Marker::Disc);
    let shape = marker.path(look.radius);
    let d: String = at
        .iter()
        .map(|&(x, y)| format!("M{} {}{shape}", px(x), px(y)))
        .collect();
    let fill = match (marker.is_open(), hollow) {
        (true, _) => "none".to_owned(),
        (false, true) => "#fff".to_owned(),
        (false, false) => code(look.color),
    };
    let element = Element::new("path").with("d", d).with("fill", fill);
    if marker.is_open() || hollow {
        return element
            .with("stroke", code(look.color))
            .at([("stroke-width", 1.5)]);
    }
    element
}

/// A set of points; of many, each lets others shine through.
fn set(at: &[Point], look: Look) -> Element {
    let scale = (MANY as f64 / at.len().max(1) as f64)
        .sqrt()
        .clamp(0.5, 1.0);
    let look = Look {
        radius: scale * look.radius,
        ..look
    };
    let element = glyphs(at, look, false);
    if at.len() > MANY {
        element.with("opacity", "0.7")
    } else {
        element
    }
}

/// Where a log axis ends and values are zero: a wedge, and no line there.
fn edge(group: &mut Element, points: &[Point], look: Look, frame: &Frame) {
    let zeros: Vec<f64> = points
        .iter()
        .filter(|point| frame.is_at_edge(**point))
        .map(|point| point.0)
        .collect();
    let every = zeros.len().div_ceil(SPARSE).max(1);
    let at: Vec<Point> = zeros
        .iter()
        .step_by(every)
        .map(|&x| (frame.across(frame.x.part(x)), frame.bottom))
        .collect();
    if !at.is_empty() {
        group.push(glyphs(&at, look.marked(Marker::Wedge), true).with("class", "zero"));
    }
}

fn band(group: &mut Element, points: &[(f64, f64, f64)], look: Look, frame: &Frame) {
    // A band that begins at zero begins, on a log axis, at its edge.
    let side = |x: f64, y: f64| match frame.is_at_edge((x, y)) {
        true => Some((frame.across(frame.x.part(x)), frame.bottom)),
        false => frame.at((x, y)),
    };
    let pairs: Vec<Option<(Point, Point)>> = points
        .iter()
        .map(|&(x, low, high)| Some((side(x, low)?, frame.at((x, high))?)))
        .collect();
    let mut d = String::new();
    for run in pairs.split(Option::is_none).filter(|run| run.len() > 1) {
        let lower: Vec<Point> = run.iter().flatten().map(|pair| pair.0).collect();
        let upper: Vec<Point> = run.iter().flatten().map(|pair| pair.1).collect();
        let mut outline = simplified(&upper);
        outline.extend(simplified(&lower).into_iter().rev());
        d += &path(&outline);
        d.push('z');
    }
    group.push(frame.clipped(area(d, code(look.color)).with("fill-opacity", "0.22")));
}

fn area(d: String, fill: String) -> Element {
    Element::new("path").with("d", d).with("fill", fill)
}

/// Rectangles of cells, those beside each other as one.
fn areas(cells: &[usize], frame: &Frame) -> String {
    let columns = frame.x.axis.cells.len().max(1);
    let x: Vec<f64> = frame
        .x
        .borders()
        .into_iter()
        .map(|part| frame.across(part))
        .collect();
    let y: Vec<f64> = frame
        .y
        .borders()
        .into_iter()
        .map(|part| frame.up(part))
        .collect();
    let mut d = String::new();
    for run in cells.chunk_by(|&a, &b| a + 1 == b && b % columns != 0) {
        let (row, first) = (run[0] / columns, run[0] % columns);
        if let (Some(below), Some(above), Some(right)) =
            (y.get(row), y.get(row + 1), x.get(first + run.len()))
        {
            let (left, below, above, right) = (px(x[first]), px(*below), px(*above), px(*right));
            let _ = write!(d, "M{left} {below}H{right}V{above}H{left}z");
        }
    }
    d
}

fn heat(group: &mut Element, values: &[f64], ends: [f64; 2], frame: &Frame) {
    let mut steps: Vec<Vec<usize>> = vec![Vec::new(); STEPS];
    for (cell, value) in values
        .iter()
        .enumerate()
        .filter(|(_, value)| !value.is_nan())
    {
        steps[step(*value, ends)].push(cell);
    }
    for (step, cells) in steps
        .iter()
        .enumerate()
        .filter(|(_, cells)| !cells.is_empty())
    {
        let cells = area(areas(cells, frame), code(color(step)));
        // Neighbours of different colours leave no seam.
        group.push(cells.with("shape-rendering", "crispEdges"));
    }
}

/// The colour of a value on a logarithmic bar; beyond its ends that of the end.
fn step(value: f64, [low, high]: [f64; 2]) -> usize {
    let part = (value.max(f64::MIN_POSITIVE) / low).ln() / (high / low).ln();
    ((part * STEPS as f64) as usize).min(STEPS - 1)
}

/// Of one step of a bar.
pub(super) fn color(step: usize) -> RGBColor {
    ViridisRGB::get_color(step as f64 / (STEPS - 1) as f64)
}

/// The same curve with fewer points: straight where it is straight to a fraction of a pixel.
fn simplified(points: &[Point]) -> Vec<Point> {
    let mut kept = vec![points[0]];
    let mut from = 0;
    for end in 2..points.len() {
        let between = points[from + 1..end].iter();
        let straight = |point: &Point| distance(*point, points[from], points[end]) < TOLERANCE;
        if end - from > 64 || !between.map(straight).all(|is| is) {
            from = end - 1;
            kept.push(points[from]);
        }
    }
    if points.len() > 1 {
        kept.push(points[points.len() - 1]);
    }
    kept
}

/// Of a point from a line between two others.
fn distance((x, y): Point, (x0, y0): Point, (x1, y1): Point) -> f64 {
    let (dx, dy) = (x1 - x0, y1 - y0);
    let square = dx * dx + dy * dy;
    let along = if square > 0.0 {
        ((x - x0) * dx + (y - y0) * dy) / square
    } else {
        0.0
    };
    let part = along.clamp(0.0, 1.0);
    (x - x0 - part * dx).hypot(y - y0 - part * dy)
}
