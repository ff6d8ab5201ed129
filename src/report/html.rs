//! HTML as a tree of elements: closed by construction, all text escaped.

use std::fmt::Write;

/// An element with its attributes and what it contains, as text of a page.
pub(super) struct Html {
    name: &'static str,
    attributes: String,
    inside: String,
}

/// Elements without an inside.
const VOID: [&str; 3] = ["meta", "input", "img"];

/// An empty element.
pub(super) fn tag(name: &'static str) -> Html {
    Html {
        name,
        attributes: String::new(),
        inside: String::new(),
    }
}

impl Html {
    /// With an attribute.
    pub(super) fn with(mut self, key: &str, value: impl AsRef<str>) -> Self {
        let _ = write!(self.attributes, " {key}=\"{}\"", escape(value.as_ref()));
        self
    }

    /// Of a class.
    pub(super) fn class(self, class: &str) -> Self {
        self.with("class", class)
    }

    /// With text at its end.
    pub(super) fn text(mut self, text: impl AsRef<str>) -> Self {
        self.inside += &escape(text.as_ref());
        self
    }

    /// With text at its end whose sub- and superscripts are real ones: `W_u`, `e^{−λt}`.
    pub(super) fn rich(self, text: impl AsRef<str>) -> Self {
        let runs = crate::plot::runs(text.as_ref());
        runs.into_iter().fold(self, |html, (level, run)| match level {
            0.0 => html.text(run),
            level if level > 0.0 => html.child(tag("sub").text(run)),
            _ => html.child(tag("sup").text(run)),
        })
    }

    /// With the meaning of a key at its end: `this` is code, and a star that is escaped a star.
    pub(super) fn meaning(self, text: &str) -> Self {
        let text = text.replace("\\*", "*");
        let parts = text.split('`').enumerate();
        parts.fold(self, |html, (place, part)| match place % 2 {
            0 => html.rich(part),
            _ => html.child(tag("code").text(part)),
        })
    }

    /// With another element at its end.
    pub(super) fn child(mut self, child: Html) -> Self {
        child.write(&mut self.inside);
        self
    }

    /// With other elements at its end.
    pub(super) fn children(self, children: impl IntoIterator<Item = Html>) -> Self {
        children.into_iter().fold(self, Html::child)
    }

    /// With markup of this program at its end: SVG, styles, scripts.
    pub(super) fn raw(mut self, markup: &str) -> Self {
        self.inside += markup;
        self
    }

    /// As markup.
    pub(super) fn finish(self) -> String {
        let mut markup = String::new();
        self.write(&mut markup);
        markup
    }

    fn write(&self, out: &mut String) {
        let Self {
            name,
            attributes,
            inside,
        } = self;
        let _ = match VOID.contains(name) {
            true => writeln!(out, "<{name}{attributes}>"),
            false => write!(out, "<{name}{attributes}>{inside}</{name}>"),
        };
    }
}

/// Text with nothing in it that a browser takes for markup, in elements and in attributes.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// A value as JSON for a `<script>` that only holds data: no `<` that could end it.
pub(super) fn json(value: &impl serde::Serialize) -> String {
    let text = serde_json::to_string(value).expect("what is shown serialises");
    text.replace('<', "\\u003c")
}

/// A page of which `policy` says what it may load.
pub(super) fn document(policy: &str, head: impl IntoIterator<Item = Html>, body: Html) -> String {
    let head = tag("head")
        .child(tag("meta").with("charset", "utf-8"))
        .child(tag("meta").with("http-equiv", "Content-Security-Policy").with("content", policy))
        .children(head);
    let html = tag("html").with("lang", "en").child(head).child(body);
    format!("<!DOCTYPE html>\n{}", html.finish())
}

/// A table with a head, of a class of its own, that may be wider than the page; the first cell of each row is its head.
pub(super) fn table<'a>(
    class: &str,
    head: impl IntoIterator<Item = &'a str>,
    rows: impl IntoIterator<Item = impl IntoIterator<Item = Html>>,
) -> Html {
    let heads = head.into_iter().map(|name| tag("th").with("scope", "col").text(name));
    let rows = rows.into_iter().map(|row| tag("tr").children(row));
    let table = tag("table").child(tag("thead").child(tag("tr").children(heads))).child(tag("tbody").children(rows));
    tag("div").class(format!("wide {class}").trim()).child(table)
}

/// A cell of text.
pub(super) fn cell(text: impl AsRef<str>) -> Html {
    tag("td").text(text)
}

/// A cell with a number.
pub(super) fn number(value: Option<f64>) -> Html {
    let cell = tag("td").class("number");
    match value {
        Some(value) => cell.with("title", format!("{value:?}")).text(crate::plot::number::short(value)),
        None => cell.text("–"),
    }
}

/// The head of a row.
pub(super) fn head(text: impl AsRef<str>) -> Html {
    tag("th").with("scope", "row").text(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_stars_of_a_meaning_read_as_such() {
        let markup = tag("td").meaning("W\\*, in `a.npy`, or <b>").finish();
        assert_eq!(markup, "<td>W*, in <code>a.npy</code>, or &lt;b&gt;</td>");
    }

    #[test]
    fn nothing_in_text_is_markup() {
        let hostile = "</p><script>alert('1')</script>\"&";
        let markup = tag("p").with("title", hostile).text(hostile).finish();
        assert_eq!(markup.matches('<').count(), 2, "{markup}");
        assert_eq!(markup.matches('"').count(), 2, "{markup}");
        let data = json(&hostile);
        assert!(!data.contains('<'), "{data}");
        assert_eq!(serde_json::from_str::<String>(&data).unwrap(), hostile);
    }
}
