//! The axes of a panel: lines, ticks, labels.

use super::axis::Ticks;
use super::marks::Frame;
use super::svg::{Element, path};
use super::text::{Anchor, text};

/// Size of labels in pixels.
pub(super) const LABEL: f64 = 13.0;
const GRID: &str = "#e1e1e1";

/// Lines, ticks and labels.
pub(super) fn axes(frame: &Frame, (x_ticks, y_ticks): (&Ticks, &Ticks), grid: bool) -> Element {
    let (mut grid_lines, mut ticks) = (String::new(), String::new());
    let mut group = Element::new("g");
    let mut labels = Vec::new();
    for (part, label) in &x_ticks.labelled {
        let x = frame.across(*part);
        grid_lines += &path(&[(x, frame.top), (x, frame.bottom)]);
        ticks += &path(&[(x, frame.bottom), (x, frame.bottom + 5.0)]);
        labels.push(text(label, (x, frame.bottom + 14.0), LABEL, Anchor::Middle));
    }
    for (part, label) in &y_ticks.labelled {
        let y = frame.up(*part);
        grid_lines += &path(&[(frame.left, y), (frame.right, y)]);
        ticks += &path(&[(frame.left - 5.0, y), (frame.left, y)]);
        labels.push(text(label, (frame.left - 8.0, y), LABEL, Anchor::End));
    }
    for &part in &x_ticks.minor {
        let x = frame.across(part);
        ticks += &path(&[(x, frame.bottom), (x, frame.bottom + 3.0)]);
    }
    for &part in &y_ticks.minor {
        let y = frame.up(part);
        ticks += &path(&[(frame.left - 3.0, y), (frame.left, y)]);
    }
    let (left, right) = (frame.left, frame.right);
    ticks += &path(&[(left, frame.top), (left, frame.bottom), (right, frame.bottom)]);
    let lines = |d: String, color: &str| Element::new("path").with("d", d).with("fill", "none").with("stroke", color);
    if grid {
        group.push(lines(grid_lines, GRID));
    }
    group.push(lines(ticks, "#000"));
    labels.into_iter().for_each(|label| group.push(label));
    group
}
