//! Figures as drawn: their texts and series, in pixels as seen, and back in the units of their axes.

use roxmltree::{Document, Node};

/// Both coordinates in pixels, from the upper left.
pub type Pixel = (f64, f64);

/// A text, as it reads, with the point that it is anchored to.
pub struct Text {
    pub at: Pixel,
    /// start, middle or end.
    pub anchor: String,
    pub text: String,
}

/// What has a line in the key.
pub struct Series {
    pub label: String,
    /// Colour, dashes, and what else makes its look.
    pub look: String,
    /// The points of all its paths.
    pub points: Vec<Pixel>,
}

/// A figure.
pub struct Drawing {
    pub size: Pixel,
    pub title: String,
    pub caption: String,
    pub texts: Vec<Text>,
    pub series: Vec<Series>,
}

impl Drawing {
    /// Reads what the program draws.
    pub fn parse(svg: &str) -> Self {
        let document = Document::parse(svg).unwrap();
        let root = document.root_element();
        let own = |name: &str| {
            let mut children = root.children().filter(|node| node.has_tag_name(name));
            children.next().map_or(String::new(), words)
        };
        let nodes = || root.descendants().filter(Node::is_element);
        let texts = nodes().filter(|node| node.has_tag_name("text"));
        let groups = nodes().filter(|node| node.has_tag_name("g"));
        Self {
            size: (number(root, "width"), number(root, "height")),
            title: own("title"),
            caption: own("desc"),
            texts: texts.map(text).collect(),
            series: groups.filter_map(series).collect(),
        }
    }

    /// The first series whose label begins so.
    pub fn series(&self, label: &str) -> &Series {
        let mut series = self.series.iter();
        series.find(|series| series.label.starts_with(label)).unwrap_or_else(|| panic!("no {label}"))
    }

    /// What a pixel stands for, by the two outermost labels of each axis.
    pub fn value(&self, at: Pixel, log_y: bool) -> (f64, f64) {
        let ticks = |anchor: &str, of: fn(&Pixel) -> f64| -> Vec<(f64, f64)> {
            let labels = self.texts.iter().filter(|text| text.anchor == anchor);
            labels.filter_map(|text| Some((of(&text.at), plain(&text.text)?))).collect()
        };
        let along = |ticks: Vec<(f64, f64)>, pixel: f64, log: bool| {
            let (first, last) = (ticks[0], ticks[ticks.len() - 1]);
            let part = (pixel - first.0) / (last.0 - first.0);
            match log {
                true => first.1 * (last.1 / first.1).powf(part),
                false => first.1 + (last.1 - first.1) * part,
            }
        };
        // A label's baseline is a little below its tick: the same for all, as it cancels but for the offset.
        let below = 4.7;
        (along(ticks("middle", |at| at.0), at.0, false), along(ticks("end", |at| at.1), at.1 + below, log_y))
    }
}

/// 10−9 → 1e-9: powers have lost their raising.
fn plain(text: &str) -> Option<f64> {
    let text = text.replace('−', "-");
    match text.strip_prefix("10-") {
        Some(exponent) => Some(10f64.powi(-exponent.parse::<i32>().ok()?)),
        None => text.parse().ok(),
    }
}

fn words(node: Node) -> String {
    let parts = node.descendants().filter(Node::is_text);
    let text: String = parts.filter_map(|node| node.text()).collect();
    text.trim().to_owned()
}

fn text(node: Node) -> Text {
    Text {
        at: (number(node, "x"), number(node, "y")),
        anchor: node.attribute("text-anchor").unwrap_or("start").to_owned(),
        text: words(node),
    }
}

fn series(group: Node) -> Option<Series> {
    let title = group.children().find(|node| node.has_tag_name("title"))?;
    let drawn = || group.descendants().filter(|node| node.attribute("d").is_some());
    let look = drawn().next().map(|node| {
        ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity"]
            .iter()
            .filter_map(|name| Some(format!("{name} {}", node.attribute(*name)?)))
            .collect::<Vec<_>>()
            .join(", ")
    });
    Some(Series {
        label: words(title),
        look: look.unwrap_or_default(),
        points: drawn().flat_map(|node| points(node.attribute("d").unwrap())).collect(),
    })
}

/// The ends of all absolute lines.
fn points(path: &str) -> Vec<Pixel> {
    let parts = path.split(['M', 'L']).filter(|part| !part.is_empty());
    let pair = |part: &str| {
        let end = part.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(part.len());
        let mut numbers = part[..end].split([' ', ',']).filter(|text| !text.is_empty());
        Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
    };
    parts.filter_map(pair).collect()
}

fn number(node: Node, name: &str) -> f64 {
    let text = node.attribute(name).unwrap_or_else(|| panic!("no {name}"));
    text.parse().unwrap_or_else(|_| panic!("{name} = {text}"))
}
