//! Texts and geometry of every figure, to the pixel.
//!
//! That points are where their numbers say is tested elsewhere; here it is that nothing moves.

use crate::runs::Run;
use crate::svg::{Drawing, Element, Pixel};
use crate::util::{assert_snapshot, rounded};

/// Points of a curve that are shown, evenly spaced, with both ends.
const SHOWN: usize = 7;

fn figures(run: &Run) {
    let finished = run.finished();
    for name in finished.named(".svg") {
        let drawing = Drawing::parse(finished.text(name));
        let name = name.replace('/', ".");
        assert_snapshot(&format!("{}.{name}", run.name), &listing(&drawing));
    }
}

of_every_run!(figures);

/// A line per text, and per run of elements that look alike.
fn listing(drawing: &Drawing) -> String {
    let mut text = format!("{} × {}\n", drawing.size.0, drawing.size.1);
    for alike in drawing.elements.chunk_by(are_alike) {
        text += &match &alike[0] {
            Element::Text { .. } => alike.iter().map(written).collect::<Vec<_>>().join("\n"),
            // The colours of a key lie on each other.
            Element::Rectangle { corners, .. } if alike.len() > 1 => format!(
                "{} colours, {} to {}, over {}",
                alike.len(),
                looks(&alike[0]),
                looks(&alike[alike.len() - 1]),
                through(corners)
            ),
            // A grid, a dashed line, markers.
            first if alike.len() > 1 => {
                let places: Vec<Pixel> = alike.iter().map(first_point).collect();
                format!("{} × {} at {}", alike.len(), looks(first), through(&places))
            }
            Element::Stroke { points, .. } => {
                format!("{} through {}", looks(&alike[0]), through(points))
            }
            Element::Area { points, .. } => {
                format!("{} around {}", looks(&alike[0]), through(points))
            }
            Element::Rectangle { corners, .. } => {
                format!("{} of {}", looks(&alike[0]), through(corners))
            }
            Element::Circle { at, .. } => format!("{} at {}", looks(&alike[0]), through(&[*at])),
        };
        text += "\n";
    }
    text
}

/// Whether two elements are shown on one line.
fn are_alike(a: &Element, b: &Element) -> bool {
    match (a, b) {
        (
            Element::Rectangle { color, corners: a },
            Element::Rectangle {
                color: next,
                corners: b,
            },
        ) => a[0] == b[0] && color != "none" && next != "none",
        _ => looks(a) == looks(b),
    }
}

fn written(element: &Element) -> String {
    match element {
        Element::Text {
            at,
            anchor,
            turned,
            text,
        } => format!(
            "text {}, {anchor}{}: {}",
            through(&[*at]),
            if *turned { ", turned" } else { "" },
            rounded(text),
        ),
        _ => unreachable!("texts only"),
    }
}

/// What elements of one curve have in common.
fn looks(element: &Element) -> String {
    match element {
        Element::Text { .. } => "text".into(),
        Element::Stroke { color, width, .. } => format!("line {color} {width}"),
        Element::Area { color, .. } => format!("area {color}"),
        Element::Rectangle { color, .. } => format!("rectangle {color}"),
        Element::Circle {
            color,
            filled,
            radius,
            ..
        } => format!("{} {color} {radius}", if *filled { "disc" } else { "ring" }),
    }
}

fn first_point(element: &Element) -> Pixel {
    match element {
        Element::Text { at, .. } | Element::Circle { at, .. } => *at,
        Element::Stroke { points, .. } | Element::Area { points, .. } => points[0],
        Element::Rectangle { corners, .. } => corners[0],
    }
}

/// Some of the points, to the pixel.
fn through(points: &[Pixel]) -> String {
    let last = points.len() - 1;
    let mut shown: Vec<usize> = (0..SHOWN).map(|i| i * last / (SHOWN - 1)).collect();
    shown.dedup();
    let shown: Vec<String> = shown
        .into_iter()
        .map(|i| format!("{:.0},{:.0}", points[i].0, points[i].1))
        .collect();
    match points.len() {
        ..=SHOWN => shown.join(" "),
        count => format!("{count} points, some {}", shown.join(" ")),
    }
}
