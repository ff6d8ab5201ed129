//! Figures: what their data say, and what is seen of them.

mod any_data;
mod seen;
mod ticks;

use luckflow::measure::Span;
use luckflow::plot::{Axis, Figure, Ground, Look, Mark, Place, Scale, Size};
use proptest::prelude::*;

/// Every label of an axis: texts right of the left axis' name or below the panels, in order.
fn texts(svg: &str) -> Vec<String> {
    let text = |piece: &str| {
        let (_, rest) = piece.split_once('>').expect("an element");
        let (inside, _) = rest.split_once("</text>").expect("it ends");
        let mut plain = String::new();
        let mut is_tag = false;
        for c in inside.chars() {
            match c {
                '<' => is_tag = true,
                '>' => is_tag = false,
                c if !is_tag => plain.push(c),
                _ => {}
            }
        }
        plain
    };
    let pieces = svg.split("<text ").skip(1);
    let has_text = |piece: &&str| !piece.split('>').next().is_some_and(|tag| tag.ends_with('/'));
    pieces.filter(has_text).map(text).collect()
}

/// Labels of ticks: they alone have this size.
fn labels(svg: &str, anchor: &str) -> Vec<String> {
    let has = |piece: &&str| piece.contains("font-size=\"13\"") && piece.contains(anchor);
    let pieces = svg.split("<text ").skip(1).filter(|piece| has(&piece.split_once('>').expect("an element").0));
    pieces.flat_map(|piece| texts(&format!("<text {piece}"))).collect()
}

fn x_labels(svg: &str) -> Vec<String> {
    labels(svg, "\"middle\"")
}

fn y_labels(svg: &str) -> Vec<String> {
    labels(svg, "\"end\"")
}

/// Tags are closed in order, and nothing but XML's characters is in the text.
fn assert_well_formed(svg: &str) {
    let mut open = Vec::new();
    for piece in svg.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').expect("tags end");
        assert!(!text.contains('>'), "{text}");
        match (tag.strip_prefix('/'), tag.ends_with('/')) {
            (Some(name), _) => assert_eq!(open.pop(), Some(name.to_owned())),
            (None, true) => {}
            (None, false) => open.push(tag.split(' ').next().unwrap().to_owned()),
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
    }
    assert!(open.is_empty());
    for line in svg.lines() {
        let known = !line.contains("NaN") && !line.contains("inf");
        assert!(known, "what is no number is left: {line}");
    }
    assert!(svg.chars().all(|c| c >= ' ' || c == '\n'));
}

fn cells() -> Axis {
    Axis {
        cells: vec![1.0, 2.0],
        ..Axis::default()
    }
}
