//! Figures as drawn: their texts, strokes and areas, in pixels as seen.

use roxmltree::{Document, Node};

/// Both coordinates in pixels as seen, from the upper left.
pub type Pixel = (f64, f64);

/// One element of a figure.
#[derive(Clone, Debug, PartialEq)]
pub enum Element {
    /// A text, with the point that it is anchored to.
    Text {
        at: Pixel,
        /// start, middle or end.
        anchor: String,
        /// Read from below.
        turned: bool,
        text: String,
    },
    /// A line through points.
    Stroke {
        color: String,
        width: f64,
        points: Vec<Pixel>,
    },
    /// An area of which the outline is given.
    Area { color: String, points: Vec<Pixel> },
    /// A rectangle, by its upper left and lower right corner; `color` is "none" for a frame.
    Rectangle { color: String, corners: [Pixel; 2] },
    /// A disc or a ring.
    Circle {
        color: String,
        filled: bool,
        at: Pixel,
        radius: f64,
    },
}

/// A figure.
pub struct Drawing {
    /// Width and height.
    pub size: Pixel,
    /// In the order of drawing.
    pub elements: Vec<Element>,
}

impl Drawing {
    /// Reads what the program draws; anything else in it is refused.
    pub fn parse(svg: &str) -> Self {
        let document = Document::parse(svg).unwrap();
        let root = document.root_element();
        let size = (number(root, "width"), number(root, "height"));
        let view: Vec<f64> = numbers(root.attribute("viewBox").unwrap());
        assert_eq!(view[..2], [0.0, 0.0]);
        let zoom = view[2] / size.0;
        assert_eq!(view[3], size.1 * zoom, "no distortion");
        let elements = root.children().filter(Node::is_element);
        Self {
            size,
            elements: elements.map(|node| element(node, zoom)).collect(),
        }
    }

    /// Texts with their places.
    pub fn texts(&self) -> impl Iterator<Item = (&str, Pixel)> {
        self.elements.iter().filter_map(|element| match element {
            Element::Text { text, at, .. } => Some((text.as_str(), *at)),
            _ => None,
        })
    }
}

fn element(node: Node, zoom: f64) -> Element {
    let attribute = |name: &str| node.attribute(name).unwrap_or("none").to_owned();
    let place = |x: &str, y: &str| (number(node, x) / zoom, number(node, y) / zoom);
    let points = || -> Vec<Pixel> {
        let pairs = attribute("points");
        let pairs = pairs.split_whitespace().map(numbers);
        pairs.map(|pair| (pair[0] / zoom, pair[1] / zoom)).collect()
    };
    let stroke = |points: Vec<Pixel>| Element::Stroke {
        color: attribute("stroke"),
        width: number(node, "stroke-width") / zoom,
        points,
    };
    match node.tag_name().name() {
        "text" => Element::Text {
            at: place("x", "y"),
            anchor: attribute("text-anchor"),
            turned: node.attribute("transform").is_some(),
            text: node.text().unwrap().trim().to_owned(),
        },
        "line" => stroke(vec![place("x1", "y1"), place("x2", "y2")]),
        "polyline" => stroke(points()),
        "polygon" => Element::Area {
            color: attribute("fill"),
            points: points(),
        },
        "rect" => {
            let (x, y) = place("x", "y");
            let (width, height) = place("width", "height");
            Element::Rectangle {
                color: attribute("fill"),
                corners: [(x, y), (x + width, y + height)],
            }
        }
        "circle" => {
            let fill = attribute("fill");
            let filled = fill != "none";
            Element::Circle {
                color: if filled { fill } else { attribute("stroke") },
                filled,
                at: place("cx", "cy"),
                radius: number(node, "r") / zoom,
            }
        }
        other => panic!("a figure with <{other}>"),
    }
}

fn number(node: Node, name: &str) -> f64 {
    let text = node.attribute(name).unwrap_or_else(|| panic!("no {name}"));
    text.parse().unwrap_or_else(|_| panic!("{name} = {text}"))
}

fn numbers(text: &str) -> Vec<f64> {
    let separate = |c: char| c == ',' || c.is_whitespace();
    let parts = text.split(separate).filter(|part| !part.is_empty());
    parts.map(|part| part.parse().unwrap()).collect()
}
