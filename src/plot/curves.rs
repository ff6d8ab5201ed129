//! Curves, bands and markers as SVG.

use super::marks::{Frame, Point, Turn, area};
use super::style::{Look, Marker, code};
use super::svg::{Element, path, px};

/// Lines of so many points or fewer are marked at each.
pub(super) const SPARSE: usize = 24;
/// Markers along other lines.
const MARKERS: usize = 6;
/// Sets of more points are drawn smaller, and let others shine through.
const MANY: usize = 100;
/// Pixels that a curve may be off.
const TOLERANCE: f64 = 0.07;

/// A line with the look's colour, width and dashes.
pub(super) fn stroke(d: String, look: Look, cap: &str) -> Element {
    let element = Element::new("path")
        .with("d", d)
        .with("fill", "none")
        .with("stroke", code(look.color))
        .at([("stroke-width", look.width)])
        .with("stroke-linejoin", "round")
        .with("stroke-linecap", cap);
    match look.dash {
        None => element,
        Some([dash, gap]) => element.with("stroke-dasharray", format!("{dash} {gap}")),
    }
}

/// A curve with its markers.
pub(super) fn line(group: &mut Element, points: &[Point], look: Look, frame: &Frame, turn: Turn) {
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
    let cap = match look.dash {
        None => "round",
        Some(_) => "butt",
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
        pieces.iter().flat_map(|piece| piece.windows(2)).find_map(|pair| {
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
    let d: String = at.iter().map(|&(x, y)| format!("M{} {}{shape}", px(x), px(y))).collect();
    let fill = match (marker.is_open(), hollow) {
        (true, _) => "none".to_owned(),
        (false, true) => "#fff".to_owned(),
        (false, false) => code(look.color),
    };
    let element = area(d, fill);
    if marker.is_open() || hollow {
        return element.with("stroke", code(look.color)).at([("stroke-width", 1.5)]);
    }
    element
}

/// A set of points; of many, each lets others shine through.
pub(super) fn set(at: &[Point], look: Look) -> Element {
    let scale = (MANY as f64 / at.len().max(1) as f64).sqrt().clamp(0.5, 1.0);
    let element = glyphs(at, look.sized(scale * look.radius), false);
    if at.len() > MANY {
        element.with("opacity", "0.7")
    } else {
        element
    }
}

/// Where a log axis ends and values are zero: a wedge, and no line there.
pub(super) fn edge(group: &mut Element, points: &[Point], look: Look, frame: &Frame) {
    let zeros: Vec<f64> = points.iter().filter(|point| frame.is_at_edge(**point)).map(|point| point.0).collect();
    let every = zeros.len().div_ceil(SPARSE).max(1);
    let at: Vec<Point> = zeros.iter().step_by(every).map(|&x| (frame.across(frame.x.part(x)), frame.bottom)).collect();
    if !at.is_empty() {
        group.push(glyphs(&at, look.marked(Marker::Wedge), true).with("class", "zero"));
    }
}

/// The area between two curves.
pub(super) fn band(group: &mut Element, points: &[(f64, f64, f64)], look: Look, frame: &Frame) {
    // A band that begins at zero begins, on a log axis, at its edge.
    let side = |x: f64, y: f64| match frame.is_at_edge((x, y)) {
        true => Some((frame.across(frame.x.part(x)), frame.bottom)),
        false => frame.at((x, y)),
    };
    let pairs: Vec<Option<(Point, Point)>> =
        points.iter().map(|&(x, low, high)| Some((side(x, low)?, frame.at((x, high))?))).collect();
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

/// The same curve with fewer points: straight where it is straight to a fraction of a pixel.
fn simplified(points: &[Point]) -> Vec<Point> {
    let mut kept = vec![points[0]];
    let mut from = 0;
    for end in 2..points.len() {
        let mut between = points[from + 1..end].iter();
        let straight = |point: &Point| distance(*point, points[from], points[end]) < TOLERANCE;
        if end - from > 64 || !between.all(straight) {
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
