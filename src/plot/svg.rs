//! SVG as a tree of elements: closed by construction, its text escaped, its numbers to a tenth of a pixel.

use std::fmt::Write;

/// An element with its attributes and what it contains.
pub(super) struct Element {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    children: Vec<Child>,
}

enum Child {
    Element(Element),
    Text(String),
}

impl Element {
    pub(super) fn new(name: &'static str) -> Self {
        Self {
            name,
            attributes: Vec::new(),
            children: Vec::new(),
        }
    }

    /// With an attribute.
    pub(super) fn with(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((key, value.into()));
        self
    }

    /// With attributes that are numbers of pixels.
    pub(super) fn at<const N: usize>(mut self, numbers: [(&'static str, f64); N]) -> Self {
        let numbers = numbers.map(|(key, value)| (key, px(value)));
        self.attributes.extend(numbers);
        self
    }

    /// With another element at its end.
    pub(super) fn holding(mut self, child: Self) -> Self {
        self.children.push(Child::Element(child));
        self
    }

    /// With text at its end.
    pub(super) fn saying(mut self, text: &str) -> Self {
        self.children.push(Child::Text(text.to_owned()));
        self
    }

    pub(super) fn push(&mut self, child: Self) {
        self.children.push(Child::Element(child));
    }

    /// With other colours, where `of` has one for a fill or a stroke; elements of the class `but` and all within stay.
    pub(super) fn recolored(mut self, but: &str, of: &dyn Fn(&str) -> Option<String>) -> Self {
        let is_left = |(key, value): &(&str, String)| *key == "class" && value == but;
        if self.attributes.iter().any(is_left) {
            return self;
        }
        for (key, value) in &mut self.attributes {
            if matches!(*key, "fill" | "stroke") {
                *value = of(value).unwrap_or_else(|| std::mem::take(value));
            }
        }
        let recolored = |child| match child {
            Child::Element(element) => Child::Element(element.recolored(but, of)),
            text => text,
        };
        self.children = self.children.into_iter().map(recolored).collect();
        self
    }

    /// As a document.
    pub(super) fn document(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, 0);
        out
    }

    /// Elements on lines of their own, but none where spaces would be seen.
    fn write(&self, out: &mut String, depth: usize) {
        let _ = write!(out, "<{}", self.name);
        for (key, value) in &self.attributes {
            let _ = write!(out, " {key}=\"{}\"", escape(value));
        }
        if self.children.is_empty() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        let is_text = matches!(self.name, "text" | "tspan" | "title" | "desc");
        for child in &self.children {
            match child {
                Child::Text(text) => out.push_str(&escape(text)),
                Child::Element(element) if is_text => element.write(out, depth),
                Child::Element(element) => {
                    let _ = write!(out, "\n{:1$}", "", depth + 1);
                    element.write(out, depth + 1);
                }
            }
        }
        if !is_text {
            let _ = write!(out, "\n{:depth$}", "");
        }
        let _ = write!(out, "</{}>", self.name);
    }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(' '),
            // XML has no place for these.
            '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            c => out.push(c),
        }
    }
    out
}

/// A number of pixels, as short as it is to a tenth.
pub(super) fn px(value: f64) -> String {
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0" } else { text }.to_owned()
}

/// A path through points.
pub(super) fn path(points: &[(f64, f64)]) -> String {
    let mut out = String::new();
    for (i, &(x, y)) in points.iter().enumerate() {
        let command = if i == 0 { 'M' } else { 'L' };
        let _ = write!(out, "{command}{} {}", px(x), px(y));
    }
    out
}
